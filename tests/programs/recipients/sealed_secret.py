"""A SealedSecret as JSON: its label, its envelopes and its annotation. Makes one, and opens one."""

import json

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

import document
import envelope
import groups

SCOPES = {
    "namespace-wide": "sealedsecrets.bitnami.com/namespace-wide",
    "cluster-wide": "sealedsecrets.bitnami.com/cluster-wide",
}


def label_of(name: str, namespace: str, scope: str) -> bytes:
    return {"strict": f"{namespace}/{name}", "namespace-wide": namespace, "cluster-wide": ""}[scope].encode()


def make(name: str, namespace: str, scope: str, recipients: list, items: dict[str, bytes], random) -> dict:
    """Seals the items to the first of the recipients, a certificate, and makes a group for all of them."""
    first = recipients[0]
    if not isinstance(first, x509.Certificate) or not isinstance(first.public_key(), rsa.RSAPublicKey):
        raise ValueError("the first recipient is no certificate with an RSA key")
    label = label_of(name, namespace, scope)
    encrypted, keys = {}, {}
    for item, value in items.items():
        session_key = random(envelope.KEY_LENGTH)
        sealed = envelope.seal(first.public_key(), label, session_key, value, random)
        encrypted[item] = document.encode(sealed.to_bytes())
        keys[item] = groups.Item(session_key, sealed.aes_part)
    annotations = {document.ANNOTATION: document.write([groups.make(label, recipients, keys, random)])}
    if scope in SCOPES:
        annotations[SCOPES[scope]] = "true"
    return {
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": {"name": name, "namespace": namespace, "annotations": annotations},
        "spec": {"encryptedData": encrypted},
    }


def open_all(sealed_secret: dict, keys: list) -> dict:
    """The outcome of the annotation, and of each item."""
    metadata = sealed_secret["metadata"]
    annotations = metadata.get("annotations") or {}
    scope = next((it for it in reversed(SCOPES) if annotations.get(SCOPES[it]) == "true"), "strict")
    label = label_of(metadata["name"], metadata["namespace"], scope)
    envelopes = {name: document.decode(data) for name, data in sealed_secret["spec"]["encryptedData"].items()}
    outcome, opened = open_envelopes(annotations.get(document.ANNOTATION), envelopes, label, keys)
    return {"annotation": outcome, "items": {name: _result(*result) for name, result in opened.items()}}


def open_envelopes(text: str | None, envelopes: dict[str, bytes], label: bytes, keys: list) -> tuple[str, dict]:
    """The outcome of the annotation's text, and that of each item."""
    outcome, read = "absent", []
    if text is not None:
        try:
            outcome, read = "read", document.read(text)
        except document.Refused as refused:
            outcome = f"refused: {refused}"
    opener = groups.Opener(label, keys, read)
    return outcome, {name: opener.open(name, data) for name, data in envelopes.items()}


def _result(outcome: str, value: bytes | None) -> dict:
    return {"refused": outcome} if value is None else {"by": outcome, "value": document.encode(value)}


def from_json(text: str) -> dict:
    sealed_secret = json.loads(text)
    if sealed_secret.get("kind") != "SealedSecret":
        raise ValueError("not a SealedSecret")
    return sealed_secret
