"""A small process that stands for a fork of the warm one.

Signals go on to the fork, its exit status is the fork's, and should the small process be killed, so is the fork, as
suddenly. It is started for every command, so it loads as little as it can: no dataclasses, no pathlib.
"""

from __future__ import annotations

import os
import signal
import sys

from localcloud.warm.client import WARM_FOLDER, Forked
from localcloud.warm.message import Order

PROVIDERS = "localcloud.providers"
_LEASH = 3


def run(module: str, arguments: tuple[str, ...]) -> int:
    """Have the module run as a fork of the warm process that the environment names, else in this one; its status."""
    status = stand_for(module, arguments) if os.environ.get(WARM_FOLDER) else None
    return become(module) if status is None else status


def stand_for(module: str, arguments: tuple[str, ...]) -> int | None:
    """Have the module run as a fork, with this process's streams; its status, or None without a warm process."""
    fork = _fork(module, arguments)
    if fork is None:
        return None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(fork.pid, number))
    status = fork.wait()
    return 1 if status is None else status if status >= 0 else 128 - status


def _fork(module: str, arguments: tuple[str, ...]) -> Forked | None:
    leash, self_held = os.pipe()
    order = Order(
        target=module,
        module=True,
        arguments=arguments,
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


def become(module: str) -> int:
    """Run the module in this process, as `python -m` would."""
    import runpy

    sys.argv[0] = module
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0
