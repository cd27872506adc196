"""How a deployment is noted that went well, went wrong, or could not be looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hosting.builds import BuildRequest, JobFailed
from hosting.clients import Aws
from hosting.deploying import History, Verify, deploy
from hosting.deployments import Result, read_history
from hosting.errors import HostingBusy, HostingError
from hosting.jobs import Job
from hosting.patience import Clock
from hosting.verifying import NotAsExpected
from tests.hosting import fakes
from tests.hosting.throttled import throttled

HISTORY = History(name="/p/.deployments/s", parameters=())
REQUEST = BuildRequest(app_id="a", branch="b", stamp="s")


@pytest.fixture
def aws(moto: None) -> Aws:
    return fakes.aws(fakes.Amplify())


def raising(error: HostingError) -> Verify:
    def verify(_job: Job, _clock: Clock) -> None:
        raise error

    return verify


def results(aws: Aws) -> list[tuple[str | None, Result]]:
    return [(one.job, one.result) for one in read_history(aws, HISTORY.name, REQUEST)]


@pytest.mark.parametrize(
    ("error", "noted"),
    [(NotAsExpected("a table is missing"), Result.UNVERIFIED), (HostingError("AWS is away"), Result.UNSEEN)],
)
def test_only_what_was_seen_to_be_wrong_is_noted_as_wrong(aws: Aws, error: HostingError, noted: Result) -> None:
    with pytest.raises(JobFailed, match=str(error)):
        deploy(aws, REQUEST, HISTORY, raising(error), fakes.Time().clock())
    assert results(aws) == [("1", noted)]


def test_the_next_run_looks_at_what_could_not_be_looked_at_and_builds_nothing(aws: Aws) -> None:
    with pytest.raises(JobFailed):
        deploy(aws, REQUEST, HISTORY, raising(HostingError("AWS is away")), fakes.Time().clock())
    looked = list[str]()
    job = deploy(aws, REQUEST, HISTORY, lambda job, _clock: looked.append(job.id), fakes.Time().clock())
    assert (job.id, looked, results(aws)[0]) == ("1", ["1"], ("1", Result.SUCCEED))


def test_a_deployment_of_another_branch_is_none_of_this_ones(aws: Aws) -> None:
    another = replace(REQUEST, branch="c")
    deploy(aws, another, HISTORY, lambda _job, _clock: None, fakes.Time().clock())
    assert results(aws) == []
    deploy(aws, REQUEST, HISTORY, lambda _job, _clock: None, fakes.Time().clock())
    assert len(results(aws)) == len(read_history(aws, HISTORY.name, another)) == 1


def test_a_deployment_waits_wherever_aws_is_too_busy_and_notes_the_same(aws: Aws) -> None:
    at, refused = 0, True
    while refused:
        at += 1
        busy, throttling = throttled(fakes.aws(fakes.Amplify()), at)
        history, time = History(name=f"/p/.deployments/{at}", parameters=("/p/KEY",)), fakes.Time()
        job = deploy(busy, REQUEST, history, lambda _job, _clock: None, time.clock())
        refused = throttling.asked >= at
        assert (job.id, any("; waiting" in line for line in time.said)) == ("1", refused)
        assert [(one.job, one.result) for one in read_history(aws, history.name, REQUEST)] == [("1", Result.SUCCEED)]
    assert at > 8  # the history, the configuration (two requests), two notes, and the build's own four


def test_what_stays_too_busy_is_told_and_the_next_run_goes_on(aws: Aws) -> None:
    busy = fakes.aws(fakes.Amplify())

    def throttle(**_: object) -> None:
        raise fakes.refusal("ThrottlingException", "Rate exceeded")

    busy.__dict__["ssm"] = type("Ssm", (), {"get_paginator": throttle, "put_parameter": throttle})
    busy.__dict__["ssm"].get_paginator = lambda _name: type("Pages", (), {"paginate": throttle})
    busy.__dict__["ssm"].exceptions = aws.ssm.exceptions
    time = fakes.Time()
    with pytest.raises(HostingBusy, match="reading the deployments"):
        deploy(busy, REQUEST, HISTORY, lambda _job, _clock: None, time.clock())
    assert (results(aws), 120 <= time.at < 180) == ([], True)
    deploy(aws, REQUEST, HISTORY, lambda _job, _clock: None, time.clock())
    assert results(aws) == [("1", Result.SUCCEED)]
