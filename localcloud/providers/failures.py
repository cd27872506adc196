"""How a stand-in says no."""

from __future__ import annotations


class ProviderError(Exception):
    """What goes wrong, in one clear line that carries no secret. It becomes the message of a gRPC error."""
