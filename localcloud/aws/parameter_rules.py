"""What Parameter Store refuses at PutParameter and moto lets through. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localcloud.aws.errors import AwsError

_NAME = re.compile(r"[a-zA-Z0-9_.\-/]+")
_DEEPEST = 15
_SIZES = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}


def refuse(asked: Mapping[str, Any]) -> None:
    """Check a PutParameter request; the value is never repeated.

    Raises:
        AwsError: as Parameter Store would refuse it.
    """
    _check_name(str(asked.get("Name", "")))
    _check_value(str(asked.get("Value", "")), str(asked.get("Tier", "Standard")))


def refuse_mismatch(pattern: str | None, value: str) -> None:
    """Hold a value against the AllowedPattern that was given for it, now or earlier."""
    if pattern and not re.search(pattern, value):
        message = f"Parameter value, cannot be validated against allowedPattern: {pattern}"
        raise AwsError(400, "ParameterPatternMismatchException", message)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise _invalid("Parameter name: only a mix of letters, numbers and the following 4 symbols .-_/ is allowed.")
    if "/" in name and not name.startswith("/"):
        raise _invalid("Parameter name must be a fully qualified name: a hierarchy begins with a slash.")
    if "//" in name or (name.endswith("/") and name != "/"):
        raise _invalid("Parameter name: a level of a hierarchy cannot be empty.")
    if name.count("/") > _DEEPEST:
        text = f"The hierarchy can have a maximum of {_DEEPEST} levels."
        raise AwsError(400, "HierarchyLevelLimitExceededException", text)


def _check_value(value: str, tier: str) -> None:
    if "{{" in value:
        raise _invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.')
    most = _SIZES.get(tier, 8192)
    if len(value.encode()) > most:
        text = f"{tier} tier parameters support a maximum parameter value of {most} characters."
        if tier == "Standard":
            text += " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
        raise _invalid(text)


def _invalid(message: str) -> AwsError:
    return AwsError(400, "ValidationException", message)
