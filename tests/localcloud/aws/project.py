"""An app whose repository is on this machine, so that its jobs are run for real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.localcloud.aws.repository import Repository, new_repository
from tests.localcloud.aws.server import Server, wait_for

BUILD_SECONDS = 60.0
ENDED = ("SUCCEED", "FAILED", "CANCELLED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """An app with a branch `main`, whose repository is on this machine."""

    server: Server
    repository: Repository
    branch: Mapping[str, str]

    @property
    def amplify(self) -> Any:
        return self.server.client("amplify")

    def start(self, **members: Any) -> str:
        asked = {"jobType": "RELEASE", **members}
        return str(self.amplify.start_job(**self.branch, **asked)["jobSummary"]["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.amplify.get_job(**self.branch, jobId=job_id)["job"]
        return found

    def reach(self, job_id: str, *statuses: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["summary"]["status"] in statuses else None

        found: dict[str, Any] = wait_for(f"job {job_id} to be {' or '.join(statuses)}", look, BUILD_SECONDS)
        return found

    def run(self, **members: Any) -> tuple[str, dict[str, Any]]:
        """Run a job to its end; its status and itself."""
        job = self.reach(self.start(**members), *ENDED)
        return job["summary"]["status"], job

    def log(self, job: Mapping[str, Any], step: str = "BUILD") -> str:
        url = next(one["logUrl"] for one in job["steps"] if one["stepName"] == step)
        return requests.get(url, timeout=5).text


def make_project(server: Server, path: Path, **variables: str) -> Project:
    """An app of its own for a test, with one branch."""
    repository = new_repository(path)
    app_id = server.new_app(repository=path.as_uri(), environmentVariables={"FROM_APP": "app", "BOTH": "app"})
    branch = {"appId": app_id, "branchName": "main"}
    server.client("amplify").create_branch(**branch, environmentVariables={"BOTH": "branch", **variables})
    return Project(server=server, repository=repository, branch=branch)


def failure(job: Mapping[str, Any]) -> tuple[str, str]:
    """The step that failed, and why."""
    step = next(one for one in job["steps"] if one["status"] == "FAILED")
    return step["stepName"], step["statusReason"]


def sleeping(mark: str) -> list[psutil.Process]:
    """The processes `sleep MARK`."""
    return [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", mark]]
