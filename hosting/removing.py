"""Deletes what nobody needs any more: an Amplify branch, a tag of one, the CloudFormation stack of a backend."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from hosting.backend_state import stack_status
from hosting.builds import cancel_builds
from hosting.clients import Aws
from hosting.errors import HostingError, explained
from hosting.jobs import Builds
from hosting.lookups import HostedBranch
from hosting.patience import Clock, Patience, Told

_PATIENCE = 1800.0  # seconds: a user pool and a distribution take their time
_NAMES_PER_CALL = 10  # SSM's own limit
_FAILED = "DELETE_FAILED"


def delete_branch(aws: Aws, builds: Builds, clock: Clock) -> None:
    """Ends its builds and deletes it, if it is there; waits while AWS is too busy. Whether Amplify then deletes its
    backend is not documented."""
    cancel_builds(aws, builds, clock)
    Patience.of(builds.deadline, clock).insist(lambda: _delete_branch(aws, builds))


def _delete_branch(aws: Aws, builds: Builds) -> None:
    gone = aws.amplify.exceptions.NotFoundException
    with explained(f"deleting the Amplify branch {builds.branch}"), suppress(gone):
        aws.amplify.delete_branch(appId=builds.app_id, branchName=builds.branch)


def delete_tags(aws: Aws, branch: HostedBranch, keys: Sequence[str], clock: Clock) -> None:
    """Takes tags off the branch; that it has none of them is fine. Waits while AWS is too busy."""
    Patience.of(_PATIENCE, clock).insist(lambda: _delete_tags(aws, branch, keys))


def _delete_tags(aws: Aws, branch: HostedBranch, keys: Sequence[str]) -> None:
    with explained(f"taking tags off the Amplify branch {branch.name}"):
        aws.amplify.untag_resource(resourceArn=branch.arn, tagKeys=list(keys))


def delete_stack(aws: Aws, name: str, clock: Clock) -> None:
    """Returns when there is no stack of that name. Raises HostingError with what blocks it, and at the deadline."""
    patience, told = Patience.of(_PATIENCE, clock), Told.from_now(clock)
    patience.insist(lambda: _delete_stack(aws, name))
    status: str | None = None
    for _ in patience.looks():
        status = patience.insist(lambda: stack_status(aws, name))
        if status is None:
            return
        if status == _FAILED:
            blocked = patience.insist(lambda: _blocked_by(aws, name))
            raise HostingError(
                f"the backend stack {name} was not deleted: {blocked}. Empty or delete that and run it "
                "again, or keep it with `aws cloudformation delete-stack --retain-resources`"
            )
        told.say(f"the backend stack {name} is {status}")
    raise HostingError(
        f"the backend stack {name} is still {status} after {_PATIENCE:.0f} s: run it again to wait for it"
    )


def delete_parameters(aws: Aws, names: Sequence[str], clock: Clock) -> None:
    """Those that are gone already are fine; waits while AWS is too busy."""
    patience = Patience.of(_PATIENCE, clock)
    for start in range(0, len(names), _NAMES_PER_CALL):
        part = list(names[start : start + _NAMES_PER_CALL])
        patience.insist(lambda: _delete_parameters(aws, part))  # noqa: B023 - used before the next turn


def _delete_parameters(aws: Aws, names: Sequence[str]) -> None:
    with explained(f"deleting the SSM parameters {', '.join(names)}"):
        aws.ssm.delete_parameters(Names=list(names))


def _delete_stack(aws: Aws, name: str) -> None:
    with explained(f"deleting the backend stack {name}"):
        aws.cloudformation.delete_stack(StackName=name)


def _blocked_by(aws: Aws, name: str) -> str:
    """The resources that could not be deleted, with CloudFormation's reasons."""
    with explained(f"reading the events of the stack {name}"):
        events = aws.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = {
        one.get("LogicalResourceId", ""): one.get("ResourceStatusReason", "no reason is given")
        for one in events
        if one.get("ResourceStatus") == _FAILED and one.get("PhysicalResourceId") != one.get("StackId")
    }
    return "; ".join(f"{resource}: {reason}" for resource, reason in sorted(failed.items())) or "no reason is given"
