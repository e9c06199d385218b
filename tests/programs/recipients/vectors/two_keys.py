"""An AES part that is valid under two session keys.

GCM does not commit to its key: with both keys known, the tags of a ciphertext under each are affine functions of its
blocks, so that one block can be solved for which both are equal. A commitment (crates/recipients/FORMAT.md) says which
of the keys counts.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16
# The polynomial of GHASH, with the bits in the order of NIST SP 800-38D.
POLYNOMIAL = 0xE1 << 120


def aes_part(first_key: bytes, first_text: bytes, second_key: bytes, second_text: bytes) -> bytes:
    """Three blocks and a tag. The first block opens as `first_text` under the first key, the second as `second_text`
    under the second; the third is solved for. Both texts are one block long."""
    blocks = [_xor(first_text, _key_stream(first_key, 0)), _xor(second_text, _key_stream(second_key, 1)), bytes(BLOCK)]
    keys = [first_key, second_key]
    # The last block is multiplied by H twice: as itself, and together with the block of the lengths.
    factor = 0
    for key in keys:
        factor ^= _multiply(_hash_key(key), _hash_key(key))
    difference = _tag(first_key, blocks) ^ _tag(second_key, blocks)
    blocks[2] = _multiply(difference, _inverse(factor)).to_bytes(BLOCK, "big")
    tags = [_tag(key, blocks) for key in keys]
    assert tags[0] == tags[1]
    return b"".join(blocks) + tags[0].to_bytes(BLOCK, "big")


def _tag(key: bytes, blocks: list[bytes]) -> int:
    """The tag of these whole blocks of ciphertext under the nonce of zeros, without associated data."""
    hash_key, total = _hash_key(key), 0
    lengths = (8 * BLOCK * len(blocks)).to_bytes(BLOCK, "big")
    for block in [*blocks, lengths]:
        total = _multiply(total ^ int.from_bytes(block, "big"), hash_key)
    return total ^ int.from_bytes(_encrypt_block(key, _counter(1)), "big")


def _hash_key(key: bytes) -> int:
    return int.from_bytes(_encrypt_block(key, bytes(BLOCK)), "big")


def _key_stream(key: bytes, block: int) -> bytes:
    return _encrypt_block(key, _counter(2 + block))


def _counter(value: int) -> bytes:
    return bytes(12) + value.to_bytes(4, "big")


def _encrypt_block(key: bytes, block: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)


def _multiply(left: int, right: int) -> int:
    """The product in GHASH's field."""
    product = 0
    for place in range(127, -1, -1):
        if left >> place & 1:
            product ^= right
        right = right >> 1 ^ (POLYNOMIAL if right & 1 else 0)
    return product


def _inverse(value: int) -> int:
    """value^(2^128 - 2), by Fermat."""
    result, power = 1 << 127, value
    for _ in range(127):
        power = _multiply(power, power)
        result = _multiply(result, power)
    return result


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
