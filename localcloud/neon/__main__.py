"""python -m localcloud.neon --state DIR [--port N] [--seed N] [--clock TIME]"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from localcloud.neon import LIMITS
from localcloud.neon.postgres.launcher import PostgresError
from localcloud.neon.server import Options, StartError, serve


def main() -> int:
    """Returns 0 after a clean end, 1 when the server could not start."""
    parser = argparse.ArgumentParser(
        prog="python -m localcloud.neon",
        description="A stand-in for the Neon API on real PostgreSQL. It does not do this:\n  " + "\n  ".join(LIMITS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--state", type=Path, required=True, help="the folder that keeps everything; made when missing")
    parser.add_argument("--port", type=int, default=0, help="the API's port; 0 is the last one used, or a free one")
    parser.add_argument("--seed", type=int, help="a number from which all ids and passwords come, in order")
    parser.add_argument("--clock", help="RFC 3339; a clock that stands at this time, and a second later at each change")
    arguments = parser.parse_args()
    os.umask(0o077)
    api_key = os.environ.get("NEON_API_KEY", "")
    if not api_key:
        print("NEON_API_KEY is not set: it is the key that callers of the API must send", file=sys.stderr)
        return 1
    given = {name: getattr(arguments, name) for name in ("seed", "clock") if getattr(arguments, name) is not None}
    options = Options(state=arguments.state.resolve(), port=arguments.port, api_key=api_key, settings=given)
    try:
        asyncio.run(serve(options))
    except (StartError, PostgresError) as error:
        print(f"localcloud.neon: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
