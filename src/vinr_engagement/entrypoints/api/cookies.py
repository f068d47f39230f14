"""The cookie of a session, and what makes sure that it is our own page that sends it.

Where the page came over TLS the cookie is ``__Host-…``: sent over TLS alone, and set by this very host alone. The plain one is
for a server on one's own machine; from any other host it is not taken, since a neighbouring host could have set it.
"""

import hmac
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from vinr_engagement import people
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.foundation.clock import SECOND

SECURE: Final = "__Host-vinr_session"
PLAIN: Final = "vinr_session"
_LOCAL: Final = re.compile(r"(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?", re.IGNORECASE)
_TOKEN: Final = re.compile(rf"[A-Za-z0-9_-]{{{people.session.TOKEN_CHARACTERS}}}")
_LASTS_SECONDS: Final = people.session.LASTS // SECOND

Headers = Mapping[bytes, bytes]


def token_in(headers: Headers) -> str | None:
    """The token that a request's cookie has; ``None`` without one. What could be no token is an empty one."""
    given = headers.get(b"cookie")
    if given is None:
        return None
    held = dict(_pairs(given.decode("latin-1")))
    token = held.get(SECURE)
    if token is None and _is_local(headers):
        token = held.get(PLAIN)
    if token is None:
        return None
    return token if _TOKEN.fullmatch(token) else ""


def _pairs(given: str) -> list[tuple[str, str]]:
    parts = [part.strip().partition("=") for part in given.split(";")]
    return [(name, value) for name, _, value in reversed(parts)]  # the first of a name counts


def setting(headers: Headers, token: str) -> str:
    """The header that gives the browser a session's cookie."""
    return f"{_named(headers)}={token}; Max-Age={_LASTS_SECONDS}{_attributes(headers)}"


def clearing(headers: Headers) -> str:
    """The header that takes it away again."""
    return f"{_named(headers)}=; Max-Age=0{_attributes(headers)}"


def _named(headers: Headers) -> str:
    return PLAIN if _is_plain(headers) else SECURE


def _attributes(headers: Headers) -> str:
    return "; Path=/; HttpOnly; SameSite=Strict" + ("" if _is_plain(headers) else "; Secure")


def _is_plain(headers: Headers) -> bool:
    """Whether the page is on one's own machine, without TLS. What is behind a proxy that ends TLS has an ``https`` origin."""
    return _is_local(headers) and not headers.get(b"origin", b"").startswith(b"https://")


def _is_local(headers: Headers) -> bool:
    return _LOCAL.fullmatch(headers.get(b"host", b"").decode("latin-1")) is not None


def refuse_without_tls(headers: Headers) -> None:
    """Raises ``Fault`` (``https_required``) where a password would come over a network in the clear."""
    if headers.get(b"origin", b"").startswith(b"http://") and not _is_local(headers):
        raise Fault(
            "https_required", "Passwords are taken over https, or on the machine that serves; not over plain http."
        )


def refuse_other_sites(headers: Headers) -> None:
    """Raises ``Fault`` (``csrf_refused``) where a browser says that another site's page sends the request.

    ``Sec-Fetch-Site`` decides, since no page can set it; an older browser's ``Origin`` must be of the host that is asked. What is
    no browser sends neither, and has no cookie of somebody else's either.
    """
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None:
        allowed = site == b"same-origin"
    else:
        allowed = origin is None or urlsplit(origin.decode("latin-1")).netloc == headers.get(b"host", b"").decode(
            "latin-1"
        )
    if not allowed:
        message = "This request comes from another site's page. Behind a proxy, have it pass the Host header on."
        raise Fault("csrf_refused", message)


def refuse_forged(headers: Headers, token: str) -> None:
    """Raises ``Fault`` (``csrf_refused``) for a request that our own page did not send: it knows the session's CSRF token."""
    refuse_other_sites(headers)
    given = headers.get(b"x-csrf-token", b"")
    if not hmac.compare_digest(given, people.session.csrf_token(token).encode()):
        raise Fault(
            "csrf_refused", "Send X-CSRF-Token: the csrf_token that GET /v1/session answers.", param="X-CSRF-Token"
        )
