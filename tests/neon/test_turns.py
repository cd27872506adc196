"""A project that is busy: what is in the way is found, waited for, told, and named when the time is up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from neon.client import NeonClient
from neon.errors import NeonLocked, NeonNotBegun, NeonNotReady
from neon.models import Compute
from neon.progress import Progress
from neon.retry import Pace
from neon.transport import Credentials
from tests.neon.scripted import Reply, Script, branch_json, operation_json, scripted

CREATED = Reply(status=201, body={"branch": branch_json(), "operations": []})
LOCKED = Reply(status=423, body={"code": "", "message": "project already has running conflicting operations"})
NOT_READY = Reply(status=422, body={"code": "", "message": "branch not ready yet"})
CREDENTIALS = Credentials(api_key="key-for-tests")
QUIET = Reply(body={"operations": []})
START = operation_json("running", "op-2", action="start_compute", endpoint_id="ep-1")
FIRST = operation_json("running", "op-1", created_at="2025-12-31T23:59:59Z")
ENDED = operation_json("finished", "op-0")


def listed(*operations: dict[str, object]) -> Reply:
    return Reply(body={"operations": list(operations)})


def seen_as(status: str, operation: dict[str, object] = START) -> Reply:
    return Reply(body={"operation": {**operation, "status": status}})


def create(client: NeonClient) -> None:
    client.create_branch("p-1", branch={"name": "staging"}, compute=Compute(), mark={})


def what(script: Script) -> list[str]:
    return [line.split("?")[0].removeprefix("GET /projects/p-1/") for line in script.seen]


@pytest.mark.parametrize("busy", [LOCKED, NOT_READY], ids=["locked", "not ready"])
def test_a_change_is_sent_again_at_once_when_what_was_in_its_way_has_ended(busy: Reply) -> None:
    replies = (busy, listed(START, ENDED), seen_as("running"), seen_as("finished"), CREATED)
    with scripted(*replies) as script:
        create(script.client())
        post = "POST /projects/p-1/branches"
        assert what(script) == [post, "operations", "operations/op-2", "operations/op-2", post]
        assert len(script.sleeps) == 2  # both before a look at the operation


def test_the_oldest_operation_that_has_not_ended_is_the_one_that_is_waited_for() -> None:
    with scripted(LOCKED, listed(START, FIRST, ENDED), seen_as("failed", FIRST), CREATED) as script:
        create(script.client())
        assert "operations/op-1" in what(script)


def test_an_operation_that_never_ends_and_holds_nothing_is_not_waited_for_to_the_deadline() -> None:
    stuck = [seen_as("a status of tomorrow")] * 3
    with scripted(LOCKED, listed(START), *stuck, LOCKED, listed(START), *stuck, CREATED) as script:
        create(script.client(first_poll=1.0, poll=1.0, cap=3.0))
        assert script.replies == []
        assert sum(script.sleeps) == pytest.approx(6.0)


def test_an_operation_that_neon_no_longer_knows_is_in_nobodys_way() -> None:
    with scripted(LOCKED, listed(START), Reply(status=404), CREATED) as script:
        create(script.client())
        assert script.replies == []


def test_whoever_comes_next_is_waited_for_too() -> None:
    turns = (LOCKED, listed(FIRST), seen_as("finished", FIRST), LOCKED, listed(START), seen_as("finished"))
    with scripted(*turns, CREATED) as script:
        create(script.client())
        assert script.replies == []


@pytest.mark.parametrize("hidden", [QUIET, Reply(status=403)], ids=["none", "not told"])
def test_where_no_operation_shows_the_pauses_grow_up_to_their_cap(hidden: Reply) -> None:
    with scripted(*[LOCKED, hidden] * 5, CREATED) as script:
        create(script.client(base=1.0, cap=8.0))
        assert script.sleeps == [1.0, 2.0, 4.0, 8.0, 8.0]


def test_a_retry_after_is_waited_for_though_the_operation_has_ended() -> None:
    locked = Reply(status=423, headers={"Retry-After": "17"})
    with scripted(locked, listed(START), seen_as("finished"), CREATED) as script:
        create(script.client())
        assert sum(script.sleeps) == pytest.approx(17.0)


def test_a_retry_after_beyond_the_deadline_ends_the_call_at_once_and_names_what_is_in_the_way() -> None:
    with scripted(Reply(status=423, headers={"Retry-After": "600"}), listed(START)) as script:
        with pytest.raises(NeonLocked, match="start_compute op-2"):
            create(script.client(call=60.0))
        assert script.sleeps == []


@pytest.mark.parametrize(("busy", "kind"), [(LOCKED, NeonLocked), (NOT_READY, NeonNotReady)])
def test_at_the_deadline_the_error_names_the_operation_its_place_and_what_to_do(
    busy: Reply, kind: type[Exception]
) -> None:
    with scripted(busy, listed(START), *[seen_as("running")] * 60) as script:
        with pytest.raises(kind) as caught:
            create(script.client(call=20.0, cap=20.0))
    told = (
        "operation start_compute op-2 (running) since 2026-01-01T00:00:00Z, on ep-1 of br-one-1",
        "tried 1 times in 20 s",
        "run the same command again",
        "POST /projects/p-1/branches (request id ",
    )
    assert all(words in str(caught.value) for words in told), str(caught.value)


def test_at_the_deadline_without_an_operation_the_error_says_so() -> None:
    with scripted(*[LOCKED, QUIET] * 20) as script:
        with pytest.raises(NeonLocked, match=r"no operation that shows.*tried \d+ times in \d+ s"):
            create(script.client(call=20.0))


def test_a_wait_of_more_than_a_second_says_what_it_waits_for_ever_more_seldom() -> None:
    with scripted(LOCKED, listed(START), *[seen_as("running")] * 18, seen_as("finished"), CREATED) as script:
        create(script.client())
    assert 2 <= len(script.said) <= 4
    assert script.said[0].startswith("waiting for start_compute on ep-1 of br-one-1 (operation op-2), 1 s: ")
    assert "the Neon project p-1" in script.said[0]


def test_a_wait_of_an_hour_is_told_of_once_a_minute() -> None:
    clock, said = [0.0], list[str]()
    progress = Progress(Pace(clock=lambda: clock[0], say=said.append), "masking takes its time")
    for second in range(3600):
        clock[0] = float(second)
        progress.tell("the masking rules")
    assert 60 <= len(said) <= 65


def test_a_wait_of_less_than_a_second_says_nothing() -> None:
    with scripted(LOCKED, listed(START), seen_as("finished"), CREATED) as script:
        create(script.client())
        assert script.said == []


def test_a_change_that_another_one_of_the_same_run_holds_up_for_too_long_is_not_begun() -> None:
    with scripted() as script:
        client = script.client(poll=0.01)
        seconds = iter(range(10_000))
        patient = NeonClient(CREDENTIALS, replace(client.pace, clock=lambda: float(next(seconds)), anonymize=60.0))
        with ThreadPoolExecutor(1) as other, patient.mutating("p-1"):
            failure = other.submit(begin_a_change, patient).exception()
        assert isinstance(failure, NeonNotBegun)
        assert "has not ended within 60 s" in str(failure)
        assert script.said[0].startswith("waiting for another change of the Neon project p-1 by this run")
        assert begin_a_change(patient)


def begin_a_change(client: NeonClient) -> bool:
    with client.mutating("p-1"):
        return True
