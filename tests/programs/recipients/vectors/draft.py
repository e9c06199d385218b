"""A SealedSecret that becomes a vector: whole at first, then changed by its case."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

import age
import document
import envelope
import groups
from envelope import Envelope
from groups import Group, Item
from seeded import Random


class Keys:
    """Two clusters, and an identity of age. The items are sealed to `a`, the first cluster."""

    def __init__(self, clusters: Path, identity: Path) -> None:
        self.a, self.b = (x509.load_pem_x509_certificate((clusters / f"{name}.crt.pem").read_bytes()) for name in "ab")
        private = {name: load_pem_private_key((clusters / f"{name}.pkcs8.pem").read_bytes(), None) for name in "ab"}
        identities = identity.read_text().splitlines()
        self.identity = age.Identity(next(line for line in identities if not line.startswith("#")))
        self.age = self.identity.recipient
        fingerprints = {name: frozenset([groups.fingerprint(getattr(self, name))]) for name in "ab"}
        self.readers: dict[str, groups.Key | groups.AgeKey] = {
            name: groups.Key(private[name], fingerprints[name]) for name in "ab"
        }
        self.readers["age"] = groups.AgeKey(self.identity)


@dataclass
class Draft:
    keys: Keys
    random: Callable[[int], bytes]
    label: bytes = b"shop/db"
    values: dict[str, bytes] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)

    def seal(self, name: str, value: bytes, label: bytes | None = None) -> None:
        """Adds an item, or changes it: with a fresh session key, sealed to the first cluster."""
        session_key = self.random(32)
        sealed = envelope.seal(
            self.keys.a.public_key(), self.label if label is None else label, session_key, value, self.random
        )
        self.values[name], self.envelopes[name] = value, sealed
        self.items[name] = Item(session_key, sealed.aes_part)

    def group(self, *names: str, to: list | None = None, label: bytes | None = None) -> Group:
        """A new group for these items, or for all of them."""
        to = [self.keys.a, self.keys.b, self.keys.age] if to is None else to
        items = {name: self.items[name] for name in names or self.items}
        return groups.make(self.label if label is None else label, to, items, self.random)

    def regroup(self, *names: str, **arguments) -> None:
        """Makes one group in place of those that are there."""
        self.groups = [self.group(*names, **arguments)]

    def wrap(self, private_key_of, label: bytes, data: bytes) -> bytes:
        """Bytes under a certificate's key with any OAEP label."""
        return envelope.oaep_encrypt(private_key_of.public_key(), label, data, self.random)


@dataclass(frozen=True)
class Case:
    """`title` says what is special. `annotation` is `read` or `refused`. `expected` has for each reader how its items
    open: `entry`, `envelope` or `none`, for all of them or by name. `change` changes the draft, and may return the text
    of the annotation."""

    title: str
    annotation: str
    expected: dict[str, str | dict[str, str]]
    change: Callable[[Draft], str | None]
    label: str = "shop/db"
    names: tuple[str, ...] = ("password",)
    length: int | None = None

    def draft(self, keys: Keys, name: str) -> Draft:
        """The SealedSecret, and one group for all."""
        draft = Draft(keys, Random(f"vector {name}"), self.label.encode())
        for place, item in enumerate(self.names):
            draft.seal(item, [b"hunter2", b"postgres"][place % 2])
        draft.regroup()
        return draft

    def text(self, draft: Draft) -> str:
        changed = self.change(draft)
        return document.write(draft.groups) if changed is None else changed
