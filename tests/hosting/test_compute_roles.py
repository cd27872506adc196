"""A branch's compute role is set when no build runs, and when Amplify has heard of the role."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hosting.compute_roles import set_compute_role
from hosting.errors import HostingError
from hosting.jobs import Builds
from tests.hosting.fakes import Amplify, Time, aws, refusal

BUILDS = Builds(app_id="d1", branch="develop", deadline=600)
UNHEARD = "The compute role provided cannot be assumed by Amplify"


@dataclass(slots=True)
class Branch(Amplify):
    """A branch that has a role, too; it is refused while a job runs, so that a test sees that."""

    role: str = ""
    answers: list[ClientError] = field(default_factory=list)  # each refuses one update

    def update_branch(self, **changes: Any) -> None:
        if self.answers:
            raise self.answers.pop(0)
        assert all(job["status"] in ("SUCCEED", "FAILED") for job in self.jobs)
        self.role = changes["computeRoleArn"]


def running() -> dict[str, Any]:
    return {"jobId": "1", "status": "PENDING", "commitMessage": ""}


def test_a_build_that_runs_is_waited_for() -> None:
    branch = Branch(jobs=[running()])
    set_compute_role(aws(branch), BUILDS, "arn:role", Time().clock())
    assert (branch.role, branch.jobs[0]["status"]) == ("arn:role", "SUCCEED")


def test_a_role_that_amplify_has_not_heard_of_yet_is_tried_again_for_a_minute() -> None:
    branch, time = Branch(answers=[refusal("BadRequestException", UNHEARD)] * 3), Time()
    set_compute_role(aws(branch), BUILDS, "arn:role", time.clock())
    assert branch.role == "arn:role"
    branch = Branch(answers=[refusal("BadRequestException", UNHEARD)] * 1000)
    with pytest.raises(HostingError, match="cannot be assumed"):
        set_compute_role(aws(branch), BUILDS, "arn:role", time.clock())
    assert 60 <= time.at < 120


def test_anything_else_that_is_wrong_is_told_at_once() -> None:
    branch, time = Branch(answers=[refusal("BadRequestException", "The app is not connected")] * 2), Time()
    with pytest.raises(HostingError):
        set_compute_role(aws(branch), BUILDS, "arn:role", time.clock())
    assert len(branch.answers) == 1
