"""`python -m localcloud.aws --state DIR [--port N]`: serve the stand-in for AWS on 127.0.0.1."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from localcloud.aws.left_out import leave_out
from localcloud.errors import LocalcloudError


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m localcloud.aws", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps everything over restarts")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    arguments = parser.parse_args()

    leave_out()
    from localcloud.aws.server import serve  # only now: this imports moto

    try:
        serve(arguments.state, arguments.port)
    except LocalcloudError as error:
        sys.exit(f"localcloud.aws: {error}")


if __name__ == "__main__":
    main()
