"""AWS in this process, as for the package that asks it."""

from __future__ import annotations

from tests.hosting.conftest import moto

__all__ = ["moto"]
