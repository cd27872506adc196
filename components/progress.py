"""What a long wait says meanwhile."""

from __future__ import annotations

import sys


def tell(line: str) -> None:
    """On standard error, which engines show as it comes: a provider's process has no other voice while it works."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
