"""Vectors that are refused as a whole."""

import json

from strict_json import encode
from wrapped import key
from wrapped.draft import Case, Draft

REFUSED: dict[str, Case] = {}

SLOT = ("slots", 0)


def by_value(name: str, title: str, change) -> None:
    """A case whose document is changed as a value."""

    def text(draft: Draft) -> str:
        plain = json.loads(key.write(draft.key))
        change(plain)
        return json.dumps(plain, separators=(",", ":"))

    REFUSED[name] = Case(title, "refused", text)


def by_text(name: str, title: str, change, **arguments) -> None:
    """A case whose document is changed as a text. The change must hit."""

    def text(draft: Draft) -> str:
        before = key.write(draft.key)
        after = change(before)
        assert after != before, name
        return after

    REFUSED[name] = Case(title, "refused", text, **arguments)


def _once(old: str, new: str):
    return lambda text: text.replace(old, new, 1)


def _at(*path, value=None, change=None):
    """Sets the member at this path, or changes it."""

    def apply(plain) -> None:
        for step in path[:-1]:
            plain = plain[step]
        plain[path[-1]] = value if change is None else change(plain[path[-1]])

    return apply


def _without(*path):
    def change(plain) -> None:
        for step in path[:-1]:
            plain = plain[step]
        del plain[path[-1]]

    return change


by_text("longer", "a byte longer than a reader takes it", lambda text: text + " ", length=key.LONGEST + 1)
by_text("not-json", "a comma too many", _once(",", ",,"))
by_text("cut-short", "the last bracket is missing", lambda text: text[:-1])
by_text("trailing-text", "a second document after the first", lambda text: text + "{}")
by_text("comment", "a comment", _once('"format"', '/* */"format"'))
by_text("empty", "no text at all", lambda text: "")
by_text("list", "a list instead of an object", lambda text: f"[{text}]")
by_text("values-alone", "a list of the values", lambda text: json.dumps([*json.loads(text).values()]))
by_text("byte-order-mark", "a byte order mark", lambda text: "\ufeff" + text)
by_text("half-surrogate", "half of a surrogate pair", _once('"keyId":"', '"keyId":"\\ud800'))

by_text("duplicate-slots", "`slots` twice", _once('"slots":', '"slots":[],"slots":'))
by_text("duplicate-since", "`since` twice, once with an escape", _once('"since":', '"s\\u0069nce":"","since":'))
by_text("duplicate-uri", "`uri` twice", _once('"uri":', '"uri":"kmsv2:unix:///a","uri":'))
by_text(
    "duplicate-annotation",
    "a name twice in `annotations`",
    _once('"keyId":', '"annotations":{"a.b":"","a.b":""},"keyId":'),
)

by_value("unknown-member", "an unknown member", _at("comment", value="x"))
by_value("unknown-member-of-slot", "an unknown member of a slot", _at(*SLOT, "address", value="x"))
by_value("capital-member", "a member with a capital", _at("Format", value=key.FORMAT))
for member in ("format", "clusterName", "since", "privateKey", "slots", "slotsMac"):
    by_value(f"without-{member.lower()}", f"no `{member}`", _without(member))
for member in ("uri", "keyId", "wrapped"):
    by_value(f"slot-without-{member.lower()}", f"a slot without `{member}`", _without(*SLOT, member))

by_value("version-2", "version 2", _at("format", value="sealed-secrets/wrapped-key/v2"))
by_value("capital-format", "the format in capitals", _at("format", change=str.upper))
by_value("null-format", "the format is null", _at("format"))
by_value("empty-cluster-name", "an empty `clusterName`", _at("clusterName", value=""))
by_value("capital-cluster-name", "a `clusterName` with a capital", _at("clusterName", value="Prod"))
by_value("long-cluster-name-101", "a `clusterName` of 101 characters", _at("clusterName", value="a" * 101))
by_value("cluster-name-with-line-break", "a `clusterName` with a line break", _at("clusterName", value="prod\n"))

for name, title, since in [
    ("offset", "an offset", "2026-01-02T03:04:05+00:00"),
    ("small-z", "a small z", "2026-01-02T03:04:05z"),
    ("space", "a space instead of T", "2026-01-02 03:04:05Z"),
    ("zeros", "digits of a second that end with 0", "2026-01-02T03:04:05.500Z"),
    ("point", "a point without digits", "2026-01-02T03:04:05.Z"),
    ("ten-digits", "ten digits of a second", "2026-01-02T03:04:05.0000000001Z"),
    ("leap-second", "a leap second", "2026-06-30T23:59:60Z"),
    ("no-leap-day", "a day that is not", "2026-02-29T00:00:00Z"),
    ("hour-24", "24 hours", "2026-01-02T24:00:00Z"),
    ("no-seconds", "no seconds", "2026-01-02T03:04Z"),
    ("minus", "a year before 0", "-000001-01-02T03:04:05Z"),
    ("long-year", "a year with a sign", "+002026-01-02T03:04:05Z"),
    ("number", "a number", 1767323045),
]:
    by_value(f"since-{name}", f"`since` with {title}", _at("since", value=since))

by_value("no-slots", "no slot", _at("slots", value=[]))
by_value("null-slots", "`slots` is null", _at("slots"))
by_value("nine-slots", "9 slots", _at("slots", change=lambda slots: slots * 9))
by_value("slot-as-list", "a slot as a list", _at(*SLOT, change=lambda slot: [*slot.values()]))
by_value("empty-uri", "an empty `uri`", _at(*SLOT, "uri", value=""))
by_value("null-key-id", "`keyId` is null", _at(*SLOT, "keyId"))
by_value("number-key-id", "`keyId` is a number", _at(*SLOT, "keyId", value=1))
by_value("empty-wrapped", "an empty `wrapped`", _at(*SLOT, "wrapped", value=""))
by_value("null-annotations", "`annotations` is null", _at(*SLOT, "annotations"))
by_value("list-of-annotations", "`annotations` is a list", _at(*SLOT, "annotations", value=[]))
by_value("text-annotation", "an annotation that is no base64", _at(*SLOT, "annotations", value={"a.b": "text!"}))
by_value("long-slots", "65,537 bytes of slots", _at(*SLOT, "wrapped", change=lambda _: encode(bytes(65_537 - 62))))

by_value("base64-without-padding", "base64 without padding", _at("slotsMac", change=lambda text: text.rstrip("=")))
by_value("base64-left-over-bits", "base64 whose bits left over are not zero", _at("privateKey", value="AB=="))
by_value(
    "base64-line-break",
    "base64 with a line break",
    _at("privateKey", change=lambda text: text[:64] + "\n" + text[64:]),
)
by_value(
    "base64-url-alphabet",
    "base64 in the alphabet for URLs",
    _at("privateKey", change=lambda text: text.replace("+", "-").replace("/", "_")),
)
