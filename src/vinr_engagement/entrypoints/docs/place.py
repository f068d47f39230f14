"""Where the site stands in the world."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Place:
    """``prefix`` goes before every path of a link, ``origin`` (``https://docs.example.com``) before that in absolute ones.

    Without an origin, nobody knows the site's name: it is then left out.
    """

    origin: str = ""
    prefix: str = ""

    @classmethod
    def of(cls, url: str) -> "Place":
        """The place of a site whose root has this URL. Raises ``ValueError`` for one that is not absolute."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"A base URL is like https://docs.example.com, not {url!r}")
        return cls(f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))

    @classmethod
    def of_docs(cls, docs_url: str) -> "Place":
        """The place of a server's own site, from the setting that says where its documentation is found."""
        site = docs_url.rstrip("/").removesuffix("/docs")
        parts = urlsplit(site)
        absolute = parts.scheme in ("http", "https") and docs_url.rstrip("/").endswith("/docs")
        return cls(f"{parts.scheme}://{parts.netloc}") if absolute and not parts.path else cls()

    def href(self, path: str) -> str:
        """A link within the site."""
        return self.prefix + path

    def url(self, path: str) -> str:
        """The same with the origin before it, where it is known."""
        return self.origin + self.prefix + path
