"""Bytes that look random and follow from a seed: SHA-256 of the seed and a counter."""

import hashlib


class Random:
    """Called with a number, it gives so many bytes."""

    def __init__(self, seed: str) -> None:
        self.seed = seed.encode()
        self.counter = 0

    def __call__(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            data += hashlib.sha256(self.seed + b"\x00" + self.counter.to_bytes(8, "big")).digest()
            self.counter += 1
        return data[:length]
