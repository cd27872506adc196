"""The `pulumi` launcher: the embedded engine as a fork of the warm process, or whatever `localcloud.pulumi` decides."""

from __future__ import annotations

import os
import sys

from localcloud.launchers import real_program
from localcloud.warm.client import WARM_FOLDER
from localcloud.warm.standing import become, stand_for

MODULE = "localcloud.pulumi"


def main() -> int:
    # With a Pulumi CLI on PATH it is for `localcloud.pulumi` to say which engine runs.
    no_cli = real_program("pulumi", os.environ.get("PATH", os.defpath)) is None
    status = stand_for(MODULE, tuple(sys.argv[1:])) if no_cli and os.environ.get(WARM_FOLDER) else None
    return become(MODULE) if status is None else status


if __name__ == "__main__":
    sys.exit(main())
