"""The HTTP application: FastAPI for the resources, the event intake beside it, one door before both."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from vinr_engagement import __version__
from vinr_engagement.commands import Store
from vinr_engagement.entrypoints.api import openapi
from vinr_engagement.entrypoints.api.accounts import accounts
from vinr_engagement.entrypoints.api.analytics import analytics
from vinr_engagement.entrypoints.api.api_keys import api_keys
from vinr_engagement.entrypoints.api.audit_log import audit_log
from vinr_engagement.entrypoints.api.body import Disconnected
from vinr_engagement.entrypoints.api.campaigns import campaigns
from vinr_engagement.entrypoints.api.connector_intake import CONNECTOR, ConnectorIntake, is_connector
from vinr_engagement.entrypoints.api.connectors import connectors
from vinr_engagement.entrypoints.api.credit import credit, wallets
from vinr_engagement.entrypoints.api.customers import customers
from vinr_engagement.entrypoints.api.door import CLIENT_CLOSED, EXCHANGE, Door, refused
from vinr_engagement.entrypoints.api.earning_rules import earning_rules
from vinr_engagement.entrypoints.api.errors import ErrorWriter, Fault
from vinr_engagement.entrypoints.api.event_stream import event_stream
from vinr_engagement.entrypoints.api.events import events
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.entrypoints.api.gate import Gate
from vinr_engagement.entrypoints.api.glance import ACCOUNT_PATH, ACCOUNT_ROUTE, glance
from vinr_engagement.entrypoints.api.health import health
from vinr_engagement.entrypoints.api.intake import EVENT_BATCH, EVENTS, Intake
from vinr_engagement.entrypoints.api.observe import Observer
from vinr_engagement.entrypoints.api.programs import programs
from vinr_engagement.entrypoints.api.received_events import received_events
from vinr_engagement.entrypoints.api.redemptions import redemptions
from vinr_engagement.entrypoints.api.referrals import referrals
from vinr_engagement.entrypoints.api.reports import report_exports
from vinr_engagement.entrypoints.api.rewards import member_rewards, rewards
from vinr_engagement.entrypoints.api.segments import segments
from vinr_engagement.entrypoints.api.siblings import Siblings
from vinr_engagement.entrypoints.api.streams import Streams
from vinr_engagement.entrypoints.api.test_helpers import test_helpers
from vinr_engagement.entrypoints.api.tiers import account_tiers
from vinr_engagement.entrypoints.api.transactions import transactions
from vinr_engagement.entrypoints.api.webhook_deliveries import webhook_endpoints
from vinr_engagement.foundation.errors import Contention, Refusal, Unavailable
from vinr_engagement.foundation.settings import Environment, Settings

RESOURCES = (
    accounts,
    account_tiers,
    transactions,
    credit,
    wallets,
    programs,
    earning_rules,
    rewards,
    member_rewards,
    redemptions,
    referrals,
    segments,
    campaigns,
    analytics,
    customers,
    event_stream,  # before the events: /v1/events/{event} would take its path
    events,
    received_events,
    webhook_endpoints,
    connectors,
    report_exports,
    audit_log,
    api_keys,
    test_helpers,
)


def create_app(stores: Mapping[Environment, Store], settings: Settings, siblings: Siblings | None = None) -> ASGIApp:
    """The ASGI application over open stores; whoever opened them closes them, once it is shut down.

    With ``siblings``, the processes that serve beside this one, ``/metrics`` tells of them too.
    """
    writer = ErrorWriter(settings.docs_url)
    gate = Gate(stores, settings)
    observer = Observer(settings, stores, siblings)
    webhooks_in, streams = ConnectorIntake(stores, observer), Streams(stores)
    observer.watch_streams(lambda: streams.open)
    api = _fastapi(stores, gate, observer, writer)
    api.state.connector_intake, api.state.streams = webhooks_in, streams
    door = Door(api, gate, observer, writer)
    door.when_stopping(streams.end)
    intake = Intake(writer, observer)
    door.add_hot(EVENTS, intake.one)
    door.add_hot(EVENT_BATCH, intake.batch)
    door.add_open(CONNECTOR, is_connector, webhooks_in.receive)
    door.add_glance(ACCOUNT_PATH, ACCOUNT_ROUTE, glance)
    return door


def _fastapi(stores: Mapping[Environment, Store], gate: Gate, observer: Observer, writer: ErrorWriter) -> FastAPI:
    api = FastAPI(
        title="VINR Engagement",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.stores, api.state.gate, api.state.observer, api.state.error_writer = stores, gate, observer, writer
    for router in (*(resource.router for resource in RESOURCES), health):
        api.router.routes.extend(router.routes)  # as they are: including a router makes each of its routes anew
    openapi.serve(api)
    for kind in (HTTPException, Refusal, Unavailable, Contention, Disconnected, Exception):
        api.add_exception_handler(kind, _refused)
    return api


async def _refused(request: Request, error: Exception) -> Response:
    """The answer to a request that failed, whatever went wrong."""
    exchange: Exchange = request.scope[EXCHANGE]
    if isinstance(error, Disconnected):
        return Response(status_code=CLIENT_CLOSED)
    state = request.app.state
    refusal = _no_such_route(request, error) if isinstance(error, HTTPException) else error
    status, body, headers = refused(exchange, refusal, state.error_writer, state.observer)
    return Response(body, status, headers, media_type="application/json")


def _no_such_route(request: Request, error: HTTPException) -> Fault:
    path = request.url.path
    if error.status_code == 405:
        allowed = _allowed_methods(request)
        message = f"{path[:200]} takes {allowed}, not {request.method}."
        return Fault("method_not_allowed", message, headers={"allow": allowed})
    return Fault("path_unknown", f"There is nothing at {path[:200]!r}; the reference lists every path.")


def _allowed_methods(request: Request) -> str:
    """Every method that the path takes."""
    path = request.url.path
    methods = {"POST"} if path in (EVENTS, EVENT_BATCH) or is_connector(path) else set()
    for router in (*(resource.router for resource in RESOURCES), health):
        for route in router.routes:
            if isinstance(route, Route) and route.path_regex.match(path):
                methods |= route.methods or set()
    return ", ".join(sorted(methods or {"GET"}))
