"""The program of every project on this one: its folder holds settings, and a `__main__.py` that calls `main`."""

from __future__ import annotations

import pulumi

from components.database import declare_guard
from components.environment import Environment
from components.stack import read_stack


def main() -> None:
    """Reads this stack's settings, declares its one environment, exports what builds and people read."""
    stack = read_stack()
    environment = Environment(stack)
    if environment.database is not None and not environment.database.adopted:
        declare_guard(stack.identity, environment.database, environment.last)
    for name, value in environment.outputs.items():
        pulumi.export(name, value)
