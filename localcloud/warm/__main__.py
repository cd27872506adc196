"""`python -m localcloud.warm --state DIR [--port N]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from localcloud.warm.server import serve

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m localcloud.warm")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    serve(arguments.state.absolute(), arguments.port)
