"""A wrapped sealing key, `wrapped.json`, as crates/key-wrapping/FORMAT.md specifies it.

`read` is strict: it refuses whatever that page does not name. Of providers, it knows age.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

import age
from envelope import aes_gcm_open
from strict_json import Refused, decode, encode, parse, take, utf8

FORMAT = "sealed-secrets/wrapped-key/v1"
PRIVATE_KEY = FORMAT.encode() + b"/private-key"
SLOTS = FORMAT.encode() + b"/slots"
LONGEST = 131_072
MOST_SLOTS = 8
SLOTS_LONGEST = 65_536
NONCE = 12
CLUSTER_NAME = re.compile("[a-z0-9._-]{1,100}")
SINCE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{0,8}[1-9])?Z", re.ASCII)


@dataclass(frozen=True)
class Slot:
    uri: str
    key_id: str
    wrapped: bytes
    annotations: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class WrappedKey:
    cluster_name: str
    since: str
    private_key: bytes
    slots: list[Slot]
    slots_mac: bytes


@dataclass(frozen=True)
class Opened:
    """`how` says what came of it. Without a private key, `is_changed` means nothing."""

    how: str
    private: bytes | None = None
    is_changed: bool = False


def read(text: str) -> WrappedKey:
    if len(utf8(text)) > LONGEST:
        raise Refused("it is too long")
    names = ("format", "clusterName", "since", "privateKey", "slots", "slotsMac")
    version, cluster_name, since, private_key, slots, mac = take(parse(text), "the document", *names)
    if version != FORMAT:
        raise Refused("it has another format")
    if not isinstance(cluster_name, str) or not CLUSTER_NAME.fullmatch(cluster_name):
        raise Refused("`clusterName` is not the name of a cluster")
    if not isinstance(since, str) or not _is_date(since):
        raise Refused("`since` is not a date")
    if not isinstance(slots, list) or not 1 <= len(slots) <= MOST_SLOTS:
        raise Refused(f"`slots` is no list of 1 to {MOST_SLOTS} slots")
    key = WrappedKey(cluster_name, since, decode(private_key), [_slot(slot) for slot in slots], decode(mac))
    if sum(map(_length, key.slots)) > SLOTS_LONGEST:
        raise Refused("the slots are too long")
    return key


def write(key: WrappedKey) -> str:
    """The document: no white space, members in the order of the format."""
    plain = {
        "format": FORMAT,
        "clusterName": key.cluster_name,
        "since": key.since,
        "privateKey": encode(key.private_key),
        "slots": [_plain(slot) for slot in key.slots],
        "slotsMac": encode(key.slots_mac),
    }
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False)


def fields(*values: bytes) -> bytes:
    return b"".join(count(value) + value for value in values)


def count(values) -> bytes:
    return len(values).to_bytes(4, "big")


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def associated_data(certificate: x509.Certificate, cluster_name: str, since: str) -> bytes:
    return fields(*(text.encode() for text in (FORMAT, fingerprint(certificate), cluster_name, since)))


def subkey(data_key: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, info).derive(data_key)


def encrypt(data_key: bytes, private: bytes, associated: bytes, random) -> bytes:
    """`random(n)` gives n bytes."""
    nonce = random(NONCE)
    return nonce + AESGCM(subkey(data_key, PRIVATE_KEY)).encrypt(nonce, private, associated)


def mac_input(slots: list[Slot]) -> bytes:
    data = count(slots)
    for slot in slots:
        data += fields(slot.uri.encode(), slot.key_id.encode(), slot.wrapped) + count(slot.annotations)
        for name in sorted(slot.annotations, key=str.encode):
            data += fields(name.encode(), slot.annotations[name])
    return data


def mac(data_key: bytes, slots: list[Slot]) -> bytes:
    return hmac.new(subkey(data_key, SLOTS), mac_input(slots), hashlib.sha256).digest()


def open_with(key: WrappedKey, certificate: x509.Certificate, cluster_name: str, identity: age.Identity) -> Opened:
    """Opens it in a cluster whose one provider is this identity."""
    if key.cluster_name != cluster_name:
        return Opened("another cluster")
    slots = [slot for slot in key.slots if slot.uri == identity.recipient]
    if not slots:
        return Opened("no slot of a provider")
    associated = associated_data(certificate, key.cluster_name, key.since)
    for slot in slots:
        data_key = identity.decrypt(slot.wrapped)
        if data_key is None or len(data_key) != 32:
            continue
        nonce, text = key.private_key[:NONCE], key.private_key[NONCE:]
        is_long = len(nonce) == NONCE and len(text) >= 16
        private = aes_gcm_open(subkey(data_key, PRIVATE_KEY), nonce, text, associated) if is_long else None
        if private is None:
            continue
        if not _is_half_of(private, certificate):
            return Opened("another private key")
        is_changed = not hmac.compare_digest(key.slots_mac, mac(data_key, key.slots))
        return Opened("opens", private, is_changed)
    return Opened("no slot opens")


def _is_half_of(private: bytes, certificate: x509.Certificate) -> bool:
    try:
        key = load_der_private_key(private, None)
    except ValueError:
        return False
    # OpenSSL reads other forms than PKCS#8 too.
    is_pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()) == private
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return is_pkcs8 and key.public_key().public_bytes(*form) == certificate.public_key().public_bytes(*form)


def _is_date(text: str) -> bool:
    match = SINCE.fullmatch(text)
    try:
        return match is not None and datetime.fromisoformat(match[1]) is not None
    except ValueError:
        return False


def _slot(slot) -> Slot:
    names = ["uri", "keyId", "wrapped"]
    has_annotations = isinstance(slot, dict) and "annotations" in slot
    uri, key_id, wrapped, *rest = take(slot, "a slot", *names, *["annotations"][:has_annotations])
    annotations = rest[0] if rest else {}
    if not isinstance(uri, str) or not uri or not isinstance(key_id, str) or not isinstance(annotations, dict):
        raise Refused("a member of a slot has another type, or `uri` is empty")
    utf8(uri + key_id)
    slot = Slot(uri, key_id, decode(wrapped), {name: decode(value) for name, value in annotations.items()})
    if not slot.wrapped:
        raise Refused("`wrapped` is empty")
    return slot


def _length(slot: Slot) -> int:
    texts = [slot.uri, slot.key_id, *slot.annotations]
    return sum(len(utf8(text)) for text in texts) + sum(map(len, [slot.wrapped, *slot.annotations.values()]))


def _plain(slot: Slot) -> dict:
    plain = {"uri": slot.uri, "keyId": slot.key_id, "wrapped": encode(slot.wrapped)}
    names = sorted(slot.annotations, key=str.encode)
    return plain | ({"annotations": {name: encode(slot.annotations[name]) for name in names}} if names else {})
