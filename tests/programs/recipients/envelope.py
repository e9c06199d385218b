"""An envelope, as crates/envelope/FORMAT.md specifies it: one sealed value.

RSA-OAEP is written out where it encrypts, because `cryptography` takes no seed from its caller, and vectors must come
out the same each time. It decrypts with `cryptography`.
"""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_LENGTH = 32
NONCE = bytes(12)
HASH_LENGTH = 32


@dataclass(frozen=True)
class Envelope:
    """The two parts of an envelope: the wrapped session key, and the AES part (ciphertext and tag)."""

    wrapped: bytes
    aes_part: bytes

    @classmethod
    def parse(cls, data: bytes) -> "Envelope | None":
        """None if the envelope is truncated."""
        length = int.from_bytes(data[:2], "big")
        if len(data) < 2 + length:
            return None
        return cls(data[2 : 2 + length], data[2 + length :])

    def to_bytes(self) -> bytes:
        return len(self.wrapped).to_bytes(2, "big") + self.wrapped + self.aes_part


def seal(public_key: rsa.RSAPublicKey, label: bytes, session_key: bytes, value: bytes, random) -> Envelope:
    """Seals a value. `random(n)` gives n bytes."""
    aes_part = AESGCM(session_key).encrypt(NONCE, value, None)
    return Envelope(oaep_encrypt(public_key, label, session_key, random), aes_part)


def open_aes_part(session_key: bytes, aes_part: bytes) -> bytes | None:
    """The value; None if it does not open."""
    return aes_gcm_open(session_key, NONCE, aes_part, None)


def aes_gcm_open(key: bytes, nonce: bytes, data: bytes, associated: bytes | None) -> bytes | None:
    """What AES-256-GCM decrypts; None if it does not open."""
    if len(key) != KEY_LENGTH:
        return None
    try:
        return AESGCM(key).decrypt(nonce, data, associated)
    except (InvalidTag, ValueError):
        return None


def oaep_encrypt(public_key: rsa.RSAPublicKey, label: bytes, message: bytes, random) -> bytes:
    """RSAES-OAEP-ENCRYPT (RFC 8017, 7.1.1) with SHA-256 and MGF1 with SHA-256."""
    numbers = public_key.public_numbers()
    length = (numbers.n.bit_length() + 7) // 8
    zeros = bytes(length - len(message) - 2 * HASH_LENGTH - 2)
    block = hashlib.sha256(label).digest() + zeros + b"\x01" + message
    seed = random(HASH_LENGTH)
    masked_block = _xor(block, _mgf1(seed, len(block)))
    masked_seed = _xor(seed, _mgf1(masked_block, HASH_LENGTH))
    encoded = int.from_bytes(b"\x00" + masked_seed + masked_block, "big")
    return pow(encoded, numbers.e, numbers.n).to_bytes(length, "big")


def oaep_decrypt(private_key: rsa.RSAPrivateKey, label: bytes, ciphertext: bytes) -> bytes | None:
    """The message; None if it does not open."""
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=label)
    try:
        return private_key.decrypt(ciphertext, oaep)
    except ValueError:
        return None


def _mgf1(seed: bytes, length: int) -> bytes:
    blocks = (length + HASH_LENGTH - 1) // HASH_LENGTH
    mask = b"".join(hashlib.sha256(seed + block.to_bytes(4, "big")).digest() for block in range(blocks))
    return mask[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
