"""What must be true after a deployment, judged without I/O. Each judgement says what it looked at and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hosting.backend_state import Backend, is_usable
from hosting.seen_outputs import Seen

# What holds people's data or lets people in: two environments that have one of these in common are not apart.
_APART = {
    "AWS::AppSync::GraphQLApi": "API",
    "AWS::Cognito::IdentityPool": "identity pool",
    "AWS::Cognito::UserPool": "user pool",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
    "Custom::AmplifyDynamoDBTable": "table",
}
# Gen 2's outputs for the same things: they also name what a backend uses and did not make.
_APART_OUTPUTS = {
    "awsAppsyncApiId": "API",
    "bucketName": "bucket",
    "identityPoolId": "identity pool",
    "userPoolId": "user pool",
}
_SOON = frozenset({"CREATING", "UPDATING"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """``problem`` is None for what is as it should be; ``passing`` is one that may be over at the next look.

    ``known`` is False for what could not be looked at: then ``what`` says so, and why. ``then`` is what to do where a
    passing one does not pass.
    """

    what: str
    problem: str | None = None
    passing: bool = False
    known: bool = True
    then: str = ""


def backend_check(name: str, backend: Backend | None, since: datetime | None = None, *, shared: bool = False) -> Check:
    """``since`` is when the build began after which this is looked at; one that shares the backend deploys nothing."""
    what = f"the backend stack {name} is complete"
    if backend is None:
        return Check(what=what, problem=f"the backend stack {name} does not exist")
    if is_usable(backend.status) if shared else backend.complete(since):
        when = (
            "; when is not known any more, CloudFormation keeps events for 90 days"
            if backend.rolled_back_long_ago
            else ""
        )
        return Check(what=f"the backend stack {name} is {backend.status}{when}")
    return Check(what=what, problem=f"the backend stack {name} is {backend.status}", passing=backend.moving)


def table_checks(statuses: Mapping[str, str | None]) -> Iterator[Check]:
    """A check for each table that is not as it should be, else one for all of them."""
    for name, status in statuses.items():
        what = f"the table {name} is there and active"
        if status is None:
            yield Check(what=what, problem=f"the table {name} of the backend does not exist")
        elif status != "ACTIVE":
            yield Check(what=what, problem=f"the table {name} is {status}", passing=status in _SOON)
    if statuses and all(status == "ACTIVE" for status in statuses.values()):
        yield Check(what=f"its tables are active: {', '.join(sorted(statuses))}")


def apart_check(mine: Backend, branch: str, other: Backend) -> Check:
    """Whether production's backend and another have nothing in common; ``branch`` is whose the other is."""
    what = f"nothing is shared with the backend of {branch}"
    if mine.name == other.name:
        return Check(what=what, problem=f"it uses the backend of {branch}, and production must be apart")
    shared = sorted(_possessions(mine) & _possessions(other))
    if not shared:
        return Check(what=what)
    names = ", ".join(f"the {kind} {name}" for kind, name in shared)
    return Check(what=what, problem=f"{names}: shared with the backend of {branch}, and production must be apart")


def _possessions(backend: Backend) -> set[tuple[str, str]]:
    made = {(_APART[part.kind], _short(part.id)) for part in backend.parts if part.kind in _APART and part.id}
    used = {(kind, backend.outputs[key]) for key, kind in _APART_OUTPUTS.items() if backend.outputs.get(key)}
    return made | used


def _short(name: str) -> str:
    """An API's id is an ARN here and its last part elsewhere."""
    return name.rpartition("/")[2] if name.startswith("arn:") else name


def same_outputs_check(mine: Seen, theirs: Seen) -> Check:
    """Whether the build that shares a backend got what the build of its owner got."""
    untold = next((seen for seen in (theirs, mine) if seen.outputs is None), None)
    if untold is not None:
        log = f"the log of build {untold.job} of {untold.branch} does not tell"
        why = untold.why or (log if untold.job else f"{untold.branch} was never built here")
        return Check(what=f"not known whether {mine.branch} got the outputs of {theirs.branch}: {why}", known=False)
    builds = f"build {mine.job} of {mine.branch}", f"build {theirs.job} of {theirs.branch}"
    if mine.outputs == theirs.outputs:
        return Check(what=f"{builds[0]} got the same outputs of the backend as {builds[1]}")
    problem = f"{builds[0]} got other outputs of the backend than {builds[1]}: build {mine.branch} again"
    return Check(what="the shared backend's outputs are its owner's", problem=problem)


def lasting(check: Check, seconds: float) -> Check:
    """The check when it was looked at for so long, and no more is to come."""
    if not check.passing:
        return check
    then = f": {check.then}" if check.then else ""
    return replace(check, problem=f"{check.problem}, still so after {seconds:.0f} s{then}", passing=False)


def failed(checks: list[Check]) -> list[Check]:
    return [check for check in checks if check.problem is not None]
