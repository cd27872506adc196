"""Requests made up from Neon's document, good and bad ones, and judged by it: what schemathesis does.

It is imported where it is used and not with the tests, for it takes a second to load, in every process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation, BaseSchema

from tests.localcloud.neon.driver import KEY, Project, Server

BRANCHES = 8  # at most at one time: each may have a PostgreSQL cluster of its own
PROJECT = "made-up-requests"
JUDGED = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
NOT_EMULATED = 501


@dataclass(slots=True, kw_only=True)
class Figures:
    """How many requests were made, and how many of them the stand-in carried out or did not emulate."""

    cases: int = 0
    accepted: int = 0
    not_emulated: int = 0

    def add(self, status: int) -> None:
        self.cases += 1
        self.accepted += status < 300
        self.not_emulated += status == NOT_EMULATED


@dataclass(slots=True, kw_only=True)
class Cases:
    """Runs cases against one project of a stand-in, which is brought back to its root when it has grown."""

    schema: BaseSchema
    project: Project
    limits: str
    figures: Figures = field(default_factory=Figures)

    def run(self, method: str, template: str, *, count: int, always_the_same: bool) -> None:
        """``count`` requests of one operation, two of three of them valid. Raises what the judge finds first."""
        operation = self.schema[template][method]

        @settings(
            max_examples=count,
            derandomize=always_the_same,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases_of(operation), chance=st.integers(0, 2**32))
        def judge(case: Case[Any], chance: int) -> None:
            self._judge(case, chance)

        judge()

    def _judge(self, case: Case[Any], chance: int) -> None:
        self._make_room()
        if case.meta is None or not case.meta.generation.mode.is_negative:
            self._name_what_is_there(case, chance)
        reply = case.call(base_url=f"{self.project.server.address}/api/v2", headers={"Authorization": f"Bearer {KEY}"})
        self.figures.add(reply.status_code)
        if reply.status_code == NOT_EMULATED:
            assert self._is_listed(reply.json()["message"]), reply.json()["message"]
        else:
            assert reply.status_code < 500, f"{case.as_curl_command()}\n{reply.text}"
        checks: list[Any] = [CHECKS.get_one(name) for name in JUDGED]
        case.validate_response(reply, checks=checks)

    def _is_listed(self, said: str) -> bool:
        """Whether all fields and values that are named in a refusal are in the stand-in's list of limits."""
        return all(name in self.limits for name in re.findall(r"\w+_\w+|schema-only", said))

    def _name_what_is_there(self, case: Case[Any], chance: int) -> None:
        """Made-up ids exist nowhere: most requests get some that do."""
        known = self._ids(chance)
        for part in (case.path_parameters, case.query, *objects_in(case.body)):
            for name in part.keys() & known.keys():
                if chance % 16:
                    part[name] = known[name]

    def _ids(self, chance: int) -> dict[str, str]:
        project = self.project
        lists = {
            "branch_id": project.get("/branches")["branches"],
            "endpoint_id": project.get("/endpoints")["endpoints"],
            "operation_id": project.get("/operations")["operations"],
        }
        found = {name: items[chance // 16 % len(items)]["id"] for name, items in lists.items() if items}
        other = lists["branch_id"][chance // 256 % len(lists["branch_id"])]["id"]
        seeded = {"project_id": project.id, "role_name": "neondb_owner", "database_name": "neondb"}
        return {**found, "parent_id": other, "source_branch_id": other, **seeded}

    def _make_room(self) -> None:
        self.project = self.project.server.seed(PROJECT)  # the one before, unless a case deleted it
        self.project.wait()
        branches = self.project.get("/branches")["branches"]
        if len(branches) >= BRANCHES:
            self._remove_all(branches)

    def _remove_all(self, branches: list[dict[str, Any]]) -> None:
        while left := [one for one in branches if one.get("parent_id") and not one["default"]]:
            parents = {one.get("parent_id") for one in left}
            for leaf in (one for one in left if one["id"] not in parents):
                if leaf["protected"]:
                    self.project.do("PATCH", f"/branches/{leaf['id']}", {"branch": {"protected": False}})
                self.project.do("DELETE", f"/branches/{leaf['id']}")
            branches = self.project.get("/branches")["branches"]


def cases_of(operation: APIOperation[Any, Any, Any, Any]) -> st.SearchStrategy[Case[Any]]:
    good = operation.as_strategy(schemathesis.GenerationMode.POSITIVE)
    return st.one_of(good, good, operation.as_strategy(schemathesis.GenerationMode.NEGATIVE))


def objects_in(body: object) -> Iterator[dict[str, Any]]:
    """A body and all objects below it."""
    if isinstance(body, dict):
        yield body
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    for value in inner:
        yield from objects_in(value)


@contextmanager
def cases_against(server: Server, document: dict[str, Any]) -> Iterator[Cases]:
    """Cases for a project of its own on ``server``, whose settings are as they were afterwards."""
    load_all_checks()
    before = server.control("GET", "settings")
    limits = " ".join(server.control("GET", "limits")["limits"])
    server.control("PUT", "settings", {"operation_seconds": 0, "branches_limit": BRANCHES})
    try:
        yield Cases(schema=schemathesis.openapi.from_dict(document), project=server.seed(PROJECT), limits=limits)
    finally:
        server.control("PUT", "settings", before)
