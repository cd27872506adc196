"""Secrets as Pulumi's passphrase provider keeps them: AES-256-GCM under a key from PBKDF2-SHA256.

A salt is the text `v1:<base64 salt>:v1:<nonce>:<ciphertext of "pulumi">`. Deriving the key costs about a third of a
second, so it happens in a thread, at most once for each salt, and only after `start` or the first use.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path

from localcloud.engine.errors import EngineError

_ITERATIONS = 1_000_000
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


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
        made._key = _derive(_passphrase(environ), raw, environ)
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
            key = _derive(_passphrase(self._environ), base64.b64decode(self.salt.split(":")[1]), self._environ)
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


def head_start(file: str | None, environ: Mapping[str, str]) -> Passphrase | None:
    """Begin to derive the key of a stack file's salt, before anything that would parse the file is loaded."""
    try:
        text = Path(file or "").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^encryptionsalt: *[\"']?(v1:[^\s\"']+)", text, re.MULTILINE)
    if found is None:
        return None
    keeper = Passphrase(found[1], environ)
    keeper.start()
    return keeper


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


def _derive(passphrase: str, salt: bytes, environ: Mapping[str, str]) -> bytes:
    """The key, remembered in localcloud's home: beside the passphrase itself, and as private."""
    name = hashlib.sha256(passphrase.encode() + b"\0" + salt).hexdigest()
    home = environ.get("LOCALCLOUD_HOME")
    kept = Path(home) / "derived" / name if home else None
    if kept is not None and kept.is_file():
        return kept.read_bytes()
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ITERATIONS, 32)
    if kept is not None:
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError), os.fdopen(os.open(kept, _NEW, 0o600), "wb") as file:
            file.write(key)
    return key


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
