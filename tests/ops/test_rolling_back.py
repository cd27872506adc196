"""A rollback's steps, each of which AWS may be too busy for."""

from __future__ import annotations

from components.naming import Identity
from components.settings.models import EnvironmentSettings, Stage
from components.settings.reading import read_draft
from hosting.clients import Aws
from hosting.deployments import Result, read_history
from hosting.jobs import Job
from hosting.lookups import branch_of, parameter_value
from hosting.restoring import Values
from hosting.rollbacks import ParameterChange, Past
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
        noted = read_history(aws, f"/p/.deployments/{stack}")
        assert [(one.job, one.commit, one.result) for one in noted] == [("2", COMMIT, Result.SUCCEED)]
    assert at > 12
