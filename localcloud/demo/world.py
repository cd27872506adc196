"""What the demo does and looks at: Pulumi as a user runs it, the databases, AWS, and the stand-ins' journals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import psutil
import psycopg

from localcloud.aws.builds.tools import CALLS
from localcloud.demo.watching import watched_processes
from localcloud.home import Home

PULUMI_SECONDS = 300.0
DATABASE_SECONDS = 10


class StepFailed(Exception):
    """A step of the demo did not do what it says; the text is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere that a secret might be."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A running localcloud: the environment that its commands get, the project's folder, its parts' ports."""

    env: Mapping[str, str]
    folder: Path
    ports: Mapping[str, int]
    heard: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def pulumi(self, *arguments: str, expect: int | None = 0) -> str:
        """Runs `pulumi`; all that it prints. StepFailed when its status is not ``expect`` (None: any)."""
        return self._run(["pulumi", *arguments, "--non-interactive"], expect)

    def ops(self, *arguments: str, expect: int | None = 0) -> str:
        """Runs one of the day-to-day commands, as a user does; ``expect`` as in `pulumi`."""
        return self._run([sys.executable, "-m", "ops", *arguments], expect)

    def config(self, stack: str, path: str, value: str) -> None:
        self.pulumi("config", "set", "--path", path, value, "--stack", stack)

    def kill_an_up(self, stack: str, action: str) -> None:
        """SIGKILL to an up, and to all of its process group, once AWS or Neon has seen ``action``."""
        self.known.clear()
        before = {part: self._told(port, "health")["journal"] for part, port in self.ports.items()}
        command = ["pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, env=dict(self.env), cwd=self.folder, stdout=quiet, stderr=quiet, start_new_session=True
        ) as up:
            deadline = time.monotonic() + PULUMI_SECONDS
            while not self._seen(action, before) and up.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            if up.poll() is not None:
                raise StepFailed(f"the up of {stack} ended before it could be killed")
            plugins = psutil.Process(up.pid).children(recursive=True)
            os.killpg(up.pid, signal.SIGKILL)
        # The CLI puts its plugins into groups of their own, and they outlive it.
        for plugin in plugins:
            with suppress(psutil.NoSuchProcess):
                plugin.kill()

    def _seen(self, action: str, after: Mapping[str, int]) -> bool:
        journals = (self._told(port, f"journal?after={after[part]}")["entries"] for part, port in self.ports.items())
        return any(entry["action"] == action for entries in journals for entry in entries)

    def _run(self, command: list[str], expect: int | None) -> str:
        self.known.clear()
        with watched_processes() as seen:
            done = subprocess.run(
                command,
                env=dict(self.env),
                cwd=self.folder,
                capture_output=True,
                text=True,
                timeout=PULUMI_SECONDS,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        self.seen.update(seen)
        said = done.stdout + done.stderr
        self.heard.append(said)
        if expect is not None and done.returncode != expect:
            words, end = " ".join(command), "\n".join(said.strip().splitlines()[-25:])
            raise StepFailed(f"`{words}` ended with {done.returncode}, not {expect}:\n{end}")
        return said

    def up(self, stack: str, *more: str) -> str:
        return self.pulumi("up", "--stack", stack, "--yes", "--skip-preview", *more)

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs with their secrets, asked for anew after every command; not kept among what was heard."""
        if stack not in self.known:
            self.known[stack] = self._outputs(stack)
        return self.known[stack]

    def _outputs(self, stack: str) -> dict[str, Any]:
        done = subprocess.run(
            ["pulumi", "stack", "output", "--stack", stack, "--json", "--show-secrets"],
            env=dict(self.env),
            cwd=self.folder,
            capture_output=True,
            timeout=PULUMI_SECONDS,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def secrets(self, stacks: Iterable[str]) -> list[str]:
        """Every password, key and secret value that there is."""
        passwords = {urlsplit(self.outputs(stack)["direct_url"]).password or "" for stack in stacks}
        given = {self.env["NEON_API_KEY"], self.env["PULUMI_CONFIG_PASSPHRASE"]}
        return sorted({*passwords, *given, *self._source_values(stacks)} - {""})

    def _source_values(self, stacks: Iterable[str]) -> list[str]:
        names = [f"/nailit/{stack}/NEXTAUTH_SECRET" for stack in stacks]
        found = self.aws("ssm").get_parameters(Names=names, WithDecryption=True)["Parameters"]
        return [one["Value"] for one in found]

    def searched(self) -> list[Place]:
        """Where a secret must not be: what commands printed, states, stack files, logs, journals, process lists."""
        home = Path(self.env["LOCALCLOUD_HOME"])
        below = [path for folder in ("pulumi", "stacks", "log", "aws/builds") for path in (home / folder).rglob("*")]
        files = [path for path in below if path.is_file() and not path.is_symlink()]
        places = [Place(name=str(path.relative_to(home)), text=path.read_text(errors="replace")) for path in files]
        places += [Place(name=f"journal of {part}", text=self._journal(port)) for part, port in self.ports.items()]
        heard = [Place(name=f"output {n}", text=text) for n, text in enumerate(self.heard)]
        return [*places, *heard, Place(name="process list", text="\n".join(self.seen))]

    def jobs(self, outputs: Mapping[str, Any]) -> list[str]:
        """Statuses of the builds of the environment that has these outputs."""
        found = self.aws("amplify").list_jobs(appId=outputs["app_id"], branchName=outputs["git_branch"])
        return [job["status"] for job in found["jobSummaries"]]

    @property
    def builds_are_real(self) -> bool:
        """Whether apps are built from a repository here; they are simulated otherwise."""
        return Home(root=Path(self.env["LOCALCLOUD_HOME"])).repositories.is_dir()

    def calls(self, outputs: Mapping[str, Any]) -> list[dict[str, Any]]:
        """How the commands of the build image were called in the builds of the environment that has these outputs."""
        lines = (Path(self.env["LOCALCLOUD_HOME"]) / "aws" / "builds" / CALLS).read_text().splitlines()
        return [call for call in map(json.loads, lines) if call.get("AWS_BRANCH") == outputs["git_branch"]]

    def page(self, outputs: Mapping[str, Any]) -> dict[str, str]:
        """What the site of the environment that has these outputs tells of the build that it is from."""
        where = f"{outputs['app_id']}/{outputs['git_branch']}/environment.json"
        address = f"http://127.0.0.1:{self.ports['aws']}/_localcloud/sites/{where}"
        with urllib.request.urlopen(address, timeout=10) as reply:
            found: dict[str, str] = json.load(reply)
        return found

    def query(self, stack: str, sql: str, *values: object, output: str = "database_url") -> list[tuple[Any, ...]]:
        """Rows of ``sql`` on the stack's database, reached by its own connection string."""
        with psycopg.connect(self.outputs(stack)[output], connect_timeout=DATABASE_SECONDS) as connection:
            cursor = connection.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def aws(self, service: str) -> Any:
        names = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}
        given = {key: self.env[name] for key, name in names.items()}
        client: Any = boto3.client(
            service,  # type: ignore[call-overload]
            region_name=self.env["AWS_REGION"],
            endpoint_url=self.env["AWS_ENDPOINT_URL"],
            **given,
        )
        return client

    def parameters(self, prefix: str) -> list[str]:
        """Names of the SSM parameters below ``prefix``."""
        pages = self.aws("ssm").get_paginator("get_parameters_by_path").paginate(Path=prefix, Recursive=True)
        return sorted(found["Name"] for page in pages for found in page["Parameters"])

    def hosted_branches(self, app_id: str) -> list[str]:
        return sorted(one["branchName"] for one in self.aws("amplify").list_branches(appId=app_id)["branches"])

    def neon_branches(self, project_id: str) -> list[str]:
        request = urllib.request.Request(  # noqa: S310 - the stand-in's own address, on loopback
            f"{self.env['NEON_API_HOST']}/projects/{project_id}/branches",
            headers={"Authorization": f"Bearer {self.env['NEON_API_KEY']}"},
        )
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
            return sorted(branch["name"] for branch in json.load(reply)["branches"])

    def mutations(self) -> dict[str, list[str]]:
        """Every mutating request that the stand-ins have seen, by part, in order."""
        journals = {part: json.loads(self._journal(port))["entries"] for part, port in self.ports.items()}
        return {part: [one["action"] for one in entries if one["mutating"]] for part, entries in journals.items()}

    def _journal(self, port: int) -> str:
        return self._text(port, "journal")

    def _told(self, port: int, what: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._text(port, what))
        return found

    def _text(self, port: int, what: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_localcloud/{what}", timeout=10) as reply:
            text: str = reply.read().decode()
        return text
