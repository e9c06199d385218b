"""Opens the items of a SealedSecret with the object key of a group: for the day on which all clusters are lost.

    age --decrypt --identity FILE < KEY | python3 open_with_object_key.py SEALEDSECRET.json

KEY is the `key` of a recipient of age, without its base64. Prints the `data` of the Secret, as far as the group has it.
"""

import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CONTEXT, PREFIX = b"sealed-secrets/recipients/v1", "sealedsecrets.bitnami.com/"
with open(sys.argv[1], encoding="utf-8") as file:
    sealed_secret = json.load(file)
object_key, data = AESGCM(sys.stdin.buffer.read()), {}
metadata = sealed_secret["metadata"]
label = f"{metadata['namespace']}/{metadata['name']}"
if metadata["annotations"].get(PREFIX + "namespace-wide") == "true":
    label = metadata["namespace"]
if metadata["annotations"].get(PREFIX + "cluster-wide") == "true":
    label = ""
for group in json.loads(metadata["annotations"][PREFIX + "recipients"])["groups"]:
    for name in group["items"].keys() & sealed_secret["spec"]["encryptedData"].keys():
        envelope = base64.b64decode(sealed_secret["spec"]["encryptedData"][name])
        aes_part = envelope[2 + int.from_bytes(envelope[:2], "big") :]
        fields = [CONTEXT, label.encode(), name.encode(), hashlib.sha256(aes_part).digest()]
        associated = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
        item, commit = base64.b64decode(group["items"][name]), base64.b64decode(group["commits"][name])
        try:
            session_key = object_key.decrypt(item[:12], item[12:], associated)
            if hashlib.sha256(CONTEXT + b"/commit\x00" + session_key).digest() == commit:
                data[name] = base64.b64encode(AESGCM(session_key).decrypt(bytes(12), aes_part, None)).decode()
        except InvalidTag:
            continue
json.dump(data, sys.stdout, indent=2, sort_keys=True)
