"""Secrets as Pulumi's passphrase provider keeps them: AES-256-GCM under a key from PBKDF2-SHA256.

A salt is the text `v1:<base64 salt>:v1:<nonce>:<ciphertext of "pulumi">`. Deriving the key costs about a third of a
second, so it happens in a thread, at most once for each salt, and only after `start` or the first use.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path

from localcloud.engine.errors import EngineError

_ITERATIONS = 1_000_000


class Passphrase:
    """Encrypts and decrypts with the passphrase of the environment; a wrong one is an EngineError at the first use."""

    def __init__(self, salt: str, environ: Mapping[str, str]) -> None:
        self.salt = salt
        self._environ = environ
        self._key: bytes | None = None
        self._failure: EngineError | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @classmethod
    def new(cls, environ: Mapping[str, str]) -> Passphrase:
        """Make a new salt for the passphrase of the environment."""
        raw = secrets.token_bytes(8)
        made = cls(f"v1:{_text(raw)}:", environ)
        made._key = _derive(_passphrase(environ), raw)
        made.salt += made.encrypt("pulumi")
        return made

    def start(self) -> None:
        """Begin to derive the key."""
        with self._lock:
            if self._thread is None and self._key is None:
                self._thread = threading.Thread(target=self._load, daemon=True)
                self._thread.start()

    def encrypt(self, text: str) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(12)
        return f"v1:{_text(nonce)}:{_text(AESGCM(self._ready()).encrypt(nonce, text.encode(), None))}"

    def decrypt(self, ciphertext: str) -> str:
        return _open(self._ready(), ciphertext)

    def _load(self) -> None:
        try:
            key = _derive(_passphrase(self._environ), base64.b64decode(self.salt.split(":")[1]))
            if _open(key, self.salt.split(":", 2)[2]) != "pulumi":
                raise EngineError("incorrect passphrase")
            self._key = key
        except EngineError as error:
            self._failure = error

    def _ready(self) -> bytes:
        if self._key is None:
            self.start()
            if self._thread is not None:
                self._thread.join()
        if self._key is None:
            raise self._failure or EngineError("incorrect passphrase")
        return self._key


def _passphrase(environ: Mapping[str, str]) -> str:
    if "PULUMI_CONFIG_PASSPHRASE" in environ:
        return environ["PULUMI_CONFIG_PASSPHRASE"]
    if file := environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EngineError(f"unable to read PULUMI_CONFIG_PASSPHRASE_FILE: {error.strerror}: {file}") from error
    raise EngineError(
        "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables"
    )


def _derive(passphrase: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ITERATIONS, 32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _open(key: bytes, ciphertext: str) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    _, nonce, sealed = ciphertext.split(":")
    try:
        return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
    except InvalidTag:
        raise EngineError(
            "incorrect passphrase: PULUMI_CONFIG_PASSPHRASE does not open this stack's secrets; "
            "set the passphrase with which they were encrypted"
        ) from None
