"""The end of a backend's stack: waited for, and told when something blocks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from hosting.clients import Aws
from hosting.errors import HostingError
from hosting.lookups import HostedBranch
from hosting.removing import delete_stack, delete_tags
from tests.hosting.fakes import Time, refusal
from tests.hosting.shared import Shared
from tests.hosting.throttled import throttled

NAME = "amplify-d1-prodv2-branch-0123456789"


@dataclass(slots=True)
class CloudFormation:
    """One stack; each look at it moves it on through ``course``, to its end or, with None, until it is gone."""

    course: list[str | None]
    deleted: int = 0
    events: list[dict[str, str]] = field(default_factory=list)

    def delete_stack(self, *, StackName: str) -> None:  # noqa: N803 - AWS's name
        assert StackName == NAME
        self.deleted += 1

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        status = self.course.pop(0) if len(self.course) > 1 else self.course[0]
        if status is None:
            raise refusal("ValidationError", f"Stack with id {NAME} does not exist")
        return {"Stacks": [{"StackStatus": status}]}

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        return {"StackEvents": self.events}


def aws(found: CloudFormation) -> Aws:
    return Shared(cloudformation=found)


def event(logical: str, status: str, reason: str, physical: str = "its-id") -> dict[str, str]:
    named = {"LogicalResourceId": logical, "PhysicalResourceId": physical, "StackId": "the-stack"}
    return {**named, "ResourceStatus": status, "ResourceStatusReason": reason}


def test_a_stack_is_waited_for_until_it_is_gone() -> None:
    stack, time = CloudFormation(course=["DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", None]), Time()
    delete_stack(aws(stack), NAME, time.clock())
    assert (stack.deleted, time.said) == (1, [f"the backend stack {NAME} is DELETE_IN_PROGRESS"])


def test_what_blocks_the_end_of_a_stack_is_told_with_the_reason_and_what_to_do() -> None:
    events = [
        event(NAME, "DELETE_FAILED", "The following resource(s) failed to delete: [Bucket].", "the-stack"),
        event("Bucket", "DELETE_FAILED", "The bucket you tried to delete is not empty"),
        event("Table", "DELETE_COMPLETE", ""),
    ]
    stack = CloudFormation(course=["DELETE_IN_PROGRESS", "DELETE_FAILED"], events=events)
    with pytest.raises(HostingError, match=r"not deleted: Bucket: The bucket .* is not empty\. Empty or delete that"):
        delete_stack(aws(stack), NAME, Time().clock())


def test_a_stack_that_does_not_end_is_given_up_and_may_be_waited_for_again() -> None:
    time = Time()
    with pytest.raises(HostingError, match=r"is still DELETE_IN_PROGRESS after 1800 s: run it again to wait for it"):
        delete_stack(aws(CloudFormation(course=["DELETE_IN_PROGRESS"])), NAME, time.clock())
    assert 1800 <= time.at < 1810


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_removal_waits_wherever_aws_is_too_busy(at: int) -> None:
    time = Time()
    stack = CloudFormation(
        course=["DELETE_IN_PROGRESS", "DELETE_FAILED"], events=[event("Bucket", "DELETE_FAILED", "")]
    )
    busy, _ = throttled(aws(stack), at, ["cloudformation"])
    with pytest.raises(HostingError, match="Bucket"):
        delete_stack(busy, NAME, time.clock())
    assert (stack.deleted, any("; waiting" in line for line in time.said)) == (1, True)


def test_a_tag_is_taken_off_also_where_aws_is_too_busy_at_first() -> None:
    asked, time = list[dict[str, Any]](), Time()
    amplify = SimpleNamespace(untag_resource=lambda **found: asked.append(found))
    busy, throttling = throttled(Shared(amplify=amplify), 1, ["amplify"])
    branch = HostedBranch(app_id="a", name="b", stage="BETA", auto_build=True, variables={}, tags={}, arn="arn:b")
    delete_tags(busy, branch, ["pulumi:made"], time.clock())
    assert (asked, throttling.asked) == ([{"resourceArn": "arn:b", "tagKeys": ["pulumi:made"]}], 2)
    assert any("taking tags off the Amplify branch b" in line for line in time.said)
