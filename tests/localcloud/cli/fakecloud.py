"""localcloud's command line over fake parts: what tests start as a process."""

from __future__ import annotations

import sys
from pathlib import Path

from localcloud.cli import main
from localcloud.parts import Part

FAKE_PART = Path(__file__).with_name("fakepart.py")


def fake_parts() -> tuple[Part, ...]:
    return tuple(Part(name=name, command=(sys.executable, "-I", str(FAKE_PART), name)) for name in ("neon", "aws"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], fake_parts()))
