"""Which requests are sent again, after how long, and which never."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from neon.errors import (
    NeonConflict,
    NeonHTTPError,
    NeonLocked,
    NeonNotFound,
    NeonPlanLimit,
    NeonRequestError,
    NeonUnauthorized,
    NeonUnreachable,
    Request,
    http_error,
)
from neon.models import Compute
from neon.retry import parse_retry_after
from tests.neon.scripted import Reply, branch_json, scripted

CREATED = Reply(status=201, body={"branch": branch_json(), "operations": []})
READ = Reply(body={"branch": branch_json()})


@pytest.mark.parametrize("status", [423, 429, 503])
def test_a_request_that_was_refused_unprocessed_is_sent_again_whatever_its_method(status: int) -> None:
    with scripted(Reply(status=status), CREATED) as script:
        script.client().create_branch("p-1", branch={"name": "staging"}, compute=Compute(), mark={})
        assert len(script.seen) == 2


@pytest.mark.parametrize("status", [500, 502, 504, 524])
def test_a_read_is_repeated_on_a_server_error(status: int) -> None:
    with scripted(Reply(status=status, text="<html>"), READ) as script:
        assert script.client().branch("p-1", "br-one-1").name == "staging"


@pytest.mark.parametrize("status", [500, 502, 504, 524])
def test_a_mutation_answered_with_a_server_error_is_left_to_be_settled(status: int) -> None:
    with scripted(Reply(status=status, text="<html>")) as script:
        with pytest.raises(NeonHTTPError) as caught:
            script.client().delete_branch("p-1", "br-one-1")
        assert caught.value.maybe_applied
        assert len(script.seen) == 1


def test_a_read_whose_reply_was_lost_is_repeated() -> None:
    with scripted(Reply(cut=True), READ) as script:
        assert script.client().branch("p-1", "br-one-1").id == "br-one-1"


def test_a_mutation_whose_reply_was_lost_may_have_been_applied() -> None:
    with scripted(Reply(cut=True)) as script:
        with pytest.raises(NeonUnreachable) as caught:
            script.client().delete_branch("p-1", "br-one-1")
        assert caught.value.maybe_applied
        assert len(script.seen) == 1


def test_a_mutation_that_never_left_is_repeated_until_the_deadline_and_was_not_applied() -> None:
    with scripted() as script:
        client = script.client(call=5.0)
    with pytest.raises(NeonUnreachable) as caught:
        client.delete_branch("p-1", "br-one-1")
    assert not caught.value.maybe_applied
    assert len(script.sleeps) > 3


def test_a_success_that_is_not_json_is_no_success() -> None:
    with scripted(Reply(status=201, text="<html>ok</html>")) as script, pytest.raises(NeonUnreachable) as caught:
        script.client().delete_branch("p-1", "br-one-1")
    assert caught.value.maybe_applied


def test_a_retry_after_is_honoured_and_never_shortened() -> None:
    with scripted(Reply(status=429, headers={"Retry-After": "17"}), READ) as script:
        script.client(call=60.0).branch("p-1", "br-one-1")
        assert script.sleeps == [17.0]


def test_a_retry_after_beyond_the_deadline_ends_the_call() -> None:
    with scripted(Reply(status=503, headers={"Retry-After": "600"})) as script:
        with pytest.raises(NeonHTTPError):
            script.client(call=60.0).branch("p-1", "br-one-1")
        assert script.sleeps == []


def test_pauses_double_up_to_their_cap() -> None:
    with scripted(*[Reply(status=423)] * 7, READ) as script:
        script.client(base=1.0, cap=8.0).branch("p-1", "br-one-1")
        assert script.sleeps == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
        ("soon", None),
        (None, None),
    ],
)
def test_both_forms_of_retry_after_are_read(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, now=datetime(2026, 1, 1, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NeonUnauthorized),
        (403, NeonUnauthorized),
        (404, NeonNotFound),
        (409, NeonConflict),
        (412, NeonPlanLimit),
        (422, NeonPlanLimit),
        (423, NeonLocked),
        (418, NeonHTTPError),
    ],
)
def test_each_status_is_an_error_of_its_own_that_names_the_request(status: int, kind: type[NeonHTTPError]) -> None:
    error = http_error(Request(method="POST", path="/projects", request_id="r-7"), status, message="no")
    assert type(error) is kind
    assert "POST /projects (request id r-7)" in str(error)


def test_an_error_never_repeats_a_connection_string_or_the_key() -> None:
    leak = {"message": "cannot use postgres" + "ql://owner:hunter2@host/db here"}
    with scripted(Reply(status=400, body=leak)) as script, pytest.raises(NeonRequestError) as caught:
        script.client().delete_branch("p-1", "br-one-1")
    assert "hunter2" not in str(caught.value)
    assert "key-for-tests" not in str(caught.value)


def test_the_request_id_that_is_sent_is_the_one_that_is_named() -> None:
    with scripted(Reply(status=404)) as script:
        with pytest.raises(NeonNotFound) as caught:
            script.client().branch("p-1", "br-gone-1")
        assert script.headers[0]["X-Request-ID"] == caught.value.request.request_id
