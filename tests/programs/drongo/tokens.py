"""Access tokens, as Google's metadata server gives them to what runs in its cloud, and its OAuth server for an assertion that a service
account's key signed; and those that the key signs itself."""

import base64
import json
import secrets
import time
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ACCOUNT = "controller@test-project.iam.gserviceaccount.com"
SCOPES = {"https://www.googleapis.com/auth/cloudkms", "https://www.googleapis.com/auth/cloud-platform"}
KEY_ID = "0123456789abcdef"
# Whom a token is for that the account's key signs, and that is no assertion.
SERVICE = "https://cloudkms.googleapis.com/"
# What Google's own library gives as the audience, whatever the address of the server.
AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# The longest life of a token and of an assertion, in seconds.
HOUR = 3600


class Refused(Exception):
    """Why there is no token: OAuth's name of the error, and a description."""


class Tokens:
    def __init__(self, account_file: Path, token_uri: str) -> None:
        self.token_uri = token_uri
        self.ends: dict[str, float] = {}
        if account_file.exists():
            account = json.loads(account_file.read_text())
            self.key = serialization.load_pem_private_key(account["private_key"].encode(), None)
        else:
            self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            write_account(account_file, self.key, token_uri)

    def issue(self) -> dict[str, object]:
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.ends[token] = time.time() + HOUR
        return {"access_token": token, "expires_in": HOUR - 1, "token_type": "Bearer"}

    def is_valid(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        is_issued = self.ends.get(token, 0) > time.time()
        return scheme.lower() == "bearer" and (is_issued or self.is_self_signed(token))

    def is_self_signed(self, token: str) -> bool:
        """Whether the account's key signed it as an access token for Cloud KMS (https://google.aip.dev/auth/4111)."""
        try:
            header, claims = self.signed(token)
        except Refused:
            return False
        return claims.get("sub") == ACCOUNT and not wrong_claims(header, claims, {SERVICE})

    def signed(self, token: str) -> tuple[dict, dict]:
        """Header and claims of a JSON Web Token that the account's key signed."""
        try:
            header, claims, signature = token.split(".")
            self.key.public_key().verify(
                decode(signature), f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            return json.loads(decode(header)), json.loads(decode(claims))
        except (ValueError, InvalidSignature) as error:
            raise Refused("invalid_grant", "the assertion is not signed with the account's key") from error

    def for_assertion(self, form: dict[str, list[str]]) -> dict[str, object]:
        if form.get("grant_type") != [GRANT_TYPE]:
            raise Refused("unsupported_grant_type", "no assertion")
        header, claims = self.signed(form.get("assertion", [""])[0])
        wrong = wrong_claims(header, claims, {AUDIENCE, self.token_uri})
        if not SCOPES & set(claims.get("scope", "").split()):
            wrong.append("scope")
        if wrong:
            raise Refused("invalid_grant", f"wrong in the assertion: {', '.join(wrong)}")
        return self.issue()


def wrong_claims(header: dict, claims: dict, audiences: set[str]) -> list[str]:
    """The names of what is wrong in a token of the account."""
    is_right = {
        "alg": header.get("alg") == "RS256",
        "kid": header.get("kid") == KEY_ID,
        "iss": claims.get("iss") == ACCOUNT,
        "aud": claims.get("aud") in audiences,
        "iat": claims.get("iat", 0) <= time.time() + 60,
        "exp": time.time() < claims.get("exp", 0) <= claims.get("iat", 0) + HOUR,
    }
    return [name for name, right in is_right.items() if not right]


def write_account(path: Path, key: rsa.RSAPrivateKey, token_uri: str) -> None:
    """Writes the file that Google gives for a service account's key."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": "test-project",
        "private_key_id": KEY_ID,
        "private_key": pem.decode(),
        "client_email": ACCOUNT,
        "client_id": "100000000000000000000",
        "token_uri": token_uri,
    }
    path.touch(0o600)
    path.write_text(json.dumps(account))


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
