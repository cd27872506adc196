"""`python -m hosting.forget_deployments`: what the end of a stack runs, for its history is no resource of the stack."""

from __future__ import annotations

import os
import sys

from hosting.deployments import forget
from hosting.errors import HostingError
from hosting.start_build import aws_from, history_from


def main() -> int:
    """0, or 1 with one sentence on stderr."""
    try:
        forget(aws_from(os.environ), history_from(os.environ).name)
    except HostingError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
