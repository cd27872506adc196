"""Amplify's jobs of one branch in memory, and time that only sleeping moves on. Other calls are AttributeErrors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError, ReadTimeoutError

from hosting.clients import Aws
from hosting.patience import Clock
from tests.hosting.shared import Shared


@dataclass(slots=True)
class Amplify:
    """Amplify's jobs of one branch, newest first; each look at one moves it on through ``course``."""

    jobs: list[dict[str, Any]] = field(default_factory=list)
    course: tuple[str, ...] = ("PENDING", "RUNNING", "SUCCEED")
    loses_reply: bool = False
    head: str = "HEAD"  # the commit that a retry of a job without one builds
    tags: dict[str, str] = field(default_factory=dict)  # of the branch
    refusals: list[ClientError] = field(default_factory=list)  # each answers one request in place of Amplify
    variables: dict[str, str] = field(default_factory=dict)  # of the branch, as is what follows
    auto_build: bool = True

    def get_branch(self, *, branchName: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - AWS's name
        branch = {"branchName": branchName, "stage": "NONE", "enableAutoBuild": self.auto_build, "tags": self.tags}
        return {"branch": {**branch, "environmentVariables": dict(self.variables)}}

    def tag_resource(self, *, tags: dict[str, str], **_: Any) -> None:
        self.tags.update(tags)

    def update_branch(self, **changes: Any) -> None:
        self.variables = changes.pop("environmentVariables", self.variables)
        self.auto_build = changes.pop("enableAutoBuild", self.auto_build)
        assert changes == {"appId": "a", "branchName": "b"}

    @property
    def exceptions(self) -> Any:
        return boto3.client("amplify", region_name="eu-central-1").exceptions

    def list_jobs(self, **_: Any) -> dict[str, Any]:
        self._refuse()
        return {"jobSummaries": [dict(job) for job in self.jobs]}

    def get_job(self, *, jobId: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - AWS's name
        job = next(job for job in self.jobs if job["jobId"] == jobId)
        if job["status"] in self.course:
            job["status"] = self.course[min(self.course.index(job["status"]) + 1, len(self.course) - 1)]
        return {
            "job": {"summary": dict(job), "steps": [{"stepName": "BUILD", "status": job["status"], "logUrl": "LOG"}]}
        }

    def start_job(self, *, jobType: str, commitMessage: str = "", jobId: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        self._refuse()
        old = next((job for job in self.jobs if job["jobId"] == jobId), None)
        commit = "HEAD" if old is None else old.get("commitId", "HEAD")
        job = {
            "jobId": str(len(self.jobs) + 1),
            "status": "PENDING",
            "jobType": jobType,
            "commitMessage": commitMessage if old is None else old.get("commitMessage", ""),
            "commitId": self.head if old is not None and commit == "HEAD" else commit,
        }
        self.jobs.insert(0, job)
        if self.loses_reply:
            raise ReadTimeoutError(endpoint_url="amplify")
        return {"jobSummary": dict(job)}

    def stop_job(self, *, jobId: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        job = next(job for job in self.jobs if job["jobId"] == jobId)
        if job["status"] not in self.course or job["status"] == self.course[-1]:
            raise refusal("BadRequestException", "Job is not running, it cannot be stopped.")
        self.course = ("CANCELLING", "CANCELLED")
        job["status"] = "CANCELLING"
        return {"jobSummary": dict(job)}

    def _refuse(self) -> None:
        if self.refusals:
            raise self.refusals.pop(0)


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Asked")


@dataclass(slots=True)
class Time:
    """A clock that only sleeping moves on, and what was said meanwhile."""

    at: float = 0.0
    said: list[str] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(now=lambda: self.at, sleep=self.sleep, say=self.said.append)

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def aws(amplify: Amplify) -> Aws:
    return Shared(amplify=amplify)
