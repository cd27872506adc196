"""The launchers of the stand-in providers: a fork of the warm process where there is one, else a process of its own."""

from __future__ import annotations

import sys

from localcloud.warm.standing import PROVIDERS, run


def main() -> int:
    return run(PROVIDERS, tuple(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
