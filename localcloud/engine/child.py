"""What runs in the processes of a program and of the dynamic providers' plugin; it ends when the engine does.

`child.py program` runs the Pulumi program of the current folder, as the CLI's language host does: it loads the SDK,
reads one line of JSON from standard input, and runs `__main__.py`. `child.py dynamic ENGINE` is `python -m
pulumi.dynamic ENGINE`. Loading the SDK is most of the work of either, so a program's process can be told, before it
runs anything, to fork the plugin off; the descriptors for that are its further arguments.
It is started by its path, from any folder, so it imports nothing of this package.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SHOWN = 32


def _end_with_engine() -> int:
    """Keep the engine's pipe aside, watched, and leave an empty standard input; give the pipe's descriptor."""
    pipe = os.dup(0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return pipe


def _watch(pipe: int) -> None:
    def run() -> None:
        while os.read(pipe, 4096):
            pass
        os._exit(1)

    threading.Thread(target=run, daemon=True).start()


def _instructions(pipe: int) -> dict[str, Any]:
    # Unbuffered: the next line may be for somebody else.
    with os.fdopen(pipe, "rb", buffering=0, closefd=False) as stream:
        line = stream.readline()
    if not line:
        os._exit(1)
    found: dict[str, Any] = json.loads(line)
    return found


def _own_traceback(program: str) -> str:
    """Give the current exception's traceback from the program's own first frame on."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    for index, frame in enumerate(frames):
        if frame.filename.startswith(program + os.sep):
            return traceback.format_exc(limit=index - len(frames))
    return traceback.format_exc()


def _main(folder: str) -> None:
    runpy.run_path(folder, run_name="__main__")


def _program(pipe: int, for_plugin: list[int]) -> int:
    gc.disable()
    import pulumi
    import pulumi.runtime

    gc.freeze()
    gc.enable()
    told = _instructions(pipe)
    if told.get("fork"):
        if os.fork() == 0:
            os.close(pipe)
            return _forked(told, *for_plugin)
        told = _instructions(pipe)
    for descriptor in for_plugin:
        os.close(descriptor)
    _watch(pipe)
    os.environ.update(told["env"])
    pulumi.runtime.set_all_config(json.loads(told["env"]["PULUMI_CONFIG"]), told["secret_keys"])
    pulumi.runtime.configure(pulumi.runtime.Settings(**told["settings"]))
    return _run(told["settings"]["parallel"])


def _run(parallel: int) -> int:
    import pulumi

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    # The SDK sends dozens in each run, every one a call that is waited for, and this engine shows none of them.
    pulumi.log.debug = _unheard
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=parallel * 4)
    loop.set_default_executor(executor)
    folder = str(Path.cwd())
    sys.argv = [folder]
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _main(folder)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return SHOWN
    except Exception:  # noqa: BLE001 - whatever the program raised is shown to its author
        pulumi.log.error("Program failed with an unhandled exception:\n" + _own_traceback(folder))
        return SHOWN
    finally:
        executor.shutdown(wait=True)
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _unheard(*_: object, **__: object) -> None:
    pass


def _forked(told: dict[str, Any], alive: int, out: int, err: int) -> int:
    os.setsid()
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.close(out)
    os.close(err)
    os.write(1, f"{os.getpid()}\n".encode())
    os.environ.update(told["env"])
    return _dynamic(alive, told["engine"])


def _dynamic(pipe: int, engine: str) -> int:
    _watch(pipe)
    sys.argv = ["pulumi.dynamic", engine]
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    stdin = _end_with_engine()
    if sys.argv[1] == "program":
        sys.exit(_program(stdin, [int(descriptor) for descriptor in sys.argv[2:]]))
    sys.exit(_dynamic(stdin, sys.argv[2]))
