"""The process of one job: `python -P -m localcloud.aws.builds.worker`, with an order on its standard input.

It says each step of the way on its standard output. A line `stop` ends the job, and so does the end of the input, for
then the stand-in has gone: no process of a job outlives it.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from localcloud.aws.builds.cage import Cage, StoppedError, TimedOutError, end_children
from localcloud.aws.builds.order import STEPS, STOP, BuildError, Event, Order, from_line
from localcloud.aws.builds.steps import Steps


def main() -> None:
    order = from_line(sys.stdin.readline())
    cage = Cage(time.monotonic() + order.timeout)
    alone = threading.Event()
    threading.Thread(target=_listen, args=(cage, alone), daemon=True).start()
    steps = Steps(order, cage)
    try:
        outcome = _job(order, cage, steps)
        if not alone.is_set():
            _say(outcome)
    finally:
        end_children()
        steps.clear()


def _listen(cage: Cage, alone: threading.Event) -> None:
    """End the job when it is asked for, or when nobody is left to ask and to be told."""
    if sys.stdin.readline().strip() != STOP:
        alone.set()
    cage.stop()


def _job(order: Order, cage: Cage, steps: Steps) -> Event:
    """Do it all; how it ended."""
    step = STEPS[0]
    try:
        _say(Event(status="PROVISIONING"))
        cage.pause(order.provisioning)
        for step in STEPS:
            _say(Event(status="RUNNING", step=step))
            _refuse_on_order(order, step)
            commit = _work(steps, step)
            cage.pause(0)
            _say(Event(status="SUCCEED", step=step, commit=commit))
    except StoppedError:
        return Event(status="CANCELLED", step=step)
    except TimedOutError:
        return _failed(steps, step, f"the build took longer than {order.timeout:g} s (_BUILD_TIMEOUT)")
    except BuildError as error:
        return _failed(steps, step, str(error))
    except OSError as error:
        return _failed(steps, step, f"{error.strerror}: {error.filename}")
    return Event(status="SUCCEED")


def _work(steps: Steps, step: str) -> str:
    """Do one step; the commit, of the step that checks it out."""
    if step == "BUILD":
        commit = steps.check_out()
        _say(Event(status="RUNNING", step=step, commit=commit))
        steps.build()
        return commit
    rest: dict[str, Callable[[], None]] = {"DEPLOY": steps.deploy, "VERIFY": steps.verify}
    rest[step]()
    return ""


def _refuse_on_order(order: Order, step: str) -> None:
    if order.fails_at == step:
        raise BuildError(f"{step} was told to fail")


def _failed(steps: Steps, step: str, reason: str) -> Event:
    steps.say(step, f"!!! {step} failed\n!!! {reason}")
    return Event(status="FAILED", step=step, reason=reason)


def _say(happened: Event) -> None:
    sys.stdout.write(happened.to_line())
    sys.stdout.flush()


if __name__ == "__main__":
    main()
