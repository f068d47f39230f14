"""What answers are made of: objects that keep everything the server sent."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NoReturn, Self

__all__ = ["Headers", "Model", "Response"]


class Headers(Mapping[str, str]):
    """The headers of an answer; upper and lower case are the same."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


class Response:
    """The answer that an object came with."""

    __slots__ = ("attempts", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], attempts: int) -> None:
        self.status = status
        """The HTTP status."""
        self.headers = Headers(headers)
        """Its headers."""
        self.attempts = attempts
        """How many requests it took; more than one after retries."""

    @property
    def request_id(self) -> str | None:
        """Names the request in the server's log."""
        return self.headers.get("x-request-id")

    @property
    def idempotent_replayed(self) -> bool:
        """Whether this is the answer to an earlier request with the same idempotency key."""
        return self.headers.get("idempotent-replayed") == "true"

    def __repr__(self) -> str:
        return f"Response(status={self.status}, request_id={self.request_id!r}, attempts={self.attempts})"


class Model:
    """An object of the API. It cannot be changed; fields that this version does not know are attributes as well."""

    _conversions: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    _renamed: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Mapping[str, Any], response: Response | None = None) -> None:
        fields = self.__dict__
        fields.update(data)
        for wire, name in self._renamed.items():
            if wire in fields:
                fields[name] = fields.pop(wire)
        for name, convert in self._conversions.items():
            value = fields.get(name)
            if value is not None:
                fields[name] = convert(value)
        fields["_data"], fields["_response"] = data, response

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The object that JSON describes."""
        return cls(data)

    def to_dict(self) -> dict[str, Any]:
        """As it is on the wire: times as text, nothing left out. A copy, yours to change."""
        copied: dict[str, Any] = copy.deepcopy(dict(self.__dict__["_data"]))
        return copied

    @property
    def last_response(self) -> Response | None:
        """The answer that brought this object; ``None`` for a part of another one."""
        found: Response | None = self.__dict__["_response"]
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        return type(self) is type(other) and bool(self.__dict__["_data"] == other.__dict__["_data"])

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; {name} is as the server has it.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; {name} is as the server has it.")

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if not name.startswith("_"))
        return f"{type(self).__name__}({shown})"
