"""A child right after the fork: it becomes what was ordered, as if it had been started as a process of its own."""

from __future__ import annotations

import gc
import io
import os
import runpy
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import NoReturn

from localcloud.warm.message import Order
from localcloud.warm.modules import Written, forget_changed

_ASIDE = 200  # descriptors are put out of the way first, so that none lands on another that is still to be moved


def become(order: Order, descriptors: list[int], loaded: Written) -> NoReturn:
    """Run the order and end with its status; nothing comes back to the caller. `loaded` is what is there already."""
    status = 1
    try:
        _settle(order, descriptors)
        forget_changed(loaded, Path(order.cwd))
        status = _run(order)
    except BaseException:  # noqa: BLE001 - the last resort of a process
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _settle(order: Order, descriptors: list[int]) -> None:
    os.setsid()
    aside = [_moved(descriptor, _ASIDE + index) for index, descriptor in enumerate(descriptors)]
    os.closerange(3, _ASIDE)
    for number, descriptor in zip(order.numbers, aside, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    os.chdir(order.cwd)
    os.environ.clear()
    os.environ.update(order.env)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False))
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)
    gc.enable()
    if order.leash is not None:
        threading.Thread(target=_die_with, args=(order.leash,), daemon=True).start()


def _die_with(leash: int) -> None:
    while os.read(leash, 4096):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def _moved(descriptor: int, number: int) -> int:
    os.dup2(descriptor, number)
    os.close(descriptor)
    return number


def _run(order: Order) -> int:
    sys.argv = [order.target, *order.arguments]
    try:
        if order.module:
            runpy.run_module(order.target, run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, os.path.dirname(order.target))  # noqa: PTH120 - as the interpreter itself does
            runpy.run_path(order.target, run_name="__main__")
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 - printed, as the interpreter itself does
        traceback.print_exc()
        return 1
    return 0


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
