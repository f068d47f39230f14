"""Where people show who they are: passwords are checked here, slowly for who guesses, and the same for every reason to refuse."""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Final, Literal, get_args

from structlog.typing import FilteringBoundLogger

from vinr_engagement import people
from vinr_engagement.audit import Origin
from vinr_engagement.commands import AcceptInvitation, ChangePassword, SignIn, SignOut, Store
from vinr_engagement.commands.people import invitation_unknown
from vinr_engagement.entrypoints.api.errors import Fault
from vinr_engagement.entrypoints.api.signed_in import Sessions, SignedIn
from vinr_engagement.foundation import logs
from vinr_engagement.foundation.clock import SECOND, real_now
from vinr_engagement.foundation.errors import Unavailable
from vinr_engagement.foundation.settings import Environment, Settings
from vinr_engagement.people import Busy, Passwords, PersonRow, SessionRow, Verdict, guessing
from vinr_engagement.people.guessing import Guesser

Outcome = Literal["succeeded", "failed", "slowed"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
BUSY_RETRY_AFTER_SECONDS: Final = 1


class Reception:
    """Signs people in, and gives them their passwords. ``told`` hears of each sign-in what came of it."""

    def __init__(
        self,
        stores: Mapping[Environment, Store],
        settings: Settings,
        sessions: Sessions,
        passwords: Passwords,
        told: Callable[[Outcome], None],
    ) -> None:
        self._stores = stores
        self._pepper = settings.key_pepper
        self._sessions = sessions
        self._passwords = passwords
        self._log: FilteringBoundLogger = logs.logger(settings)
        self._somebody = False
        self._count = told

    async def sign_in(self, email: str, password: str, address: str, request_id: str) -> SignedIn:
        """Somebody with a new session. Raises ``Fault``: ``sign_in_failed`` for whatever is wrong, ``sign_in_slowed``."""
        person, verdict, who = await self._try(email, password, address)
        session = None
        if person is not None and person.password is not None and verdict.matches:
            session = await self._begin(person, person.password, verdict.fresh, request_id)
        if session is None:
            raise self._failed(person, address, request_id)
        await self._live.database.write(lambda held: guessing.succeeded(held, who, real_now()))
        self._told("succeeded", session.person, address, request_id)
        return session

    async def accept(self, token: str, password: str, name: str | None, address: str, request_id: str) -> SignedIn:
        """Whoever was invited, with the password of their choice and a session. Raises ``Refusal``."""
        digest = self._sessions.digest(token)
        found = await self._live.database.read(lambda session: people.queries.get_invitation(session, digest))
        if found is None:
            raise invitation_unknown()
        hashed = await self._hash(people.password.check(password, found[1].email))
        fresh = people.session.new_token()
        command = AcceptInvitation(digest, hashed, name, self._sessions.digest(fresh))
        person, session = await self._live.write_path.run(command, Origin(found[1].id, request_id))
        self._told("succeeded", person, address, request_id)
        return SignedIn(person, session, fresh)

    async def change_password(self, who: SignedIn, current: str, fresh: str, address: str, request_id: str) -> None:
        """Another password for somebody; their other sessions end. Raises ``Refusal``; wrong ones slow down as at the sign-in."""
        person, verdict, guesser = await self._try(who.person.email, current, address)
        if person is None or not verdict.matches:
            raise Fault("password_incorrect", "current_password is not your password.", param="current_password")
        await self._live.database.write(lambda held: guessing.succeeded(held, guesser, real_now()))
        hashed = await self._hash(people.password.check(fresh, person.email))
        command = ChangePassword(person.id, hashed, who.session.hash)
        if await self._live.write_path.run(command, Origin(person.id, request_id)) is None:
            raise Fault("session_expired", "The session ended meanwhile; sign in anew.")
        self._sessions.forget()

    async def sign_out(self, who: SignedIn, request_id: str) -> None:
        """Ends the session, here at once and elsewhere within seconds."""
        await self._live.write_path.run(SignOut(who.session.hash), Origin(who.person.id, request_id))
        self._sessions.forget()

    async def somebody(self) -> bool:
        """Whether there is anybody who could sign in, or was invited to."""
        if not self._somebody:
            self._somebody = await self._live.database.read(people.queries.anybody)
        return self._somebody

    @property
    def _live(self) -> Store:
        live = self._stores.get("live")
        if live is None:
            raise Unavailable("people are kept in the live store, which is not open")
        return live

    async def _try(self, email: str, password: str, address: str) -> tuple[PersonRow | None, Verdict, Guesser]:
        """Who has the email and whether the password is theirs, once the attempt was counted. Raises ``Fault``."""
        who, now = guessing.guesser(email, address, self._pepper), real_now()
        wait = await self._live.database.read(lambda session: guessing.look(session, who, now))
        wait = wait or await self._live.database.write(lambda session: guessing.begin(session, who, now))
        if wait:
            self._count("slowed")
            seconds = ceil(wait / SECOND)
            message = f"Too many sign-ins failed; try again in {seconds} s."
            raise Fault("sign_in_slowed", message, headers={"retry-after": str(seconds)})
        person = await self._live.database.read(lambda session: people.queries.find_person(session, email))
        kept = None if person is None else person.password
        return person, await self._verify(kept, people.password.normalise(password)), who

    async def _verify(self, kept: str | None, password: str) -> Verdict:
        try:
            return await self._passwords.verify(kept, password)
        except Busy:
            raise _busy() from None

    async def _hash(self, password: str) -> str:
        try:
            return await self._passwords.hash(password)
        except Busy:
            raise _busy() from None

    async def _begin(self, person: PersonRow, password: str, fresh: str | None, request_id: str) -> SignedIn | None:
        token = people.session.new_token()
        command = SignIn(person.id, password, fresh, self._sessions.digest(token))
        found: tuple[PersonRow, SessionRow] | None
        found = await self._live.write_path.run(command, Origin(person.id, request_id))
        return None if found is None else SignedIn(*found, token)

    def _failed(self, person: PersonRow | None, address: str, request_id: str) -> Fault:
        self._told("failed", person, address, request_id)
        return Fault("sign_in_failed", "The email or the password is wrong, or this person may not sign in.")

    def _told(self, outcome: Outcome, person: PersonRow | None, address: str, request_id: str) -> None:
        """A line in the log: with the person where the email is one's. What was typed as an email may be a password."""
        self._count(outcome)
        identifier, status = (person.id, people.status_of(person)) if person else (None, None)
        line = {"person": identifier, "person_status": status, "address": address, "request_id": request_id}
        tell = self._log.info if outcome == "succeeded" else self._log.warning
        tell(f"sign_in_{outcome}", **line)


def _busy() -> Fault:
    message = "As many passwords are being checked as may be at a time; try again."
    return Fault("sign_in_busy", message, headers={"retry-after": str(BUSY_RETRY_AFTER_SECONDS)})
