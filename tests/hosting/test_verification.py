"""What must be true after a deployment, judged on what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from hosting.backend_state import Backend, Part
from hosting.seen_outputs import Seen, outputs_in
from hosting.verification import Check, apart_check, backend_check, failed, same_outputs_check, table_checks
from hosting.verifying import Expected, address_check, verify
from tests.hosting import fakes

API = "arn:aws:appsync:eu-central-1:123456789012:apis/abc"


def backend(
    *parts: tuple[str, str],
    name: str = "mine",
    status: str = "UPDATE_COMPLETE",
    outputs: Mapping[str, str] | None = None,
) -> Backend:
    made = tuple(Part(kind=kind, logical=f"L{place}", id=id_) for place, (kind, id_) in enumerate(parts))
    return Backend(name=name, status=status, outputs=outputs or {}, parts=made)


@pytest.mark.parametrize(
    ("status", "good", "passing"),
    [
        ("CREATE_COMPLETE", True, False),
        ("UPDATE_COMPLETE", True, False),
        ("ROLLBACK_COMPLETE", False, False),
        ("UPDATE_ROLLBACK_FAILED", False, False),
        ("DELETE_COMPLETE", False, False),
        ("UPDATE_IN_PROGRESS", False, True),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", False, True),
    ],
)
def test_a_backend_is_complete_when_its_last_deployment_went_through(status: str, good: bool, passing: bool) -> None:
    check = backend_check("mine", backend(status=status))
    assert (check.problem is None, check.passing) == (good, passing)


def test_a_backend_that_was_rolled_back_before_a_build_that_changed_nothing_of_it_is_fine() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    rolled_back = replace(backend(status="UPDATE_ROLLBACK_COMPLETE"), rolled_back_at=noon)
    assert backend_check("mine", rolled_back, since=noon + timedelta(minutes=1)).problem is None
    assert backend_check("mine", rolled_back, since=noon - timedelta(minutes=1)).problem is not None
    assert backend_check("mine", rolled_back).problem is not None
    assert backend_check("its owner's", rolled_back, since=noon - timedelta(minutes=1), shared=True).problem is None


def test_a_backend_whose_rollback_is_so_old_that_its_event_is_gone_is_judged_by_its_status() -> None:
    check = backend_check("mine", backend(status="UPDATE_ROLLBACK_COMPLETE"), since=datetime(2026, 11, 20, tzinfo=UTC))
    assert (check.problem, check.what) == (
        None,
        "the backend stack mine is UPDATE_ROLLBACK_COMPLETE; when is not known any more, CloudFormation keeps events "
        "for 90 days",
    )


def test_a_backend_that_is_not_there_is_named() -> None:
    assert backend_check("mine", None).problem == "the backend stack mine does not exist"


def test_tables_must_be_there_and_active_and_each_that_is_not_is_named() -> None:
    checks = list(table_checks({"a": "ACTIVE", "b": None, "c": "CREATING", "d": "ARCHIVED"}))
    assert [check.problem for check in failed(checks)] == [
        "the table b of the backend does not exist", "the table c is CREATING", "the table d is ARCHIVED"
    ]  # fmt: skip
    assert [check.passing for check in checks] == [False, True, False]
    assert failed(list(table_checks({"a": "ACTIVE"}))) == []


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (backend(("AWS::DynamoDB::Table", "T"), name="theirs"), "the table T: shared with the backend of main"),
        (backend(("Custom::AmplifyDynamoDBTable", "T"), name="theirs"), "the table T: shared"),
        (backend(("AWS::Cognito::UserPool", "eu_1"), name="theirs"), "the user pool eu_1: shared"),
        (backend(name="theirs", outputs={"userPoolId": "eu_1"}), "the user pool eu_1: shared"),
        (backend(name="theirs", outputs={"awsAppsyncApiId": "abc"}), "the API abc: shared"),
        (backend(), "it uses the backend of main"),
        (backend(("AWS::DynamoDB::Table", "U"), name="theirs", outputs={"userPoolId": "eu_2"}), None),
        (backend(("AWS::IAM::Role", "T"), ("AWS::Lambda::Function", "eu_1"), name="theirs"), None),
    ],
)
def test_production_has_no_table_pool_or_api_in_common_with_another_backend(theirs: Backend, said: str | None) -> None:
    mine = backend(("AWS::DynamoDB::Table", "T"), ("AWS::Cognito::UserPool", "eu_1"), ("AWS::AppSync::GraphQLApi", API))
    problem = apart_check(mine, "main", theirs).problem
    assert (problem is None) if said is None else (problem is not None and problem.startswith(said))


@pytest.mark.parametrize(
    ("mine", "theirs", "what", "problem"),
    [
        ("a", "a", "build 2 of staging got the same outputs of the backend as build 7 of main", None),
        (
            *("a", "b", "the shared backend's outputs are its owner's"),
            "build 2 of staging got other outputs of the backend than build 7 of main: build staging again",
        ),
        (
            *("a", None),
            "not known whether staging got the outputs of main: the log of build 7 of main does not tell",
            None,
        ),
    ],
)
def test_a_shared_backend_is_told_by_the_outputs_that_both_builds_got(
    mine: str | None, theirs: str | None, what: str, problem: str | None
) -> None:
    builds = Seen(branch="staging", job="2", outputs=mine), Seen(branch="main", job="7", outputs=theirs)
    known = mine is not None and theirs is not None
    assert same_outputs_check(*builds) == Check(what=what, problem=problem, known=known)


def test_where_the_owner_of_a_backend_was_never_built_that_is_said() -> None:
    check = same_outputs_check(Seen(branch="staging", job="2", outputs="a"), Seen(branch="main"))
    assert check.what.endswith(": main was never built here")


def test_the_last_line_of_a_log_about_outputs_counts() -> None:
    log = "".join(f"2026 [INFO]: environment: the backend's outputs are {digit * 40}\n" for digit in "ab")
    assert (outputs_in(log), outputs_in("environment: no backend")) == ("b" * 40, None)


class Site(BaseHTTPRequestHandler):
    """Answers with the status that its path names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """It says nothing of its own."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_address_answers_with_anything_but_a_failure_of_its_own(site: str) -> None:
    assert [address_check(f"{site}/{status}").problem for status in (200, 401, 404)] == [None] * 3
    failing = address_check(f"{site}/503")
    assert (failing.problem, failing.passing) == (f"{site}/503 answers 503", True)


def test_an_address_where_nobody_answers_is_told_and_may_still_come(site: str) -> None:
    nobody = "http://127.0.0.1:9"
    found = address_check(nobody)
    assert (found.problem, found.passing) == (f"{nobody} does not answer (ConnectionError)", True)


@pytest.mark.parametrize(("timeout", "seconds", "lines"), [(20.0, 20.0, 1), (1800.0, 120.0, 3)])
def test_an_address_is_waited_for_no_longer_than_the_build_may_take_and_told_once_a_minute(
    site: str, timeout: float, seconds: float, lines: int
) -> None:
    time, expected = fakes.Time(), Expected(app_id="a", branch="b", address=f"{site}/503", timeout=timeout)
    (check,) = verify(fakes.aws(fakes.Amplify()), expected, None, time.clock())
    assert check.problem is not None
    assert check.problem.startswith(f"{site}/503 answers 503, still so after {seconds:.0f} s: look at the address")
    assert "check_address: false" in check.problem
    assert len(time.said) == lines
    assert seconds <= time.at < seconds + 6
