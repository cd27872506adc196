"""Runs a demo in a localcloud of its own, which it empties first and ends at last, whatever happens.

`python -m localcloud.demo [nailit | realtechee]`, in the folder of the checkout.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.console import Console
from rich.table import Table

from localcloud import lifecycle
from localcloud.demo import nailit, realtechee
from localcloud.demo.steps import Demo, Step
from localcloud.demo.world import StepFailed, World
from localcloud.engines import choose_engine
from localcloud.environment import merged
from localcloud.errors import LocalcloudError
from localcloud.home import Home
from localcloud.lifecycle import Site
from localcloud.parts import standard_parts
from localcloud.running import settings

TABLE_WIDTH = 125  # of a whole row; ids and hosts are for copying
CLOUD = ("neon", "aws")  # the parts that keep a journal
DEMOS = {"nailit": nailit.demo, "realtechee": realtechee.demo}


def main(arguments: Sequence[str]) -> int:
    """0 when every step did what it says; 1 at the first that did not; 2 for a layout that there is not."""
    name = arguments[0] if arguments else next(iter(DEMOS))
    if name not in DEMOS:
        print(f"there is no layout {name}: take one of {', '.join(DEMOS)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return run_all(DEMOS[name](), Home(root=Path.cwd() / ".localcloud" / "demo"))


def run_all(demo: Demo, home: Home) -> int:
    """0 when every step held, else 1; localcloud is down then, whatever happened."""
    console = Console(highlight=False, soft_wrap=True)
    folder = Path.cwd() / demo.project
    site = Site(home=home, parts=standard_parts(), folder=folder, env=dict(os.environ), say=lambda _: None)
    begun = time.monotonic()
    try:
        world = _begin(site, console)
        for step in demo.steps:
            _run(step, world, console)
        Console(highlight=False, width=max(console.width, TABLE_WIDTH)).print(_table(demo, world))
    except (StepFailed, LocalcloudError) as error:
        console.print("[red]failed[/red]", end=" ")
        console.print(str(error), markup=False)
        return 1
    finally:
        lifecycle.bring_down(site)
    console.print(f"all of it in {time.monotonic() - begun:.1f} s; localcloud is down, nothing keeps running")
    return 0


def _begin(site: Site, console: Console) -> World:
    begun = time.monotonic()
    lifecycle.reset(site)
    outcome = lifecycle.bring_up(site)
    console.print(f"engine: {choose_engine(site.home, site.env).name}")
    _line(console, "localcloud with an empty cloud", "Neon, AWS", begun)
    env = merged(site.env, settings(site.home, site.parts, site.env))
    return World(
        env=env,
        folder=site.folder,
        ports={name: record.port for name, record in outcome.records.items() if name in CLOUD},
    )


def _run(step: Step, world: World, console: Console) -> None:
    begun = time.monotonic()
    try:
        outcome = step.act(world)
    except (StepFailed, OSError, psycopg.Error, subprocess.SubprocessError, BotoCoreError, ClientError) as failed:
        raise StepFailed(f"{step.title}: {failed}") from None
    _line(console, step.title, outcome, begun)


def _line(console: Console, title: str, outcome: str, begun: float) -> None:
    console.print(f"[green]ok[/green] {time.monotonic() - begun:5.1f} s  {title}  [dim]{outcome}[/dim]")


def _table(demo: Demo, world: World) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for head in demo.columns:
        table.add_column(head, no_wrap=True)
    for stack in demo.stacks:
        found = world.outputs(stack)
        table.add_row(*(found[output] for output in demo.columns.values()))
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
