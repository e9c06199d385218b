"""Vectors whose annotation is read: those that open, and those with entries that do not."""

import json
from dataclasses import replace

import age
import document
import groups
from envelope import Envelope
from groups import Item, Recipient
from vectors import two_keys
from vectors.draft import Case, Draft

READ: dict[str, Case] = {}

ALL = {"a": "entry", "b": "entry", "age": "entry"}
# What a reader has where no entry counts: the first cluster opens the envelope.
PLAIN = {"a": "envelope", "b": "none", "age": "none"}
NONE = {"a": "none", "b": "none", "age": "none"}
BOTH = ("password", "user")


def case(title: str, expected: dict, **arguments):
    def register(change):
        READ[change.__name__.replace("_", "-")] = Case(title, "read", expected, change, **arguments)
        return change

    return register


@case("strict scope, for two clusters and an identity of age", ALL, names=BOTH)
def strict(draft: Draft):
    pass


@case("namespace-wide scope", ALL, label="shop")
def namespace_wide(draft: Draft):
    pass


@case("cluster-wide scope", ALL, label="")
def cluster_wide(draft: Draft):
    pass


@case("two groups: an item was added later", ALL, names=BOTH)
def two_groups(draft: Draft):
    draft.groups = [draft.group("password"), draft.group("user")]


@case(
    "a recipient was added with the second group",
    {"a": "entry", "b": {"password": "none", "user": "entry"}, "age": "none"},
    names=BOTH,
)
def later_recipient(draft: Draft):
    draft.groups = [draft.group("password", to=[draft.keys.a]), draft.group("user", to=[draft.keys.a, draft.keys.b])]


@case("16 groups", {**ALL, "age": "none"}, names=tuple(f"key-{number:02}" for number in range(16)))
def sixteen_groups(draft: Draft):
    draft.groups = [draft.group(name, to=[draft.keys.a, draft.keys.b]) for name in draft.items]


@case(
    "an item without an entry",
    {
        "a": {"password": "entry", "user": "envelope"},
        "b": {"password": "entry", "user": "none"},
        "age": {"password": "entry", "user": "none"},
    },
    names=BOTH,
)
def item_without_entry(draft: Draft):
    draft.regroup("password")


@case("an entry for an item that is gone", ALL, names=BOTH)
def entry_without_item(draft: Draft):
    del draft.envelopes["user"]


@case("the session key of the envelope was wrapped again, for the second cluster", ALL)
def wrapped_again(draft: Draft):
    sealed, item = draft.envelopes["password"], draft.items["password"]
    draft.envelopes["password"] = Envelope(draft.wrap(draft.keys.b, draft.label, item.session_key), sealed.aes_part)


@case("the first cluster has no entry", {**ALL, "a": "envelope"})
def first_cluster_without_entry(draft: Draft):
    draft.regroup(to=[draft.keys.b, draft.keys.age])


@case("63 entries that name a key and do not open, and then one that does", {**ALL, "age": "none"})
def many_entries(draft: Draft):
    draft.regroup(to=[draft.keys.a, draft.keys.b])
    first, second = draft.groups[0].to
    wrong = [Recipient("cert", first.name, draft.random(255).rjust(256, b"\x00")) for _ in range(63)]
    draft.groups[0] = replace(draft.groups[0], to=[*wrong, first, second])


@case("white space", ALL)
def white_space(draft: Draft):
    return json.dumps(json.loads(document.write(draft.groups)), indent="\t")


@case("members in another order", ALL)
def order_of_members(draft: Draft):
    return json.dumps(json.loads(document.write(draft.groups), object_pairs_hook=lambda pairs: dict(reversed(pairs))))


@case("a name with an escape", ALL)
def escaped_name(draft: Draft):
    return document.write(draft.groups).replace('"password"', '"pass\\u0077ord"')


@case("a member with an escape", ALL)
def escaped_member(draft: Draft):
    return document.write(draft.groups).replace('"to"', '"\\u0074o"')


@case("as long as a reader takes it", ALL, length=document.LONGEST_READ)
def longest(draft: Draft):
    pass


@case("the AES part of the envelope changed: upstream's tools sealed another value", PLAIN)
def stale_entry(draft: Draft):
    draft.seal("password", b"correct horse")


@case("an old group and a new one have the item: the associated data decides", ALL)
def stale_and_new_group(draft: Draft):
    draft.seal("password", b"correct horse")
    draft.groups.append(draft.group())


@case("a new group and an old one have the item: the order does not matter", ALL)
def new_and_stale_group(draft: Draft):
    draft.seal("password", b"correct horse")
    draft.groups.insert(0, draft.group())


@case("two groups have the item, with the same session key", ALL)
def two_matching_groups(draft: Draft):
    draft.groups.append(draft.group())


@case("two entries swapped, with their commitments", PLAIN, names=BOTH)
def swapped_entries(draft: Draft):
    group = draft.groups[0]
    swap = {"password": "user", "user": "password"}
    items, commits = ({name: each[swap[name]] for name in each} for each in (group.items, group.commits))
    draft.groups[0] = replace(group, items=items, commits=commits)


@case("two items swapped: the first cluster opens them, as upstream does", PLAIN, names=BOTH)
def swapped_items(draft: Draft):
    draft.envelopes = {"password": draft.envelopes["user"], "user": draft.envelopes["password"]}


@case("a group that was made for another SealedSecret", PLAIN)
def other_label(draft: Draft):
    draft.regroup(label=b"shop/cache")


@case("an object key with the right label, and an item with another", PLAIN)
def other_label_of_item(draft: Draft):
    object_key = draft.random(32)
    wrong = groups.entry(object_key, b"shop/cache", "password", draft.items["password"], draft.random)
    draft.groups[0] = replace(_group_of(draft, object_key), items={"password": wrong})


@case("an item whose tag is altered", PLAIN)
def altered_item(draft: Draft):
    group = draft.groups[0]
    item = group.items["password"]
    draft.groups[0] = replace(group, items={"password": item[:-1] + bytes([item[-1] ^ 1])})


@case("the wrapped session key of the envelope stands as an object key", {"a": "envelope", "b": "none", "age": "none"})
def session_key_as_object_key(draft: Draft):
    draft.groups[0] = _group_of(draft, draft.items["password"].session_key, to=[draft.keys.a])
    draft.groups[0].to[0] = replace(draft.groups[0].to[0], key=draft.envelopes["password"].wrapped)


@case("an object key stands as the wrapped session key of an envelope", NONE)
def object_key_as_session_key(draft: Draft):
    object_key = draft.items["password"].session_key
    group = _group_of(draft, object_key, to=[draft.keys.a])
    draft.envelopes["password"] = Envelope(group.to[0].key, draft.envelopes["password"].aes_part)
    draft.groups = [draft.group(to=[])]
    draft.groups[0].to.append(replace(group.to[0], key=draft.random(255).rjust(256, b"\x00")))


@case("an object key of 31 bytes", PLAIN)
def short_object_key(draft: Draft):
    _replace_object_keys(draft, 31)


@case("an object key of 33 bytes", PLAIN)
def long_object_key(draft: Draft):
    _replace_object_keys(draft, 33)


@case("entries with the fingerprint of the other cluster", PLAIN)
def forged_fingerprints(draft: Draft):
    draft.regroup(to=[draft.keys.a, draft.keys.b])
    a, b = draft.groups[0].to
    draft.groups[0] = replace(draft.groups[0], to=[replace(a, name=b.name), replace(b, name=a.name)])


@case("an entry whose key is empty", {**ALL, "b": "none"})
def empty_key(draft: Draft):
    a, b, identity = draft.groups[0].to
    draft.groups[0] = replace(draft.groups[0], to=[a, replace(b, key=b""), identity])


@case("a recipient of age whose checksum is wrong: no identity is named so", {**ALL, "age": "none"})
def wrong_checksum_of_age(draft: Draft):
    a, b, identity = draft.groups[0].to
    wrong = identity.name[:-1] + ("q" if identity.name[-1] != "q" else "p")
    draft.groups[0] = replace(draft.groups[0], to=[a, b, replace(identity, name=wrong)])


@case("an age file that is for another recipient than the entry names", {**ALL, "age": "none"})
def forged_age_recipient(draft: Draft):
    stranger = age.Identity(age.identity_of(draft.random(32))).recipient
    draft.regroup(to=[draft.keys.a, draft.keys.b, stranger])
    draft.groups[0].to[2] = replace(draft.groups[0].to[2], name=draft.keys.age)


@case("an age file whose header is altered", {**ALL, "age": "none"})
def altered_age_header(draft: Draft):
    group = draft.groups[0]
    key = group.to[2].key
    at = key.index(b"\n--- ") + 5
    altered = key[:at] + (b"A" if key[at : at + 1] != b"A" else b"B") + key[at + 1 :]
    draft.groups[0] = replace(group, to=[*group.to[:2], replace(group.to[2], key=altered)])


@case("an envelope that ends in its wrapped session key", NONE)
def cut_envelope(draft: Draft):
    cut = Envelope(draft.envelopes["password"].wrapped, b"")
    draft.envelopes["password"] = cut
    draft.items["password"] = replace(draft.items["password"], aes_part=b"")
    draft.regroup()


@case("an altered commitment: the session key does not count, in the envelope neither", NONE)
def altered_commitment(draft: Draft):
    group = draft.groups[0]
    draft.groups[0] = replace(group, commits={"password": draft.random(32)})


@case("an AES part under two keys; the entry is committed to its own, and the envelope has the other", ALL)
def two_keys_entry_counts(draft: Draft):
    first, second, aes_part = _two_keys(draft)
    draft.groups[0] = _group_of(draft, draft.random(32), item=Item(second, aes_part))
    _wrap_envelope(draft, first, aes_part)


@case("an AES part under two keys; the entry is committed to the key in the envelope", PLAIN)
def two_keys_envelope_counts(draft: Draft):
    first, second, aes_part = _two_keys(draft)
    group = _group_of(draft, draft.random(32), item=Item(second, aes_part))
    draft.groups[0] = replace(group, commits={"password": groups.commitment(first)})
    _wrap_envelope(draft, first, aes_part)


@case("an AES part under two keys; the entry has a third that does not open it, and is committed to that", NONE)
def two_keys_third_counts(draft: Draft):
    first, _, aes_part = _two_keys(draft)
    draft.groups[0] = _group_of(draft, draft.random(32), item=Item(draft.random(32), aes_part))
    _wrap_envelope(draft, first, aes_part)


@case("an AES part under two keys, each in a matching entry of a group of its own: no key is the one of both", NONE)
def two_keys_two_groups(draft: Draft):
    first, second, aes_part = _two_keys(draft)
    draft.groups = [_group_of(draft, draft.random(32), item=Item(key, aes_part)) for key in (first, second)]
    _wrap_envelope(draft, first, aes_part)


def _group_of(draft: Draft, object_key: bytes, to: list | None = None, item: Item | None = None) -> document.Group:
    """A group with this object key."""
    item = item or draft.items["password"]
    to = [draft.keys.a, draft.keys.b, draft.keys.age] if to is None else to
    return document.Group(
        [groups.wrap(recipient, draft.label, object_key, draft.random) for recipient in to],
        {"password": groups.entry(object_key, draft.label, "password", item, draft.random)},
        {"password": groups.commitment(item.session_key)},
    )


def _replace_object_keys(draft: Draft, length: int) -> None:
    object_key = draft.random(length)
    to = [groups.wrap(it, draft.label, object_key, draft.random) for it in (draft.keys.a, draft.keys.b, draft.keys.age)]
    draft.groups[0] = replace(draft.groups[0], to=to)


def _two_keys(draft: Draft) -> tuple[bytes, bytes, bytes]:
    """Two session keys, and an AES part that both open."""
    first, second = draft.random(32), draft.random(32)
    return first, second, two_keys.aes_part(first, b"the first reads ", second, b"the second reads")


def _wrap_envelope(draft: Draft, session_key: bytes, aes_part: bytes) -> None:
    draft.envelopes["password"] = Envelope(draft.wrap(draft.keys.a, draft.label, session_key), aes_part)
