"""Bringing the parts up and down, all under the home's lock."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from localcloud.control import put_seed
from localcloud.ending import end_all, end_part
from localcloud.environment import for_part
from localcloud.errors import LocalcloudError
from localcloud.files import write_json
from localcloud.home import Home, find_project
from localcloud.identity import Mark
from localcloud.keys import Keys, ensure_keys
from localcloud.launchers import write_launchers
from localcloud.locking import locked
from localcloud.parts import Part, Record, Standing, log_tail, read_record, ready, standing, start, write_record
from localcloud.projects import read_project
from localcloud.seed import read_seeds

READY_SECONDS = 60.0
PATIENT_SECONDS = 3.0
ANSWER_SECONDS = 2.0
# Longer: a part that is only busy must not be ended for it.
SILENCE_SECONDS = 10.0
DISCARDED = ("pulumi", "stacks", "repositories")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One localcloud: its home, its parts, the folder and the environment of the command that works on it."""

    home: Home
    parts: tuple[Part, ...]
    folder: Path
    env: Mapping[str, str]
    say: Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What `up` did: the parts by name, and which of them it had to start."""

    records: Mapping[str, Record]
    started: tuple[str, ...]


def bring_up(site: Site) -> Outcome:
    """Have every part running, seeded and reachable through launchers. Raises LocalcloudError."""
    site.home.make()
    with locked(site.home, site.say):
        return _bring_up(site)


def bring_down(site: Site) -> list[Mark]:
    """End every process of the home and leave its data; the processes that were ended."""
    if not site.home.root.is_dir():
        return []
    with locked(site.home, site.say):
        return end_all(site.home, site.parts)


def reset(site: Site) -> Outcome | None:
    """Discard the cloud's state and the stacks together; up again, with seeds, when it was up (else None)."""
    site.home.make()
    with locked(site.home, site.say):
        was_up = any(read_record(site.home, part.name) for part in site.parts)
        end_all(site.home, site.parts)
        discard(site.home, [*(part.name for part in site.parts), *DISCARDED])
        return _bring_up(site) if was_up else None


def discard(home: Home, names: Sequence[str]) -> None:
    """Remove these folders of the home: first out of the way all together, so that none is left without the others."""
    trash = Path(tempfile.mkdtemp(prefix="discarded-", dir=home.root))
    for name in names:
        with suppress(FileNotFoundError):
            (home.root / name).rename(trash / name)
    for old in home.root.glob("discarded-*"):
        shutil.rmtree(old)


def standings(site: Site, seconds: float = ANSWER_SECONDS) -> list[tuple[Part, Record | None, Standing]]:
    """How every part is now; each has `seconds` to answer."""
    records = [(part, read_record(site.home, part.name)) for part in site.parts]
    return [(part, record, standing(record, seconds)) for part, record in records]


def _bring_up(site: Site) -> Outcome:
    site.home.make()
    keys = ensure_keys(site.home)
    found = standings(site, SILENCE_SECONDS)
    started = tuple(part.name for part, _, how in found if how is not Standing.RUNNING)
    _say_what_starts(site, found)
    running = {part.name: record for part, record, how in found if record and how is Standing.RUNNING}
    fresh = _start(site, [part for part in site.parts if part.name in started], keys)
    records = {part.name: (running | fresh)[part.name] for part in site.parts}
    write_json(site.home.ports, {name: record.port for name, record in records.items()})
    write_launchers(site.home, site.env)
    _seed(site, records)
    return Outcome(records=records, started=started)


def _say_what_starts(site: Site, found: Sequence[tuple[Part, Record | None, Standing]]) -> None:
    words = {Standing.DIED: " (it had died)", Standing.SILENT: " (it did not answer)"}
    names = [f"{part.name}{words.get(how, '')}" for part, _, how in found if how is not Standing.RUNNING]
    if names:
        site.say(f"localcloud: starting {', '.join(names)} in {site.home.root}")


def _start(site: Site, parts: Sequence[Part], keys: Keys) -> dict[str, Record]:
    """Start the parts at the same time and wait until all are ready; those that do not get ready are ended."""
    try:
        for part in parts:
            end_part(site.home, part)
        waiting = {part.name: start(site.home, part, for_part(site.env, site.home, keys, part.name)) for part in parts}
        return _await_all(site, waiting)
    except BaseException:
        for part in parts:
            record = read_record(site.home, part.name)
            if record is not None and record.port == 0:
                end_part(site.home, part)
        raise


def _await_all(site: Site, waiting: Mapping[str, Record]) -> dict[str, Record]:
    done: dict[str, Record] = {}
    begun = time.monotonic()
    hint = begun + PATIENT_SECONDS
    while len(done) < len(waiting):
        for name in waiting.keys() - done.keys():
            record = ready(site.home, waiting[name])
            if record is not None:
                write_record(site.home, record)
                done[name] = record
        missing = ", ".join(sorted(waiting.keys() - done.keys()))
        if missing and time.monotonic() - begun > READY_SECONDS:
            raise LocalcloudError(f"not ready after {READY_SECONDS:.0f} s: {missing}; {_logs(site, missing)}")
        if missing and time.monotonic() > hint:
            site.say(f"localcloud: waiting for {missing} to be ready, {READY_SECONDS:.0f} s at most")
            hint += PATIENT_SECONDS * 3
        if missing:
            time.sleep(0.02)
    return done


def _logs(site: Site, names: str) -> str:
    return os.linesep.join(log_tail(site.home, name) for name in names.split(", "))


def _seed(site: Site, records: Mapping[str, Record]) -> None:
    folder = find_project(site.folder)
    seeds = read_seeds(site.home, None if folder is None else read_project(site.home, folder))
    with ThreadPoolExecutor(max_workers=len(records)) as pool:
        asked = [
            pool.submit(put_seed, name, record.port, seeds.of(name))
            for name, record in records.items()
            if seeds.of(name)
        ]
    for one in asked:
        one.result()
