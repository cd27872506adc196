"""Old values of parameters: what SSM keeps of a configuration of then."""

from __future__ import annotations

from datetime import datetime

import pytest

from hosting.clients import Aws
from hosting.lookups import parameter_version
from hosting.restoring import Values, old_values, restore_parameter
from tests.hosting.shared import Shared

NAME = "/nailit/staging/TOKEN"


@pytest.fixture
def aws(moto: None) -> Aws:
    return Shared()


def put(aws: Aws, value: str) -> datetime:
    """When it was written."""
    aws.ssm.put_parameter(Name=NAME, Value=value, Type="SecureString", Overwrite=True)
    found = parameter_version(aws, NAME)
    assert found is not None
    return found.written


def test_a_parameter_gets_back_the_value_of_its_version_and_one_that_has_it_is_left_alone(aws: Aws) -> None:
    then = put(aws, "old")
    put(aws, "new")
    found = old_values(aws, {NAME: 1}, then)
    assert [(change.name, change.version) for change in found.changes] == [(NAME, 1)]
    restore_parameter(aws, found.changes[0])
    now = parameter_version(aws, NAME)
    assert (now and now.value, aws.ssm.get_parameter(Name=NAME)["Parameter"]["Version"]) == ("old", 3)
    assert old_values(aws, {NAME: 1}, then) == Values(changes=(), gone=())


def test_one_that_was_deleted_and_made_anew_has_no_value_of_then(aws: Aws) -> None:
    then = put(aws, "old")
    aws.ssm.delete_parameter(Name=NAME)
    assert old_values(aws, {NAME: 1}, then) == Values(changes=(), gone=(NAME,), missing=(NAME,))
    put(aws, "another")
    put(aws, "and another")
    assert old_values(aws, {NAME: 1}, then) == Values(changes=(), gone=(NAME,))
