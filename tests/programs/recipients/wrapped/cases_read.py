"""Vectors that are read: those that open, and those that do not."""

import json
from dataclasses import replace

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from wrapped import key
from wrapped.draft import Case, Draft
from wrapped.key import Slot

READ: dict[str, Case] = {}

OPENS = "opens"
CHANGED = "opens, slots changed"
NOT = "no slot opens"


def case(title: str, outcome: str, **arguments):
    def register(change):
        READ[change.__name__.replace("_", "-")] = Case(title, outcome, change, **arguments)
        return change

    return register


def _flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


@case("one slot", OPENS)
def one_slot(draft: Draft):
    pass


@case("slots of other providers around the one that opens", OPENS)
def several_providers(draft: Draft):
    draft.slots = [draft.kms_slot(), draft.other_slot(), *draft.slots, Slot("awskms:arn", "", b"x")]
    draft.wrap()


@case("8 slots", OPENS)
def eight_slots(draft: Draft):
    draft.slots = [draft.kms_slot(str(number)) for number in range(7)] + draft.slots
    draft.wrap()


@case("a slot of the identity with another data key comes first, and is passed over", OPENS)
def other_data_key_first(draft: Draft):
    draft.slots.insert(0, draft.age_slot(draft.random(32)))
    draft.wrap()


@case("a damaged slot of the identity comes first, and is passed over", OPENS)
def damaged_slot_first(draft: Draft):
    first = draft.age_slot()
    draft.slots.insert(0, replace(first, wrapped=_flipped(first.wrapped, -1)))
    draft.wrap()


@case("a slot of the identity with 31 bytes comes first, and is passed over", OPENS)
def short_data_key_first(draft: Draft):
    draft.slots.insert(0, draft.age_slot(draft.random(31)))
    draft.wrap()


@case("annotations are ordered by their bytes, as Unicode is and UTF-16 is not", OPENS)
def order_of_annotations(draft: Draft):
    names = ["z", "\uffee", "\U00010000", "é"]
    draft.slots.append(draft.kms_slot(annotations={name: name.encode() for name in names}))
    draft.wrap()
    plain = json.loads(key.write(draft.key))
    annotations = plain["slots"][1]["annotations"]
    plain["slots"][1]["annotations"] = {name: annotations[name] for name in names}
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False)


@case("annotations that are empty, and a value that is", OPENS)
def empty_annotations(draft: Draft):
    draft.slots.append(draft.kms_slot(annotations={"empty.kms.example": b""}))
    draft.wrap()
    plain = json.loads(key.write(draft.key))
    plain["slots"][0]["annotations"] = {}
    return json.dumps(plain, separators=(",", ":"))


@case("digits of a second", OPENS)
def digits_of_a_second(draft: Draft):
    draft.since = "2026-01-02T03:04:05.678900001Z"
    draft.wrap()


@case("a leap day", OPENS)
def leap_day(draft: Draft):
    draft.since = "2024-02-29T00:00:00Z"
    draft.wrap()


@case("a cluster name of 100 characters", OPENS)
def long_cluster_name(draft: Draft):
    draft.cluster = draft.reader_cluster = "0-._z" * 20
    draft.wrap()


@case("white space", OPENS)
def white_space(draft: Draft):
    return json.dumps(json.loads(key.write(draft.key)), indent="\t")


@case("members in another order", OPENS)
def order_of_members(draft: Draft):
    draft.slots.insert(0, draft.kms_slot())
    draft.wrap()
    return json.dumps(json.loads(key.write(draft.key), object_pairs_hook=lambda pairs: dict(reversed(pairs))))


@case("a member and a value with an escape", OPENS)
def escapes(draft: Draft):
    return key.write(draft.key).replace('"slots"', '"slot\\u0073"').replace('"age1', '"\\u0061ge1')


@case("as long as a reader takes it", OPENS, length=key.LONGEST)
def longest(draft: Draft):
    pass


@case("65,536 bytes of slots", OPENS)
def longest_slots(draft: Draft):
    (slot,) = draft.slots
    uri = "awskms:arn"
    used = len(slot.uri) + len(slot.wrapped) + len(uri)
    draft.slots.append(Slot(uri, "", bytes(key.SLOTS_LONGEST - used)))
    draft.wrap()


@case("two slots swapped", CHANGED)
def swapped_slots(draft: Draft):
    draft.slots.append(draft.kms_slot())
    draft.wrap()
    draft.change(slots=draft.key.slots[::-1])


@case("a slot is gone", CHANGED)
def dropped_slot(draft: Draft):
    draft.slots.append(draft.kms_slot())
    draft.wrap()
    draft.change(slots=draft.key.slots[:1])


@case("a slot was added before", CHANGED)
def added_slot(draft: Draft):
    draft.change(slots=[Slot("openbao+transit://evil.example/transit/key", "1", b"vault:v1:x"), *draft.key.slots])


@case("a slot twice", CHANGED)
def doubled_slot(draft: Draft):
    draft.change(slots=draft.key.slots * 2)


@case("another `keyId` of another slot", CHANGED)
def other_key_id(draft: Draft):
    _with_last(draft, lambda slot: replace(slot, key_id="key-2"))


@case("another byte in `wrapped` of another slot", CHANGED)
def other_wrapped(draft: Draft):
    _with_last(draft, lambda slot: replace(slot, wrapped=_flipped(slot.wrapped, 0)))


@case("an annotation has another value", CHANGED)
def other_annotation(draft: Draft):
    _with_last(draft, lambda slot: replace(slot, annotations={"nonce.kms.example": bytes(12)}))


@case("an annotation is gone", CHANGED)
def dropped_annotation(draft: Draft):
    _with_last(draft, lambda slot: replace(slot, annotations={}))


@case("an annotation moved to the next slot", CHANGED)
def moved_annotation(draft: Draft):
    draft.slots += [draft.kms_slot("1"), draft.kms_slot("2", annotations={})]
    draft.wrap()
    first, second, third = draft.key.slots
    moved = replace(third, annotations=second.annotations)
    draft.change(slots=[first, replace(second, annotations={}), moved])


def _with_last(draft: Draft, change) -> None:
    draft.slots.append(draft.kms_slot())
    draft.wrap()
    *slots, last = draft.key.slots
    draft.change(slots=[*slots, change(last)])


@case("another bit in the MAC", CHANGED)
def other_mac(draft: Draft):
    draft.change(slots_mac=_flipped(draft.key.slots_mac, 31))


@case("the MAC cut to 16 bytes", CHANGED)
def cut_mac(draft: Draft):
    draft.change(slots_mac=draft.key.slots_mac[:16])


@case("an empty MAC", CHANGED)
def empty_mac(draft: Draft):
    draft.change(slots_mac=b"")


@case("the MAC under the subkey that encrypts", CHANGED)
def mac_under_other_subkey(draft: Draft):
    data = key.mac_input(draft.slots)
    draft.change(slots_mac=key.hmac.new(key.subkey(draft.data_key, key.PRIVATE_KEY), data, "sha256").digest())


@case("wrapped for another cluster", "another cluster")
def another_cluster(draft: Draft):
    draft.reader_cluster = "test"


@case("wrapped for another cluster, and `clusterName` was changed", NOT)
def renamed_cluster(draft: Draft):
    draft.reader_cluster = "test"
    draft.change(cluster_name="test")


@case("`since` was changed", NOT)
def other_since(draft: Draft):
    draft.change(since="2027-01-02T03:04:05Z")


@case("beside another certificate", NOT)
def other_certificate(draft: Draft):
    draft.reader_pair = "b"


@case("the private key of another certificate", "another private key")
def other_private_key(draft: Draft):
    draft.private = draft.pairs["b"].private
    draft.wrap()


@case("the private key in PKCS#1", "another private key")
def pkcs1(draft: Draft):
    form = (Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    draft.private = draft.pairs["a"].private_key.private_bytes(*form)
    draft.wrap()


@case("no slot of the identity", "no slot of a provider")
def no_slot_of_the_identity(draft: Draft):
    draft.slots = [draft.kms_slot(), draft.other_slot()]
    draft.wrap()


@case("another bit in the ciphertext", NOT)
def other_ciphertext(draft: Draft):
    draft.change(private_key=_flipped(draft.key.private_key, 100))


@case("another bit in the nonce", NOT)
def other_nonce(draft: Draft):
    draft.change(private_key=_flipped(draft.key.private_key, 0))


@case("another bit in the tag", NOT)
def other_tag(draft: Draft):
    draft.change(private_key=_flipped(draft.key.private_key, -1))


@case("`privateKey` cut to the nonce and the tag", NOT)
def cut_private_key(draft: Draft):
    draft.change(private_key=draft.key.private_key[:28])


@case("`privateKey` of 11 bytes", NOT)
def short_private_key(draft: Draft):
    draft.change(private_key=draft.key.private_key[:11])


@case("`privateKey` is empty", NOT)
def empty_private_key(draft: Draft):
    draft.change(private_key=b"")


@case("another bit in the age file", NOT)
def damaged_slot(draft: Draft):
    (slot,) = draft.slots
    draft.slots = [replace(slot, wrapped=_flipped(slot.wrapped, -1))]
    draft.wrap()


@case("the slot has another data key", NOT)
def other_data_key(draft: Draft):
    draft.slots = [draft.age_slot(draft.random(32))]
    draft.wrap()


@case("the slot has the data key and a byte", NOT)
def long_data_key(draft: Draft):
    draft.slots = [draft.age_slot(draft.data_key + b"\x00")]
    draft.wrap()


@case("encrypted under the data key itself", NOT)
def no_subkey(draft: Draft):
    _encrypted_under(draft, draft.data_key)


@case("encrypted under the subkey of the MAC", NOT)
def other_subkey(draft: Draft):
    _encrypted_under(draft, key.subkey(draft.data_key, key.SLOTS))


@case("associated data without lengths", NOT)
def associated_data_without_lengths(draft: Draft):
    fingerprint = key.fingerprint(draft.pairs["a"].certificate)
    associated = "".join([key.FORMAT, fingerprint, draft.cluster, draft.since]).encode()
    _encrypted_under(draft, key.subkey(draft.data_key, key.PRIVATE_KEY), associated)


def _encrypted_under(draft: Draft, under: bytes, associated: bytes | None = None) -> None:
    nonce = draft.random(key.NONCE)
    associated = draft.associated_data() if associated is None else associated
    draft.change(private_key=nonce + AESGCM(under).encrypt(nonce, draft.private, associated))
