"""The stand-in."""

from tests.localcloud.neon.conftest import server

__all__ = ["server"]
