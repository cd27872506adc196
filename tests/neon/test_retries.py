"""Which requests are sent again, after how long, and which never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from neon.errors import (
    NeonError,
    NeonHTTPError,
    NeonNotBegun,
    NeonNotFound,
    NeonNotUnderstood,
    NeonRefused,
    NeonRequestError,
    NeonUnreachable,
    NeonUnseen,
    Request,
)
from neon.models import Compute, Operation
from neon.operations import wait_for
from neon.retry import Pace, parse_retry_after, pause_before
from tests.neon.scripted import Reply, Script, branch_json, scripted

CREATED = Reply(status=201, body={"branch": branch_json(), "operations": []})
READ = Reply(body={"branch": branch_json()})


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_that_was_refused_unprocessed_is_sent_again_whatever_its_method(status: int) -> None:
    with scripted(Reply(status=status), CREATED) as script:
        script.client().create_branch("p-1", branch={"name": "staging"}, compute=Compute(), mark={})
        assert len(script.seen) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_neon_asks_for_is_told_before_it_passes(status: int) -> None:
    with scripted(Reply(status=status, headers={"Retry-After": "7"}), READ) as script:
        script.client().branch("p-1", "br-one-1")
    (line,) = script.said
    assert line.startswith(f"waiting for Neon's answer to GET /projects/p-1/branches/br-one-1 (so far {status}), 7 s: ")


def test_pauses_of_less_than_a_second_are_not_told() -> None:
    with scripted(Reply(cut=True), READ) as script:
        script.client().branch("p-1", "br-one-1")
        assert script.said == []


@pytest.mark.parametrize(("attempt", "pause"), [(0, 0.25), (3, 2), (9, 10), (5000, 10)])
def test_pauses_grow_to_their_cap_and_no_further_however_often_it_was_tried(attempt: int, pause: float) -> None:
    request = Request(method="GET", path="/projects", request_id="r-1")
    error = NeonUnreachable("cut off", request=request, maybe_applied=False, retryable=True)
    assert pause_before(error, attempt, pace=Pace(chance=lambda: 1.0), left=60) == pause


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


@pytest.mark.parametrize(
    "host", ["console.neon.tech/api/v2", "https://", "ftp://x", "https://a..b", f"https://{'a' * 64}.b", "http://[::1"]
)
def test_an_address_that_is_none_is_told_at_once(host: str) -> None:
    script = Script(replies=[], host=host)
    with pytest.raises(NeonUnreachable, match="correct NEON_API_HOST") as caught:
        script.client().delete_branch("p-1", "br-one-1")
    assert not caught.value.maybe_applied
    assert script.sleeps == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=201, text="<html>ok</html>"),
        Reply(body={"welcome": "to this network"}),
        Reply(text=""),
        Reply(text="[" * 100_000),
    ],
    ids=["no JSON", "another's JSON", "empty", "too deep"],
)
def test_a_success_that_is_not_neons_is_no_success(reply: Reply) -> None:
    with scripted(reply) as script, pytest.raises(NeonUnreachable) as caught:
        script.client().delete_branch("p-1", "br-one-1")
    assert (caught.value.maybe_applied, caught.value.status) == (True, reply.status)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"branch": {}}, "it lacks the field 'id'"),
        ({"branch": {"id": "br-1", "name": "npg_x"}, "operations": [{}]}, "it lacks the field 'project_id'"),
        ({"branch": None, "operations": ["npg_x"]}, r"a field is amiss \(TypeError\)"),
        ({"branch": branch_json(created_at="npg_x")}, r"a field is amiss \(ValueError\)"),
        ({"branch": branch_json(created_at="2026-01-01T00:00:00")}, r"a field is amiss \(ValueError\)"),
        ({"branch": branch_json(last_reset_at=1.5)}, r"a field is amiss \(TypeError\)"),
        ({"branch": branch_json(logical_size="npg_x")}, r"a field is amiss \(TypeError\)"),
        ({"branch": {**branch_json(), "name": None}}, r"a field is amiss \(TypeError\)"),
    ],
)
def test_a_reply_without_its_fields_is_told_as_one_that_is_not_understood(body: object, wrong: str) -> None:
    holding = {"operations": [], **body} if isinstance(body, dict) else body
    with scripted(Reply(body=holding), Reply(status=201, body=holding)) as script:
        with pytest.raises(NeonNotUnderstood, match=wrong) as read:
            script.client().branch("p-1", "br-1")
        with pytest.raises(NeonNotUnderstood, match=wrong) as made:
            script.client().create_branch("p-1", branch={}, compute=Compute(), mark={})
    assert (read.value.maybe_applied, made.value.maybe_applied) == (False, True)
    assert (read.value.status, made.value.status) == (200, 201)
    assert "npg_x" not in str(made.value)


@pytest.mark.parametrize("cursors", [("a", "b", "a"), ("a", "b", "c", "a")])
def test_pages_that_lead_back_to_an_earlier_one_end_in_an_error(cursors: tuple[str, ...]) -> None:
    pages = [Reply(body={"branches": [branch_json()], "pagination": {"next": one}}) for one in cursors]
    with scripted(*pages) as script, pytest.raises(NeonNotUnderstood, match="page of branches leads back"):
        list(script.client().branches("p-1"))


@pytest.mark.parametrize("last", [{"next": "a"}, {}])
def test_pages_end_with_one_that_leads_nowhere(last: dict[str, str]) -> None:
    pages = [Reply(body={"branches": [branch_json()], "pagination": one}) for one in ({"next": "a"}, last)]
    with scripted(*pages) as script:
        assert len(list(script.client().branches("p-1"))) == 2


def tree(kind: type[NeonError]) -> Iterator[type[NeonError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from tree(one)


@pytest.mark.parametrize("kind", [*tree(NeonError)], ids=lambda kind: kind.__name__)
def test_every_error_tells_what_was_asked_and_whether_it_may_have_been_applied(kind: type[NeonError]) -> None:
    about: dict[str, Any] = {}
    if issubclass(kind, NeonRequestError):
        about["request"] = Request(method="POST", path="/projects", request_id="r-1")
        more = {"status": 500, "code": "X"} if issubclass(kind, NeonHTTPError) else {"maybe_applied": True}
        about |= more if issubclass(kind, NeonHTTPError) else {**more, "retryable": False, "status": 200}
    error = kind("no", **about)
    asked = ("POST", "/projects", "r-1") if about else (None, None, None)
    assert (error.method, error.path, error.request_id) == asked
    code = "X" if issubclass(kind, NeonHTTPError) else ""
    assert (error.status, error.code) == (about.get("status"), code)
    refused = issubclass(kind, NeonRefused | NeonNotBegun) or kind is NeonError
    assert error.maybe_applied is not refused


def test_an_error_of_the_wait_tells_what_was_begun_and_with_which_request_it_was_lost() -> None:
    operation = {"id": "op-1", "project_id": "p-1", "branch_id": "br-1", "action": "create_branch", "status": "running"}
    with scripted() as script, pytest.raises(NeonUnseen, match=r"making it: .*op-1.* was begun") as caught:
        wait_for(script.client(call=0.5), [Operation.from_api(operation)], what="making it")
    error = caught.value
    assert (error.path, error.status, error.maybe_applied) == ("/projects/p-1/operations/op-1", 599, True)


@pytest.mark.parametrize("code", ["postgres" + "://u:hunter2@h/db", "npg_hunter2", "two words"])
def test_a_code_that_is_none_of_neons_is_not_repeated(code: str) -> None:
    with scripted(Reply(status=422, body={"code": code, "message": "no"})) as script:
        with pytest.raises(NeonHTTPError, match="422: no") as caught:
            script.client().branch("p-1", "br-one-1")
    assert (caught.value.code, code in str(caught.value)) == ("", False)


def test_a_redirect_is_followed_nowhere_and_is_no_success() -> None:
    with scripted(Reply(status=302, headers={"Location": "http://127.0.0.1:9/"})) as script:
        with pytest.raises(NeonHTTPError, match="302"):
            script.client().branch("p-1", "br-one-1")
        assert len(script.seen) == 1


def test_a_retry_after_is_honoured_and_never_shortened() -> None:
    with scripted(Reply(status=429, headers={"Retry-After": "17"}), READ) as script:
        script.client(call=60.0).branch("p-1", "br-one-1")
        assert script.sleeps == [17.0]


def test_a_retry_after_that_is_a_date_goes_by_the_clock_of_who_sent_it() -> None:
    times = {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", "Retry-After": "Thu, 01 Jan 2026 00:00:20 GMT"}
    with scripted(Reply(status=429, headers=times), READ) as script:
        script.client(call=60.0).branch("p-1", "br-one-1")
        assert script.sleeps == [20.0]


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
        ("Thu, 01 Jan 2026 00:00:30 +99999999999999999", None),
        ("²", None),
        (None, None),
    ],
)
def test_both_forms_of_retry_after_are_read(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, now=datetime(2026, 1, 1, tzinfo=UTC)) == seconds


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


def test_where_neon_has_it_under_another_id_that_one_is_named() -> None:
    with scripted(Reply(status=404, body={"request_id": "theirs-1", "code": "", "message": "gone"})) as script:
        with pytest.raises(NeonNotFound, match=r"request id theirs-1"):
            script.client().branch("p-1", "br-gone-1")


def test_a_netrc_file_does_not_take_the_place_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with scripted(READ) as script:
        script.client().branch("p-1", "br-one-1")
        assert script.headers[0]["Authorization"] == "Bearer key-for-tests"


def test_a_read_is_given_no_longer_than_its_call(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    whole = requests.Session.request

    def request(self: requests.Session, *args: Any, **options: Any) -> requests.Response:
        given.append(options["timeout"])
        return whole(self, *args, **options)

    monkeypatch.setattr(requests.Session, "request", request)
    with scripted(READ, Reply(body={"operations": []})) as script:
        client = script.client(call=3.0)
        client.branch("p-1", "br-one-1")
        client.update_branch("p-1", "br-one-1", {"name": "x"})
    assert given == [(3.0, 3.0), (3.0, 30.0)]


def test_a_connection_is_used_again() -> None:
    empty = Reply(status=204, text="")
    with scripted(READ, Reply(status=429), READ, empty, READ) as script:
        client = script.client()
        client.branch("p-1", "br-one-1")
        client.branch("p-1", "br-one-1")
        client.delete_branch("p-1", "br-one-1")
        client.branch("p-1", "br-one-1")
        assert len(script.connections) == 1


def test_each_thread_has_a_session_of_its_own() -> None:
    with scripted(READ, READ, READ) as script:
        client = script.client()
        sessions = [client._transport._session()]  # kept, for the next one might have the place of one that is gone
        threads = [Thread(target=lambda: sessions.append(client._transport._session())) for _ in range(2)]
        for thread in threads:
            thread.start()
            thread.join()
        assert len({id(session) for session in sessions}) == 3
