"""A second implementation of wrapped sealing keys, from the page FORMAT.md of crates/key-wrapping alone.

    wrapped_keys.py wrap --certificate FILE --private-key FILE --cluster NAME --since DATE RECIPIENT...
    wrapped_keys.py open --certificate FILE --cluster NAME --identity FILE < WRAPPED.JSON
    wrapped_keys.py read < TEXTS
    wrapped_keys.py vectors FOLDER

`wrap` writes `wrapped.json` with a slot for each recipient of age. `open` prints what comes of it, and the private key
(PKCS#8, DER) in base64. `read` takes a list of texts, as JSON, and prints for each whether it is a wrapped key that is
read. `vectors` writes the test vectors of crates/key-wrapping into a folder, in place of those in it.
"""

import argparse
import json
import os
import sys
from pathlib import Path

# The folder belongs to the repository.
sys.dont_write_bytecode = True

from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives.serialization import (  # noqa: E402
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

import age  # noqa: E402
from strict_json import Refused, encode  # noqa: E402
from wrapped import key, writer  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    wraps, opens = commands.add_parser("wrap"), commands.add_parser("open")
    for command in (wraps, opens):
        command.add_argument("--certificate", type=Path, required=True)
        command.add_argument("--cluster", required=True)
    wraps.add_argument("--private-key", type=Path, required=True)
    wraps.add_argument("--since", required=True)
    wraps.add_argument("recipients", nargs="+")
    opens.add_argument("--identity", type=Path, required=True)
    commands.add_parser("read")
    commands.add_parser("vectors").add_argument("folder", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "wrap":
        print(_wrap(arguments))
    elif arguments.command == "open":
        print(json.dumps(_open(arguments, sys.stdin.read()), indent=2))
    elif arguments.command == "read":
        print(json.dumps([_is_read(text) for text in json.load(sys.stdin)]))
    else:
        writer.write(arguments.folder)


def _wrap(arguments) -> str:
    certificate = x509.load_pem_x509_certificate(arguments.certificate.read_bytes())
    private = load_pem_private_key(arguments.private_key.read_bytes(), None)
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    data_key = os.urandom(32)
    slots = [key.Slot(it, "", age.encrypt(it, data_key, os.urandom)) for it in arguments.recipients]
    associated = key.associated_data(certificate, arguments.cluster, arguments.since)
    encrypted = key.encrypt(data_key, der, associated, os.urandom)
    mac = key.mac(data_key, slots)
    return key.write(key.WrappedKey(arguments.cluster, arguments.since, encrypted, slots, mac))


def _open(arguments, text: str) -> dict:
    certificate = x509.load_pem_x509_certificate(arguments.certificate.read_bytes())
    identity = age.Identity(arguments.identity.read_text().strip())
    opened = key.open_with(key.read(text), certificate, arguments.cluster, identity)
    private = None if opened.private is None else encode(opened.private)
    return {"how": opened.how, "slotsChanged": opened.is_changed, "privateKey": private}


def _is_read(text: str) -> bool:
    try:
        key.read(text)
    except Refused:
        return False
    return True


if __name__ == "__main__":
    main()
