"""Identifiers and passwords that look like Neon's."""

from __future__ import annotations

import secrets
import uuid

FIRST = (
    "aged",
    "bold",
    "calm",
    "cool",
    "damp",
    "dry",
    "fancy",
    "icy",
    "late",
    "misty",
    "odd",
    "quiet",
    "red",
    "shy",
    "wild",
)
SECOND = (
    "bird",
    "bush",
    "cloud",
    "dew",
    "fog",
    "glade",
    "hill",
    "lake",
    "leaf",
    "moon",
    "night",
    "pine",
    "rain",
    "sea",
    "sun",
)


def _words() -> str:
    return f"{secrets.choice(FIRST)}-{secrets.choice(SECOND)}"


def project_id() -> str:
    return f"{_words()}-{secrets.randbelow(10**8):08}"


def branch_id() -> str:
    return f"br-{_words()}-{secrets.token_hex(4)}"


def endpoint_id() -> str:
    return f"ep-{_words()}-{secrets.token_hex(4)}"


def password() -> str:
    return f"npg_{secrets.token_hex(12)}"


def operation_id() -> str:
    return str(uuid.uuid4())
