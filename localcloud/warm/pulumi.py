"""The `pulumi` launcher: the embedded engine as a fork of the warm process, or whatever `localcloud.pulumi` decides."""

from __future__ import annotations

import os
import sys

from localcloud.programs import first_real
from localcloud.warm.standing import become, run

MODULE = "localcloud.pulumi"


def main() -> int:
    # With a Pulumi CLI on PATH it is for `localcloud.pulumi` to say which engine runs.
    if first_real("pulumi", os.environ.get("PATH", os.defpath)) is not None:
        return become(MODULE)
    return run(MODULE, tuple(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
