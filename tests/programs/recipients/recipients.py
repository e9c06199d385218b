"""A second implementation of the recipients format, from the two pages FORMAT.md of crates/recipients and
crates/envelope alone.

    recipients.py make < DESCRIPTION
    recipients.py open [--private-key FILE]... [--identity FILE]... < SEALEDSECRET
    recipients.py read < TEXTS
    recipients.py vectors FOLDER

`make` writes a SealedSecret. Its description is JSON:
    {"name": …, "namespace": …, "scope": "strict", "recipients": [PEM or "age1…", …],
     "items": {NAME: BASE64}, "seed": TEXT}
With a seed, all that is random follows from it: for tests only.

`open` prints what each item opens as, or why it does not. A file of `--private-key` holds a private key, and the
certificates by which entries name it; without a certificate, the key tries all entries of clusters. A file of
`--identity` holds identities of age.

`read` takes a list of texts, as JSON, and prints for each whether it is an annotation that is read.

`vectors` writes the test vectors of crates/recipients into a folder, in place of those in it.
"""

import argparse
import json
import os
import sys
from pathlib import Path

# The folder belongs to the repository.
sys.dont_write_bytecode = True

from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402
from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: E402

import age  # noqa: E402
import document  # noqa: E402
import groups  # noqa: E402
import sealed_secret  # noqa: E402
import seeded  # noqa: E402
from vectors import writer  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("make")
    commands.add_parser("read")
    opens = commands.add_parser("open")
    opens.add_argument("--private-key", type=Path, action="append", default=[])
    opens.add_argument("--identity", type=Path, action="append", default=[])
    writes = commands.add_parser("vectors")
    writes.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "make":
        _print(_make(json.load(sys.stdin)))
    elif arguments.command == "read":
        _print([_is_read(text) for text in json.load(sys.stdin)])
    elif arguments.command == "open":
        keys = [private_key(path.read_bytes()) for path in arguments.private_key]
        for path in arguments.identity:
            lines = path.read_text().splitlines()
            keys += [groups.AgeKey(age.Identity(line)) for line in lines if line and not line.startswith("#")]
        _print(sealed_secret.open_all(sealed_secret.from_json(sys.stdin.read()), keys))
    else:
        writer.write(arguments.folder)


def private_key(pem: bytes) -> groups.Key:
    """A private key of RSA and its certificates, from the text of a PEM file."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    certificates = x509.load_pem_x509_certificates(pem) if b"BEGIN CERTIFICATE" in pem else None
    return groups.Key(key, None if certificates is None else frozenset(map(groups.fingerprint, certificates)))


def _is_read(text: str) -> bool:
    try:
        document.read(text)
    except document.Refused:
        return False
    return True


def _make(description: dict) -> dict:
    recipients = [
        it if it.startswith("age1") else x509.load_pem_x509_certificate(it.encode()) for it in description["recipients"]
    ]
    items = {name: document.decode(value) for name, value in description["items"].items()}
    seed = description.get("seed")
    random = os.urandom if seed is None else seeded.Random(seed)
    scope = description.get("scope", "strict")
    return sealed_secret.make(description["name"], description["namespace"], scope, recipients, items, random)


def _print(value) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
