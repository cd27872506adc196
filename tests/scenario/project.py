"""A project as a user has it, driven by `pulumi`, with what is in its cloud."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import yaml

from tests.scenario.cloud import STACKS, Cloud
from tests.scenario.interpreter import shared_interpreter

ROOT = Path(__file__).parents[2]
SQL = ["CREATE TABLE notes (body text)", "INSERT INTO notes VALUES ('from production')"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    status: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Cloud):
    """``heard`` is all that its commands have printed."""

    folder: Path
    home: Path
    engine: str
    heard: list[str] = field(default_factory=list)

    def write(self) -> None:
        """The repository's own program and stack files under this project's name."""
        self.folder.mkdir()
        shutil.copy(ROOT / "__main__.py", self.folder)
        (self.folder / ".venv").symlink_to(shared_interpreter(self.home))
        for path in ROOT.glob("Pulumi*.yaml"):
            text = path.read_text().replace("nailit:", f"{self.name}:").replace("name: nailit", f"name: {self.name}")
            text = text.replace("project: nailit", f"project: {self.name}").replace(
                "/team/nailit/", f"/team/{self.name}/"
            )
            # Roles cost each up their requests: what is about them asks for them.
            text = text.replace("runtime: ssm", "runtime: none")
            (self.folder / path.name).write_text(text)

    def seed(self) -> None:
        """What must be there before the first up."""
        self.begun.update(self.positions())
        neon = {"name": self.name, "branch": "main", "database": "neondb", "role": "neondb_owner", "sql": SQL}
        self.put("neon", {"projects": [neon]})
        sources = [{"name": f"/team/{self.name}/{s}/NEXTAUTH_SECRET", "value": f"made-up-for-{s}"} for s in STACKS]
        self.put("aws", {"apps": [{"name": self.name}], "parameters": sources})

    def edit(self, stack: str, key: str, **changes: Any) -> None:
        """Changes one object of a stack file, as a person would in an editor; ``...`` takes a field away."""
        path = self.folder / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(path.read_text())
        full = key if ":" in key else f"{self.name}:{key}"
        merged = {**content["config"].get(full, {}), **changes}
        content["config"][full] = {name: value for name, value in merged.items() if value is not ...}
        path.write_text(yaml.safe_dump(content))

    def configure(self, stack: str, key: str, value: Any) -> None:
        """Puts one value of any kind into a stack file; ``key`` is the whole key."""
        path = self.folder / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(path.read_text())
        content["config"][key] = value
        path.write_text(yaml.safe_dump(content))

    def leave_out(self, stack: str, key: str) -> None:
        """Takes one object out of a stack file."""
        path = self.folder / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(path.read_text())
        del content["config"][f"{self.name}:{key}"]
        path.write_text(yaml.safe_dump(content))

    def pulumi(self, *arguments: str, env: Mapping[str, str] | None = None) -> Result:
        return self._run(["pulumi", *arguments, "--non-interactive"], env=env)

    def ops(self, *arguments: str, given: str = "") -> Result:
        """One of the day-to-day commands; ``given`` is what is typed."""
        return self._run([f"{self.folder}/.venv/bin/python", "-m", "ops", *arguments], given=given)

    def _run(self, command: list[str], *, env: Mapping[str, str] | None = None, given: str = "") -> Result:
        done = subprocess.run(
            command,
            env={**self.env, **(env or {})},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=240,
            input=given,
            check=False,
        )
        self.heard.append(done.stdout + done.stderr)
        return Result(status=done.returncode, text=self.heard[-1])

    def traceback(self, result: Result) -> bool:
        """Whether there is one. The CLI's own host prints one of itself when a resource fails: not of our code."""
        if self.engine == "cli":
            return bool(re.search(rf'File "{ROOT}/(components|hosting|localcloud|neon|ops)/', result.text))
        return "Traceback" in result.text

    def leaks(self) -> list[str]:
        """Where a secret is in clear, among all that was printed and all that is kept."""
        places = {"output": "\n".join(self.heard), **self.places()}
        return [name for name, text in places.items() if any(secret in text for secret in self.secrets())]

    @contextlib.contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A command that runs while the test goes on, its output in one pipe; killed at the end if it still runs."""
        process = subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            env=dict(self.env),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def good(self, *arguments: str) -> str:
        """Output of a command that must succeed."""
        result = self.pulumi(*arguments)
        assert result.status == 0, result.text
        return result.text

    def up(self, stack: str, *more: str) -> str:
        return self.good("up", "--stack", stack, "--yes", "--skip-preview", *more)

    def drift(self, stack: str) -> Result:
        return self.pulumi("preview", "--stack", stack, "--expect-no-changes")

    def stdout(self, *arguments: str) -> str:
        """What a command that must succeed prints, without its warnings."""
        done = subprocess.run(
            ["pulumi", *arguments],
            env=dict(self.env),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=240,
            check=True,
        )
        return done.stdout

    def outputs(self, stack: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stdout("stack", "output", "--json", "--show-secrets", "--stack", stack))
        return found

    def sql(self, stack: str, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.outputs(stack)["database_url"], connect_timeout=20) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def notes(self, stack: str) -> set[str]:
        return {body for (body,) in self.sql(stack, "SELECT body FROM notes")}

    def state(self, stack: str) -> str:
        """The checkpoint as it is on disk."""
        return (self.home / f"pulumi/.pulumi/stacks/{self.name}/{stack}.json").read_text()

    def now(self) -> str:
        """The time, as a person would write it into a stack file."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def wait_a_second(self) -> None:
        """Until the next whole second has begun: Neon's times have no fractions."""
        begun, deadline = self.now(), time.monotonic() + 5
        while self.now() == begun:
            assert time.monotonic() < deadline, "the clock stands still"
            time.sleep(0.01)

    def secrets(self) -> list[str]:
        """Values that no output, log or state may hold in clear."""
        return [self.env["NEON_API_KEY"], self.env["PULUMI_CONFIG_PASSPHRASE"], "made-up-for-staging", "npg_"]

    def places(self) -> dict[str, str]:
        """Where no secret may be in clear: this project's states and stack files, logs, and the stand-ins' journals."""
        below = [self.home / "log", *(self.home / kept for kept in (f"pulumi/.pulumi/stacks/{self.name}", "stacks"))]
        files = [path for folder in below for path in folder.rglob("*") if path.is_file()]
        found = {str(path): path.read_text(errors="replace") for path in files}
        return found | {f"journal of {part}": json.dumps(self.journal(part)) for part in ("neon", "aws")}
