"""A wrapped key that becomes a vector: whole at first, then changed by its case."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

import age
from seeded import Random
from wrapped import key
from wrapped.key import Slot, WrappedKey

PRIVATE = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


class Pair:
    """A key of the envelope's tests."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt.pem").read_bytes())
        self.private_key = load_pem_private_key((folder / f"{name}.pkcs8.pem").read_bytes(), None)
        self.private = self.private_key.private_bytes(*PRIVATE)


@dataclass
class Draft:
    """`pair`, `cluster` and `since` are what the key is wrapped for; `reader_…` what it is opened with."""

    pairs: dict[str, Pair]
    random: Callable[[int], bytes]
    cluster: str = "prod"
    since: str = "2026-01-02T03:04:05Z"
    reader_cluster: str = "prod"
    reader_pair: str = "a"
    private: bytes = b""
    data_key: bytes = b""
    slots: list[Slot] = field(default_factory=list)
    key: WrappedKey | None = None

    def __post_init__(self) -> None:
        self.identity = age.Identity(age.identity_of(self.random(32)))
        self.private, self.data_key = self.pairs["a"].private, self.random(32)
        self.slots = [self.age_slot()]
        self.wrap()

    def age_slot(self, data_key: bytes | None = None, recipient: str | None = None) -> Slot:
        """The data key, or another one, for the identity, or for another one."""
        recipient = self.identity.recipient if recipient is None else recipient
        data_key = self.data_key if data_key is None else data_key
        return Slot(recipient, "", age.encrypt(recipient, data_key, self.random))

    def kms_slot(self, name: str = "kms", annotations: dict[str, bytes] | None = None) -> Slot:
        """A slot as a plugin gives it, which nothing here opens."""
        annotations = {"nonce.kms.example": self.random(12)} if annotations is None else annotations
        return Slot(f"kmsv2:unix:///run/kms/{name}.sock", "key-1", self.random(48), annotations)

    def other_slot(self) -> Slot:
        """A slot for another identity of age."""
        return self.age_slot(recipient=age.Identity(age.identity_of(self.random(32))).recipient)

    def associated_data(self) -> bytes:
        return key.associated_data(self.pairs["a"].certificate, self.cluster, self.since)

    def wrap(self) -> None:
        """Makes the document of what is there."""
        private_key = key.encrypt(self.data_key, self.private, self.associated_data(), self.random)
        mac = key.mac(self.data_key, self.slots)
        self.key = WrappedKey(self.cluster, self.since, private_key, list(self.slots), mac)

    def change(self, **values) -> None:
        """Changes members of the document, and nothing else."""
        self.key = replace(self.key, **values)


@dataclass(frozen=True)
class Case:
    """`title` says what is special, `outcome` what must come of it. `change` changes the draft, and may return the
    text of the document."""

    title: str
    outcome: str
    change: Callable[[Draft], str | None]
    length: int | None = None

    def draft(self, pairs: dict[str, Pair], name: str) -> Draft:
        return Draft(pairs, Random(f"wrapped key {name}"))

    def text(self, draft: Draft) -> str:
        changed = self.change(draft)
        return key.write(draft.key) if changed is None else changed
