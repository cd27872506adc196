"""Every request of the client and every reply of the stand-in is one that Neon's document allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from localcloud.neon.routes import ROUTES, find_route
from neon.branches import ensure_branch, find_branch, shape_branch
from neon.changes import BranchSpec
from neon.client import NeonClient
from neon.connections import ConnectionSpec, connect_strings
from neon.kept import kept_name
from neon.kinds import Kind
from neon.masking import MaskingRule
from neon.models import Compute
from neon.passwords import ensure_password
from neon.removing import remove_branch
from neon.resets import ensure_fresh
from neon.retry import Pace
from tests.contract.document import Judge
from tests.localcloud.neon.driver import Project, Server
from tests.neon.specs import a_second_later, client_at, password_spec, reset_spec

MARK = {"pulumi:project": "contract", "pulumi:stack": "staging"}
METHODS = {name for name, found in vars(NeonClient).items() if callable(found) and not name.startswith("_")} - {
    "mutating"
}


def test_the_life_of_a_branch_is_within_the_contract(
    server: Server, judge: Judge, exchanges: list[requests.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, called = server.seed("contract-life"), watch(monkeypatch)
    exchanges.clear()
    live(project, client_at(server.address, Pace(first_poll=0.01)))
    assert called == METHODS, "live() must ask the client for all that it can do"
    assert judge.faults(sent_to_neon(exchanges)) == []


def test_every_route_answers_within_the_contract(
    server: Server, judge: Judge, exchanges: list[requests.Response]
) -> None:
    project = server.seed("contract-routes")
    exchanges.clear()
    ask_for_everything(project)
    seen = {find_route(str(one.request.method), path(one))[0].action for one in sent_to_neon(exchanges)}
    assert seen == {route.action for route in ROUTES}, "ask_for_everything() must ask for every route"
    assert judge.faults(sent_to_neon(exchanges)) == []


def test_what_is_not_listed_as_a_route_is_not_emulated(server: Server, document: dict[str, Any]) -> None:
    served = set(server.control("GET", "limits")["routes"])
    documented = {
        f"{method.upper()} {template}"
        for template, methods in document["paths"].items()
        for method in methods.keys() & {"get", "post", "put", "patch", "delete"}
    }
    assert served <= documented
    others = {route: server.call(*re.sub(r"{.*?}", "x", route).split()).status_code for route in documented - served}
    assert {route: status for route, status in others.items() if status != 501} == {}


def watch(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the client's methods that are called from now on."""
    called: set[str] = set()

    def watched(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            called.add(name)
            return method(*args, **options)

        return call

    for name in METHODS:
        monkeypatch.setattr(NeonClient, name, watched(name, getattr(NeonClient, name)))
    return called


def sent_to_neon(exchanges: list[requests.Response]) -> list[requests.Response]:
    return [one for one in exchanges if path(one).startswith("/api/v2/")]


def path(reply: requests.Response) -> str:
    return str(reply.request.path_url).partition("?")[0]


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


def ask_for_everything(project: Project) -> None:
    """Each of the stand-in's routes, with what is there."""
    branch = project.branch("one")
    below, role = f"/branches/{branch}", f"/branches/{branch}/roles/neondb_owner"
    endpoint = f"/endpoints/{project.get(f'{below}/endpoints')['endpoints'][0]['id']}"
    operation = project.get("/operations")["operations"][0]["id"]
    project.server.call("GET", "/projects")
    for there in ("", "/branches", "/endpoints", f"/operations/{operation}", endpoint):
        project.get(there)
    for there in (below, f"{below}/roles", role, f"{role}/reveal_password", f"{below}/databases"):
        project.get(there)
    project.get(f"{below}/databases/neondb")
    project.uri(branch)
    project.do("POST", f"{role}/reset_password")
    project.do("PATCH", below, {"branch": {"name": "two"}})
    project.do("PATCH", endpoint, {"endpoint": {"suspend_timeout_seconds": 300}})
    project.do("POST", f"{endpoint}/suspend")
    project.do("POST", f"{endpoint}/start")
    project.do("POST", f"{below}/restore", {"source_branch_id": project.root})
    project.do("DELETE", endpoint)
    project.do("POST", "/endpoints", {"endpoint": {"branch_id": branch, "type": "read_write"}})
    for dropped in (f"{below}/databases/neondb", role):
        project.do("DELETE", dropped)
    for chosen in (below, f"/branches/{project.root}"):
        project.do("POST", f"{chosen}/set_as_default")
    project.do("DELETE", below)
    ask_about_anonymization(project)
    project.discard()


def ask_about_anonymization(project: Project) -> None:
    below = f"/branches/{project.anonymized('masked', start=False)}"
    project.do("PATCH", f"{below}/masking_rules", {"masking_rules": []})
    for there in ("masking_rules", "anonymized_status"):
        project.get(f"{below}/{there}")
    project.do("POST", f"{below}/anonymize")


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
    assert judge.faults(replies.values()) == []


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
    assert judge.faults([reply]) == []
    reply._content = reply.content.replace(b'"created_at"', b'"made_at"')
    assert "created_at" in judge.faults([reply])[0]
