"""The history of what was deployed: what a note holds, and which configuration a build got."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hosting.deployments import (
    Configuration,
    Deployment,
    Result,
    built_by_hand,
    decoded,
    encoded,
    in_force,
    newest_other,
    told_once,
)
from hosting.jobs import Job

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN = Configuration(variables={"LOG_LEVEL": "info"}, parameters={"/p/s/KEY": 3})


def deployment(
    result: Result = Result.STARTED, stamp: str = "s", job: str | None = None, minute: int = 0
) -> Deployment:
    at = NOON + timedelta(minutes=minute)
    return Deployment(branch="d1/qa", stamp=stamp, result=result, configuration=PLAIN, job=job, at=at)


def job(number: str, minute: int = 0) -> Job:
    return Job(id=number, status="SUCCEED", stamp=None, started=NOON + timedelta(minutes=minute))


@pytest.mark.parametrize(
    "variables",
    [
        {"A": "plain"},
        {"A": "{{ssm:other}}"},
        {f"KEY_{number}": f"https://service-{number}.example.com/v1" for number in range(90)},
    ],
)
def test_a_note_reads_back_as_it_was_and_is_what_ssm_takes(variables: dict[str, str]) -> None:
    configuration = replace(PLAIN, variables=variables)
    one = replace(deployment(job="7"), configuration=configuration, commit="abc")
    text = encoded(one)
    assert len(text) <= 4096
    assert "{{" not in text
    assert decoded(text, NOON) == one


def test_variables_that_are_too_long_even_when_packed_are_left_out_and_missed() -> None:
    noise = {f"K{number}": hashlib.sha256(str(number).encode()).hexdigest() for number in range(2000)}
    read = decoded(encoded(replace(deployment(), configuration=replace(PLAIN, variables=noise))), NOON)
    assert read is not None
    assert read.configuration == Configuration(variables=None, parameters={"/p/s/KEY": 3})


@pytest.mark.parametrize("text", ["", "by hand", "z:%%%", "{}", json.dumps({"stamp": 1})])
def test_what_is_no_note_is_passed_over(text: str) -> None:
    assert decoded(text, NOON) is None


def test_how_a_deployment_went_belongs_to_the_one_that_was_started() -> None:
    notes = [
        deployment(Result.STARTED, "a"),
        None,
        deployment(Result.SUCCEED, "a", "1", minute=5),
        deployment(Result.STARTED, "b", minute=6),
        deployment(Result.STARTED, "b", minute=7),
        deployment(Result.FAILED, "b", "2", minute=9),
    ]
    assert [(one.stamp, one.result, one.job, one.at) for one in told_once(notes)] == [
        ("b", Result.FAILED, "2", NOON + timedelta(minutes=7)),
        ("b", Result.STARTED, None, NOON + timedelta(minutes=6)),
        ("a", Result.SUCCEED, "1", NOON),
    ]


def test_a_build_of_a_push_got_what_was_deployed_before_it() -> None:
    first, killed = deployment(Result.SUCCEED, "a", "1"), deployment(Result.STARTED, "b", minute=10)
    history = [killed, first]
    assert in_force(history, job("1", minute=-1)) is first
    assert in_force(history, job("2", minute=9)) is first
    assert in_force(history, job("3", minute=11)) is killed
    assert in_force([killed], job("2", minute=9)) is None


def test_the_newest_deployment_of_another_stamp_is_known_by_its_build_or_by_its_time() -> None:
    killed, older = deployment(Result.STARTED, "b", minute=5), deployment(Result.SUCCEED, "c", "1")
    assert newest_other([deployment(Result.SUCCEED, "a", "2"), older], "a") == "1"
    assert newest_other([deployment(Result.SUCCEED, "a", "2"), killed, older], "a") == "2026-11-20T12:05:00+00:00"
    assert newest_other([older], "c") == ""
    assert newest_other([killed, older], "a", "2026-11-20T12:05:00Z") == "2026-11-20T12:05:00+00:00"
    assert newest_other([killed, older], "a", "2026-11-20T12:05:01Z") == "", "of the branch that there was before"
    for spoiled in ("", "yesterday", "2026-11-20T12:05:01"):
        assert newest_other([older], "a", spoiled) == "1"


def test_a_push_under_variables_of_somebody_is_noted_once_and_one_under_ours_is_not() -> None:
    ours, last = {"LOG_LEVEL": "info"}, deployment(Result.SUCCEED, "a", "1")
    pushed, stamped = job("2", minute=5), replace(job("2", minute=5), stamp="b")
    noted = built_by_hand([last], [pushed, job("1")], {"LOG_LEVEL": "theirs"})
    assert noted is not None
    assert (noted.job, noted.result, newest_other([noted, last], "a")) == ("2", Result.UNSEEN, "2")
    assert built_by_hand([noted, last], [pushed, job("1")], {"LOG_LEVEL": "theirs"}) is None
    assert built_by_hand([last], [pushed, job("1")], ours) is None
    assert built_by_hand([last], [stamped, job("1")], {"LOG_LEVEL": "theirs"}) is None
    assert built_by_hand([last], [job("1")], {"LOG_LEVEL": "theirs"}) is None
    failed, old = replace(pushed, status="FAILED"), replace(pushed, id="0")
    assert built_by_hand([last], [failed, job("1")], {"LOG_LEVEL": "theirs"}) is None
    assert built_by_hand([last], [old], {"LOG_LEVEL": "theirs"}) is None
    assert built_by_hand([last], [pushed, job("1")], {**ours, "BUILD_COMMIT": "c0ffee"}) is not None


def test_a_push_under_variables_that_an_up_put_there_and_did_not_build_is_noted() -> None:
    begun = deployment(Result.FAILED, "b", minute=4)
    noted = built_by_hand([begun, deployment(Result.SUCCEED, "a", "1")], [job("2", minute=5)], {"LOG_LEVEL": "info"})
    assert noted is not None
    assert noted.job == "2"
