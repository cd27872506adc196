"""How a deployment is noted that went well, went wrong, or could not be looked at."""

from __future__ import annotations

import pytest

from hosting.builds import BuildRequest, JobFailed
from hosting.clients import Aws
from hosting.deploying import History, Verify, deploy
from hosting.deployments import Result, read_history
from hosting.errors import HostingError
from hosting.jobs import Job
from hosting.patience import Clock
from hosting.verifying import NotAsExpected
from tests.hosting import fakes

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
    return [(one.job, one.result) for one in read_history(aws, HISTORY.name)]


@pytest.mark.parametrize(
    ("error", "noted"),
    [(NotAsExpected("a table is missing"), Result.UNVERIFIED), (HostingError("AWS is away"), Result.STARTED)],
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
