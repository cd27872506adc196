"""A backend of Amplify Gen 2 as CloudFormation has it: status, outputs, and what it is made of, nested stacks included.

The names of the outputs are those that Amplify Gen 2 gives the root stack of a backend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from hosting.clients import Aws
from hosting.errors import explained

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

# Gen 2's own tables are made by a custom resource, whose id is the table's name as that of the others is.
_TABLES = frozenset({"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "Custom::AmplifyDynamoDBTable"})
_STACK = "AWS::CloudFormation::Stack"
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"
_DEEPEST = 5  # CloudFormation knows no limit; Amplify's go three deep


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A resource; ``logical`` is its name in the template, ``id`` its own."""

    kind: str
    logical: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """``rolled_back_at`` is when its last deployment was, where it was and CloudFormation still has the event."""

    name: str
    status: str
    outputs: Mapping[str, str]
    parts: tuple[Part, ...]
    rolled_back_at: datetime | None = None

    def complete(self, since: datetime | None) -> bool:
        """Whether it is as its last deployment meant it: so not when that was rolled back, but for one before a build
        that began at ``since`` and succeeded, which then had nothing to deploy, or so long ago that nobody knows when.
        """
        if self.rolled_back_long_ago:
            return True
        if self.rolled_back_at is not None and since is not None:
            return self.rolled_back_at <= since
        return is_complete(self.status)

    @property
    def rolled_back_long_ago(self) -> bool:
        """CloudFormation deletes events after 90 days: without one, the rollback was before any build of late."""
        return self.status == ROLLED_BACK and self.rolled_back_at is None

    @property
    def moving(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")

    @property
    def tables(self) -> list[Part]:
        return [part for part in self.parts if part.kind in _TABLES]


def is_complete(status: str) -> bool:
    """Whether a stack of this status is what its last deployment asked for."""
    return status.endswith("_COMPLETE") and "ROLLBACK" not in status and "DELETE" not in status


def is_usable(status: str) -> bool:
    """Whether others may use what a stack of this status has: a rolled back one has what it had before."""
    return is_complete(status) or status == ROLLED_BACK


def stack_status(aws: Aws, name: str) -> str | None:
    """The stack's status; None where there is none of that name."""
    found = _describe(aws, name)
    return None if found is None else found[0]


def read_backend(aws: Aws, name: str) -> Backend | None:
    """The stack of that name with all its parts; None where there is none."""
    found = _describe(aws, name)
    if found is None:
        return None
    status, outputs = found
    return Backend(
        name=name,
        status=status,
        outputs=outputs,
        parts=tuple(_parts(aws, name, _DEEPEST)),
        rolled_back_at=_rolled_back_at(aws, name) if status == ROLLED_BACK else None,
    )


def table_status(aws: Aws, name: str) -> str | None:
    """ACTIVE, UPDATING and so on; None where there is no such table."""
    found = describe_table(aws, name)
    return None if found is None else found["TableStatus"]


def table_records(aws: Aws, name: str) -> int | None:
    """About how many the table has, as DynamoDB counts them every few hours; None where there is no such table."""
    found = describe_table(aws, name)
    return None if found is None else found["ItemCount"]


def describe_table(aws: Aws, name: str) -> TableDescriptionTypeDef | None:
    """As DynamoDB has it; None where there is no such table."""
    with explained(f"reading the table {name}"):
        try:
            return aws.dynamodb.describe_table(TableName=name)["Table"]
        except aws.dynamodb.exceptions.ResourceNotFoundException:
            return None


def _describe(aws: Aws, name: str) -> tuple[str, dict[str, str]] | None:
    with explained(f"reading the stack {name}"):
        try:
            found = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):  # it has no code of its own
                return None
            raise
    return found["StackStatus"], {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def _rolled_back_at(aws: Aws, name: str) -> datetime | None:
    with explained(f"reading the events of the stack {name}"):
        events = aws.cloudformation.describe_stack_events(StackName=name)["StackEvents"]  # a page, the newest first
    return max((one["Timestamp"] for one in events if one.get("ResourceStatus") == ROLLED_BACK), default=None)


def _parts(aws: Aws, stack: str, deep: int) -> Iterator[Part]:
    with explained(f"listing what the stack {stack} is made of"):
        pages = list(aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack))
    every = (one for page in pages for one in page["StackResourceSummaries"])
    for one in (one for one in every if one["ResourceStatus"] != "DELETE_COMPLETE"):
        part = Part(kind=one["ResourceType"], logical=one["LogicalResourceId"], id=one.get("PhysicalResourceId", ""))
        yield part
        if part.kind == _STACK and part.id and deep > 0:
            yield from _parts(aws, part.id, deep - 1)
