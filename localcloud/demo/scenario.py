"""The steps of the demo, each a sentence and a function that raises when the sentence is not true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.demo.world import StepFailed, World

STACKS = ("prod", "staging", "dev")
MARKER = "only-on-staging@salon.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    title: str
    act: Callable[[World], str]


def scenario() -> list[Step]:
    return [
        *(Step(title=f"up of {stack}", act=_up(stack)) for stack in STACKS),
        Step(title="every DATABASE_URL and DIRECT_URL opens its own database", act=_open_all),
        Step(title="a row written on staging is not seen on dev or prod", act=_isolated),
        *(Step(title=f"up of {stack} again: no change", act=_unchanged(stack)) for stack in STACKS),
        Step(title="destroy of dev leaves nothing of dev, and prod and staging untouched", act=_destroy_dev),
        Step(title="up of dev brings it back", act=_up("dev")),
    ]


def require(holds: bool, text: str) -> None:
    if not holds:
        raise StepFailed(text)


def _up(stack: str) -> Callable[[World], str]:
    def act(world: World) -> str:
        world.up(stack)
        outputs = world.outputs(stack)
        return f"{outputs['neon_branch_id']}, {len(outputs['parameters'])} parameters"

    return act


def _open_all(world: World) -> str:
    hosts = set()
    for stack in STACKS:
        for output in ("database_url", "direct_url"):
            rows = world.query(stack, "SELECT count(*) FROM users", output=output)
            require(rows[0][0] > 0, f"{output} of {stack} opens a database without production's data")
        hosts.add(world.outputs(stack)["neon_endpoint_host"])
    require(len(hosts) == len(STACKS), "two environments share an endpoint")
    return f"{len(hosts)} databases"


def _isolated(world: World) -> str:
    world.query("staging", "INSERT INTO users (email, name) VALUES (%s, 'Stage')", MARKER)
    seen = {s: world.query(s, "SELECT count(*) FROM users WHERE email = %s", MARKER)[0][0] for s in STACKS}
    require(seen == {"prod": 0, "staging": 1, "dev": 0}, f"the row was seen {seen} times")
    return "1 on staging, 0 on dev and prod"


def _unchanged(stack: str) -> Callable[[World], str]:
    def act(world: World) -> str:
        before = world.mutations()
        world.up(stack, "--expect-no-changes")
        after = world.mutations()
        require(after == before, f"requests that change something were made: {after}")
        return "0 mutating requests"

    return act


def _destroy_dev(world: World) -> str:
    outputs = world.outputs("dev")
    others = {stack: world.parameters(world.outputs(stack)["parameter_prefix"]) for stack in ("prod", "staging")}
    world.pulumi("destroy", "--stack", "dev", "--yes", "--skip-preview")
    require(world.parameters("/nailit/dev") == [], "parameters of dev are left")
    require(world.neon_branches(outputs["neon_project_id"]) == ["main", "staging"], "Neon has other branches")
    require(world.hosted_branches(outputs["app_id"]) == ["main", "staging"], "Amplify has other branches")
    for stack, names in others.items():
        require(world.parameters(f"/nailit/{stack}") == names, f"the parameters of {stack} changed")
        require(world.query(stack, "SELECT count(*) FROM users")[0][0] > 0, f"the data of {stack} is gone")
    return "Neon, Amplify and SSM looked through"
