"""Encrypt what the database must keep but nobody may read from it: tokens and sign-in secrets."""

import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sso.interfaces import Unreadable

_NONCE = 12


class Vault:
    """AES-256-GCM under a key derived from LIENTHONG_SECRET_KEY; safe to share between threads."""

    def __init__(self, secret_key: str) -> None:
        derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"lienthong sso vault 1")
        self._cipher = AESGCM(derive.derive(base64.b64decode(secret_key)))

    def seal(self, values: dict[str, Any], owner: bytes) -> bytes:
        """Encrypt JSON values for one row; `owner` names the row and is needed to open them again."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, json.dumps(values).encode(), owner)

    def open(self, sealed: bytes | memoryview, owner: bytes) -> dict[str, Any]:
        """Decrypt what `seal` made for the same row. Raises Unreadable."""
        data = bytes(sealed)
        try:
            values = json.loads(self._cipher.decrypt(data[:_NONCE], data[_NONCE:], owner))
        except (InvalidTag, ValueError) as error:
            raise Unreadable("A sealed value cannot be opened with this key.") from error
        return dict(values)
