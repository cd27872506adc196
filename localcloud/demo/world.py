"""What the demo does and looks at: Pulumi as a user runs it, the databases, AWS, and the stand-ins' journals."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psycopg

PULUMI_SECONDS = 300.0
DATABASE_SECONDS = 10


class StepFailed(Exception):
    """A step of the demo did not do what it says; the text is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A running localcloud: the environment that its commands get, the project's folder, its parts' ports."""

    env: Mapping[str, str]
    folder: Path
    ports: Mapping[str, int]

    def pulumi(self, *arguments: str, expect: int = 0) -> str:
        """Runs `pulumi`; its stdout. StepFailed with the end of its output when the status is not ``expect``."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            env=dict(self.env),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PULUMI_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != expect:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
            raise StepFailed(f"`pulumi {' '.join(arguments)}` ended with {done.returncode}, not {expect}:\n{said}")
        return done.stdout

    def up(self, stack: str, *more: str) -> str:
        return self.pulumi("up", "--stack", stack, "--yes", "--skip-preview", *more)

    def outputs(self, stack: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--stack", stack, "--json", "--show-secrets"))
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
        found = {}
        for part, port in self.ports.items():
            address = f"http://127.0.0.1:{port}/_localcloud/journal"
            with urllib.request.urlopen(address, timeout=10) as reply:
                found[part] = [entry["action"] for entry in json.load(reply)["entries"] if entry["mutating"]]
        return found
