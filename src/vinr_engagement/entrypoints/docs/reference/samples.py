"""Example requests as code: curl, Python, TypeScript."""

import json
import re
from keyword import iskeyword
from typing import Any, Final
from urllib.parse import quote

from vinr_engagement.entrypoints.docs.reference.requests import Request

SERVER: Final = "http://127.0.0.1:8000"
KEY: Final = "$VINR_SECRET_KEY"
_VERBATIM: Final = ("metadata", "data", "rates")
"""What is under these names is the caller's own: its keys stay as they are."""
_SPAN: Final = re.compile(r"(\w+)\[(\w*)\]")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_SHORT: Final = 60


def curl(request: Request) -> str:
    """The request for a shell."""
    lines = [f"curl {_verb(request)}{_quoted(SERVER + request.path + _query(request))}"]
    if request.keyed:
        lines.append(f'-H "X-Api-Key: {KEY}"')
    if request.body is not None:
        body = json.dumps(request.body, ensure_ascii=False, indent=2).replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', f"-d '{body}'"]
    return " \\\n  ".join(lines) + "\n"


def _verb(request: Request) -> str:
    implied = "GET" if request.body is None else "POST"
    unbuffered = "-N " if request.is_stream else ""
    return unbuffered + ("" if request.method == implied else f"-X {request.method} ")


def _quoted(url: str) -> str:
    return f'"{url}"' if "?" in url else url


def _query(request: Request) -> str:
    pairs = [
        f"{quote(name, safe='')}={quote(_text(each), safe=':')}"
        for name, value in request.query.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return "?" + "&".join(pairs) if pairs else ""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def python(request: Request) -> str:
    """The request with the Python SDK."""
    given = [_python(value) for value in request.arguments.values()]
    given += [f"{_argument(name)}={_python(value, 1)}" for name, value in _parameters(request).items()]
    call = _call(_method(request), given, trailing=",")
    return f"from vinr import Vinr\n\nvinr = Vinr()  # takes VINR_SECRET_KEY and VINR_API_BASE\nresult = {call}\nprint(result)\n"


def typescript(request: Request) -> str:
    """The request with the TypeScript SDK."""
    given = [_typescript(value, 0) for value in request.arguments.values()]
    parameters = _camel(_parameters(request))
    if parameters:
        given.append(_typescript(parameters, 0))
    call = f"{_camel_name(_method(request))}({', '.join(given)})"
    return (
        "import { Vinr } from '@vinr/sdk';\n\n"
        "const vinr = new Vinr(); // takes VINR_SECRET_KEY and VINR_API_BASE\n"
        f"const result = await {call};\nconsole.log(result);\n"
    )


def _method(request: Request) -> str:
    return ".".join(["vinr", *["loyalty"] * request.template.startswith("/v1/loyalty/"), request.operation])


def _parameters(request: Request) -> dict[str, Any]:
    """Query and body as the SDKs take them: spans of time as one parameter, what may be repeated without brackets."""
    found = dict[str, Any](request.body or {})
    for name, value in request.query.items():
        span = _SPAN.fullmatch(name)
        if span is None:
            found[name] = value
        elif span[2]:
            found.setdefault(span[1], {})[span[2]] = value
        else:
            found[span[1]] = value if isinstance(value, list) else [value]
    return found


def _argument(name: str) -> str:
    """A name as an argument may have it."""
    return f"{name}_" if iskeyword(name) else name


def _call(method: str, given: list[str], trailing: str) -> str:
    joined = ", ".join(given)
    if len(given) < 2 or ("\n" not in joined and len(joined) + len(method) <= _SHORT):
        return f"{method}({joined})"
    return f"{method}(\n" + "".join(f"    {each}{trailing}\n" for each in given) + ")"


def _python(value: Any, depth: int = 0) -> str:
    if isinstance(value, dict) and value:
        return _lines(
            "{", [f"{_python(key)}: {_python(each, depth + 1)}" for key, each in value.items()], "}", depth, 4
        )
    if isinstance(value, list) and value:
        return _lines("[", [_python(each, depth + 1) for each in value], "]", depth, 4)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _typescript(value: Any, depth: int) -> str:
    if isinstance(value, dict) and value:
        entries = [f"{_key(key)}: {_typescript(each, depth + 1)}" for key, each in value.items()]
        return _lines("{ ", entries, " }", depth, 2, always=depth == 0 and len(entries) > 1)
    if isinstance(value, list) and value:
        return _lines("[", [_typescript(each, depth + 1) for each in value], "]", depth, 2)
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return json.dumps(value)


def _lines(opening: str, entries: list[str], closing: str, depth: int, step: int, *, always: bool = False) -> str:
    """On one line where there is room, else an entry a line."""
    joined = opening + ", ".join(entries) + closing
    if len(joined) <= _SHORT and "\n" not in joined and not always:
        return joined
    inside = " " * step * (depth + 1)
    return (
        f"{opening.strip()}\n"
        + "".join(f"{inside}{each},\n" for each in entries)
        + " " * step * depth
        + closing.strip()
    )


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else f"'{name}'"


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camel_name(key): each if key in _VERBATIM else _camel(each) for key, each in value.items()}
    return [_camel(each) for each in value] if isinstance(value, list) else value


def _camel_name(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)
