"""One answer of the site, ready to be sent."""

import gzip
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final

HTML: Final = "text/html; charset=utf-8"
MARKDOWN: Final = "text/markdown; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
JSON: Final = "application/json"
XML: Final = "application/xml"
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
PICTURES: Final = {
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
_WORTH_PACKING: Final = 500


@dataclass(frozen=True)
class File:
    """A body and what it is. One with ``is_final`` never changes under its address."""

    body: bytes
    media_type: str
    status: int = 200
    is_final: bool = False

    @cached_property
    def digest(self) -> str:
        """Differs where the body does."""
        return blake2b(self.body, digest_size=12).hexdigest()

    @cached_property
    def packed(self) -> bytes | None:
        """The body in gzip, where that is worth while."""
        return gzip.compress(self.body, 9, mtime=0) if len(self.body) > _WORTH_PACKING else None
