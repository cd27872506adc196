"""`python -m ops COMMAND STACK`: the day-to-day commands."""

from __future__ import annotations

import sys

_INTERRUPTED = 130  # what a shell says of a command that Ctrl-C has ended


def main() -> int:
    """Loading the commands takes a moment, in which Ctrl-C is no error either."""
    try:
        from ops.cli import main as run

        return run()
    except KeyboardInterrupt:
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
