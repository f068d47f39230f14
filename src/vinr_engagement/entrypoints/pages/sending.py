"""Files and short answers on their way out, with the headers that every page has."""

from collections.abc import Iterable
from typing import Final

from starlette.types import Scope, Send

from vinr_engagement.entrypoints.pages.file import HTML, TEXT, TYPES, File

SECURITY: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Goes out with every page; none has a script or a style of its own."""
_NO_PAGE: Final = {"x-content-type-options": "nosniff"}
"""Goes out with what only a page can load: for it the page's own policy counts."""
_LOADED: Final = (TYPES[".css"], TYPES[".js"])
CHANGING: Final = "no-cache"
"""Kept by browsers, and asked about each time: the answer is mostly that nothing has changed."""
FINAL: Final = "public, max-age=31536000, immutable"


async def send_file(scope: Scope, send_message: Send, file: File, *, varies: bool = False) -> None:
    """Answers a GET or a HEAD with a file, packed where the client takes that, or says that the client has it already.

    ``varies``: another media type may be answered at the same address.
    """
    asked: dict[bytes, bytes] = dict(scope["headers"])
    packed = file.packed if b"gzip" in asked.get(b"accept-encoding", b"") else None
    body, tag = (file.body, f'"{file.digest}"') if packed is None else (packed, f'"{file.digest}-gzip"')
    headers = {
        "content-type": file.media_type,
        "cache-control": FINAL if file.is_final else CHANGING,
        **({} if file.is_final else {"etag": tag}),
        "vary": "Accept, Accept-Encoding" if varies and file.media_type == HTML else "Accept-Encoding",
        **({} if packed is None else {"content-encoding": "gzip"}),
    }
    if file.status == 200 and not file.is_final and _is_known(tag, asked.get(b"if-none-match", b"")):
        await send(send_message, 304, b"", headers)
    else:
        await send(send_message, file.status, body, headers, whole=scope["method"] == "GET")


async def refuse_method(send_message: Send) -> None:
    """Answers whatever is neither GET nor HEAD."""
    await send(send_message, 405, b"Pages are read with GET.\n", {"content-type": TEXT, "allow": "GET, HEAD"})


async def send(send_message: Send, status: int, body: bytes, headers: dict[str, str], *, whole: bool = True) -> None:
    """Sends an answer with these headers and those that keep it safe; not ``whole`` without its body."""
    length = {} if status == 304 else {"content-length": str(len(body))}
    safety = _NO_PAGE if headers.get("content-type") in _LOADED else SECURITY
    sent: Iterable[tuple[str, str]] = {**headers, **safety, **length}.items()
    listed = [(name.encode(), value.encode("latin-1")) for name, value in sent]
    await send_message({"type": "http.response.start", "status": status, "headers": listed})
    await send_message({"type": "http.response.body", "body": body if whole else b""})


def _is_known(tag: str, known: bytes) -> bool:
    tags = [each.strip().removeprefix("W/") for each in known.decode("latin-1").split(",")]
    return tag in tags or tags == ["*"]
