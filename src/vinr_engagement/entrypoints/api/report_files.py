"""The file of a report as it goes out: a piece at a time, so that no file is ever in memory as a whole."""

import re
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from vinr_engagement import reports
from vinr_engagement.entrypoints.api.exchange import Exchange
from vinr_engagement.reports import Report

MEDIA_TYPES: Final = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_PARAMETERS: Final = {"csv": "; charset=utf-8; header=present", "parquet": ""}
_RANGE: Final = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


class FileGone(Exception):
    """The report was deleted, or its time was over, while it was sent."""


class ReportFile(StreamingResponse):
    """The file, or a part of it."""

    media_type: str | None = None
    media_types = tuple(MEDIA_TYPES.values())


def file_answer(caller: Exchange, row: Report, name: str) -> Response:
    """The answer to a request for the file of a completed report: all of it, the part that it asks for, or that nothing has
    changed.
    """
    etag = f'"{row.sha256}"'
    headers = {
        "etag": etag,
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "content-disposition": f'attachment; filename="{name}"',
        "content-type": MEDIA_TYPES[row.format] + _PARAMETERS[row.format],
    }
    if etag.encode() in caller.headers.get(b"if-none-match", b""):
        return Response(None, 304, {name: headers[name] for name in ("etag", "cache-control")})
    first, last, status = 0, row.bytes - 1, 200
    part = _part_asked_for(caller, etag, row.bytes)
    if part is not None:
        first, last = part
        status, headers["content-range"] = 206, f"bytes {first}-{last}/{row.bytes}"
    headers["content-length"] = str(last + 1 - first)
    if caller.method == "HEAD":
        return Response(None, status, headers)
    assert row.file is not None
    caller.lasting = True
    return ReportFile(_bytes(caller, row.file, first, last), status, headers)


def _part_asked_for(caller: Exchange, etag: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte of one range; ``None`` for the whole file, as for whatever cannot be given in part."""
    asked = _RANGE.fullmatch(caller.headers.get(b"range", b""))
    if asked is None or caller.headers.get(b"if-range", etag.encode()) != etag.encode():
        return None
    if not asked[1]:
        length = min(int(asked[2] or 0), size)
        return (size - length, size - 1) if length else None
    first, last = int(asked[1]), min(int(asked[2]) if asked[2] else size - 1, size - 1)
    return (first, last) if first <= last else None


async def _bytes(caller: Exchange, file: str, first: int, last: int) -> AsyncIterator[bytes]:
    place = first
    while place <= last:
        number, offset = reports.queries.piece_at(place)
        piece = await reports.queries.read_piece(caller.store.database, file, number)
        if piece is None:
            caller.outcome = "report_gone"
            raise FileGone(file)  # The answer breaks off: whoever reads it sees that it is shorter than announced.
        part = piece[offset : offset + last + 1 - place]
        place += len(part)
        yield part
