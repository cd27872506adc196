"""The launchers of the stand-in providers: a fork of the warm process where there is one, else a process of its own."""

from __future__ import annotations

import os
import sys

from localcloud.launchers import PROVIDERS
from localcloud.warm.client import WARM_FOLDER
from localcloud.warm.standing import become, stand_for


def main() -> int:
    status = stand_for(PROVIDERS, tuple(sys.argv[1:])) if os.environ.get(WARM_FOLDER) else None
    return become(PROVIDERS) if status is None else status


if __name__ == "__main__":
    sys.exit(main())
