"""Files of age (https://age-encryption.org/v1, binary) for X25519 recipients: as much as an object key needs.

It writes one X25519 stanza and one chunk. It reads files with other stanzas too, and passes over those.
"""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
RECIPIENT = "age"
IDENTITY = "age-secret-key-"
VERSION = b"age-encryption.org/v1\n"
STANZA_INFO = b"age-encryption.org/v1/X25519"
CHUNK = 64 * 1024
TAG = 16


class Identity:
    """A private key of age."""

    def __init__(self, text: str) -> None:
        data = _bech32_decode(IDENTITY, text.lower())
        if text != text.upper() or data is None or len(data) != 32:
            raise ValueError("not an X25519 identity of age")
        self.key = X25519PrivateKey.from_private_bytes(data)

    @property
    def public_bytes(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def recipient(self) -> str:
        """The recipient, as `age-keygen -y` prints it."""
        return _bech32_encode(RECIPIENT, self.public_bytes)

    def decrypt(self, data: bytes) -> bytes | None:
        """The plaintext of an age file; None if it does not open with this identity."""
        parsed = _parse(data)
        if parsed is None:
            return None
        stanzas, header, mac, payload = parsed
        for arguments, body in stanzas:
            file_key = self._unwrap(arguments, body)
            if file_key is not None:
                # A file key whose MAC is wrong ends it: the header was altered.
                return _open_payload(file_key, payload) if hmac.compare_digest(mac, _mac(file_key, header)) else None
        return None

    def _unwrap(self, arguments: list[str], body: bytes) -> bytes | None:
        share = _decode(arguments[1]) if len(arguments) == 2 and arguments[0] == "X25519" else None
        if share is None or len(share) != 32 or len(body) != 16 + TAG:
            return None
        try:
            secret = self.key.exchange(X25519PublicKey.from_public_bytes(share))
            key = _hkdf(secret, share + self.public_bytes, STANZA_INFO)
            return ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
        except (InvalidTag, ValueError):
            return None


def identity_of(private_key: bytes) -> str:
    """The identity of a private key of X25519, as `age-keygen` prints it."""
    return _bech32_encode(IDENTITY, private_key).upper()


def encrypt(recipient: str, plaintext: bytes, random) -> bytes:
    """An age file for one recipient. `random(n)` gives n bytes. The plaintext must fit into one chunk."""
    public = _bech32_decode(RECIPIENT, recipient)
    if public is None or len(public) != 32:
        raise ValueError("not an X25519 recipient of age")
    file_key, nonce = random(16), random(16)
    ephemeral = X25519PrivateKey.from_private_bytes(random(32))
    share = ephemeral.public_key().public_bytes_raw()
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    wrapped = ChaCha20Poly1305(_hkdf(secret, share + public, STANZA_INFO)).encrypt(bytes(12), file_key, None)
    header = VERSION + b"-> X25519 " + _encode(share) + b"\n" + _encode(wrapped) + b"\n---"
    payload = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload")).encrypt(_chunk_nonce(0, True), plaintext, None)
    return header + b" " + _encode(_mac(file_key, header)) + b"\n" + nonce + payload


def _parse(data: bytes):
    """The stanzas, the bytes that the MAC covers, the MAC and the payload."""
    if not data.startswith(VERSION):
        return None
    stanzas, position = [], len(VERSION)
    while True:
        line, position = _line(data, position)
        if line is None:
            return None
        if line.startswith("--- "):
            mac = _decode(line[4:])
            header = data[: position - len(line) - 1] + b"---"
            return None if mac is None else (stanzas, header, mac, data[position:])
        if not line.startswith("-> "):
            return None
        body = b""
        while True:
            text, position = _line(data, position)
            part = None if text is None or len(text) > 64 else _decode(text)
            if part is None:
                return None
            body += part
            if len(text) < 64:
                break
        stanzas.append((line[3:].split(" "), body))


def _line(data: bytes, position: int) -> tuple[str | None, int]:
    end = data.find(b"\n", position)
    line = data[position:end]
    return (line.decode("ascii"), end + 1) if end >= 0 and line.isascii() else (None, position)


def _open_payload(file_key: bytes, payload: bytes) -> bytes | None:
    cipher = ChaCha20Poly1305(_hkdf(file_key, payload[:16], b"payload"))
    chunks = [payload[at : at + CHUNK + TAG] for at in range(16, len(payload), CHUNK + TAG)]
    plaintext = b""
    try:
        for counter, chunk in enumerate(chunks):
            is_last = counter == len(chunks) - 1
            opened = cipher.decrypt(_chunk_nonce(counter, is_last), chunk, None)
            if not opened and counter > 0:
                return None
            plaintext += opened
    except InvalidTag:
        return None
    return plaintext if chunks else None


def _chunk_nonce(counter: int, is_last: bool) -> bytes:
    return counter.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.new(_hkdf(file_key, b"", b"header"), header, hashlib.sha256).digest()


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def _encode(data: bytes) -> bytes:
    """Base64 without padding, as age's headers have it."""
    return base64.b64encode(data).rstrip(b"=")


def _decode(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None
    return data if _encode(data).decode() == text else None


def _bech32_checksum(prefix: str, values: list[int]) -> int:
    expanded = [ord(it) >> 5 for it in prefix] + [0] + [ord(it) & 31 for it in prefix]
    checksum = 1
    for value in expanded + values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum


def _bech32_encode(prefix: str, data: bytes) -> str:
    values = _regroup(list(data), 8, 5)
    checksum = _bech32_checksum(prefix, values + [0] * 6) ^ 1
    values += [checksum >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(ALPHABET[value] for value in values)


def _bech32_decode(prefix: str, text: str) -> bytes | None:
    start = prefix + "1"
    if not text.startswith(start) or not set(text[len(start) :]) <= set(ALPHABET):
        return None
    values = [ALPHABET.index(it) for it in text[len(start) :]]
    if len(values) < 6 or _bech32_checksum(prefix, values) != 1:
        return None
    data = bytes(_regroup(values[:-6], 5, 8)[: (len(values) - 6) * 5 // 8])
    return data if _bech32_encode(prefix, data) == text else None


def _regroup(values: list[int], from_bits: int, to_bits: int) -> list[int]:
    """The same bits in groups of another size, filled up with zeros."""
    bits = "".join(f"{value:0{from_bits}b}" for value in values)
    bits += "0" * (-len(bits) % to_bits)
    return [int(bits[at : at + to_bits], 2) for at in range(0, len(bits), to_bits)]
