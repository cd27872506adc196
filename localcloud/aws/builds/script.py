"""The commands of a build as one script for bash. Pure functions.

Amplify runs all commands of a build in one shell, the backend's and the frontend's, so that `cd` and exported variables
last from each to the next (aws-amplify/amplify-hosting#546); the first that fails ends the build.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from localcloud.aws.builds.specification import Phase, Specification

_CHECK = '__status=$?; if [ "$__status" -ne 0 ]; then exit "$__status"; fi'


def script(specification: Specification, marker: str) -> str:
    """Text for bash; it makes the file `marker` when it came to its end, which `exit 0` in a command prevents."""
    lines = [line for phase in specification.phases for line in _phase(phase)]
    return "\n".join([*lines, f": > {shlex.quote(marker)}", ""])


def _phase(phase: Phase) -> Iterator[str]:
    yield _say(f"# Starting {phase.section} phase: {phase.name}")
    for command in phase.commands:
        yield _say(f"# Executing command: {command}")
        yield f"eval {shlex.quote(command)}"
        yield _CHECK
    yield _say(f"# Completed {phase.section} phase: {phase.name}")


def _say(text: str) -> str:
    return f"printf '%s\\n' {shlex.quote(text)}"
