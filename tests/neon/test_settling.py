"""What a change whose reply was lost has begun is waited for, and its failure is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from neon.branches import ensure_branch, shape_branch
from neon.client import NeonClient
from neon.errors import NeonOperationFailed
from neon.models import Compute
from neon.removing import remove_branch
from tests.neon.scripted import Reply, branch_json, operation_json, scripted
from tests.neon.test_branches import ENDPOINT, MARK, NONE, OURS, PROJECT, QUIET, SOURCE, SPEC, posts

RUNNING = Reply(body={"operations": [operation_json()]})
ENDED = Reply(body={"operation": operation_json("finished")})
READ = Reply(body={"branch": branch_json(), "annotation": {"value": MARK}})
SIZED = replace(SPEC, compute=Compute(min=1, max=2))
RESIZED = {**ENDPOINT, "autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 2}
# What is asked, with a reply that is lost, and what is read once Neon has come to rest: nothing is left to do.
LOST = {
    "compute": ((Reply(body={"endpoints": [ENDPOINT]}),), (Reply(body={"endpoints": [RESIZED]}),)),
    "endpoint": ((Reply(body={"endpoints": []}),), (Reply(body={"endpoints": [RESIZED]}),)),
    "fields": (
        (Reply(body={"endpoints": [RESIZED]}), Reply(body={"branch": branch_json("old")})),
        (READ,),
    ),
    "deletion": ((READ, NONE), (Reply(status=404), PROJECT)),
    "creation": ((NONE, NONE, SOURCE), None),
}


def asked(client: NeonClient, what: str) -> None:
    if what == "deletion":
        remove_branch(client, "p-1", "br-one-1", MARK)
    elif what == "creation":
        ensure_branch(client, SIZED)
    else:
        shape_branch(client, SIZED, "br-one-1")


def settled(what: str, first: Reply, later: Reply) -> list[Reply]:
    """All that Neon answers; ``first`` and ``later`` to what its operations are, when the reply was lost."""
    before, after = LOST[what]
    endpoint = Reply(body={"endpoints": [RESIZED]})
    if after is None:
        return [*before, Reply(cut=True), OURS, first, ENDED, later, endpoint, READ, READ]
    rest = {"deletion": [], "fields": [READ]}.get(what, [READ, READ])
    return [*before, Reply(cut=True), first, ENDED, *after, later, *rest]


@pytest.mark.parametrize("what", LOST)
def test_what_a_lost_reply_has_left_under_way_is_waited_for_before_it_counts_as_done(what: str) -> None:
    with scripted(*settled(what, RUNNING, QUIET)) as script:
        asked(script.client(), what)
        assert script.replies == []
        assert len(posts(script.seen)) == 1


@pytest.mark.parametrize("what", LOST)
@pytest.mark.parametrize("seen", ["while it runs", "when it has ended"])
def test_an_operation_that_failed_after_a_lost_reply_is_a_failure(what: str, seen: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    failed = operation_json("failed", error="no space", created_at=now)
    before, _ = LOST[what]
    found = [OURS] if what == "creation" else []
    told = (
        [Reply(body={"operations": [failed]})]
        if seen == "when it has ended"
        else [RUNNING, Reply(body={"operation": failed})]
    )
    with scripted(*before, Reply(cut=True), *found, *told) as script:
        with pytest.raises(NeonOperationFailed, match=r"op-1 \(failed\) failed in Neon: no space"):
            asked(script.client(), what)


def test_a_failure_of_before_or_on_another_branch_is_none_of_a_change_whose_reply_was_lost() -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    others = [operation_json("failed", created_at=now, branch_id="br-two-2"), operation_json("failed")]
    with scripted(*settled("compute", Reply(body={"operations": [*others, operation_json()]}), QUIET)) as script:
        asked(script.client(), "compute")
        assert len(posts(script.seen)) == 1
