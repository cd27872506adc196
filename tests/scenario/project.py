"""A project as a user has it, driven by `pulumi`, and what is in the cloud afterwards."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import psutil
import psycopg
import yaml

from tests.scenario.interpreter import shared_interpreter

ROOT = Path(__file__).parents[2]
STACKS = ("prod", "staging", "dev")
SQL = ["CREATE TABLE notes (body text)", "INSERT INTO notes VALUES ('from production')"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    status: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """``name`` is also that of its app and its Neon project, so that tests do not meet in the cloud. ``begun`` is how
    far the stand-ins' journals had come before it: what is read of them is what they have seen since.
    """

    name: str
    folder: Path
    env: Mapping[str, str]
    home: Path
    engine: str
    begun: dict[str, int] = field(default_factory=dict)
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

    def notes_on(self, branch_id: str) -> set[str]:
        """What is in a branch, by its id; one without an endpoint gets one."""
        return self.notes_at(self.uri_of(branch_id))

    def notes_at(self, uri: str) -> set[str]:
        with psycopg.connect(uri, connect_timeout=20) as connection:
            return {body for (body,) in connection.execute("SELECT body FROM notes").fetchall()}

    def sql_on(self, branch_id: str, statement: str) -> None:
        with psycopg.connect(self.uri_of(branch_id), connect_timeout=20) as connection:
            connection.execute(statement.encode())

    def uri_of(self, branch_id: str) -> str:
        """Neon's own connection string of a branch, as its console shows it; one without an endpoint gets one."""
        if not self.neon("GET", f"/branches/{branch_id}/endpoints")["endpoints"]:
            self.neon("POST", "/endpoints", {"endpoint": {"branch_id": branch_id, "type": "read_write"}})
        self.settled()
        where = f"branch_id={branch_id}&database_name=neondb&role_name=neondb_owner"
        return str(self.neon("GET", f"/connection_uri?{where}")["uri"])

    def settled(self) -> None:
        """Returns when Neon's operations in this project have ended."""
        deadline = time.monotonic() + 20
        while any(one["status"] != "finished" for one in self.neon("GET", "/operations")["operations"]):
            assert time.monotonic() < deadline, "Neon's operations did not end within 20 s"

    def aws(self, service: str) -> Any:
        return _client(service, self.env["AWS_REGION"], self.env["AWS_ENDPOINT_URL"])

    def parameters(self, stack: str) -> dict[str, tuple[str, str]]:
        """Type and value of every parameter below the stack's prefix, by key."""
        pages = self.aws("ssm").get_paginator("get_parameters_by_path")
        prefix = f"/{self.name}/{stack}"
        found = [one for page in pages.paginate(Path=prefix, WithDecryption=True) for one in page["Parameters"]]
        return {one["Name"].removeprefix(f"{prefix}/"): (one["Type"], one["Value"]) for one in found}

    @property
    def app_id(self) -> str:
        pages = self.aws("amplify").get_paginator("list_apps").paginate()
        return str(next(app["appId"] for page in pages for app in page["apps"] if app["name"] == self.name))

    def branch(self, git_branch: str) -> dict[str, Any]:
        found: dict[str, Any] = self.aws("amplify").get_branch(appId=self.app_id, branchName=git_branch)["branch"]
        return found

    def git_branches(self) -> set[str]:
        return {one["branchName"] for one in self.aws("amplify").list_branches(appId=self.app_id)["branches"]}

    def jobs(self, git_branch: str) -> list[str]:
        pages = self.aws("amplify").get_paginator("list_jobs").paginate(appId=self.app_id, branchName=git_branch)
        return [job["status"] for page in pages for job in page["jobSummaries"]]

    def neon(self, method: str, path: str, body: Any = None) -> Any:
        """A request to Neon as its console makes them; ``path`` is below the project."""
        request = urllib.request.Request(  # noqa: S310 - the stand-in's own address, on loopback
            f"{self.env['NEON_API_HOST']}/projects/{self.neon_id}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.env['NEON_API_KEY']}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
            text = reply.read()
        return json.loads(text) if text else {}

    @property
    def neon_id(self) -> str:
        request = urllib.request.Request(  # noqa: S310
            f"{self.env['NEON_API_HOST']}/projects?search={self.name}",
            headers={"Authorization": f"Bearer {self.env['NEON_API_KEY']}"},
        )
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
            return str(json.load(reply)["projects"][0]["id"])

    def neon_branches(self) -> dict[str, dict[str, Any]]:
        return {branch["name"]: branch for branch in self.neon("GET", "/branches")["branches"]}

    def ours(self, stack: str = "staging") -> list[dict[str, Any]]:
        """The Neon branches that carry the stack's mark."""
        page = self.neon("GET", "/branches")
        mark = {"pulumi:project": self.name, "pulumi:stack": stack, "pulumi:name": f"{stack}-database"}
        marked = {branch_id for branch_id, found in page["annotations"].items() if found["value"] == mark}
        return [branch for branch in page["branches"] if branch["id"] in marked]

    def discard(self) -> None:
        """Deletes its Neon project, as far as there is one: the data of all that a worker's tests make is gigabytes."""
        with contextlib.suppress(urllib.error.HTTPError, IndexError):
            for branch in self.neon_branches().values():
                if branch["protected"]:
                    self.neon("PATCH", f"/branches/{branch['id']}", {"branch": {"protected": False}})
                    self.settled()
            self.neon("DELETE", "")

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

    def snapshot(self) -> object:
        """All of this project that is in the cloud, as far as an up could have touched it."""
        branches = {name: (one["id"], one["protected"]) for name, one in self.neon_branches().items()}
        return branches, self.git_branches(), {stack: self.parameters(stack) for stack in STACKS}

    def secrets(self) -> list[str]:
        """Values that no output, log or state may hold in clear."""
        return [self.env["NEON_API_KEY"], self.env["PULUMI_CONFIG_PASSPHRASE"], "made-up-for-staging", "npg_"]

    def places(self) -> dict[str, str]:
        """Where no secret may be in clear: this project's states and stack files, logs, and the stand-ins' journals."""
        below = [self.home / "log", *(self.home / kept for kept in (f"pulumi/.pulumi/stacks/{self.name}", "stacks"))]
        files = [path for folder in below for path in folder.rglob("*") if path.is_file()]
        found = {str(path): path.read_text(errors="replace") for path in files}
        return found | {f"journal of {part}": json.dumps(self.journal(part)) for part in ("neon", "aws")}

    def positions(self) -> dict[str, int]:
        """How far the stand-ins' journals have come."""
        return {part: self._told(part, "health")["journal"] for part in ("neon", "aws")}

    def mutations(self, since: Mapping[str, int] | None = None) -> list[str]:
        """The mutating requests that the stand-ins have seen, since this project was made or after a position."""
        after = since or self.begun
        entries = [entry for part in ("neon", "aws") for entry in self.journal(part, after[part])]
        return [entry["action"] for entry in entries if entry["mutating"]]

    def requests(self) -> int:
        """How many requests the stand-ins have seen, reads included."""
        return sum(len(self.journal(part)) for part in ("neon", "aws"))

    def journal(self, part: str, after: int | None = None) -> list[dict[str, Any]]:
        """The requests that a stand-in has seen, of all projects in it, since this one was made or after a position."""
        position = self.begun[part] if after is None else after
        found: list[dict[str, Any]] = self._told(part, f"journal?after={position}")["entries"]
        return found

    def accepted(self, action: str, after: int) -> int:
        """How often this project's Neon has done something since a position of its journal."""
        here = f"/projects/{self.neon_id}/"
        found = [entry for entry in self.journal("neon", after) if entry["action"] == action and here in entry["path"]]
        return sum(entry["status"] < 300 for entry in found)

    def put(self, part: str, seed: Any) -> None:
        """Has a stand-in make what is missing of ``seed``."""
        self._tell(part, "seed", seed)

    def settings(self, part: str, **changes: Any) -> None:
        """Changes the stand-in's own settings, for every project in it."""
        self._tell(part, "settings", changes)

    def _tell(self, part: str, what: str, body: Any) -> None:
        put(f"{self._control(part)}/{what}", body)

    def _told(self, part: str, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._control(part)}/{what}", timeout=20) as reply:  # noqa: S310
            found: dict[str, Any] = json.load(reply)
        return found

    def _control(self, part: str) -> str:
        host = self.env["NEON_API_HOST"].removesuffix("/api/v2") if part == "neon" else self.env["AWS_ENDPOINT_URL"]
        return f"{host}/_localcloud"


def processes_of(project: Project) -> list[int]:
    """What still runs in the project's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == project.folder and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def end_processes(project: Project) -> None:
    """SIGKILL to what still runs in the project's folder: the CLI's plugins outlive a killed CLI."""
    for pid in processes_of(project):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def put(address: str, body: Any) -> None:
    """Tells a stand-in something through its control address."""
    request = urllib.request.Request(  # noqa: S310 - the stand-in's own address, on loopback
        address, method="PUT", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


@functools.cache
def _client(service: str, region: str, address: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region,
        endpoint_url=address,
        aws_access_key_id="tests",
        aws_secret_access_key="tests",
    )


def without_cli(path: str, cli: Path | None) -> str:
    """PATH without the folder of the Pulumi CLI, so that localcloud falls back to the embedded engine."""
    folders = path.split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if cli is None or Path(folder) != cli.parent)
