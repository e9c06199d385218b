"""Vectors whose annotation is refused as a whole: the first cluster opens the envelopes as if it was not there."""

import json

import document
from vectors.draft import Case, Draft

PLAIN = {"a": "envelope", "b": "none", "age": "none"}
REFUSED: dict[str, Case] = {}


def by_value(name: str, title: str, change, **arguments) -> None:
    """A case whose document is changed as a value."""

    def text(draft: Draft) -> str:
        plain = json.loads(document.write(draft.groups))
        change(plain)
        return json.dumps(plain, separators=(",", ":"))

    REFUSED[name] = Case(title, "refused", PLAIN, text, **arguments)


def by_text(name: str, title: str, change, **arguments) -> None:
    """A case whose document is changed as a text. The change must hit."""

    def text(draft: Draft) -> str:
        before = document.write(draft.groups)
        after = change(before)
        assert after != before, name
        return after

    REFUSED[name] = Case(title, "refused", PLAIN, text, **arguments)


def _once(old: str, new: str):
    return lambda text: text.replace(old, new, 1)


def _value(*path, to):
    """Changes the value at this path to what `to` makes of it."""

    def change(plain) -> None:
        for step in path[:-1]:
            plain = plain[step]
        plain[path[-1]] = to(plain[path[-1]])

    return change


def _without(*path):
    def change(plain) -> None:
        for step in path[:-1]:
            plain = plain[step]
        del plain[path[-1]]

    return change


def _with(*path, value):
    def change(plain) -> None:
        for step in path[:-1]:
            plain = plain[step]
        plain[path[-1]] = value

    return change


def _more_groups(draft: Draft) -> str:
    draft.groups = [draft.group(name, to=[draft.keys.b]) for name in draft.items]
    plain = {"v": 1, "groups": []}
    for group in draft.groups:
        plain["groups"] += json.loads(document.write([group]))["groups"]
    return json.dumps(plain, separators=(",", ":"))


def _cut(length: int):
    return lambda text: document.encode(document.decode(text)[:length])


FIRST = ("groups", 0)
ENTRY = (*FIRST, "to", 0)
AGE = (*FIRST, "to", 2)
ITEM = (*FIRST, "items", "password")
COMMIT = (*FIRST, "commits", "password")

REFUSED["seventeen-groups"] = Case(
    "17 groups", "refused", PLAIN, _more_groups, names=tuple(f"key-{number:02}" for number in range(17))
)
by_text("longer", "a byte longer than a reader takes it", lambda text: text + " ", length=document.LONGEST_READ + 1)

by_text("not-json", "a comma too many", _once('"v":1,', '"v":1,,'))
by_text("cut-short", "the last bracket is missing", lambda text: text[:-1])
by_text("trailing-text", "a second document after the first", lambda text: text + "{}")
by_text("comment", "a comment", _once('"v":1', '/* */"v":1'))
by_text("empty", "no text at all", lambda text: "")
by_text("list", "a list instead of an object", lambda text: f"[{text}]")
by_text(
    "half-surrogate", "a name with half of a surrogate pair", lambda text: text.replace('"password"', '"pass\\ud800"')
)

by_text("duplicate-v", "`v` twice", _once('"v":1', '"v":1,"v":1'))
by_text("duplicate-groups", "`groups` twice", _once('{"v":1', '{"groups":[],"v":1'))
by_text("duplicate-items", "`items` twice", _once('"items":', '"items":{},"items":'))
by_text("duplicate-name", "a name twice in `commits`", _once('"commits":{', '"commits":{"password":"",'))
by_text(
    "duplicate-escaped-name",
    "a name twice in `items`, once with an escape",
    _once('"items":{', '"items":{"pass\\u0077ord":"",'),
)
by_text("duplicate-key", "`key` twice", _once('"key":', '"key":"","key":'))

by_value("unknown-member", "an unknown member beside `groups`", _with("comment", value="x"))
by_value("unknown-member-of-group", "an unknown member of a group", _with(*FIRST, "comment", value="x"))
by_value("unknown-member-of-entry", "an unknown member of an entry", _with(*ENTRY, "comment", value="x"))
by_value("capital-member", "a member with a capital", _with("V", value=1))

by_value("without-v", "no `v`", _without("v"))
by_value("without-groups", "no `groups`", _without("groups"))
by_value("without-to", "no `to`", _without(*FIRST, "to"))
by_value("without-items", "no `items`", _without(*FIRST, "items"))
by_value("without-commits", "no `commits`", _without(*FIRST, "commits"))
by_value("without-key", "an entry without `key`", _without(*ENTRY, "key"))
by_value("without-recipient", "an entry with neither `cert` nor `age`", _without(*ENTRY, "cert"))
by_value("cert-and-age", "an entry with both `cert` and `age`", _with(*AGE, "cert", value="0" * 64))
by_value("null-age", "an entry with `cert`, and with `age` as null", _with(*ENTRY, "age", value=None))

by_value("version-2", "`v` is 2", _with("v", value=2))
by_value("version-text", "`v` is a text", _with("v", value="1"))
by_value("version-fraction", "`v` is 1.0", _with("v", value=1.0))
by_value("version-true", "`v` is true", _with("v", value=True))
by_value("no-group", "no group", _with("groups", value=[]))
by_value("null-groups", "`groups` is null", _with("groups", value=None))
by_value("no-entry", "a group without entries", _with(*FIRST, "to", value=[]))
by_value(
    "no-item",
    "a group without items",
    lambda plain: plain["groups"].append({**plain["groups"][0], "items": {}, "commits": {}}),
)
by_value("commit-missing", "an item without its commitment", _with(*FIRST, "commits", value={}))
by_value(
    "commit-too-many",
    "a commitment without its item",
    _with(*FIRST, "commits", "user", value=document.encode(bytes(32))),
)

by_value("upper-case-fingerprint", "a fingerprint in upper case", _value(*ENTRY, "cert", to=str.upper))
by_value("short-fingerprint", "a fingerprint of 62 digits", _value(*ENTRY, "cert", to=lambda text: text[:-2]))
by_value(
    "fingerprint-with-colons",
    "a fingerprint as OpenSSL prints it",
    _value(*ENTRY, "cert", to=lambda text: bytes.fromhex(text).hex(":")),
)
by_value("upper-case-age", "a recipient of age in upper case", _value(*AGE, "age", to=str.upper))
by_value(
    "short-age", "a recipient of age with 57 characters after `age1`", _value(*AGE, "age", to=lambda text: text[:-1])
)
by_value(
    "age-plugin", "a recipient of a plugin of age", _value(*AGE, "age", to=lambda text: "age1yubikey1" + text[12:])
)
by_value(
    "age-ssh", "an SSH key as a recipient of age", _with(*AGE, "age", value="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==")
)

by_value("key-not-text", "`key` is a list", _with(*ENTRY, "key", value=[1, 2]))
by_value("short-item", "an item of 59 bytes", _value(*ITEM, to=_cut(59)))
by_value("short-commitment", "a commitment of 31 bytes", _value(*COMMIT, to=_cut(31)))
by_value("base64-without-padding", "base64 without padding", _value(*COMMIT, to=lambda text: text.rstrip("=")))
by_value(
    "base64-left-over-bits",
    "base64 whose bits left over are not zero",
    _value(*COMMIT, to=lambda text: _next_letter(text)),
)
by_value(
    "base64-line-break", "base64 with a line break", _value(*ENTRY, "key", to=lambda text: text[:64] + "\n" + text[64:])
)
by_value(
    "base64-url-alphabet",
    "base64 in the alphabet for URLs",
    _value(*ENTRY, "key", to=lambda text: text.replace("+", "-").replace("/", "_")),
)


def _as_list(text: str) -> str:
    return json.dumps([*json.loads(text).values()])


def _next_letter(text: str) -> str:
    """Base64 of 32 bytes with a bit set that belongs to no byte."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:42] + letters[letters.index(text[42]) + 1] + "="
