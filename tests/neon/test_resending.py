"""A change whose outcome is open: when it is sent again, and what is told where nobody can look."""

from __future__ import annotations

import pytest

from neon.branches import ensure_branch
from neon.errors import NeonHTTPError, NeonNotFound, NeonStateRefused, NeonUnreachable, NeonUnseen, Request
from neon.models import Branch
from neon.settling import carry_out
from tests.neon.scripted import Reply, branch_json, scripted
from tests.neon.test_branches import CREATED, NONE, QUIET, SHAPED, SOURCE, SPEC, posts
from tests.neon.test_settling import LOST, asked

LATER = {"Retry-After": "30"}
REQUEST = Request(method="POST", path="/restore", request_id="r-1")


def lost() -> NeonUnreachable:
    return NeonUnreachable("cut off", request=REQUEST, maybe_applied=True, retryable=False)


@pytest.mark.parametrize(("headers", "pauses"), [({}, [1.0, 2.0]), (LATER, [30.0, 30.0])])
def test_it_is_sent_again_after_a_pause_which_is_no_shorter_than_neon_asked_for(
    headers: dict[str, str], pauses: list[float]
) -> None:
    failed = Reply(status=500, headers=headers)
    with scripted(NONE, NONE, SOURCE, failed, NONE, failed, NONE, CREATED, QUIET, *SHAPED) as script:
        ensure_branch(script.client(), SPEC)
        assert (script.sleeps, len(posts(script.seen))) == (pauses, 3)
        assert script.said[-1].startswith("waiting for the time to ask for it again, ")
        assert script.said[-1].endswith("creating the Neon branch 'staging': its reply was lost")


def test_a_pause_beyond_the_deadline_of_a_call_is_the_end() -> None:
    with scripted(NONE, NONE, SOURCE, Reply(status=500, headers={"Retry-After": "600"}), NONE) as script:
        with pytest.raises(NeonHTTPError, match="500"):
            ensure_branch(script.client(), SPEC)
        assert (script.sleeps, len(posts(script.seen))) == ([], 1)


@pytest.mark.parametrize("what", LOST)
def test_where_nobody_can_look_the_change_is_told_as_one_that_may_have_been_made(what: str) -> None:
    before, _ = LOST[what]
    with scripted(*before, Reply(cut=True), Reply(status=401)) as script:
        with pytest.raises(NeonUnseen, match=r"may have been done, and nobody could look: .*API key") as caught:
            asked(script.client(), what)
        error = caught.value
        assert (f"{error.method} {error.path}", error.maybe_applied) == (posts(script.seen)[0], True)


def test_a_reset_that_nobody_could_look_at_is_told_with_its_own_request() -> None:
    def send(_applied: object) -> list[None]:
        raise lost()

    with scripted(Reply(status=403)) as script, pytest.raises(NeonUnseen, match="resetting it may have been") as caught:
        carry_out(script.client(), Branch.from_api(branch_json()), send, applied=lambda: False, what="resetting it")  # type: ignore[arg-type]
    assert (caught.value.request, caught.value.maybe_applied) == (REQUEST, True)


def test_a_branch_that_is_gone_when_it_is_looked_at_is_told_as_gone() -> None:
    def send(_applied: object) -> list[None]:
        raise lost()

    def gone() -> bool:
        return script.client().branch("p-1", "br-one-1").default

    with scripted(QUIET, Reply(status=404)) as script, pytest.raises(NeonNotFound):
        carry_out(script.client(), Branch.from_api(branch_json()), send, applied=gone, what="resetting it")  # type: ignore[arg-type]


def test_a_refusal_after_an_outcome_that_was_open_does_not_say_that_nothing_was_applied() -> None:
    with scripted(NONE, NONE, SOURCE, Reply(status=502), NONE, Reply(status=422)) as script:
        with pytest.raises(NeonStateRefused) as caught:
            ensure_branch(script.client(), SPEC)
    assert caught.value.maybe_applied
