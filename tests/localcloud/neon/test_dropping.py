"""Databases and roles that are deleted are gone from the lists, from PostgreSQL, and from what is copied then."""

from __future__ import annotations

import psycopg
import pytest

from tests.localcloud.neon.driver import Project, run_sql


def test_a_role_that_owns_a_database_goes_after_it_and_both_are_gone_for_good(project: Project) -> None:
    branch = project.branch("staging")
    below, uri = f"/branches/{branch}", project.uri(branch)
    refused = project.call("DELETE", f"{below}/roles/neondb_owner")
    assert (refused.status_code, "owns databases" in refused.json()["message"]) == (422, True)
    project.do("DELETE", f"{below}/databases/neondb")
    with pytest.raises(psycopg.OperationalError, match='database "neondb" does not exist'):
        run_sql(uri, "SELECT 1")
    project.do("DELETE", f"{below}/roles/neondb_owner")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        run_sql(uri, "SELECT 1")
    child = project.branch("child", parent_id=branch)
    for place in (below, f"/branches/{child}"):
        assert (project.get(f"{place}/databases")["databases"], project.get(f"{place}/roles")["roles"]) == ([], [])
    for gone in ("databases/neondb", "roles/neondb_owner"):
        assert project.call("DELETE", f"{below}/{gone}").status_code == 204
    assert project.rows(project.root) == [1, 2]


def test_without_a_compute_nothing_is_dropped(project: Project) -> None:
    branch = project.branch("idle", endpoint=False)
    reply = project.call("DELETE", f"/branches/{branch}/databases/neondb")
    assert (reply.status_code, reply.json()["message"]) == (404, "read-write endpoint for branch not found")
