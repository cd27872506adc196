"""What a rollback puts back of the variables of then."""

from __future__ import annotations

import pytest

from hosting.deployments import Configuration
from hosting.jobs import Job
from hosting.lookups import HostedBranch
from hosting.restoring import Values
from ops.pulumi import OpsError
from ops.rollback_plan import left_alone, refuse_missing, variables_of_then

COMMIT = "c0ffee" + "1" * 34


def branch(**variables: str) -> HostedBranch:
    return HostedBranch(app_id="d1", name="develop", stage="DEVELOPMENT", auto_build=True, variables=variables, tags={})


def test_an_old_commit_pushes_no_schema_over_data_that_it_does_not_know() -> None:
    pushed = {"LOG_LEVEL": "info", "MIGRATIONS": "push", "MIGRATION_COMMAND": "npx prisma db push"}
    found = variables_of_then(branch(), Configuration(variables=pushed, parameters={}), COMMIT)
    nothing = {"MIGRATIONS": "none", "MIGRATION_COMMAND": "true"}
    assert found == {"LOG_LEVEL": "info", **nothing, "BACKEND_MODE": "none", "BUILD_COMMIT": COMMIT}
    assert variables_of_then(branch(**pushed), None, COMMIT) == found


def test_an_old_commit_migrates_nothing_for_a_migration_that_failed_would_fail_its_build_too() -> None:
    deployed = {
        "MIGRATIONS": "deploy",
        "MIGRATION_COMMAND": "npx prisma migrate deploy",
        "BACKEND_MODE": "none",
    }
    found = variables_of_then(branch(**deployed), None, COMMIT)
    assert found == {"MIGRATIONS": "none", "MIGRATION_COMMAND": "true", "BACKEND_MODE": "none", "BUILD_COMMIT": COMMIT}


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        ({"SUPPORT": "new", "KEPT_VARIABLES": "SUPPORT"}, {"SUPPORT": "new", "KEPT_VARIABLES": "SUPPORT"}),
        ({"KEPT_VARIABLES": "SUPPORT"}, {"KEPT_VARIABLES": "SUPPORT"}),
        ({"KEPT_VARIABLES": "-"}, {"SUPPORT": "old", "KEPT_VARIABLES": "-"}),
        ({}, {"SUPPORT": "old", "KEPT_VARIABLES": "SUPPORT"}),
    ],
)
def test_what_an_adopted_branch_keeps_is_left_alone_for_nothing_else_knows_its_newer_value(
    live: dict[str, str], expected: dict[str, str]
) -> None:
    then = {"LOG_LEVEL": "info", "SUPPORT": "old", "KEPT_VARIABLES": "SUPPORT"}
    found = variables_of_then(branch(LOG_LEVEL="trace", **live), Configuration(variables=then, parameters={}), COMMIT)
    ours = {"LOG_LEVEL": "info", "MIGRATIONS": "none", "BACKEND_MODE": "none", "BUILD_COMMIT": COMMIT}
    assert found == {**ours, **expected}


def test_a_branch_of_an_older_version_that_said_nothing_says_that_it_has_none() -> None:
    noted = Configuration(variables={"LOG_LEVEL": "info"}, parameters={})
    found = variables_of_then(branch(BACKEND_MODE="own", MIGRATIONS="deploy"), noted, COMMIT)
    assert (found["BACKEND_MODE"], found["MIGRATIONS"]) == ("none", "none")


def test_what_a_rollback_leaves_alone_is_of_the_database_or_was_set_by_hand_or_forces_a_build() -> None:
    told = {"MIGRATIONS", "MIGRATION_COMMAND", "PLAIN_NAMES", "BUILD_FORCE", "KEPT_VARIABLES"}
    names = {"DATABASE_URL", "DIRECT_URL", *told}
    assert left_alone(branch(KEPT_VARIABLES="SUPPORT PHONE")) == {*names, "SUPPORT", "PHONE"}
    assert left_alone(branch()) == names


def test_a_build_whose_required_parameter_was_deleted_is_refused_before_anything_is_changed() -> None:
    job = Job(id="1", status="SUCCEED", stamp=None)
    values = Values(changes=(), gone=("/p/s/EXTRA", "/p/s/OTHER"), missing=("/p/s/EXTRA", "/p/s/OTHER"))
    with pytest.raises(OpsError, match=r"nothing was rolled back: build 1 requires /p/s/EXTRA, which was deleted"):
        refuse_missing(job, values, {"REQUIRED": "EXTRA"})
    with pytest.raises(OpsError, match="requires /p/s/OTHER"):
        refuse_missing(job, values, {"RUNTIME_NAMES": "OTHER"})
    refuse_missing(job, Values(changes=(), gone=("/p/s/EXTRA",)), {"REQUIRED": "EXTRA"})
