"""JSON as both formats of this folder want it: no name twice, no member that is unknown, canonical base64."""

import base64
import json


class Refused(ValueError):
    """Why the whole document is refused."""


def parse(text: str):
    """The value of a text."""
    try:
        return json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
    except Refused:
        raise
    except (ValueError, RecursionError) as error:
        raise Refused("it is no JSON") from error


def take(value, where: str, *names: str) -> list:
    """The values of these members; there are no others."""
    if not isinstance(value, dict) or value.keys() != set(names):
        raise Refused(f"{where} has not the members {', '.join(names)}")
    return [value[name] for name in names]


def utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Refused("half of a surrogate pair is no text") from error


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decode(text) -> bytes:
    """Canonical base64."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:
        data = None
    if data is None or encode(data) != text:
        raise Refused("a value is no canonical base64")
    return data


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("a member is given twice")
    for name in members:
        utf8(name)
    return members


def _no_constant(name: str):
    raise Refused(f"{name} is no JSON")
