"""Runs the demo in a localcloud of its own, which it empties first and ends at last, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.console import Console
from rich.table import Table

from localcloud import lifecycle
from localcloud.demo.scenario import STACKS, Step, scenario
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


def main() -> int:
    """0 when every step did what it says; 1 at the first that did not."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console = Console(highlight=False, soft_wrap=True)
    folder = Path.cwd()
    home = Home(root=folder / ".localcloud" / "demo")
    site = Site(home=home, parts=standard_parts(), folder=folder, env=dict(os.environ), say=lambda _: None)
    begun = time.monotonic()
    try:
        world = _begin(site, console)
        for step in scenario():
            _run(step, world, console)
        Console(highlight=False, width=max(console.width, TABLE_WIDTH)).print(_table(world))
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


def _table(world: World) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for head in ("environment", "git branch", "address", "Neon branch", "endpoint"):
        table.add_column(head, no_wrap=True)
    for stack in STACKS:
        found = world.outputs(stack)
        table.add_row(
            found["environment"],
            found["git_branch"],
            found["url"],
            found["neon_branch_id"],
            found["neon_endpoint_host"],
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
