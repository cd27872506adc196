"""Retries of old builds that would take data away, and those that take none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hosting.jobs import Job
from hosting.lost_tables import LostTable
from ops import builds, retrying
from ops.pulumi import OpsError
from ops.retrying import permit_of
from tests.hosting import fakes
from tests.ops.test_rolling_back import target

OLD, NEW = "a1" * 20, "b2" * 20
VISIT = LostTable(name="Visit-1", records=7)
OWN, PUSH = {"BACKEND_MODE": "own"}, {"MIGRATIONS": "push"}
JOBS = (("2", "FAILED", NEW), ("1", "SUCCEED", OLD))


def amplify(variables: dict[str, str], *jobs: tuple[str, str, str], **more: Any) -> fakes.Amplify:
    ended = datetime(2026, 1, 5, tzinfo=UTC)
    listed = [
        {"jobId": job, "status": status, "commitId": commit, "jobType": "RELEASE", "endTime": ended}
        for job, status, commit in jobs
    ]
    return fakes.Amplify(jobs=listed, variables=variables, **more)


def ask(amplify: fakes.Amplify, job_id: str, *, accept: bool = False) -> None:
    job = next(Job.from_api(one) for one in amplify.jobs if one["jobId"] == job_id)  # type: ignore[arg-type]
    permit_of(target(fakes.aws(amplify), "staging"), accept_table_loss=accept)(job, job.commit or OLD)


@pytest.fixture
def _visit_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "lost_tables", lambda *_: (VISIT,))


@pytest.mark.usefixtures("_visit_is_newer")
def test_an_old_build_that_would_delete_tables_is_refused_with_their_names_unless_they_may_go() -> None:
    with pytest.raises(OpsError, match=r"build 1 was not repeated: .*Visit-1 \(about 7 records\).*--accept-table-loss"):
        ask(amplify(OWN, *JOBS), "1")
    ask(amplify(OWN, *JOBS), "1", accept=True)


@pytest.mark.usefixtures("_visit_is_newer")
def test_the_newest_build_and_another_one_of_its_commit_delete_nothing() -> None:
    ask(amplify(OWN, *JOBS), "2")
    ask(amplify(OWN, ("3", "SUCCEED", NEW), *JOBS), "2")
    ask(amplify({}, *JOBS), "1")


def test_an_old_schema_is_not_pushed_over_a_newer_one_though_the_newer_build_failed() -> None:
    with pytest.raises(OpsError, match=r"older commit than build 2's .*Push the commit.*ops rollback staging`"):
        ask(amplify(PUSH, *JOBS), "1", accept=True)
    ask(amplify(PUSH, *JOBS), "2")


def test_a_newer_build_whose_commit_nobody_knows_counts_as_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hosting.retries.read_log", lambda _: "nothing\n")
    with pytest.raises(OpsError, match="older commit than build 2's"):
        ask(amplify(PUSH, ("2", "SUCCEED", "HEAD"), ("1", "SUCCEED", OLD)), "1")


def test_a_held_environment_is_resumed_and_not_built_behind_its_hold() -> None:
    held = amplify({}, *JOBS, tags={"pulumi:held": "build 1 since 2026-01-06T00:00:00Z"})
    with pytest.raises(OpsError, match=r"held at build 1 since .*`python -m ops resume staging`"):
        ask(held, "2")


def test_a_hold_is_told_before_anything_else_is_asked_of_the_build() -> None:
    held = amplify({}, ("1", "SUCCEED", "HEAD"), tags={"pulumi:held": "build 1 since 2026-01-06T00:00:00Z"})
    with pytest.raises(OpsError, match="held at build 1"):  # and not that its commit is unknown
        builds.retry(target(fakes.aws(held), "staging"), "1", accept_table_loss=False)
