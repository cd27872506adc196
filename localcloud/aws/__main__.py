"""`python -m localcloud.aws --state DIR [--port N]`: serve the stand-in for AWS on 127.0.0.1."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m localcloud.aws", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps everything over restarts")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    arguments = parser.parse_args()

    _leave_out_ec2()
    from localcloud.aws.server import serve  # only now: this imports moto

    serve(arguments.state, arguments.port)


def _leave_out_ec2() -> None:
    """Halve the time to start: moto's SSM imports all of its EC2 for SendCommand, which is not let through here."""
    empty = ModuleType("moto.ec2")
    empty.ec2_backends = {}  # type: ignore[attr-defined]
    sys.modules["moto.ec2"] = empty


if __name__ == "__main__":
    main()
