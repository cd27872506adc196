"""Where a developer's sandbox goes: to the account and region that the stack file names."""

from __future__ import annotations

from ops.sandbox import in_place, settings_of_aws

KEYS = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}


def test_the_stack_files_profile_goes_before_keys_of_the_environment() -> None:
    where = settings_of_aws({"aws:region": "us-west-1", "aws:profile": "team", "nailit:build": "{}"})
    assert in_place({**KEYS, "PATH": "/bin", "AWS_REGION": "eu-central-1"}, where) == {
        "PATH": "/bin",
        "AWS_REGION": "us-west-1",
        "AWS_PROFILE": "team",
    }


def test_without_a_profile_the_environments_keys_stay() -> None:
    assert in_place(KEYS, settings_of_aws({"aws:region": "us-west-1"})) == {**KEYS, "AWS_REGION": "us-west-1"}
