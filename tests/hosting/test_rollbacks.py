"""Which build a rollback puts back, and what gets a stuck backend out of its state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hosting.deployments import Configuration, Deployment, Result
from hosting.errors import HostingError
from hosting.holds import Hold, hold_in
from hosting.jobs import Job
from hosting.patience import Patience
from hosting.rollbacks import ParameterChange, Past, passed_over, past_of, target_of, variable_changes
from hosting.stuck import settle
from tests.hosting.fakes import Time, aws

A, B, C = "a" * 40, "b" * 40, "c" * 40
URL = "DATABASE_URL"


def job(number: int, commit: str | None, status: str = "SUCCEED", kind: str = "RELEASE") -> Job:
    return Job(id=str(number), status=status, stamp=None, commit=commit, kind=kind)


def noted(number: int, version: int, result: Result = Result.SUCCEED, commit: str | None = None) -> Deployment:
    configuration = Configuration(variables={"V": str(version)}, parameters={"/p/KEY": version})
    return Deployment(
        branch="d1/qa", stamp="s", result=result, configuration=configuration, job=str(number), commit=commit
    )


def chosen(
    jobs: list[Job], history: list[Deployment], wanted: str | None = None, left_alone: Collection[str] = ()
) -> Past:
    return target_of(jobs, [past_of(one, history) for one in jobs if one.succeeded], wanted, left_alone)


@pytest.mark.parametrize(
    ("jobs", "history", "number"),
    [
        ([job(2, B), job(1, A)], [], "1"),
        ([job(3, B), job(2, B), job(1, A)], [noted(1, 1)], "1"),
        ([job(3, B), job(2, B), job(1, A)], [noted(3, 2), noted(1, 1)], "2"),
        ([job(3, B, "FAILED"), job(2, A), job(1, A)], [], "2"),
        ([job(3, C, "CANCELLED"), job(2, B), job(1, A)], [], "1"),
        ([job(3, B), job(2, A), job(1, C)], [noted(3, 1, Result.UNVERIFIED)], "2"),
        ([job(3, B), job(2, A), job(1, C)], [noted(2, 1, Result.UNVERIFIED), noted(1, 1)], "1"),
        ([job(3, B), job(2, None), job(1, A)], [], "1"),
        ([job(3, B), job(2, None), job(1, A)], [noted(2, 1, commit=C)], "2"),
        ([job(4, "x", "RUNNING"), job(3, B), job(2, A)], [], "2"),
        ([job(3, B), job(2, A), job(1, C)], [noted(2, 1, Result.UNSEEN), noted(1, 1)], "1"),
        ([job(3, B), job(2, A), job(1, C)], [noted(2, 1, Result.UNSEEN)], "2"),
        ([job(3, B, "FAILED"), job(2, A), job(1, C)], [noted(2, 1, Result.UNSEEN), noted(1, 1)], "1"),
        ([job(4, A, kind="RETRY"), job(3, B), job(2, A), job(1, C)], [], "1"),
    ],
)
def test_the_last_good_build_before_what_is_wrong_is_put_back(
    jobs: list[Job], history: list[Deployment], number: str
) -> None:
    assert chosen(jobs, history).job.id == number


@pytest.mark.parametrize("version", [0, 1])
def test_a_build_that_differs_in_what_a_rollback_leaves_alone_is_nothing_to_go_back_to(version: int) -> None:
    def other(number: int, *, level: str) -> Deployment:
        variables = {"LOG_LEVEL": level, "BUILD_FORCE": f"time {number}"}
        parameters = {"/p/s/DATABASE_URL": version * number}  # of a new password each
        return replace(noted(number, 1), configuration=Configuration(variables=variables, parameters=parameters))

    history, alone = [other(3, level="info"), other(2, level="info"), other(1, level="trace")], ("BUILD_FORCE", URL)
    assert chosen([job(3, A), job(2, A), job(1, A)], history, None, alone).job.id == "1"
    assert chosen([job(3, A), job(2, A), job(1, B)], [*history[:2], other(1, level="info")], None, alone).job.id == "1"


def test_a_build_that_nobody_could_look_at_is_named_where_it_is_passed_over() -> None:
    jobs, history = [job(3, B), job(2, A), job(1, C)], [noted(2, 1, Result.UNSEEN), noted(1, 1)]
    pasts = [past_of(one, history) for one in jobs]
    assert passed_over(pasts, target_of(jobs, pasts, None)) == ("2",)
    assert passed_over(pasts, pasts[1]) == ()


def test_a_build_that_is_asked_for_is_put_back_when_it_succeeded() -> None:
    jobs = [job(3, B), job(2, A, "FAILED"), job(1, A)]
    assert chosen(jobs, [], "1").job.id == "1"
    with pytest.raises(HostingError, match="build 2 ended as FAILED: choose one that succeeded"):
        chosen(jobs, [], "2")
    with pytest.raises(HostingError, match="build 9 is not among its latest 3"):
        chosen(jobs, [], "9")


@pytest.mark.parametrize(
    ("jobs", "said"), [([], "no build of it ever succeeded"), ([job(1, A)], "no good build before build 1")]
)
def test_without_an_earlier_good_build_nothing_is_put_back(jobs: list[Job], said: str) -> None:
    with pytest.raises(HostingError, match=said):
        chosen(jobs, [])


def test_the_changes_of_variables_are_told_one_by_one() -> None:
    now: Mapping[str, str] = {"SAME": "1", "OTHER": "new", "ADDED": "1"}
    assert list(variable_changes(now, {"SAME": "1", "OTHER": "old", "GONE": "2"})) == [
        "ADDED is taken away",
        "GONE comes back",
        "OTHER gets back its value of then",
    ]


def test_the_value_of_a_parameter_shows_nowhere() -> None:
    assert "secret" not in repr(ParameterChange(name="/p/KEY", version=1, value="secret"))


def test_a_hold_reads_back_and_one_by_hand_holds_too() -> None:
    made = Hold(job="7", since="2026-11-20T12:00:00Z")
    assert hold_in({"pulumi:held": str(made)}) == made
    assert hold_in({"pulumi:held": "by jane"}) == Hold(job="", since="by jane")
    assert hold_in({"other": "tag"}) is None


@dataclass(slots=True)
class Stack:
    """A stack whose status is the next of ``course`` at each look."""

    course: list[str]
    acts: list[str] = field(default_factory=list)

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        if not self.course:
            raise ClientError({"Error": {"Message": "Stack with id s does not exist"}}, "DescribeStacks")
        status = self.course.pop(0) if len(self.course) > 1 else self.course[0]
        return {"Stacks": [{"StackStatus": status}]}

    def continue_update_rollback(self, **_: Any) -> None:
        self.acts.append("continue")

    def rollback_stack(self, **_: Any) -> None:
        self.acts.append("roll back")


def settled(stack: Stack) -> str | None:
    client = aws(None)  # type: ignore[arg-type]
    client.__dict__["cloudformation"] = stack
    return settle(client, "s", Patience.of(60, Time().clock()))


@pytest.mark.parametrize(
    ("course", "acts"),
    [
        ([], []),
        (["UPDATE_COMPLETE"], []),
        (["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"], []),
        (["UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"], ["continue"]),
        (["UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE"], ["continue"]),
        (["UPDATE_FAILED", "ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"], ["roll back"]),
    ],
)
def test_a_stuck_backend_is_rolled_back_where_cloudformation_does_so(course: list[str], acts: list[str]) -> None:
    stack = Stack(course=course)
    settled(stack)
    assert stack.acts == acts


@pytest.mark.parametrize(
    ("course", "said"),
    [
        (["ROLLBACK_COMPLETE"], "its first deployment failed; delete the stack"),
        (["UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"], "again: its events tell"),
        (["UPDATE_IN_PROGRESS"], "still UPDATE_IN_PROGRESS"),
    ],
)
def test_a_backend_that_cannot_go_back_is_told_with_what_to_do(course: list[str], said: str) -> None:
    with pytest.raises(HostingError, match=said):
        settled(Stack(course=course))
