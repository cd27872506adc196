"""Configuration as the engine hands it over, for the tests to spoil."""

from __future__ import annotations

import json
from typing import Any

from components.naming import Identity

IDENTITY = Identity(project="nailit", stack="staging")

VALID: dict[str, Any] = {
    "environment": {"git_branch": "staging", "stage": "BETA", "url": "https://staging.nailit.app", "owner": "qa"},
    "app": {"name": "nailit"},
    "database": {"project": "nailit", "branch": "staging", "source": "main"},
    "common_variables": {"NODE_ENV": "production", "REGION_NAME": "eu"},
    "variables": {"LOG_LEVEL": "info", "REGION_NAME": None, "WORKERS": 4, "TRACE": False},
    "parameters": {"NEXTAUTH_SECRET": {"ssm": "/team/nailit/staging/NEXTAUTH_SECRET"}},
    "secrets": {"MAIL_TOKEN": "tok-1"},
    "required": ["DATABASE_URL", "NEXTAUTH_URL", "NEXTAUTH_SECRET", "MAIL_TOKEN", "LOG_LEVEL"],
}


def config(**changes: Any) -> dict[str, str]:
    """The valid configuration with keys replaced; ``...`` takes a key away."""
    merged = {**VALID, **changes}
    texts = {f"nailit:{key}": json.dumps(value) for key, value in merged.items() if value is not ...}
    return {**texts, "aws:region": "us-west-1"}
