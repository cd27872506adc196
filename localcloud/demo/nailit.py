"""The demo of the first layout: a database for each environment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from localcloud.application import NEEDED
from localcloud.demo.steps import Demo, Step, require
from localcloud.demo.world import World

STACKS = ("prod", "staging", "dev")
MIGRATIONS = {
    "prod": ["migrate", "deploy"],
    "staging": ["migrate", "deploy"],
    "dev": ["db", "push", "--accept-data-loss"],
}
MARKER = "only-on-staging@salon.example"


def demo() -> Demo:
    columns = {
        "environment": "environment",
        "git branch": "git_branch",
        "address": "url",
        "Neon branch": "neon_branch_id",
        "endpoint": "neon_endpoint_host",
    }
    return Demo(project=Path(), steps=_steps(), stacks=STACKS, columns=columns)


def _steps() -> tuple[Step, ...]:
    return (
        *(Step(title=f"up of {stack}", act=_up(stack)) for stack in STACKS),
        Step(title="every build migrated its own environment's database, with its own command", act=_built),
        Step(title="every DATABASE_URL and DIRECT_URL opens its own database", act=_open_all),
        Step(title="a row written on staging is not seen on dev or prod", act=_isolated),
        *(Step(title=f"up of {stack} again: no change", act=_unchanged(stack)) for stack in STACKS),
        Step(title="reset of staging brings production's data under the same connection string", act=_reset),
        Step(title="a variable edited behind Pulumi's back is found by a preview, and mended by an up", act=_drift),
        Step(title="an up that is killed half-way is put right by a repair", act=_killed),
        Step(title="destroy of dev leaves nothing of dev, and prod and staging untouched", act=_destroy_dev),
        Step(title="up of dev brings it back", act=_up("dev")),
        Step(title="no secret is in any output, log, journal or state in clear", act=_secrets),
    )


def _up(stack: str) -> Callable[[World], str]:
    def act(world: World) -> str:
        world.up(stack)
        outputs = world.outputs(stack)
        require(outputs["build_status"] == "SUCCEED", f"the build ended as {outputs['build_status']}")
        job = outputs["build_job_id"]
        return f"{outputs['neon_branch_id']}, {len(outputs['parameters'])} parameters, build {job}"

    return act


def _built(world: World) -> str:
    if not world.builds_are_real:
        require(not all(map(shutil.which, NEEDED)), "builds were simulated, and need not have been")
        return "simulated: git, node or npm is missing"
    for stack in STACKS:
        outputs = world.outputs(stack)
        called = [call for call in world.calls(outputs) if call["command"] == "prisma"]
        require(bool(called), f"the build of {stack} migrated nothing")
        went = (called[-1]["arguments"], f"{called[-1]['host']}:{called[-1]['port']}")
        wanted = (MIGRATIONS[stack], urlsplit(outputs["direct_url"]).netloc.rpartition("@")[2])
        require(went == wanted, f"the build of {stack} migrated {went}, not {wanted}")
        require(world.query(stack, "SELECT count(*) FROM reviews") == [(0,)], f"{stack} is not migrated")
    return "deploy on prod and staging, push on dev"


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


def _reset(world: World) -> str:
    world.query("prod", "INSERT INTO users (email, name) VALUES ('new@salon.example', 'New')")
    before = world.outputs("staging")["database_url"]
    world.ops("reset", "staging", "--yes")
    emails = {email for (email,) in world.query("staging", "SELECT email FROM users")}
    require("new@salon.example" in emails, "production's new row is not on staging")
    require(MARKER not in emails, "staging's own row is still there")
    require(world.outputs("staging")["database_url"] == before, "the connection string changed")
    jobs = world.jobs(world.outputs("staging"))
    require(jobs == ["SUCCEED", "SUCCEED"], f"a reset makes one more build necessary, the builds are {jobs}")
    return f"{len(emails)} users, build 2 of 2"


def _drift(world: World) -> str:
    outputs = world.outputs("prod")
    where = {"appId": outputs["app_id"], "branchName": outputs["git_branch"]}
    amplify = world.aws("amplify")
    variables = amplify.get_branch(**where)["branch"]["environmentVariables"]
    amplify.update_branch(**where, environmentVariables={**variables, "LOG_LEVEL": "edited by hand"})
    world.pulumi("preview", "--stack", "prod", "--expect-no-changes", expect=7)
    world.up("prod")
    mended = amplify.get_branch(**where)["branch"]["environmentVariables"]
    require(mended == variables, "the variable was not mended")
    return "status 7, then LOG_LEVEL is warn again"


def _killed(world: World) -> str:
    world.config("staging", "variables.LOG_LEVEL", "trace")
    world.kill_an_up("staging", "amplify:UpdateBranch")
    refused = world.pulumi("up", "--stack", "staging", "--yes", "--skip-preview", expect=None)
    require("pulumi cancel" in refused, "the next command does not say what to do")
    world.ops("repair", "staging", "--yes")
    world.up("staging", "--expect-no-changes")
    outputs = world.outputs("staging")
    require(world.neon_branches(outputs["neon_project_id"]) == ["dev", "main", "staging"], "Neon has other branches")
    require(len(world.parameters("/nailit/staging")) == 3, "the parameters are not those of one environment")
    return "one branch, one set of parameters"


def _secrets(world: World) -> str:
    secrets = world.secrets(STACKS)
    found = [place for place in world.searched() if any(secret in place.text for secret in secrets)]
    require(not found, f"a secret is in clear in {', '.join(place.name for place in found)}")
    return f"{len(secrets)} secrets, {len(world.searched())} places"


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
