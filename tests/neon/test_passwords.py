"""When a role's password is old, and how it becomes a new one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from neon.branches import ensure_branch
from neon.changes import BranchSpec
from neon.client import NeonClient
from neon.errors import NeonHTTPError, NeonNoDatabase, NeonNotRotated, NeonRefused
from neon.models import Branch
from neon.passwords import Password, ensure_password, is_due, lenders_of, read_password, sharing
from neon.retry import Pace
from tests.localcloud.neon.driver import Project, Server
from tests.neon.scripted import Reply, branch_json, scripted
from tests.neon.specs import a_second_later, client_at, password_spec

MARK = {"pulumi:project": "passwords", "pulumi:stack": "staging"}
OTHER = Branch.from_api(branch_json("main", "br-main-1", default=True))
EARLIER, WANTED, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T01:00:00+01:00"
ROTATION = "resetProjectBranchRolePassword"


@pytest.mark.parametrize(
    ("set_at", "recorded", "shared", "due"),
    [
        (LATER, None, (), False),
        (WANTED, None, (), False),
        (EARLIER, None, (), True),
        (EARLIER, LATER, (), False),
        (LATER, EARLIER, (), False),
        (None, None, (), True),
        (None, LATER, (), False),
        (LATER, LATER, (OTHER,), True),
    ],
)
def test_a_new_password_is_due(set_at: str | None, recorded: str | None, shared: tuple[Branch, ...], due: bool) -> None:
    assert is_due(Password(set_at=set_at, digest="d", shared=shared), WANTED, recorded) is due


def made(project: Project, client: NeonClient, name: str = "staging", source: str = "main") -> Branch:
    mark = MARK if name == "staging" else {**MARK, "pulumi:stack": name}
    return ensure_branch(client, BranchSpec(project_id=project.id, name=name, source=source, mark=mark))


def rotations(project: Project) -> int:
    entries = project.server.control("GET", "journal")["entries"]
    return sum(e["action"] == ROTATION and project.id in e["path"] for e in entries)


def quick(server: Server) -> NeonClient:
    return client_at(server.address, Pace(first_poll=0.01))


def test_the_password_of_an_unprotected_source_is_replaced_once_however_new_it_is(
    server: Server, project: Project
) -> None:
    client = quick(server)
    project.do("POST", f"/branches/{project.root}/roles/neondb_owner/reset_password")
    branch = made(project, client)
    spec = password_spec(branch, a_second_later(branch).replace("2", "1", 1), MARK)  # a thousand years ago
    before = project.uri(branch.id)
    first = ensure_password(client, spec)
    assert project.uri(branch.id) != before
    assert project.rows(branch.id) == [1, 2]
    assert (ensure_password(client, spec), ensure_password(client, spec, first)) == (first, first)
    assert rotations(project) == 2


def test_the_password_of_a_new_child_of_a_protected_branch_is_its_own(server: Server, project: Project) -> None:
    client = quick(server)
    project.do("PATCH", f"/branches/{project.root}", {"branch": {"protected": True}})
    branch = made(project, client)
    assert ensure_password(client, password_spec(branch, branch.created_at, MARK)) == branch.created_at
    assert rotations(project) == 0


def test_two_branches_of_one_project_that_are_not_its_default_are_told_apart_too(
    server: Server, project: Project
) -> None:
    client = quick(server)
    staging = made(project, client)
    dev = made(project, client, "dev", "staging")
    main = client.branch(project.id, project.root)
    assert [one.name for one in lenders_of(client, dev, staging)] == ["main", "staging"]
    assert [one.name for one in lenders_of(client, dev, None)] == ["main"]
    assert lenders_of(client, main, staging) == []
    ensure_password(client, password_spec(staging, staging.created_at, MARK))
    assert [one.name for one in sharing(client, dev, "neondb_owner", [main, staging])] == ["main"]


BRANCH = branch_json(created_at="2026-02-01T00:00:00Z")
ROLE = "/projects/p-1/branches/br-one-1/roles/neondb_owner"


def role(updated_at: str) -> Reply:
    return Reply(body={"role": {"name": "neondb_owner", "branch_id": "br-one-1", "updated_at": updated_at}})


def revealed(word: str) -> Reply:
    return Reply(body={"password": word * 8})


@pytest.mark.parametrize(("updated_at", "set_at"), [(LATER, LATER), (WANTED, WANTED), (EARLIER, None)])
def test_a_time_from_before_the_branch_came_with_its_data(updated_at: str, set_at: str | None) -> None:
    with scripted(role(updated_at), revealed("a")) as script:
        assert read_password(script.client(), Branch.from_api(BRANCH), "neondb_owner").set_at == set_at


def due(*replies: Reply) -> tuple[Reply, ...]:
    """What is read before a password that is due is set anew."""
    start = Reply(body={"branch": BRANCH, "annotation": {"value": MARK}})
    main = Reply(body={"branches": [branch_json("main", "br-main-1", default=True)]})
    return (start, Reply(body={"operations": []}), main, role(EARLIER), *replies)


UNSTORED = Reply(status=412, body={"message": "storing passwords is not enabled for the project"})
STILL_THE_OLD_ONE = (
    Reply(body={"role": {"password": "n" * 8}, "operations": []}), role(LATER), revealed("o"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("replies", "kind", "says"),
    [
        ((UNSTORED,), NeonRefused, "stores no passwords"),
        ((revealed("o"), revealed("p"), *STILL_THE_OLD_ONE), NeonNotRotated, "it has the old one"),
        ((revealed("o"), revealed("p"), Reply(status=422)), NeonHTTPError, "422"),
    ],
)
def test_what_comes_to_no_new_password_is_an_error_without_any(
    replies: tuple[Reply, ...], kind: type[Exception], says: str
) -> None:
    spec = password_spec(Branch.from_api(BRANCH), WANTED, MARK)
    with scripted(*due(*replies)) as script, pytest.raises(kind, match=says) as caught:
        ensure_password(script.client(), spec)
    assert not {"o" * 8, "n" * 8} & set(str(caught.value).split())


def test_a_role_that_the_branch_lacks_is_told_with_the_ways_to_have_it() -> None:
    replies = (*due()[:-1], Reply(status=404, body={"message": "role not found"}))
    says = pytest.raises(NeonNoDatabase, match=r"'staging' \(br-one-1\) has no role 'neondb_owner'.*correct role in")
    with scripted(*replies) as script, says as caught:
        ensure_password(script.client(), password_spec(Branch.from_api(BRANCH), WANTED, MARK))
    assert (caught.value.status, caught.value.path) == (404, ROLE)


def test_an_age_that_is_ahead_of_neons_clock_is_refused_before_anything_is_set() -> None:
    wanted = (datetime.now(UTC) + timedelta(minutes=3)).isoformat()
    spec = password_spec(Branch.from_api(BRANCH), wanted, MARK)
    refused = pytest.raises(NeonRefused, match=r"password_after .* 1[78]\d s ahead of Neon's clock.*set an earlier")
    with scripted(*due(revealed("o"), revealed("p"))) as script, refused:
        ensure_password(script.client(), spec)
    assert not any(line.startswith("POST") for line in script.seen)


def test_a_branch_that_is_not_ours_keeps_its_password() -> None:
    spec = password_spec(Branch.from_api(BRANCH), WANTED, {**MARK, "pulumi:stack": "dev"})
    with scripted(*due(revealed("o"), revealed("p"))) as script, pytest.raises(NeonRefused, match="another mark"):
        ensure_password(script.client(), spec)
    assert not any(line.startswith("POST") for line in script.seen)


def test_a_reply_that_was_lost_is_settled_by_reading_before_it_is_asked_for_again() -> None:
    nothing = Reply(body={"operations": []})
    same, new = (role(EARLIER), revealed("o")), (role(LATER), revealed("n"))
    replies = due(
        revealed("o"), revealed("p"), Reply(cut=True), nothing, *same, Reply(cut=True), nothing, *new, nothing, *new
    )
    with scripted(*replies) as script:
        assert ensure_password(script.client(), password_spec(Branch.from_api(BRANCH), WANTED, MARK)) == LATER
    assert [line for line in script.seen if line.startswith("POST")] == [f"POST {ROLE}/reset_password"] * 2
