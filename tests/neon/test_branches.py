"""Find-or-create, ownership and settling of open outcomes, against scripted replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from neon.branches import ensure_branch, find_branch, shape_branch
from neon.changes import BranchSpec, branch_changes, compute_changes
from neon.client import NeonClient
from neon.errors import (
    NeonNoOrganization,
    NeonNoProject,
    NeonNotAsAsked,
    NeonOperationFailed,
    NeonRefused,
    NeonTimeout,
    NeonUnreachable,
)
from neon.models import Branch, Compute, Operation
from neon.operations import wait_for
from neon.presence import projects_named
from neon.removing import remove_branch
from neon.transport import Credentials
from tests.localcloud.neon.driver import KEY, Project
from tests.neon.scripted import Reply, branch_json, operation_json, scripted
from tests.neon.specs import client_at

MARK = {"pulumi:project": "nailit", "pulumi:stack": "staging", "pulumi:name": "staging-database"}
SPEC = BranchSpec(project_id="p-1", name="staging", mark=MARK, source="main")
ENDPOINT = {"id": "ep-1", "branch_id": "br-one-1", "host": "ep-1.x", "type": "read_write"}
NONE = Reply(body={"branches": [], "annotations": {}})
SOURCE = Reply(body={"branches": [branch_json("main", "br-main-1")]})
OURS = Reply(body={"branches": [branch_json()], "annotations": {"br-one-1": {"value": MARK}}})
PROJECT = Reply(body={"project": {"id": "p-1", "name": "nailit"}})
QUIET = Reply(body={"operations": []})
SHAPED = (
    Reply(body={"endpoints": [ENDPOINT]}),
    Reply(body={"branch": branch_json(), "annotation": {"value": MARK}}),
    Reply(body={"branch": branch_json(), "annotation": {"value": MARK}}),
)
CREATED = Reply(status=201, body={"branch": branch_json(), "operations": []})


def posts(seen: list[str]) -> list[str]:
    return [line for line in seen if not line.startswith("GET")]


def test_a_branch_that_is_missing_is_created_with_one_request() -> None:
    with scripted(NONE, NONE, SOURCE, CREATED, QUIET, *SHAPED) as script:
        assert ensure_branch(script.client(), SPEC).id == "br-one-1"
        assert posts(script.seen) == ["POST /projects/p-1/branches"]


def test_a_branch_with_our_mark_is_found_and_not_created_again() -> None:
    with scripted(OURS, QUIET, *SHAPED) as script:
        assert ensure_branch(script.client(), SPEC).id == "br-one-1"
        assert posts(script.seen) == []


def test_a_branch_that_was_renamed_before_anybody_knew_its_id_is_found_by_its_mark() -> None:
    renamed = Reply(body={"branches": [branch_json("by-hand")], "annotations": {"br-one-1": {"value": MARK}}})
    read = Reply(body={"branch": branch_json("by-hand"), "annotation": {"value": MARK}})
    change = Reply(body={"branch": branch_json(), "operations": []})
    with scripted(NONE, renamed, QUIET, SHAPED[0], read, change, *SHAPED[2:]) as script:
        assert ensure_branch(script.client(), SPEC).id == "br-one-1"
        assert posts(script.seen) == ["PATCH /projects/p-1/branches/br-one-1"]


def test_a_kept_copy_is_not_taken_for_the_branch_should_neon_have_copied_its_mark() -> None:
    copy = Reply(
        body={
            "branches": [branch_json("staging-kept-20261120T090000Z")],
            "annotations": {"br-one-1": {"value": MARK}},
        }
    )
    with scripted(NONE, copy, SOURCE, CREATED, QUIET, *SHAPED) as script:
        assert ensure_branch(script.client(), SPEC).id == "br-one-1"
        assert posts(script.seen) == ["POST /projects/p-1/branches"]


def test_a_creation_whose_reply_was_lost_is_found_by_reading() -> None:
    with scripted(NONE, NONE, SOURCE, Reply(cut=True), OURS, QUIET, QUIET, *SHAPED) as script:
        assert ensure_branch(script.client(), SPEC).id == "br-one-1"
        assert len(posts(script.seen)) == 1


def test_a_branch_that_neon_made_without_its_mark_is_told_and_not_taken_for_ours() -> None:
    unmarked = Reply(body={"branch": branch_json()})
    with scripted(NONE, NONE, SOURCE, CREATED, QUIET, SHAPED[0], unmarked, unmarked) as script:
        with pytest.raises(NeonNotAsAsked, match=r"'staging' \(br-one-1\) without its mark, .*staging"):
            ensure_branch(script.client(), SPEC)


@pytest.mark.parametrize(
    ("before", "says"),
    [({"name": "old"}, "name is to be 'staging'"), ({"protected": True}, "protected is to be False")],
)
def test_a_change_that_neon_reports_as_done_and_that_does_not_show_is_a_failure(
    before: dict[str, Any], says: str
) -> None:
    still = Reply(body={"branch": branch_json(**before), "annotation": {"value": MARK}})
    with scripted(SHAPED[0], still, Reply(body={"branch": branch_json(), "operations": []}), still) as script:
        with pytest.raises(NeonNotAsAsked, match=f"as done, and it is not: {says}"):
            shape_branch(script.client(), SPEC, "br-one-1")


def test_a_list_of_projects_that_is_not_whole_is_asked_for_again_and_never_taken_for_all_of_them() -> None:
    part = Reply(body={"projects": [{"id": "p-1", "name": "nailit"}], "unavailable_project_ids": ["p-2"]})
    whole = Reply(body={"projects": [{"id": one, "name": "nailit"} for one in ("p-1", "p-2")]})
    with scripted(part, whole) as script:
        assert [one.id for one in projects_named(script.client(), "nailit")] == ["p-1", "p-2"]
    with scripted(*[part] * 20) as script, pytest.raises(NeonUnreachable, match=r"leaves out projects .*: p-2"):
        projects_named(script.client(call=3.0), "nailit")


def test_a_creation_that_was_lost_before_it_was_done_is_sent_again() -> None:
    with scripted(NONE, NONE, SOURCE, Reply(status=502), NONE, CREATED, QUIET, *SHAPED) as script:
        assert ensure_branch(script.client(), SPEC).id == "br-one-1"
        assert len(posts(script.seen)) == 2


def test_a_branch_of_our_name_without_a_mark_is_refused_by_id_with_the_way_to_adopt_it() -> None:
    foreign = Reply(body={"branches": [branch_json()], "annotations": {}})
    with scripted(foreign) as script, pytest.raises(NeonRefused, match=r"br-one-1.*adopt: true"):
        ensure_branch(script.client(), SPEC)


def test_an_adopted_branch_is_neither_renamed_nor_resized_for_the_name_of_another() -> None:
    spec = replace(SPEC, name="qa", adopt=True, compute=Compute(min=1.0, max=1.0))
    with scripted(Reply(body={"branch": branch_json()})) as script:
        with pytest.raises(NeonRefused, match=r"'staging' \(br-one-1\), which keeps its name.*'qa'.*state delete"):
            shape_branch(script.client(), spec, "br-one-1")
        assert posts(script.seen) == []


@pytest.mark.parametrize("adopt", [False, True])
def test_a_branch_with_the_mark_of_another_stack_is_refused_with_what_can_be_done_instead(adopt: bool) -> None:
    theirs = {"br-one-1": {"value": {**MARK, "pulumi:stack": "dev"}}}
    with scripted(Reply(body={"branches": [branch_json()], "annotations": theirs})) as script:
        with pytest.raises(NeonRefused, match=r"br-one-1.*choose another name.*source") as refused:
            ensure_branch(script.client(), replace(SPEC, adopt=adopt))
    assert "adopt: true" not in str(refused.value)


def test_a_new_name_that_another_branch_has_is_told_with_its_id_and_the_next_step() -> None:
    renamed = Reply(body={"branch": branch_json("old"), "annotation": {"value": MARK}})
    taken = Reply(body={"branches": [branch_json("staging", "br-two-2")]})
    with scripted(SHAPED[0], renamed, Reply(status=409), taken) as script:
        with pytest.raises(NeonRefused, match=r"'old' \(br-one-1\) is not renamed.*br-two-2.*choose another name"):
            shape_branch(script.client(), SPEC, "br-one-1")


def test_a_name_is_found_exactly_and_on_any_page() -> None:
    first = Reply(body={"branches": [branch_json("staging-2", "br-2")], "pagination": {"next": "c1"}})
    with scripted(first, OURS) as script:
        found = find_branch(script.client(), "p-1", "staging")
    assert found is not None
    assert found.id == "br-one-1"


def test_a_lost_endpoint_is_made_anew() -> None:
    with scripted(OURS, QUIET, Reply(body={"endpoints": []}), Reply(body={"operations": []}), *SHAPED[1:]) as script:
        ensure_branch(script.client(), SPEC)
        assert posts(script.seen) == ["POST /projects/p-1/endpoints"]


def test_a_branch_that_is_gone_already_is_deleted() -> None:
    with scripted(Reply(status=404), PROJECT) as script:
        remove_branch(script.client(), "p-1", "br-one-1", MARK)
        assert posts(script.seen) == []


def test_a_branch_of_a_project_that_this_key_does_not_see_is_not_taken_for_deleted() -> None:
    with scripted(Reply(status=404), Reply(status=404)) as script:
        with pytest.raises(NeonNoProject, match=r"sees no Neon project p-1.*NEON_API_KEY.*NEON_DELETED_PROJECT=p-1"):
            remove_branch(script.client(), "p-1", "br-one-1", MARK)
        assert posts(script.seen) == []


def test_a_branch_that_somebody_deletes_meanwhile_is_deleted() -> None:
    marked = Reply(body={"branch": branch_json(), "annotation": {"value": MARK}})
    with scripted(marked, NONE, Reply(status=404), PROJECT) as script:
        remove_branch(script.client(), "p-1", "br-one-1", MARK)
        assert len(posts(script.seen)) == 1


def test_a_deletion_whose_reply_was_lost_is_settled_by_reading() -> None:
    marked = Reply(body={"branch": branch_json(), "annotation": {"value": MARK}})
    with scripted(marked, NONE, Reply(cut=True), QUIET, Reply(status=404), PROJECT, QUIET) as script:
        remove_branch(script.client(), "p-1", "br-one-1", MARK)
        assert len(posts(script.seen)) == 1


@pytest.mark.parametrize(
    ("fields", "mark", "children", "reason"),
    [
        ({"default": True}, MARK, [], "default branch"),
        ({"protected": True}, MARK, [], "protected: false"),
        ({}, MARK, [branch_json("qa", "br-qa-1", parent_id="br-one-1")], "delete qa first"),
        ({}, {}, [], "no mark"),
    ],
)
def test_what_must_not_be_deleted_is_refused_with_the_reason(
    fields: dict[str, Any], mark: dict[str, str], children: list[dict[str, object]], reason: str
) -> None:
    read = Reply(body={"branch": branch_json(**fields), "annotation": {"value": mark}})
    with scripted(read, Reply(body={"branches": children})) as script:
        with pytest.raises(NeonRefused, match=reason):
            remove_branch(script.client(), "p-1", "br-one-1", MARK)
        assert posts(script.seen) == []


FAILURE = operation_json("failed", "op-9", error="no space")
STUCK = branch_json(current_state="init")
FOUND_STUCK = Reply(body={"branches": [STUCK], "annotations": {"br-one-1": {"value": MARK}}})
READ_STUCK = Reply(body={"branch": STUCK, "annotation": {"value": MARK}})


def test_a_branch_that_a_failed_operation_left_unready_is_refused_with_it_and_the_next_step() -> None:
    others = operation_json("failed", "op-8", branch_id="br-two-2"), operation_json("finished", "op-7")
    failed = Reply(body={"operations": [*others, FAILURE]})
    with scripted(FOUND_STUCK, failed, READ_STUCK, failed, *[READ_STUCK] * 40) as script:
        with pytest.raises(NeonOperationFailed, match=r"is init.*create_branch op-9.*no space.*run the same command"):
            ensure_branch(script.client(), SPEC)
        assert posts(script.seen) == []


def test_a_branch_that_is_ready_a_little_later_than_its_operations_is_waited_for() -> None:
    with scripted(FOUND_STUCK, QUIET, READ_STUCK, QUIET, READ_STUCK, SHAPED[1], *SHAPED) as script:
        assert ensure_branch(script.client(), SPEC).state == "ready"
        assert script.replies == []


def test_a_branch_that_never_becomes_ready_is_told_at_the_deadline() -> None:
    with scripted(FOUND_STUCK, QUIET, READ_STUCK, QUIET, *[READ_STUCK] * 40) as script:
        with pytest.raises(NeonOperationFailed, match=r"though no operation on it has failed.*recreate: true"):
            ensure_branch(script.client(wait=10.0), SPEC)


def test_every_operation_is_waited_for() -> None:
    first, second = operation_json(operation_id="op-1"), operation_json(operation_id="op-2", status="scheduling")
    created = Reply(status=201, body={"branch": branch_json(), "operations": [first, second]})
    ended = [
        Reply(body={"operation": operation_json(s, o)})
        for s, o in (("finished", "op-1"), ("running", "op-2"), ("skipped", "op-2"))
    ]
    with scripted(NONE, NONE, SOURCE, created, *ended, QUIET, *SHAPED) as script:
        ensure_branch(script.client(), SPEC)
        assert script.replies == []


@pytest.mark.parametrize("status", ["failed", "error", "cancelled"])
def test_an_operation_that_failed_is_a_failure_with_its_id_action_and_error(status: str) -> None:
    failed = operation_json(status, error="no space")
    told = r"create_branch op-1.*no space.*run the same command again.*Neon's support needs its id"
    with scripted() as script, pytest.raises(NeonOperationFailed, match=told):
        wait_for(script.client(), [Operation.from_api(failed)], what="creating")


def test_a_status_that_nobody_knows_is_waited_for_until_the_deadline_and_named() -> None:
    with scripted(*[Reply(body={"operation": operation_json("pondering")})] * 40) as script:
        with pytest.raises(NeonTimeout, match=r"op-1 \(pondering\) has not ended after 10 s"):
            wait_for(script.client(wait=10.0), [Operation.from_api(operation_json("pondering"))], what="creating")


@pytest.mark.parametrize(
    ("name", "protected", "changes"),
    [
        ("staging", False, {}),
        ("old", False, {"name": "staging"}),
        ("old", True, {"name": "staging", "protected": False}),
    ],
)
def test_only_what_differs_is_sent(name: str, protected: bool, changes: dict[str, object]) -> None:
    branch = Branch.from_api(branch_json(name, protected=protected))
    assert branch_changes(branch, SPEC) == changes


@pytest.mark.parametrize(
    ("actual", "wanted", "sent"),
    [
        (Compute(min=1, max=2, suspend=0), Compute(), {}),
        (Compute(min=1, max=2), Compute(min=1, max=2), {}),
        (Compute(min=1, max=2), Compute(min=1, max=3), {"autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 3}),
        (Compute(suspend=0), Compute(suspend=300), {"suspend_timeout_seconds": 300}),
    ],
)
def test_compute_sizes_are_sent_as_a_pair_and_only_when_set(
    actual: Compute, wanted: Compute, sent: dict[str, float]
) -> None:
    assert compute_changes(actual, wanted).to_api() == sent


FAR = {"Date": "Tue, 01 Jan 2041 12:00:00 GMT"}


def test_a_time_to_live_counts_from_neons_time_whatever_this_machines_clock_says() -> None:
    an_hour, source = replace(SPEC, ttl=3600), replace(SOURCE, headers=FAR)
    with scripted(
        NONE, NONE, source, CREATED, QUIET, SHAPED[0], replace(SHAPED[1], headers=FAR), QUIET, SHAPED[2]
    ) as s:
        ensure_branch(s.client(), an_hour)
        sent = [body["branch"]["expires_at"] for body in s.bodies if body is not None]
    assert sent == ["2041-01-01T13:00:00Z"] * 2  # at creation, and where the branch has another one


def test_a_time_to_live_counts_from_this_machines_time_where_neon_tells_none() -> None:
    source = replace(SOURCE, headers={"Date": "soon"})
    before = datetime.now(UTC).replace(microsecond=0)
    with scripted(NONE, NONE, source, CREATED, QUIET, *SHAPED[:2], QUIET, SHAPED[2]) as script:
        ensure_branch(script.client(), replace(SPEC, ttl=3600))
        sent = next(body for body in script.bodies if body is not None)["branch"]["expires_at"]
    assert before <= datetime.fromisoformat(sent) - timedelta(hours=1) <= datetime.now(UTC)


def test_projects_are_listed_for_the_organization_that_the_credentials_name(project: Project) -> None:
    server = project.server
    server.control("PUT", "settings", {"organization": "org-cool-sun-1"})
    try:
        with pytest.raises(NeonNoOrganization):
            list(client_at(server.address).projects(project.id))
        named = NeonClient(Credentials(api_key=KEY, host=f"{server.address}/api/v2", organization="org-cool-sun-1"))
        assert [found.id for found in named.projects(project.id)] == [project.id]
    finally:
        server.control("PUT", "settings", {"organization": None})


def test_a_name_that_is_part_of_five_thousand_others_is_found_with_two_requests() -> None:
    others, own = [branch_json(f"dev-{n}", f"br-{n}") for n in range(4999)], branch_json("dev", "br-dev")
    first = Reply(body={"branches": others[:100], "pagination": {"next": "c"}})
    with scripted(first, Reply(body={"branches": [*others[100:], own]})) as script:
        found = find_branch(script.client(), "p-1", "dev")
    assert found is not None
    assert found.id == "br-dev"
    assert [line.partition("limit=")[2] for line in script.seen] == ["100", "10000&cursor=c"]


def test_an_endpoint_that_was_disabled_is_enabled_again() -> None:
    disabled = Reply(body={"endpoints": [{**ENDPOINT, "disabled": True}]})
    with scripted(OURS, QUIET, disabled, Reply(body={"operations": []}), *SHAPED[1:]) as script:
        ensure_branch(script.client(), SPEC)
        assert posts(script.seen) == ["PATCH /projects/p-1/endpoints/ep-1"]
        assert script.bodies[-3] == {"endpoint": {"disabled": False}}
