"""Names of an Amplify Gen 2 backend: its CloudFormation stack, and the path of its secrets. Pure functions.

Amplify composes both from the app's id and the git branch, with a hash that keeps apart what sanitizing makes equal.
Its source (``@aws-amplify/platform-core``) promises never to change them, for that would replace every backend.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal

Kind = Literal["branch", "sandbox"]
_PREFIX = "amplify"
_HASH = 10  # digits of the hash that are used
_SEPARATORS = 4
_LONGEST_NAME = 50
_LONGEST_STACK = 128  # CloudFormation's limit


def backend_stack(app_id: str, branch: str, kind: Kind = "branch") -> str:
    """The CloudFormation stack that ``ampx pipeline-deploy`` deploys for ``branch`` of the app.

    ``ampx sandbox`` deploys one of kind sandbox, with the package's name and the user's for those two.
    """
    namespace, name = _parts(app_id, branch, kind)
    return f"{_PREFIX}-{namespace}-{name}"


def secret_path(app_id: str, branch: str, kind: Kind = "branch") -> str:
    """The SSM path, without a slash at its end, below which a Gen 2 backend looks for the branch's secrets."""
    namespace, name = _parts(app_id, branch, kind)
    return f"/{_PREFIX}/{namespace}/{name}"


def _parts(namespace: str, name: str, kind: Kind) -> tuple[str, str]:
    # The hash is of what was given, so that feature/a and feature-a are two backends.
    digest = hashlib.sha512((namespace + name).encode()).hexdigest()[:_HASH]
    short = _sanitized(name)[:_LONGEST_NAME]
    longest = _LONGEST_STACK - len(_PREFIX) - len(kind) - len(short) - _SEPARATORS - _HASH
    return _sanitized(namespace)[: longest - 1], f"{short}-{kind}-{digest}"


def _sanitized(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)
