"""What each command prints."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from localcloud import lifecycle
from localcloud.engines import choose_engine
from localcloud.environment import aws_address, neon_address, shell_lines
from localcloud.errors import LocalcloudError
from localcloud.lifecycle import Outcome, Site
from localcloud.parts import Record, Standing
from localcloud.running import settings

Command = Callable[[Site], int]


def up(site: Site) -> int:
    """Start what does not run, and say how to go on."""
    begun = time.monotonic()
    outcome = lifecycle.bring_up(site)
    took = f"up after {time.monotonic() - begun:.1f} s" if outcome.started else "already up"
    print(f"localcloud is {took}: {site.home.root}")
    _print_outcome(site, outcome)
    return 0


def down(site: Site) -> int:
    """End everything, and say what that was."""
    ended = lifecycle.bring_down(site)
    for one in ended:
        print(f"ended {one.name} (pid {one.pid})")
    print(f"localcloud is {'down' if ended else 'not up: nothing to end'}: {site.home.root}")
    return 0


def status(site: Site) -> int:
    """Print the table of parts; 3 when one of them does not run."""
    found = lifecycle.standings(site)
    rows = [
        (part.name, how.value, str(record.mark.pid) if record else "-", _address(part.name, record), _since(record))
        for part, record, how in found
    ]
    for line in table(("part", "state", "pid", "address", "since"), rows):
        print(line)
    return 0 if all(how is Standing.RUNNING for _, _, how in found) else 3


def reset(site: Site, *, yes: bool) -> int:
    """Discard state and stacks, after asking."""
    if not yes and not _agreed(site):
        raise LocalcloudError("nothing was discarded")
    outcome = lifecycle.reset(site)
    print(f"localcloud's state and stacks are discarded: {site.home.root}")
    if outcome is not None:
        _print_outcome(site, outcome)
    return 0


def env(site: Site) -> int:
    """Print the environment as shell lines; it holds the home's own key and passphrase."""
    for line in shell_lines(site.env, settings(site.home, site.parts, site.env)):
        print(line)
    return 0


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Left-aligned columns, two spaces apart."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]


def _agreed(site: Site) -> bool:
    if not sys.stdin.isatty():
        raise LocalcloudError("`reset` discards the cloud's state and the stacks: say `reset --yes`", status=2)
    question = f"Discard all databases, AWS state and stacks in {site.home.root}? [y/N] "
    return input(question).strip().lower() in {"y", "yes"}


def _print_outcome(site: Site, outcome: Outcome) -> None:
    python = _short(Path(sys.executable), site.folder)
    for name, record in outcome.records.items():
        print(f"  {name:6}  {_address(name, record)}")
    print(f"  engine  {choose_engine(site.home, site.env).name}")
    print("Go on with:")
    print(f"  {python} -m localcloud run -- pulumi up --yes --stack NAME")
    print(f'  eval "$({python} -m localcloud env)"    # then plain `pulumi up --stack NAME` in this shell')


def _short(path: Path, folder: Path) -> str:
    return os.path.relpath(path, folder) if path.is_relative_to(folder) else str(path)


def _address(name: str, record: Record | None) -> str:
    if record is None or not record.port:
        return "-"
    address = {"neon": neon_address, "aws": aws_address}.get(name, _plain_address)(record.port)
    return f"{address} (SQL on 127.0.0.1:{record.sql_port})" if record.sql_port else address


def _plain_address(port: int) -> str:
    return f"127.0.0.1:{port}"


def _since(record: Record | None) -> str:
    return record.since if record else "-"
