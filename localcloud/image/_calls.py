"""What was called with what: a line of JSON for each call of a command of the build image.

No value of a variable is written, only names; of an address that a command was given as an argument, nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

FILE: Final = "LOCALCLOUD_CALLS"
"""The variable that says where to write; a launcher sets it. Without it nothing is written."""

_JOB: Final = ("AWS_APP_ID", "AWS_BRANCH", "AWS_JOB_ID")


def record(command: str, arguments: Sequence[str], **facts: str) -> None:
    """Write down a call; `facts` are what the command found out, such as the database that it goes to."""
    path = os.environ.get(FILE)
    if not path:
        return
    call = {
        "command": command,
        "arguments": ["(an address)" if "://" in one else one for one in arguments],
        "variables": sorted(set(os.environ) - {FILE}),
        **{name: os.environ[name] for name in _JOB if name in os.environ},
        **facts,
    }
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(call) + "\n")
