"""Calls KMS as AWS' own client for Python does, with a signature.

    call.py URL REGION OPERATION < REQUEST

REQUEST is JSON: {"access_key_id": …, "secret_access_key": …, "session_token": …, "parameters": {…}}; bytes in the parameters are in
base64, and so they are in what it prints: the response, or {"error": NAME}.
"""

import base64
import json
import sys

# The folder belongs to the repository.
sys.dont_write_bytecode = True

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

BYTES = ("Plaintext", "CiphertextBlob")

url, region, operation = sys.argv[1:]
request = json.load(sys.stdin)
client = boto3.client(
    "kms",
    endpoint_url=url,
    region_name=region,
    aws_access_key_id=request["access_key_id"],
    aws_secret_access_key=request["secret_access_key"],
    aws_session_token=request.get("session_token"),
)
parameters = {
    name: base64.b64decode(value) if name in BYTES else value for name, value in request["parameters"].items()
}
try:
    response = getattr(client, operation)(**parameters)
except ClientError as error:
    response = {"error": error.response["Error"]["Code"]}
response.pop("ResponseMetadata", None)
printed = {
    name: base64.b64encode(value).decode() if isinstance(value, bytes) else value for name, value in response.items()
}
print(json.dumps(printed, default=str))
