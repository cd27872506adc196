"""The program of every project on this one: its folder holds settings, and a `__main__.py` that calls `main`."""

from __future__ import annotations

import pulumi

from components.environment import Environment
from components.stack import read_stack


def main() -> None:
    """Reads this stack's settings, declares its one environment, exports what builds and people read."""
    for name, value in Environment(read_stack()).outputs.items():
        pulumi.export(name, value)
