"""Prints an access token that Google's own library gets with the key of a service account.

    access_token.py FILE
"""

import sys

# The folder belongs to the repository.
sys.dont_write_bytecode = True

from google.auth.transport.requests import Request  # noqa: E402
from google.oauth2.service_account import Credentials  # noqa: E402

SCOPE = "https://www.googleapis.com/auth/cloudkms"

credentials = Credentials.from_service_account_file(sys.argv[1], scopes=[SCOPE])
credentials.refresh(Request())
print(credentials.token)
