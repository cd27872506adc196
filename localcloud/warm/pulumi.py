"""The `pulumi` launcher: the embedded engine as a fork of the warm process, or whatever `localcloud.pulumi` decides.

It stands for the engine: signals go on to it, its exit status is the engine's, and should it be killed, so is the
engine, as suddenly.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys

from localcloud.launchers import real_program
from localcloud.warm.client import WARM_FOLDER, Forked
from localcloud.warm.message import Order

MODULE = "localcloud.pulumi"
_LEASH = 3


def main() -> int:
    engine = _fork() if os.environ.get(WARM_FOLDER) and _no_cli() else None
    if engine is None:
        runpy.run_module(MODULE, run_name="__main__", alter_sys=True)
        return 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(engine.pid, number))
    status = engine.wait()
    return 1 if status is None else status if status >= 0 else 128 - status


def _no_cli() -> bool:
    """With a Pulumi CLI on PATH it is for `localcloud.pulumi` to say which engine runs."""
    return real_program("pulumi", os.environ.get("PATH", os.defpath)) is None


def _fork() -> Forked | None:
    leash, self_held = os.pipe()
    order = Order(
        target=MODULE,
        module=True,
        arguments=tuple(sys.argv[1:]),
        cwd=os.getcwd(),  # noqa: PTH109 - the folder by the name that the shell gave it is in PWD
        env=dict(os.environ),
        numbers=(0, 1, 2, _LEASH),
        leash=_LEASH,
    )
    try:
        return Forked(order, [0, 1, 2, leash])
    except OSError:
        os.close(self_held)
        return None
    finally:
        os.close(leash)


if __name__ == "__main__":
    sys.exit(main())
