"""What is killed: a database's creation, change, reset, rotation and end, each with what must be there afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.scenario.killing import Moment
from tests.scenario.project import Project
from tests.scenario.test_copies import below
from tests.scenario.test_domain import domains
from tests.scenario.test_password import ROTATION, is_refused
from tests.scenario.test_runtime import role_of, roles

Strings = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """``before`` is done before ``command`` is killed, ``after`` judges what the repair and one more run have made.

    Both are given the number of the round, from 0, and ``after`` the stack's parameters as they were before the kill.
    ``once`` is what Neon must have done once in all of it.
    """

    name: str
    before: Callable[[Project, int], None]
    after: Callable[[Project, int, Strings], None]
    once: str
    moments: tuple[Moment, ...]
    command: str = "up"


def before_creation(project: Project, number: int) -> None:
    if not number:
        project.good("stack", "init", "staging")
    else:
        project.good("destroy", "--stack", "staging", "--yes", "--skip-preview")


def is_created(project: Project, number: int, old: Strings) -> None:
    assert project.neon_branches().keys() == {"main", "theirs", "staging"}
    assert project.notes_on(sound(project)) == {"from production"}
    assert project.jobs("staging") == ["SUCCEED"]


def before_requests(project: Project, number: int) -> None:
    """A creation with all that a stack makes on request."""
    before_creation(project, number)
    project.settings("aws", domain_seconds=0.05)
    project.edit("staging", "application", runtime="ssm")
    project.edit("staging", "environment", domain=True)
    project.configure("staging", f"{project.name}:build_secrets", ["NEXTAUTH_SECRET", "DIRECT_URL"])


def has_what_was_requested(project: Project, number: int, old: Strings) -> None:
    is_created(project, number, old)
    arn, _ = role_of(project, "staging")
    assert roles(project) == {f"{project.name}@staging"}
    assert project.branch("staging")["computeRoleArn"] == arn
    assert domains(project) == {"staging.nailit.app": {"": "staging"}}
    own = {key: value for key, (_, value) in project.parameters("staging").items() if key != "DATABASE_URL"}
    assert below(project, f"/amplify/{project.app_id}/staging") == own


def before_change(project: Project, number: int) -> None:
    if not number:
        project.up("staging")
    project.sql_on(project.ours()[0]["id"], f"INSERT INTO notes VALUES ('kept {number}')")
    project.edit("staging", "variables", LOG_LEVEL=f"trace-{number}")
    compute = {"min": 0.5, "max": 2, "suspend": 300 + number}
    project.edit("staging", "database", compute=compute, branch=f"staging-{number}")


def is_changed(project: Project, number: int, old: Strings) -> None:
    assert project.neon_branches().keys() == {"main", "theirs", f"staging-{number}"}
    branch = sound(project)
    assert project.notes_on(branch) == {"from production", *(f"kept {n}" for n in range(number + 1))}
    (endpoint,) = project.neon("GET", f"/branches/{branch}/endpoints")["endpoints"]
    assert endpoint["suspend_timeout_seconds"] == 300 + number
    assert project.branch("staging")["environmentVariables"]["LOG_LEVEL"] == f"trace-{number}"
    assert project.parameters("staging") == old
    assert project.jobs("staging") == ["SUCCEED"] * (number + 2)


def before_reset(project: Project, number: int) -> None:
    if not number:
        project.up("staging")
    project.sql_on(project.ours()[0]["id"], f"INSERT INTO notes VALUES ('overwritten {number}')")
    project.wait_a_second()
    project.edit("staging", "database", fresh_after=project.now(), keep=True)


def is_reset(project: Project, number: int, old: Strings) -> None:
    branches = project.neon_branches()
    (kept,) = branches.keys() - {"main", "theirs", "staging"}
    copy = branches[kept]["id"]
    assert project.notes_on(sound(project)) == {"from production"}
    assert project.notes_on(copy) == {"from production", f"overwritten {number}"}
    assert project.parameters("staging") == old
    assert project.jobs("staging") == ["SUCCEED"] * (number + 2)
    project.neon("DELETE", f"/branches/{copy}")


def before_rotation(project: Project, number: int) -> None:
    if not number:
        project.up("staging")
    project.sql_on(project.ours()[0]["id"], f"INSERT INTO notes VALUES ('kept {number}')")
    project.wait_a_second()
    project.edit("staging", "variables", LOG_LEVEL=f"trace-{number}")
    project.edit("staging", "database", password_after=project.now())


def is_rotated(project: Project, number: int, old: Strings) -> None:
    branch = sound(project)
    assert project.notes_on(branch) == {"from production", *(f"kept {n}" for n in range(number + 1))}
    assert is_refused(old["DIRECT_URL"][1])
    assert is_refused(old["DATABASE_URL"][1])
    assert project.jobs("staging") == ["SUCCEED"] * (number + 2)


def before_end(project: Project, number: int) -> None:
    project.up("staging")


def is_gone(project: Project, number: int, old: Strings) -> None:
    assert project.neon_branches().keys() == {"main", "theirs"}
    assert project.git_branches() == set()
    assert project.parameters("staging") == {}


def sound(project: Project) -> str:
    """The id of the one branch that is ours: its one endpoint is what the parameters open; nothing has failed."""
    (ours,) = project.ours()
    (endpoint,) = project.neon("GET", f"/branches/{ours['id']}/endpoints")["endpoints"]
    outputs, parameters = project.outputs("staging"), project.parameters("staging")
    assert parameters.keys() == {"DATABASE_URL", "DIRECT_URL", "NEXTAUTH_SECRET"}
    assert (parameters["DATABASE_URL"][1], parameters["DIRECT_URL"][1]) == (
        outputs["database_url"],
        outputs["direct_url"],
    )
    assert f"@{endpoint['host']}" in outputs["direct_url"]
    assert project.notes_at(outputs["database_url"]) == project.notes_on(ours["id"])
    assert {one["status"] for one in project.neon("GET", "/operations")["operations"]} == {"finished"}
    assert project.git_branches() == {"staging"}
    newest = project.aws("amplify").list_jobs(appId=project.app_id, branchName="staging")["jobSummaries"][0]
    assert outputs["stamp"] in newest["commitMessage"]
    return str(ours["id"])


def at(*seen: str) -> Moment:
    """Right after a request was answered, the last of ``seen``."""
    return Moment(seen=seen)


def around(action: str) -> tuple[Moment, ...]:
    """A mutating request to Neon: asked, done, answered, and while its operations are waited for."""
    sides = (Moment(seen=(action,), side="asked"), Moment(seen=(action,), side="done"), at(action))
    return (*sides, at(action, "getProjectOperation"))


ANY_TIME = Moment(seen=())
PHASES = (
    Phase(
        name="create",
        before=before_creation,
        after=is_created,
        once="createProjectBranch",
        moments=(
            ANY_TIME,
            *around("createProjectBranch"),
            at("createProjectBranch", "getConnectionURI", "getConnectionURI"),
            at("ssm:PutParameter"),
            at("amplify:CreateBranch"),
            at("amplify:StartJob"),
        ),
    ),
    Phase(
        name="requests",
        before=before_requests,
        after=has_what_was_requested,
        once="createProjectBranch",
        moments=(
            at("iam:CreateRole"),
            at("iam:PutRolePolicy"),
            at("ssm:PutParameter", "ssm:PutParameter", "ssm:PutParameter", "ssm:PutParameter"),
            at("amplify:CreateBranch", "amplify:UpdateBranch"),
            at("amplify:CreateDomainAssociation"),
            at("amplify:StartJob"),
        ),
    ),
    Phase(
        name="change",
        before=before_change,
        after=is_changed,
        once="updateProjectBranch",
        moments=(*around("updateProjectEndpoint")[1:3], *around("updateProjectBranch")[:2], at("amplify:UpdateBranch")),
    ),
    Phase(
        name="reset",
        before=before_reset,
        after=is_reset,
        once="restoreProjectBranch",
        moments=(
            *around("restoreProjectBranch"),
            at("restoreProjectBranch", "getConnectionURI", "getConnectionURI"),
            at("amplify:StartJob"),
        ),
    ),
    Phase(
        name="rotate",
        before=before_rotation,
        after=is_rotated,
        once=ROTATION,
        moments=(
            *around(ROTATION),
            at("ssm:PutParameter"),
            at("ssm:PutParameter", "ssm:PutParameter"),
            at("amplify:UpdateBranch"),
            at("amplify:StartJob"),
        ),
    ),
    Phase(
        name="delete",
        before=before_end,
        after=is_gone,
        once="deleteProjectBranch",
        moments=(*around("deleteProjectBranch"), at("ssm:DeleteParameter"), at("amplify:DeleteBranch")),
        command="destroy",
    ),
)
