"""Records of data sets in DynamoDB, where others write as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hosting.backend_state import Backend, Part
from hosting.clients import Aws
from hosting.errors import HostingError
from ops.pulumi import OpsError
from ops.seeds import models, seeding
from ops.seeds.files import DataSet, Records
from ops.seeds.marks import Mark
from ops.seeds.models import Table, clean, load
from ops.seeds.seeding import Place
from tests.hosting.shared import Shared
from tests.hosting.throttled import throttled

TABLE = Table(name="Todo-1", model="Todo", key=("id",))
RECORD = {"id": "1", "title": "[DEV] one", "price": 1.5, "tags": ["a"]}


@pytest.fixture
def aws(moto: None) -> Aws:
    made = Shared()
    made.dynamodb.create_table(
        TableName=TABLE.name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return made


def write(aws: Aws, record: dict[str, Any]) -> int:
    return load(aws, TABLE, "title", [record], Mark.DEV)


def there(aws: Aws) -> dict[str, Any]:
    return aws.dynamodb.get_item(TableName=TABLE.name, Key={"id": {"S": "1"}}).get("Item") or {}


def vote(aws: Aws) -> None:
    """What the application adds to a record."""
    aws.dynamodb.update_item(
        TableName=TABLE.name,
        Key={"id": {"S": "1"}},
        UpdateExpression="SET votes = :votes",
        ExpressionAttributeValues={":votes": {"N": "3"}},
    )


def test_what_others_added_to_a_record_stays_and_is_no_difference(aws: Aws) -> None:
    assert write(aws, RECORD) == 1
    vote(aws)
    before = there(aws)
    assert (write(aws, RECORD), there(aws)) == (0, before)
    assert write(aws, {**RECORD, "price": 2.5}) == 1
    assert there(aws) == {**before, "price": {"N": "2.5"}}
    assert (before["votes"], before["__typename"]) == ({"N": "3"}, {"S": "Todo"})


def test_a_number_that_became_a_yes_or_no_is_a_difference_wherever_it_is(aws: Aws) -> None:
    write(aws, {**RECORD, "done": 1, "steps": [{"done": 0}]})
    assert write(aws, {**RECORD, "done": True, "steps": [{"done": False}]}) == 1
    assert (there(aws)["done"], there(aws)["steps"]) == ({"BOOL": True}, {"L": [{"M": {"done": {"BOOL": False}}}]})
    assert write(aws, {**RECORD, "done": True, "steps": [{"done": False}]}) == 0


def test_a_record_that_somebody_took_the_mark_from_is_refused_and_stays(aws: Aws) -> None:
    foreign = {"id": {"S": "1"}, "title": {"S": "theirs"}}
    aws.dynamodb.put_item(TableName=TABLE.name, Item=foreign)
    with pytest.raises(OpsError, match="not ours, and was kept"):
        write(aws, RECORD)
    assert there(aws) == foreign


def test_a_record_that_was_removed_after_it_was_read_does_not_come_back_in_part(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(aws, RECORD)
    read = models._read

    def and_gone(aws: Aws, table: Table, key: dict[str, Any]) -> dict[str, Any] | None:
        found = read(aws, table, key)
        aws.dynamodb.delete_item(TableName=TABLE.name, Key={"id": {"S": "1"}})
        return found

    monkeypatch.setattr(models, "_read", and_gone)
    with pytest.raises(HostingError, match="writing a record into the table Todo-1"):
        write(aws, {**RECORD, "price": 2.5})
    assert there(aws) == {}


@pytest.mark.parametrize("act", [seeding.load, seeding.clean])
def test_a_record_without_the_tables_key_stops_it_before_anything_is_changed(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, act: Callable[[Place, Sequence[DataSet]], None]
) -> None:
    parts = (Part(kind="AWS::DynamoDB::Table", logical="Todo", id=TABLE.name),)
    backend = Backend(name="b", status="CREATE_COMPLETE", outputs={}, parts=parts)
    monkeypatch.setattr(seeding, "read_backend", lambda *_: backend)
    if act is seeding.clean:
        write(aws, RECORD)
    before = there(aws)
    todo = Records(mark="title", records=(RECORD, {"title": "[DEV] two"}))
    data = DataSet(path=Path("first.yaml"), common=True, models={"Todo": todo}, tables={})
    with pytest.raises(OpsError, match=r"first.yaml.models.Todo, record 2: id is missing, the key of the table Todo-1"):
        act(Place(aws=aws, backend="b", owner="", address="", mark=Mark.DEV), [data])
    assert there(aws) == before


@pytest.mark.parametrize("at", [1, 2])
def test_a_table_that_is_too_busy_is_waited_for(aws: Aws, at: int, capsys: pytest.CaptureFixture[str]) -> None:
    busy, _ = throttled(aws, at, ["dynamodb"])
    assert (write(busy, RECORD), there(aws)["title"]) == (1, {"S": "[DEV] one"})
    busy, throttling = throttled(aws, 1, ["dynamodb"])
    assert (clean(busy, TABLE, "title", [RECORD], Mark.DEV), throttling.asked, there(aws)) == (1, 2, {})
    assert capsys.readouterr().err.count("; waiting") == 2
