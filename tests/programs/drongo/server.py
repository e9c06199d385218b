"""drongo's Cloud KMS, with what Google's has and drongo's does not: access tokens, and checksums of requests that are verified.

    server.py PORT FOLDER

FOLDER gets service-account.json, the key of an account that may use all keys, and calls.jsonl, with a line for each request. Where it
has control.json, that says what is wrong with the responses, as {"fault": NAME}, with one of FAULTS.

drongo's ciphertext is the plaintext, the key's name and the additional data, encoded. It shows that a client speaks the protocol, and
nothing about secrecy.
"""

import base64
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

# The folder belongs to the repository.
sys.dont_write_bytecode = True

import google_crc32c  # noqa: E402
from drongo.core.responses import BaseResponse  # noqa: E402
from drongo.services.kms import urls  # noqa: E402
from drongo.services.kms.responses import KMSResponse  # noqa: E402

from tokens import Refused, Tokens  # noqa: E402

# Longer than any client waits, in seconds.
HANG = 600

METADATA = "/computeMetadata/v1/instance/service-accounts/default/token"

FAULTS = {
    "": "nothing is wrong",
    "hang": "no request for a key is ever answered",
    "denied": "Encrypt and Decrypt are refused, as when the rights to the key were taken away",
    "unverified": "Encrypt says that the checksums of the request were not verified",
    "wrong-checksum": "the checksum of the response is that of other bytes",
    "other-name": "Encrypt names another key as the one that encrypted",
    "other-plaintext": "Decrypt returns other bytes than were encrypted",
}


def crc32c(data: bytes) -> str:
    return str(google_crc32c.value(data))


def error(status: int, name: str, message: str) -> tuple[int, dict]:
    return status, {"error": {"code": status, "message": message, "status": name}}


class Service:
    def __init__(self, port: int, folder: Path) -> None:
        self.folder = folder
        self.tokens = Tokens(folder / "service-account.json", f"http://127.0.0.1:{port}/token")
        self.kms = KMSResponse(urls.url_bases, urls.url_paths)
        # drongo's state is shared by all threads.
        self.lock = threading.Lock()

    def fault(self) -> str:
        control = self.folder / "control.json"
        fault = json.loads(control.read_text())["fault"] if control.exists() else ""
        assert fault in FAULTS, fault
        return fault

    def respond(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict]:
        path = request.path.partition("?")[0]
        with self.lock, (self.folder / "calls.jsonl").open("a") as calls:
            calls.write(json.dumps({"method": request.command, "path": path}) + "\n")
        if path == METADATA:
            if request.headers.get("Metadata-Flavor") != "Google":
                return error(403, "PERMISSION_DENIED", "Missing Metadata-Flavor:Google header.")
            return 200, self.tokens.issue()
        if path == "/token":
            try:
                return 200, self.tokens.for_assertion(parse_qs(body.decode()))
            except Refused as refused:
                name, description = refused.args
                return 400, {"error": name, "error_description": description}
        return self.respond_with_key(request, path, body)

    def respond_with_key(self, request: BaseHTTPRequestHandler, path: str, body: bytes) -> tuple[int, dict]:
        fault = self.fault()
        if fault == "hang":
            time.sleep(HANG)
        if not self.tokens.is_valid(request.headers.get("Authorization", "")):
            return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        verb = path.partition(":")[2]
        if verb and fault == "denied":
            return error(403, "PERMISSION_DENIED", f"Permission '{verb}' denied on resource '{path}'.")
        fields = json.loads(body) if verb else {}
        verified = {}
        for name in ("plaintext", "ciphertext", "additionalAuthenticatedData"):
            sent = fields.get(f"{name}Crc32c")
            if sent is None:
                continue
            if str(sent) != crc32c(base64.b64decode(fields.get(name, ""))):
                return error(400, "INVALID_ARGUMENT", f"The checksum of {name} does not match.")
            verified[name] = fault != "unverified"
        shim = Shim(request.command, request.path, dict(request.headers), body)
        with self.lock:
            response = self.kms.handle(BaseResponse.decode(shim))
        if response is None:
            return error(404, "NOT_FOUND", "There is no such method.")
        status, _, text = response
        answer = json.loads(text)
        if status == 200 and verb == "encrypt":
            finish_encrypt(answer, verified, fault)
        elif status == 200 and verb == "decrypt":
            finish_decrypt(answer, fault)
        return status, answer


def finish_encrypt(answer: dict, verified: dict[str, bool], fault: str) -> None:
    # drongo says of all that it was verified.
    for name, field in (
        ("plaintext", "verifiedPlaintextCrc32c"),
        ("additionalAuthenticatedData", "verifiedAdditionalAuthenticatedDataCrc32c"),
    ):
        answer[field] = verified.get(name, False)
    if fault == "wrong-checksum":
        answer["ciphertextCrc32c"] = crc32c(b"other bytes")
    elif fault == "other-name":
        answer["name"] = answer["name"].replace("/cryptoKeys/", "/cryptoKeys/other-")


def finish_decrypt(answer: dict, fault: str) -> None:
    if fault == "wrong-checksum":
        answer["plaintextCrc32c"] = crc32c(b"other bytes")
    elif fault == "other-plaintext":
        plaintext = bytes(byte ^ 1 for byte in base64.b64decode(answer["plaintext"]))
        answer["plaintext"] = base64.b64encode(plaintext).decode()
        answer["plaintextCrc32c"] = crc32c(plaintext)


class Shim:
    """A request as drongo decodes it."""

    def __init__(self, method: str, url: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.url, self.headers, self.body = method, url, headers, body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, answer = self.service.respond(self, body)
        payload = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(payload)))
        if self.path.startswith("/computeMetadata/"):
            self.send_header("Metadata-Flavor", "Google")
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = respond


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Handler.service = Service(port, folder)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.serve_forever()


main()
