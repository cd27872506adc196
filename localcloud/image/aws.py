"""`aws`: the AWS CLI that is installed beside us, as a fork of the warm process where there is one.

Loading it takes a third of a second, and a build calls it for each of its commands.
"""

from __future__ import annotations

import sys

from localcloud.warm.standing import run

if __name__ == "__main__":
    sys.exit(run("localcloud.image._aws", tuple(sys.argv[1:])))
