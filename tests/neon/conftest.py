"""The emulator, for what the client is to be tried on."""

from tests.localcloud.neon.conftest import server

__all__ = ["server"]
