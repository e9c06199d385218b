"""The annotation `sealedsecrets.bitnami.com/recipients`: the text, and what is in it.

`read` is strict: it refuses whatever crates/recipients/FORMAT.md does not name. `groups` opens what it returns.
"""

import json
from dataclasses import dataclass

from strict_json import Refused, decode, encode, parse, take, utf8

ANNOTATION = "sealedsecrets.bitnami.com/recipients"
MOST_GROUPS = 16
LONGEST_READ = 262_144
LONGEST_WRITTEN = 204_800
ITEM_LENGTH = 12 + 32 + 16
COMMITMENT_LENGTH = 32
HEX = set("0123456789abcdef")
BECH32 = set("qpzry9x8gf2tvdw0s3jn54khce6mua7l")


@dataclass(frozen=True)
class Recipient:
    """An entry of `to`: `kind` is `cert` or `age`, `name` the fingerprint or the recipient of age."""

    kind: str
    name: str
    key: bytes


@dataclass(frozen=True)
class Group:
    to: list[Recipient]
    items: dict[str, bytes]
    commits: dict[str, bytes]


def read(text: str) -> list[Group]:
    """The groups of a document. Refuses it as a whole."""
    if len(utf8(text)) > LONGEST_READ:
        raise Refused("it is too long")
    document = parse(text)
    v, groups = take(document, "the document", "v", "groups")
    # In Python, True and 1.0 equal 1 too.
    if type(v) is not int or v != 1:
        raise Refused("`v` is not 1")
    if not isinstance(groups, list) or not 1 <= len(groups) <= MOST_GROUPS:
        raise Refused(f"`groups` is no list of 1 to {MOST_GROUPS} groups")
    return [_group(group) for group in groups]


def write(groups: list[Group]) -> str:
    """The document: no white space, members in the order of the format, names in the order of their bytes."""
    text = json.dumps(
        {"v": 1, "groups": [_plain(group) for group in groups]}, separators=(",", ":"), ensure_ascii=False
    )
    if not 1 <= len(groups) <= MOST_GROUPS or len(text.encode()) > LONGEST_WRITTEN:
        raise Refused("it has too many groups, or is too long to be written")
    return text


def _plain(group: Group) -> dict:
    to = [{recipient.kind: recipient.name, "key": encode(recipient.key)} for recipient in group.to]
    names = sorted(group.items, key=str.encode)
    return {
        "to": to,
        "items": {name: encode(group.items[name]) for name in names},
        "commits": {name: encode(group.commits[name]) for name in names},
    }


def _group(group) -> Group:
    to, items, commits = take(group, "a group", "to", "items", "commits")
    if not isinstance(to, list) or not to:
        raise Refused("`to` is no list of entries")
    items = _bytes_by_name(items, "items", ITEM_LENGTH)
    commits = _bytes_by_name(commits, "commits", COMMITMENT_LENGTH)
    if not items or items.keys() != commits.keys():
        raise Refused("`items` is empty, or `commits` has other names")
    return Group([_recipient(entry) for entry in to], items, commits)


def _recipient(entry) -> Recipient:
    kind = "age" if isinstance(entry, dict) and "age" in entry else "cert"
    name, key = take(entry, "an entry of `to`", kind, "key")
    is_good = isinstance(name, str) and (_is_fingerprint(name) if kind == "cert" else _is_age(name))
    if not is_good:
        raise Refused(f"`{kind}` has another form")
    return Recipient(kind, name, decode(key))


def _is_fingerprint(name: str) -> bool:
    return len(name) == 64 and set(name) <= HEX


def _is_age(name: str) -> bool:
    return len(name) == 62 and name.startswith("age1") and set(name[4:]) <= BECH32


def _bytes_by_name(members, member: str, length: int) -> dict[str, bytes]:
    if not isinstance(members, dict):
        raise Refused(f"`{member}` is no object")
    values = {name: decode(value) for name, value in members.items()}
    if any(len(value) != length for value in values.values()):
        raise Refused(f"a value of `{member}` is not {length} bytes long")
    return values
