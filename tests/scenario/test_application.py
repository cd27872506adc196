"""The example application, built for real on an environment: its own database is migrated, or nothing changes."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from localcloud.application import applied_before, repository
from localcloud.aws.builds.tools import CALLS
from localcloud.home import Home
from localcloud.prisma.scripts import baseline
from localcloud.salon import TABLES
from tests.localcloud.aws.project import BUILD_SECONDS
from tests.localcloud.aws.repository import Repository
from tests.localcloud.aws.server import wait_for
from tests.scenario.project import ROOT, Project

BROKEN = "CREATE TABLE half (n integer);\nALTER TABLE nowhere ADD COLUMN n integer;\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the project's app is built from."""

    project: Project
    repository: Repository

    @classmethod
    def of(cls, project: Project) -> Application:
        path, first = repository(Home(root=project.folder / "home"), ROOT, ["staging"]), applied_before(ROOT)
        if path is None or first is None:
            pytest.skip("git, node or npm is missing")
        project.aws("amplify").update_app(appId=project.app_id, repository=str(path))
        with psycopg.connect(production(project)) as connection:
            for statement in (*TABLES, *baseline(first)):
                connection.execute(statement.encode())
        return cls(project=project, repository=Repository(path=path))

    def calls(self) -> list[dict[str, Any]]:
        """How the build image's commands were called in builds of this app."""
        lines = (self.project.home / "aws" / "builds" / CALLS).read_text().splitlines()
        return [call for call in map(json.loads, lines) if call.get("AWS_APP_ID") == self.project.app_id]

    def page(self) -> dict[str, str]:
        """What the site that is served tells of its build."""
        found: dict[str, str] = json.loads(self.served("environment.json"))
        return found

    def served(self, path: str) -> str:
        """A file of the site that is served."""
        address = f"{self.project.env['AWS_ENDPOINT_URL']}/{path}"
        host = {"Host": f"staging.{self.project.app_id}.amplifyapp.com"}
        with urllib.request.urlopen(urllib.request.Request(address, headers=host), timeout=20) as reply:  # noqa: S310
            return str(reply.read().decode())

    def build(self) -> str:
        """How a build ends that somebody starts in the console."""
        amplify, branch = self.project.aws("amplify"), {"appId": self.project.app_id, "branchName": "staging"}
        job = amplify.start_job(**branch, jobType="RELEASE")["jobSummary"]

        def ended() -> str | None:
            status = str(amplify.get_job(**branch, jobId=job["jobId"])["job"]["summary"]["status"])
            return status if status in ("SUCCEED", "FAILED", "CANCELLED") else None

        return str(wait_for(f"the end of build {job['jobId']}", ended, BUILD_SECONDS))

    def log(self, job: int) -> str:
        where = {"appId": self.project.app_id, "branchName": "staging", "jobId": str(job)}
        steps = self.project.aws("amplify").get_job(**where)["job"]["steps"]
        with urllib.request.urlopen(steps[0]["logUrl"], timeout=20) as reply:  # noqa: S310
            return str(reply.read().decode())


def production(project: Project) -> str:
    """The connection string of the Neon project's root branch."""
    root = project.neon_branches()["main"]["id"]
    where = f"branch_id={root}&database_name=neondb&role_name=neondb_owner"
    return str(project.neon("GET", f"/connection_uri?{where}")["uri"])


def tables(address: str) -> set[str]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    with psycopg.connect(address, connect_timeout=20) as connection:
        return {name for (name,) in connection.execute(query).fetchall()}


def test_a_build_migrates_its_own_database_and_one_that_fails_leaves_all_as_it_was(project: Project) -> None:
    application = Application.of(project)
    project.up("staging")
    outputs = project.outputs("staging")
    migrated, call, page = tables(outputs["direct_url"]), application.calls()[-1], application.page()
    assert ("reviews" in migrated, "reviews" in tables(production(project))) == (True, False)
    assert (call["arguments"], call["variable"]) == (["migrate", "deploy"], "DIRECT_URL")
    assert f"{call['host']}:{call['port']}" == urlsplit(outputs["direct_url"]).netloc.rpartition("@")[2]
    assert (page["APP_ENV"], page["DIRECT_URL"]) == ("staging", f"{call['host']}:{call['port']}")

    project.aws("ssm").delete_parameter(Name=f"/{project.name}/staging/NEXTAUTH_SECRET")
    assert (application.build(), len(application.calls())) == ("FAILED", 1)
    assert (
        f"missing among the branch's variables and the parameters below /{project.name}/staging: NEXTAUTH_SECRET\n"
        in (application.log(2))
    )

    broken = {"prisma/migrations/20260401100000_broken/migration.sql": BROKEN}
    application.repository.commit(broken, "staging")
    project.edit("staging", "build", force="with it")
    failed = project.pulumi("up", "--stack", "staging", "--yes", "--skip-preview")
    assert failed.status != 0
    assert "build 3 of staging ended as FAILED in step BUILD; its log: http" in failed.text
    assert "P3018: the migration 20260401100000_broken failed" in application.log(3)
    assert (tables(outputs["direct_url"]), application.page()) == (migrated, page)

    calls = len(application.calls())
    back = project.ops("rollback", "staging", "--yes")
    assert back.status == 0, back.text
    assert "built once more, nothing migrated" in back.text
    assert len(application.calls()) == calls
    assert (tables(outputs["direct_url"]), application.page()["APP_ENV"]) == (migrated, "staging")
    assert project.leaks() == []


def test_a_build_has_the_development_dependencies_though_node_env_is_production(project: Project) -> None:
    application = Application.of(project)
    project.up("staging")
    assert application.page()["NODE_ENV"] == "production"
    without = (ROOT / "build" / "amplify.yml").read_text().replace(" --include=dev", "")
    application.repository.commit({"amplify.yml": without}, "staging")
    assert application.build() == "FAILED"
    assert "Cannot find package 'salon-page'" in application.log(2)
