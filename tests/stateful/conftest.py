"""The stand-in, and what Pulumi's SDK needs of a thread."""

from __future__ import annotations

import asyncio

import pytest

from tests.localcloud.neon.conftest import server

__all__ = ["server"]


@pytest.fixture(autouse=True)
def loop() -> None:
    """The SDK takes the thread's event loop, which a test before may have ended."""
    asyncio.set_event_loop(asyncio.new_event_loop())
