"""An old commit once more: which job is repeated, and what is said when another commit came of it."""

from __future__ import annotations

from typing import Any

import pytest

from hosting import retries
from hosting.errors import HostingError
from hosting.jobs import Builds, Job, JobStep
from hosting.logs import read_log
from hosting.retries import built_without_script, commit_in, commit_of, retry_build, same_commit
from tests.hosting.fakes import Amplify, Time, aws

OLD, NEW = "a1" * 20, "b2" * 20
BRANCH = Builds(app_id="a", branch="b", deadline=60)


def job(job_id: str, commit: str, status: str = "SUCCEED") -> dict[str, Any]:
    return {"jobId": job_id, "status": status, "commitId": commit, "jobType": "RELEASE"}


def repeated(amplify: Amplify) -> list[str]:
    return [job["commitId"] for job in amplify.jobs if job["jobType"] == "RETRY"]


def test_the_commit_of_the_named_job_is_built() -> None:
    amplify = Amplify(jobs=[job("2", NEW), job("1", OLD)])
    assert retry_build(aws(amplify), BRANCH, "1", Time().clock()).commit == OLD


def test_a_job_without_a_commit_is_repeated_through_one_of_a_push_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "read_log", lambda _: f"# Switching to commit: {OLD}\n")
    amplify = Amplify(jobs=[job("3", NEW), job("2", "HEAD"), job("1", OLD)], head=NEW)
    assert retry_build(aws(amplify), BRANCH, "2", Time().clock()).commit == OLD


def test_a_repetition_of_another_commit_is_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "read_log", lambda _: f"environment: commit {OLD}\n")
    amplify = Amplify(jobs=[job("2", NEW), job("1", "HEAD")], head=NEW)
    with pytest.raises(HostingError, match=f"built {NEW} and not {OLD}; it was stopped"):
        retry_build(aws(amplify), BRANCH, "1", Time().clock())
    assert amplify.jobs[0]["status"] == "CANCELLING"


def test_a_commit_is_told_by_whichever_step_has_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    logs: dict[str, str | None] = {"PROVISION": None, "BUILD": f"Switching to commit: {NEW}", "DEPLOY": ""}

    def read(step: JobStep) -> str:
        if logs[step.name] is None:
            raise HostingError("gone")
        return str(logs[step.name])

    steps = [JobStep(name=name, status="SUCCEED", log="LOG") for name in (*logs, "MORE")]
    monkeypatch.setattr(retries, "read_log", read)
    monkeypatch.setattr(retries, "read_job", lambda *_: (None, steps))
    one = Job.from_api(job("1", "HEAD"))  # type: ignore[arg-type]
    logs["MORE"] = ""
    assert commit_of(aws(Amplify()), BRANCH, one) == NEW
    logs["DEPLOY"] = f"environment: commit {OLD}"
    assert commit_of(aws(Amplify()), BRANCH, one) == OLD


@pytest.mark.parametrize(
    ("log", "without"),
    [
        ("# Executing command: npm ci\n# Executing command: npm run build", True),
        (f"# Executing command: sh build/environment check\nenvironment: commit {OLD}", False),
        ("# Executing command: sh build/environment check\n", False),
        ("# nothing is built here", False),
        (None, False),
    ],
)
def test_a_build_before_the_script_is_told_by_its_commands(
    monkeypatch: pytest.MonkeyPatch, log: str | None, without: bool
) -> None:
    def read(_: JobStep) -> str:
        if log is None:
            raise HostingError("gone")
        return log

    monkeypatch.setattr(retries, "read_log", read)
    amplify = Amplify(jobs=[job("1", OLD)])
    assert built_without_script(aws(amplify), BRANCH, Job.from_api(amplify.jobs[0])) is without  # type: ignore[arg-type]


def test_a_repetition_that_only_its_log_tells_of_is_judged_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    logs = iter([f"environment: commit {OLD}", f"environment: commit {NEW}"])
    monkeypatch.setattr(retries, "read_log", lambda _: next(logs))
    amplify = Amplify(jobs=[job("1", "HEAD")])
    with pytest.raises(HostingError, match=f"built {NEW} and not {OLD}; it is deployed"):
        retry_build(aws(amplify), BRANCH, "1", Time().clock())


def test_a_job_whose_commit_nobody_knows_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "read_log", lambda _: "nothing\n")
    amplify = Amplify(jobs=[job("1", "HEAD")])
    with pytest.raises(HostingError, match="does not tell which commit it built"):
        retry_build(aws(amplify), BRANCH, "1", Time().clock())
    assert repeated(amplify) == []


def test_a_repetition_whose_reply_was_lost_is_found_and_not_made_twice() -> None:
    amplify = Amplify(jobs=[job("1", OLD)], loses_reply=True)
    assert retry_build(aws(amplify), BRANCH, "1", Time().clock()).commit == OLD
    assert repeated(amplify) == [OLD]


def test_a_failed_repetition_is_an_error_with_its_step() -> None:
    amplify = Amplify(jobs=[job("1", OLD)], course=("PENDING", "FAILED"))
    with pytest.raises(HostingError, match="ended as FAILED in step BUILD"):
        retry_build(aws(amplify), BRANCH, "1", Time().clock())


def test_a_commit_is_read_from_the_lines_that_tell_it_and_from_no_other() -> None:
    assert commit_in(f"x\n2026-02-20T13:38:01.966Z [INFO]: # Switching to commit: {OLD}\n") == OLD
    assert commit_in(f"commit {NEW}\nAuthor: somebody\n") is None
    assert commit_in(f"# Switching to commit: {NEW}\nenvironment: commit {OLD}\n", told=NEW) == OLD


def test_a_shortened_commit_is_the_same_one_and_a_very_short_one_is_not() -> None:
    assert same_commit(OLD, OLD[:7])
    assert not same_commit(OLD, OLD[:6])
    assert not same_commit(OLD, NEW[:7])


def test_a_log_that_is_not_there_is_empty() -> None:
    assert read_log(JobStep(name="BUILD", status="PENDING", log=None)) == ""


def test_what_speaks_against_a_repetition_is_asked_before_it_and_nothing_is_built_then() -> None:
    def refuse(old: Job, commit: str) -> None:
        raise HostingError(f"not {old.id} of {commit}")

    amplify = Amplify(jobs=[job("2", NEW), job("1", OLD)])
    with pytest.raises(HostingError, match=f"not 1 of {OLD}"):
        retry_build(aws(amplify), BRANCH, "1", Time().clock(), refuse)
    assert repeated(amplify) == []
