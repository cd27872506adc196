"""The kinds of values that the settings are made of: names, texts, times, addresses."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

GitBranch = Annotated[str, Field(pattern=r"^[0-9A-Za-z/_.-]{1,255}$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=255)]
ParameterName = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_.\-/]*[A-Za-z0-9_.\-]$", max_length=1011)]
# What AWS takes as a tag's value, in every service.
TagValue = Annotated[str, Field(pattern=r"^[\w\s.:/=+\-@]+$", max_length=256)]
BranchName = Annotated[str, Field(min_length=1, max_length=256)]

# One that gives a user, and so a password, away.
CONNECTION_STRING = re.compile(r"postgres(ql)?://[^/\s]*@")


def _text(value: Any) -> Any:
    """YAML's plain numbers and booleans as the text that an environment variable holds."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _address(value: str) -> str:
    if not value.startswith("https://") or value.endswith("/") or len(value.split("/")) != 3:
        raise ValueError("must be https://, a host name, and nothing after it")
    return value


def _time(value: str) -> str:
    """RFC 3339 in whole seconds, as Neon's times are: a fraction would make data of that very second look too old.

    An unquoted time of a YAML file arrives as Pulumi prints it, with a space and the zone in words.
    """
    text = re.sub(r"^(\S+) (\S+) ([+-]\d{4}) \S+$", r"\1T\2\3", value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a time such as 2026-05-01T12:00:00Z, and {value!r} is none") from None
    if moment.tzinfo is None:
        raise ValueError("must name its time zone: end it with Z")
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _duration(value: Any) -> Any:
    """Hours or days, such as 36h or 7d, as seconds."""
    found = re.fullmatch(r"([1-9]\d{0,3})([hd])", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be hours or days, such as 36h or 7d")
    return int(found[1]) * (3600 if found[2] == "h" else 86400)


Duration = Annotated[int, BeforeValidator(_duration)]
Time = Annotated[str, AfterValidator(_time)]
Text = Annotated[str, BeforeValidator(_text)]
Address = Annotated[str, AfterValidator(_address)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
