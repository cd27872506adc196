"""What is in the cloud, in one app and one Neon project, and what a person does to it there."""

from __future__ import annotations

import contextlib
import functools
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import boto3
import psycopg

from tests.scenario.standins import StandIns

STACKS = ("prod", "staging", "dev")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud(StandIns):
    """``name`` is that of the app and of the Neon project, so that tests do not meet in the cloud."""

    name: str

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

    def settled(self) -> None:
        """Returns when Neon's operations in this project have ended."""
        deadline = time.monotonic() + 20
        while any(one["status"] != "finished" for one in self.neon("GET", "/operations")["operations"]):
            assert time.monotonic() < deadline, "Neon's operations did not end within 20 s"

    def uri_of(self, branch_id: str) -> str:
        """Neon's own connection string of a branch, as its console shows it; one without an endpoint gets one."""
        if not self.neon("GET", f"/branches/{branch_id}/endpoints")["endpoints"]:
            self.neon("POST", "/endpoints", {"endpoint": {"branch_id": branch_id, "type": "read_write"}})
        self.settled()
        where = f"branch_id={branch_id}&database_name=neondb&role_name=neondb_owner"
        return str(self.neon("GET", f"/connection_uri?{where}")["uri"])

    def sql_on(self, branch_id: str, statement: str) -> None:
        with psycopg.connect(self.uri_of(branch_id), connect_timeout=20) as connection:
            connection.execute(statement.encode())

    def notes_on(self, branch_id: str) -> set[str]:
        """What is in a branch, by its id; one without an endpoint gets one."""
        return self.notes_at(self.uri_of(branch_id))

    def notes_at(self, uri: str) -> set[str]:
        with psycopg.connect(uri, connect_timeout=20) as connection:
            return {body for (body,) in connection.execute("SELECT body FROM notes").fetchall()}

    def accepted(self, action: str, after: int) -> int:
        """How often this project's Neon has done something since a position of its journal."""
        here = f"/projects/{self.neon_id}/"
        found = [entry for entry in self.journal("neon", after) if entry["action"] == action and here in entry["path"]]
        return sum(entry["status"] < 300 for entry in found)

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
        return self.apps()[self.name]

    def apps(self) -> dict[str, str]:
        """The ids of its Amplify apps, by name."""
        pages = self.aws("amplify").get_paginator("list_apps").paginate()
        found = {app["name"]: app["appId"] for page in pages for app in page["apps"]}
        return {name: app_id for name, app_id in found.items() if name.startswith(self.name)}

    def branch(self, git_branch: str) -> dict[str, Any]:
        found: dict[str, Any] = self.aws("amplify").get_branch(appId=self.app_id, branchName=git_branch)["branch"]
        return found

    def git_branches(self) -> set[str]:
        return {one["branchName"] for one in self.aws("amplify").list_branches(appId=self.app_id)["branches"]}

    def jobs(self, git_branch: str) -> list[str]:
        pages = self.aws("amplify").get_paginator("list_jobs").paginate(appId=self.app_id, branchName=git_branch)
        return [job["status"] for page in pages for job in page["jobSummaries"]]

    def snapshot(self) -> tuple[object, object, object]:
        """All of this project that is in the cloud, as far as an up could have touched it."""
        branches = {name: (one["id"], one["protected"]) for name, one in self.neon_branches().items()}
        return branches, self.git_branches(), {stack: self.parameters(stack) for stack in STACKS}

    def discard(self) -> None:
        """Deletes its Neon project, as far as there is one: the data of all that a worker's tests make is gigabytes.
        And its host names, which no other app could have."""
        amplify = self.aws("amplify")
        for app_id in self.apps().values():
            for one in amplify.list_domain_associations(appId=app_id)["domainAssociations"]:
                amplify.delete_domain_association(appId=app_id, domainName=one["domainName"])
        with contextlib.suppress(urllib.error.HTTPError, IndexError):
            for branch in self.neon_branches().values():
                if branch["protected"]:
                    self.neon("PATCH", f"/branches/{branch['id']}", {"branch": {"protected": False}})
                    self.settled()
            self.neon("DELETE", "")


@functools.cache
def _client(service: str, region: str, address: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region,
        endpoint_url=address,
        aws_access_key_id="tests",
        aws_secret_access_key="tests",
    )
