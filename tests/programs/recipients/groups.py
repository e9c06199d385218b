"""Groups of recipients: makes one, and opens items by their entries.

crates/recipients/FORMAT.md says how, under "A group" and "Reading".
"""

import hashlib
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

import age
from document import Group, Recipient
from envelope import AESGCM, KEY_LENGTH, Envelope, aes_gcm_open, oaep_decrypt, oaep_encrypt, open_aes_part

CONTEXT = b"sealed-secrets/recipients/v1"
COMMITMENT_CONTEXT = CONTEXT + b"/commit\x00"
MOST_OPERATIONS = 64


@dataclass(frozen=True)
class Key:
    """A cluster's private key, with the fingerprints of its certificates.

    Without a certificate, it tries all entries of clusters.
    """

    private: rsa.RSAPrivateKey
    fingerprints: frozenset[str] | None = None

    def is_named_by(self, recipient: Recipient) -> bool:
        return recipient.kind == "cert" and (self.fingerprints is None or recipient.name in self.fingerprints)

    def open(self, label: bytes, recipient: Recipient) -> bytes | None:
        return oaep_decrypt(self.private, object_key_label(label), recipient.key)


@dataclass(frozen=True)
class AgeKey:
    """A private key of age."""

    identity: age.Identity

    def is_named_by(self, recipient: Recipient) -> bool:
        return recipient.kind == "age" and recipient.name == self.identity.recipient

    def open(self, _label: bytes, recipient: Recipient) -> bytes | None:
        return self.identity.decrypt(recipient.key)


@dataclass
class Opener:
    """Opens the items of one SealedSecret. `groups` is empty where the annotation is absent or refused."""

    label: bytes
    keys: list[Key | AgeKey]
    groups: list[Group]
    _operations: int = 0
    _object_keys: dict[int, bytes | None] = field(default_factory=dict)

    def open(self, name: str, data: bytes) -> tuple[str, bytes | None]:
        """`entry` and the value where the session key of an entry opens it; `envelope` and the value where that of the
        envelope itself does; else why not, and None."""
        envelope = Envelope.parse(data)
        if envelope is None:
            return "the envelope is truncated", None
        matching = list(self._matching(name, envelope.aes_part))
        commitments = [commitment for _, commitment in matching]
        for session_key, _ in matching:
            value = open_aes_part(session_key, envelope.aes_part)
            if value is not None and _counts(session_key, commitments):
                return "entry", value
        refusal = (
            "no entry matches, and no key opens the envelope"
            if not matching
            else "the session key of the entry does not count or open"
        )
        for key in self.keys:
            session_key = oaep_decrypt(key.private, self.label, envelope.wrapped) if isinstance(key, Key) else None
            value = None if session_key is None else open_aes_part(session_key, envelope.aes_part)
            if value is not None:
                if _counts(session_key, commitments):
                    return "envelope", value
                refusal = "the session key of the envelope is not the one that the entry is committed to"
        return refusal, None

    def _matching(self, name: str, aes_part: bytes):
        """The session key and the commitment of each matching entry."""
        for number, group in enumerate(self.groups):
            if name not in group.items:
                continue
            if number not in self._object_keys:
                self._object_keys[number] = self._open_group(group)
            object_key, item = self._object_keys[number], group.items[name]
            if object_key is not None:
                session_key = aes_gcm_open(
                    object_key, item[:12], item[12:], associated_data(self.label, name, aes_part)
                )
                if session_key is not None:
                    yield session_key, group.commits[name]

    def _open_group(self, group: Group) -> bytes | None:
        for recipient in group.to:
            for key in filter(lambda key: key.is_named_by(recipient), self.keys):
                if self._operations == MOST_OPERATIONS:
                    return None
                self._operations += 1
                object_key = key.open(self.label, recipient)
                if object_key is not None and len(object_key) == KEY_LENGTH:
                    return object_key
        return None


@dataclass(frozen=True)
class Item:
    """What a group says of an item: its session key, and the AES part of its envelope."""

    session_key: bytes
    aes_part: bytes


def make(label: bytes, to: list[x509.Certificate | str], items: dict[str, Item], random) -> Group:
    """A new group with a fresh object key, for certificates and recipients of age. `random(n)` gives n bytes."""
    object_key = random(KEY_LENGTH)
    return Group(
        [wrap(recipient, label, object_key, random) for recipient in to],
        {name: entry(object_key, label, name, item, random) for name, item in items.items()},
        {name: commitment(item.session_key) for name, item in items.items()},
    )


def wrap(recipient: x509.Certificate | str, label: bytes, object_key: bytes, random) -> Recipient:
    """The object key for a recipient."""
    if isinstance(recipient, str):
        return Recipient("age", recipient, age.encrypt(recipient, object_key, random))
    public_key = recipient.public_key()
    if not isinstance(public_key, rsa.RSAPublicKey):
        raise ValueError("a certificate has no RSA key")
    return Recipient(
        "cert", fingerprint(recipient), oaep_encrypt(public_key, object_key_label(label), object_key, random)
    )


def entry(object_key: bytes, label: bytes, name: str, item: Item, random) -> bytes:
    """The session key of an item under the object key."""
    nonce = random(12)
    associated = associated_data(label, name, item.aes_part)
    return nonce + AESGCM(object_key).encrypt(nonce, item.session_key, associated)


def commitment(session_key: bytes) -> bytes:
    return hashlib.sha256(COMMITMENT_CONTEXT + session_key).digest()


def object_key_label(label: bytes) -> bytes:
    """The OAEP label of an object key."""
    return CONTEXT + b"\x00" + label


def associated_data(label: bytes, name: str, aes_part: bytes) -> bytes:
    fields = [CONTEXT, label, name.encode(), hashlib.sha256(aes_part).digest()]
    return b"".join(len(it).to_bytes(4, "big") + it for it in fields)


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _counts(session_key: bytes, commitments: list[bytes]) -> bool:
    """Whether a session key is the one of all matching entries."""
    return all(commitment(session_key) == it for it in commitments)
