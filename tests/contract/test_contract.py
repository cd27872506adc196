"""Every request of the client and every reply of the stand-in is one that Neon's document allows."""

from __future__ import annotations

from dataclasses import replace

import requests

from neon.branches import ensure_branch, find_branch, remove_branch, shape_branch
from neon.changes import BranchSpec
from neon.client import NeonClient
from neon.connections import ConnectionSpec, connect_strings
from neon.kinds import Kind
from neon.masking import MaskingRule
from neon.models import Compute
from neon.passwords import ensure_password
from neon.resets import ensure_fresh, kept_name
from neon.retry import Pace
from tests.contract.document import Judge
from tests.localcloud.neon.driver import Project, Server
from tests.neon.specs import a_second_later, client_at, password_spec, reset_spec

MARK = {"pulumi:project": "contract", "pulumi:stack": "staging"}
CALLS = {
    "GET /projects", "GET /projects/{id}", "GET /projects/{id}/branches", "POST /projects/{id}/branches",
    "GET /projects/{id}/branches/{id}", "PATCH /projects/{id}/branches/{id}", "DELETE /projects/{id}/branches/{id}",
    "POST /projects/{id}/branches/{id}/restore", "GET /projects/{id}/branches/{id}/endpoints",
    "POST /projects/{id}/endpoints", "PATCH /projects/{id}/endpoints/{id}", "GET /projects/{id}/operations",
    "POST /projects/{id}/branch_anonymized", "GET /projects/{id}/branches/{id}/anonymized_status",
    "GET /projects/{id}/branches/{id}/masking_rules", "PATCH /projects/{id}/branches/{id}/masking_rules",
    "POST /projects/{id}/branches/{id}/anonymize",
    "DELETE /projects/{id}/endpoints/{id}", "GET /projects/{id}/operations/{id}", "GET /projects/{id}/connection_uri",
    "GET /projects/{id}/branches/{id}/roles/{id}", "GET /projects/{id}/branches/{id}/roles/{id}/reveal_password",
    "POST /projects/{id}/branches/{id}/roles/{id}/reset_password",
}  # fmt: skip


def test_the_life_of_a_branch_is_within_the_contract(
    server: Server, judge: Judge, exchanges: list[requests.Response]
) -> None:
    project = server.seed("contract-life")
    exchanges.clear()
    live(project, client_at(server.address, Pace(first_poll=0.01)))
    seen = [one for one in exchanges if "/api/v2/" in str(one.url)]
    assert {call(one) for one in seen} == CALLS
    assert [fault for one in seen for fault in judge.faults(one)] == []


def live(project: Project, client: NeonClient) -> None:
    """All that the client can be asked to do."""
    client.project(project.id)
    assert [found.id for found in client.projects("contract-life")] == [project.id]
    spec = BranchSpec(
        ttl=86400, project_id=project.id, name="staging", source="main", mark=MARK, compute=Compute(min=0.25, max=1)
    )
    branch = ensure_branch(client, spec)
    project.do("DELETE", f"/endpoints/{client.endpoints(project.id, branch.id)[0].id}")
    shape_branch(client, spec, branch.id)
    larger = BranchSpec(project_id=project.id, name="renamed", mark=MARK, compute=Compute(min=0.5, max=2, suspend=300))
    shape_branch(client, larger, branch.id)
    at = ConnectionSpec(project_id=project.id, branch_id=branch.id, database="neondb", role="neondb_owner")
    connect_strings(client, at)
    ensure_password(client, replace(password_spec(branch, branch.created_at, MARK), source=None))
    project.do("POST", f"/branches/{branch.id}/restore", {"source_branch_id": project.root})
    due = client.branch(project.id, branch.id)
    fresh_after = a_second_later(due)
    ensure_fresh(client, reset_spec(due, fresh_after, MARK, keep=True))
    kept = find_branch(client, project.id, kept_name("renamed", fresh_after))
    assert kept is not None
    remove_branch(client, project.id, branch.id, MARK)
    of_each_kind(project, client)


def of_each_kind(project: Project, client: NeonClient) -> None:
    project.sql(project.root, "CREATE TABLE people (email text, name text)")
    schema = BranchSpec(project_id=project.id, name="schema", source="main", mark=MARK, kind=Kind.SCHEMA_ONLY)
    remove_branch(client, project.id, ensure_branch(client, schema).id, MARK)
    email, name = (
        MaskingRule(database="neondb", schema="public", table="people", column=column, function="anon.fake_email()")
        for column in ("email", "name")
    )
    spec = BranchSpec(
        project_id=project.id, name="masked", source="main", mark=MARK, kind=Kind.ANONYMIZED, masking=(email,)
    )
    branch = ensure_branch(client, spec)
    shape_branch(client, replace(spec, masking=(email, name)), branch.id)
    remove_branch(client, project.id, branch.id, MARK)


def call(reply: requests.Response) -> str:
    """The method and the path with its ids left out."""
    names = {"projects", "branches", "endpoints", "operations", "restore", "connection_uri", "roles"}
    names |= {"reveal_password", "reset_password"}
    names |= {"branch_anonymized", "anonymized_status", "masking_rules", "anonymize"}
    path = str(reply.request.path_url).partition("?")[0].removeprefix("/api/v2/").split("/")
    return f"{reply.request.method} /" + "/".join(part if part in names else "{id}" for part in path)


def test_refusals_are_within_the_contract(server: Server, judge: Judge) -> None:
    project = server.seed("contract-refusals")
    branch = project.branch("one")
    replies = {
        401: server.call("GET", "/projects", headers={"Authorization": "Bearer wrong"}),
        404: project.call("GET", "/branches/br-none-such-00000000"),
        409: project.call("POST", "/branches", {"branch": {"name": "one"}}),
        412: unstored(server),
        422: project.call("DELETE", f"/branches/{project.root}"),
        423: locked(project, branch),
    }
    assert {status: reply.status_code for status, reply in replies.items()} == {status: status for status in replies}
    assert [fault for reply in replies.values() for fault in judge.faults(reply)] == []


def unstored(server: Server) -> requests.Response:
    """The answer to who asks for a password of a project that stores none."""
    seed = {"projects": [{"name": "contract-unstored", "store_passwords": False}]}
    found = server.control("PUT", "seed", seed)["projects"][0]
    return Project(server, found["id"], found["branch_id"]).call(
        "GET", f"/branches/{found['branch_id']}/roles/neondb_owner/reveal_password"
    )


def locked(project: Project, branch: str) -> requests.Response:
    """The answer to a change while another operation holds the project."""
    project.server.control("PUT", "settings", {"operation_seconds": 1})
    try:
        project.call("PATCH", f"/branches/{branch}", {"branch": {"name": "two"}})
        project.call("POST", "/branches", {"branch": {"name": "three"}})
        return project.call("POST", "/branches", {"branch": {"name": "four"}})
    finally:
        project.server.control("PUT", "settings", {"operation_seconds": 0.02})


def test_what_the_document_does_not_allow_is_found(server: Server, judge: Judge) -> None:
    reply = server.seed("contract-negative").call("GET", "/branches")
    assert judge.faults(reply) == []
    reply._content = reply.content.replace(b'"created_at"', b'"made_at"')
    assert "created_at" in judge.faults(reply)[0]
