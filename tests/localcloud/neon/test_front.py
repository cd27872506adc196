"""The port for SQL: TLS, and the host name decides."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.localcloud.neon.driver import Project, eventually, run_sql

RUNNING = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(30)'"


def test_connections_are_encrypted_and_reach_postgresql(unchanged: Project) -> None:
    with psycopg.connect(unchanged.uri(unchanged.root)) as connection:
        assert connection.pgconn.ssl_in_use
        assert connection.info.server_version >= 180_000


def test_a_connection_without_a_host_name_is_refused(unchanged: Project) -> None:
    uri = unchanged.uri(unchanged.root)
    without = uri.replace(uri.partition("@")[2].partition(":")[0], "127.0.0.1")
    with pytest.raises(psycopg.OperationalError, match="Endpoint ID is not specified"):
        psycopg.connect(without)


def test_an_unknown_endpoint_is_refused(unchanged: Project) -> None:
    uri = unchanged.uri(unchanged.root)
    unknown = uri.replace(uri.partition("@")[2].partition(".")[0], "ep-none")
    with pytest.raises(psycopg.OperationalError, match="endpoint could not be found"):
        psycopg.connect(unknown)


def test_a_connection_without_tls_is_refused(unchanged: Project) -> None:
    with pytest.raises(psycopg.OperationalError, match="connection is insecure"):
        psycopg.connect(unchanged.uri(unchanged.root).replace("sslmode=require", "sslmode=disable"))


def test_a_client_that_prefers_gss_or_tls_gets_tls(unchanged: Project) -> None:
    uri = unchanged.uri(unchanged.root).replace("sslmode=require", "sslmode=prefer")
    assert run_sql(uri, "SELECT 1") == [(1,)]


def test_the_certificate_can_be_verified_with_the_one_in_the_state_folder(unchanged: Project) -> None:
    root = unchanged.server.state / "tls" / "cert.pem"
    uri = unchanged.uri(unchanged.root).replace("sslmode=require", f"sslmode=verify-full&sslrootcert={root}")
    assert run_sql(uri, "SELECT 1") == [(1,)]


def test_a_branch_is_not_connected_to_before_its_operations_are_finished(project: Project, slow: None) -> None:
    body = {"branch": {"name": "child"}, "endpoints": [{"type": "read_write"}]}
    child = project.call("POST", "/branches", body).json()["branch"]["id"]
    with pytest.raises(psycopg.OperationalError, match="not ready"):
        project.rows(child)
    project.wait()
    assert project.rows(child) == [1, 2]


def test_large_results_and_statements_pass_whole(unchanged: Project) -> None:
    text = "x" * 3_000_000
    with psycopg.connect(unchanged.uri(unchanged.root)) as connection:
        assert connection.execute("SELECT %s || %s", (text, text)).fetchone() == (text + text,)


def test_a_running_statement_can_be_cancelled(unchanged: Project) -> None:
    with psycopg.connect(unchanged.uri(unchanged.root)) as connection, ThreadPoolExecutor(1) as thread:
        sleeping = thread.submit(connection.execute, "SELECT pg_sleep(30)")
        with psycopg.connect(unchanged.uri(unchanged.root)) as other:
            eventually("the statement runs", lambda: other.execute(RUNNING).fetchone() == (1,))
        connection.cancel_safe(timeout=10)
        with pytest.raises(psycopg.errors.QueryCanceled):
            sleeping.result(timeout=10)


def test_a_wrong_password_is_refused_by_postgresql(unchanged: Project) -> None:
    uri = unchanged.uri(unchanged.root).replace("npg_", "npg-")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(uri)
