"""What a verification says of builds and parameters."""

from __future__ import annotations

import pytest

from components.naming import Identity
from components.settings.models import EnvironmentSettings, Stage
from hosting.jobs import Job
from hosting.verification import Check
from ops.checks import address_checks, build_checks, leads_check, parameter_checks


def job(number: int, status: str) -> Job:
    return Job(id=str(number), status=status, stamp=None)


def told(*jobs: Job, commit: str | None = "c0ffee") -> list[Check]:
    return list(build_checks("staging", "stage", jobs, lambda _: commit))


def test_the_newest_build_that_has_ended_is_to_be_good_and_its_commit_is_said() -> None:
    (check,) = told(job(2, "SUCCEED"), job(1, "FAILED"))
    assert (check.problem, check.what) == (None, "build 2 of stage ended as SUCCEED, commit c0ffee")
    (check,) = told(job(2, "SUCCEED"), commit=None)
    assert check.what.endswith("commit unknown: neither Amplify nor its log tells")


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_one_that_failed_or_was_cancelled_is_not_what_is_served(status: str) -> None:
    (check,) = told(job(2, status), job(1, "SUCCEED"))
    assert check.problem == (
        f"build 2 of stage ended as {status}: what is served is older. `python -m ops build staging log 2` tells why"
    )


def test_a_build_that_runs_is_not_judged_and_the_one_before_it_is() -> None:
    running, before = told(job(3, "RUNNING"), job(2, "SUCCEED"))
    assert (running.known, running.problem, before.known) == (False, None, True)
    (running,) = told(job(1, "RUNNING"))
    assert not running.known
    (never,) = told()
    assert never.problem == "stage was never built: `python -m ops build staging start` builds it"


def test_each_parameter_that_is_missing_is_named() -> None:
    identity = Identity(project="nailit", stack="staging")
    (missing,) = parameter_checks(identity, {"ONE", "TWO"}, ["TWO", "OTHER"])
    assert missing.problem == "the SSM parameter /nailit/staging/ONE is not there: `pulumi up -s staging` makes it"
    (there,) = parameter_checks(identity, {"ONE", "TWO"}, ["TWO", "ONE"])
    assert (there.problem, there.what) == (None, "its parameters are there: ONE, TWO")
    assert list(parameter_checks(identity, (), ["OTHER"])) == []


@pytest.mark.parametrize(("host", "good"), [("ep-one.neon.tech", True), ("ep-two.neon.tech", False), ("", False)])
def test_a_connection_string_is_to_lead_to_the_branch_of_its_own_stack(host: str, good: bool) -> None:
    assert (leads_check("staging", "DIRECT_URL", host, "EP-one.neon.tech").problem is None) == good


def test_an_address_that_is_given_and_not_asked_is_told_as_unknown() -> None:
    plain = EnvironmentSettings(git_branch="stage", stage=Stage.BETA, owner="us")
    given = plain.model_copy(update={"url": "https://staging.nailit.app"})
    (check,) = address_checks(given, asked=False)
    assert (check.known, check.problem) == (False, None)
    assert check.what == "https://staging.nailit.app was not asked: check_address: true in the build settings asks"
    assert [*address_checks(given, asked=True), *address_checks(plain, asked=False)] == []
