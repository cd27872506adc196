"""The emulator, for what the client is to be tried on."""

from tests.localcloud.neon.conftest import project, server

__all__ = ["project", "server"]
