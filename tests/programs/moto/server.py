"""moto's server, with three things that its IAM does not know of KMS and STS:

- which key a call of KMS is for, so that the `Resource` of a policy counts;
- that KMS names its errors otherwise, and answers in JSON;
- that AssumeRoleWithWebIdentity has a token instead of a signature.

    server.py --host 127.0.0.1 --port PORT

Like moto, it checks signatures and policies only after POST /moto-api/reset-auth.
"""

import base64
import json
import sys

# The folder belongs to the repository.
sys.dont_write_bytecode = True

from moto import server  # noqa: E402
from moto.core.authorization import ActionAuthenticatorMixin  # noqa: E402
from moto.core.exceptions import JsonRESTError, _RESTError  # noqa: E402
from moto.kms.responses import KmsResponse  # noqa: E402
from moto.sts.responses import TokenResponse  # noqa: E402

# IAM's names of errors, and those of KMS.
KMS_ERRORS = {
    "AccessDenied": "AccessDeniedException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}

# The audience that STS wants.
AUDIENCE = "sts.amazonaws.com"

authorize = ActionAuthenticatorMixin._authenticate_and_authorize_normal_action


def key_of(response: KmsResponse) -> str:
    """The key of a call. Where it names none, as CreateKey and some calls of Decrypt, no policy for a key allows it."""
    key_id = json.loads(response.body).get("KeyId")
    return response._display_arn(key_id) if key_id else "*"


def authorize_kms(response: KmsResponse, resource: str = "*") -> None:
    try:
        authorize(response, resource)
    except _RESTError as error:
        name = KMS_ERRORS.get(error.error_type, error.error_type)
        raise JsonRESTError(name, error.message) from error


def audience_of(token: str) -> list[str]:
    """The audience of a JSON Web Token, whose signature is not checked; empty where it is none."""
    try:
        claims = token.split(".")[1]
        audience = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["aud"]
    except (IndexError, KeyError, ValueError):
        return []
    return audience if isinstance(audience, list) else [audience]


def authorize_sts(response: TokenResponse, resource: str = "*") -> None:
    if response._get_action() != "AssumeRoleWithWebIdentity":
        authorize(response, resource)
    elif AUDIENCE not in audience_of(response._get_param("WebIdentityToken") or ""):
        raise _RESTError("InvalidIdentityToken", "Incorrect token audience")


KmsResponse._determine_resource = key_of
KmsResponse._authenticate_and_authorize_normal_action = authorize_kms
TokenResponse._authenticate_and_authorize_normal_action = authorize_sts

server.main(sys.argv[1:])
