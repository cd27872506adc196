"""A rollback's steps, each of which AWS may be too busy for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.naming import Identity
from components.settings.models import EnvironmentSettings, Stage
from components.settings.reading import read_draft
from hosting.clients import Aws
from hosting.deployments import Result, read_history
from hosting.jobs import Job
from hosting.lookups import branch_of, parameter_value
from hosting.lost_tables import LostTable
from hosting.restoring import Values
from hosting.rollbacks import ParameterChange, Past
from ops import rolling_back
from ops.pulumi import OpsError
from ops.rollback_plan import Plan
from ops.rolling_back import carry_out
from ops.target import StackSettings, Target
from tests.hosting import fakes
from tests.hosting.throttled import throttled

COMMIT = "c0ffee" + "1" * 34
KEYS = ("ONE", "TWO")


def target(aws: Aws, stack: str) -> Target:
    draft, _ = read_draft({}, "p")
    settings = StackSettings(identity=Identity(project="p", stack=stack), config={}, draft=draft, problems=())
    environment = EnvironmentSettings(git_branch="b", stage=Stage.BETA, owner="o")
    return Target(settings=settings, environment=environment, aws=aws, app_id="a", default_domain="example.net")


def plan(aws: Aws, job: Job, names: tuple[str, ...]) -> Plan:
    past, branch = Past(job=job, commit=COMMIT, deployment=None), branch_of(aws, "a", "b")
    assert branch is not None
    changes = tuple(ParameterChange(name=name, version=1, value="old") for name in names)
    return Plan(
        past=past,
        commit=COMMIT,
        served=past,
        branch=branch,
        held=None,
        variables={"LOG_LEVEL": "info"},
        values=Values(changes=changes, gone=()),
        names=names,
        backend="",
        backend_status=None,
    )


def test_tables_of_a_build_that_ran_meanwhile_stop_a_rollback_before_anything_is_put_back(
    moto: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    amplify, known, other = fakes.Amplify(variables={"V": "new"}), *(LostTable(name=one, records=7) for one in "ab")
    amplify.jobs = [{"jobId": "1", "status": "SUCCEED", "commitId": COMMIT, "jobType": "RELEASE"}]
    aws = fakes.aws(amplify)
    aws.ssm.put_parameter(Name="/p/KEY", Value="new", Type="SecureString")
    wanted = plan(aws, Job.from_api(amplify.jobs[0]), ("/p/KEY",))  # type: ignore[arg-type]
    monkeypatch.setattr(rolling_back, "settle", lambda *_: None)
    monkeypatch.setattr(rolling_back, "lost_tables", lambda *_: (known, other))
    with pytest.raises(OpsError, match=r"s is held, and not rolled back yet: .* does not have b \(about 7 records\)"):
        carry_out(target(aws, "s"), replace(wanted, backend="its", lost=(known,)), fakes.Time().clock())
    assert (parameter_value(aws, "/p/KEY"), amplify.variables, len(amplify.jobs)) == ("new", {"V": "new"}, 1)
    assert amplify.tags["pulumi:held"].startswith("build 1 since ")


def test_a_rollback_waits_wherever_aws_is_too_busy_and_puts_back_the_same(moto: None) -> None:
    at, refused = 0, True
    while refused:
        at += 1
        amplify, time, stack = fakes.Amplify(variables={"LOG_LEVEL": "trace"}), fakes.Time(), f"s{at}"
        amplify.jobs = [{"jobId": "1", "status": "SUCCEED", "commitId": COMMIT, "jobType": "RELEASE"}]
        aws = fakes.aws(amplify)
        names = tuple(f"/p/{stack}/{key}" for key in KEYS)
        for name in names:
            aws.ssm.put_parameter(Name=name, Value="new", Type="SecureString")
        busy, throttling = throttled(aws, at)
        job = carry_out(target(busy, stack), plan(aws, Job.from_api(amplify.jobs[0]), names), time.clock())  # type: ignore[arg-type]
        refused = throttling.asked >= at
        assert (job.id, any("; waiting" in line for line in time.said)) == ("2", refused), at
        assert [parameter_value(aws, name) for name in names] == ["old", "old"]
        assert (amplify.variables, amplify.auto_build) == ({"LOG_LEVEL": "info"}, False)
        assert amplify.tags["pulumi:held"].startswith("build 1 since ")
        noted = read_history(aws, f"/p/.deployments/{stack}", target(aws, stack).builds)
        assert [(one.job, one.commit, one.result) for one in noted] == [("2", COMMIT, Result.SUCCEED)]
    assert at > 12


def test_a_rollback_whose_build_fails_says_that_the_environment_is_held_and_what_to_do(moto: None) -> None:
    amplify = fakes.Amplify(course=("PENDING", "RUNNING", "FAILED"))
    amplify.jobs = [{"jobId": "1", "status": "SUCCEED", "commitId": COMMIT, "jobType": "RELEASE"}]
    aws = fakes.aws(amplify)
    with pytest.raises(OpsError) as failed:
        carry_out(target(aws, "s"), plan(aws, Job.from_api(amplify.jobs[0]), ()), fakes.Time().clock())  # type: ignore[arg-type]
    assert "build 2 of b ended as FAILED" in str(failed.value)
    assert "s stays held: pushes do not build, and an up is refused" in str(failed.value)
    assert "`python -m ops rollback s` once more" in str(failed.value)
    assert "`python -m ops resume s`" in str(failed.value)
    assert amplify.tags["pulumi:held"].startswith("build 1 since ")
