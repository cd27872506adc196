"""The demo of the second layout: one app, two backends for three branches, and an account with a past."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.demo.steps import Demo, Step, require
from localcloud.demo.world import World

APP = "RealTechee-Gen2"
STACKS = ("dev", "staging", "prod")
BY_HAND = ["prod-v2", "production", "staging"]
ROLLOUT = ("rollout", "--yes", "--remove-legacy", "prod-v2", "--remove-backends")
# What a rollout says of it when it has verified staging and production.
SHARED = "build 1 of staging got the same outputs of the backend as build 1 of main"
APART = "nothing is shared with the backend of main"
REMOVAL = ["amplify:DeleteBranch", *["cloudformation:DeleteStack"] * 2]
# The names that builds give, and what the backend's stack calls the values; those that it has no output for are None.
DERIVED = {
    "BACKEND_SUFFIX": "awsAppsyncApiId",
    "USER_POOL_ID": "userPoolId",
    "USER_POOL_CLIENT_ID": "webClientId",
    "IDENTITY_POOL_ID": "identityPoolId",
    "GRAPHQL_URL": "awsAppsyncApiEndpoint",
    "API_KEY": "awsAppsyncApiKey",
    "S3_BUCKET": "bucketName",
}
MODELS = ("Quote", "Request")


def demo() -> Demo:
    columns = {"environment": "environment", "git branch": "git_branch", "backend": "backend_mode", "address": "url"}
    return Demo(project=Path("examples", "realtechee"), steps=_steps(), stacks=STACKS, columns=columns)


def _steps() -> tuple[Step, ...]:
    return (
        Step(title="the account as it was left: three branches made by hand, each with a backend, no main", act=_found),
        Step(title="a rollout stops at production, which lacks a table: nothing is removed", act=_stopped),
        Step(title="run again it verifies one after the other, and removes prod-v2 at its end", act=_goes_on),
        Step(title="main and production deployed a backend, staging got main's outputs, nobody migrated", act=_modes),
        Step(title="every build had the seven variables and AMPLIFY_APP_ID, of the right backend", act=_values),
        Step(title="there are two backends for three branches, with their tables", act=_backends),
        Step(title="the data sets are marked [DEV] in main's tables and [PROD] in production's", act=_seeds),
        Step(title="an adopted branch keeps the variables that neither the files nor its builds give", act=_kept),
        Step(title="no id of a backend is in a stack file, a state or a branch's variables", act=_nowhere),
    )


def _found(world: World) -> str:
    require(world.builds_are_real, "this demo is about builds: it needs git, node and npm")
    app_id = _app_id(world)
    require(world.hosted_branches(app_id) == BY_HAND, "other branches are there")
    require(sorted(_stacks(world)) == BY_HAND, "other backends are there")
    return ", ".join(BY_HAND)


def _stopped(world: World) -> str:
    """A table that somebody has deleted by hand: production is built, and is not as it should be."""
    app_id, table = _app_id(world), _table("Quote", _stacks(world)["production"])
    world.aws("dynamodb").delete_table(TableName=table)
    said = world.ops(*ROLLOUT, expect=None)
    require("the rollout stopped at prod" in said, f"it ended otherwise:\n{said}")
    require(f"the table {table} of the backend does not exist" in said, f"production was refused otherwise:\n{said}")
    require(world.hosted_branches(app_id) == ["main", *BY_HAND], "a branch was removed")
    require(sorted(_stacks(world)) == ["main", *BY_HAND], "a backend was removed")
    return "dev and staging are up, production is not verified, prod-v2 is there"


def _goes_on(world: World) -> str:
    before, app_id = len(world.mutations()["aws"]), _app_id(world)
    _restore(world, _table("Quote", _stacks(world)["production"]))
    said = world.ops(*ROLLOUT)
    _in_order(said, "== 1/4 dev", "== 2/4 staging", SHARED, "== 3/4 prod", APART, "== 4/4 removal", "deleted the")
    built = {name: world.jobs({"app_id": app_id, "git_branch": name}) for name in ("main", "staging", "production")}
    require(set(map(tuple, built.values())) == {("SUCCEED",)}, f"each needs one build, and the builds are {built}")
    changed = [one for one in world.mutations()["aws"][before:] if one.startswith(("amplify", "cloudformation"))]
    require(changed == REMOVAL, f"not the removal alone changed something: {changed}")
    left = world.hosted_branches(app_id)
    require(left == ["main", "production", "staging"], f"the branches are {left}")
    return "nothing is built twice; prod-v2 is gone, with two backends that nobody uses"


def _restore(world: World, table: str) -> None:
    """As from a backup, under its name."""
    key, kind = {"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "id", "AttributeType": "S"}
    world.aws("dynamodb").create_table(
        TableName=table, KeySchema=[key], AttributeDefinitions=[kind], BillingMode="PAY_PER_REQUEST"
    )


def _in_order(said: str, *parts: str) -> None:
    at = 0
    for part in parts:
        at = said.find(part, at)
        require(at >= 0, f"{part!r} is not where it should be in:\n{said}")


def _modes(world: World) -> str:
    app_id = _app_id(world)
    wanted = {
        "dev": ["pipeline-deploy", "--branch", "main", "--app-id", app_id],
        "staging": ["generate", "outputs", "--branch", "main", "--app-id", app_id],
        "prod": ["pipeline-deploy", "--branch", "production", "--app-id", app_id],
    }
    for stack, arguments in wanted.items():
        calls = [(call["command"], call["arguments"]) for call in world.calls(world.outputs(stack))]
        require(calls == [("ampx", arguments)], f"the builds of {stack} called {calls}")
    return "pipeline-deploy, generate outputs, pipeline-deploy; no prisma"


def _values(world: World) -> str:
    app_id, stacks = _app_id(world), _stacks(world)
    for stack, owner in (("dev", "main"), ("staging", "main"), ("prod", "production")):
        wanted = {"AMPLIFY_APP_ID": app_id, **{name: stacks[owner][key] for name, key in DERIVED.items()}}
        page = world.page(world.outputs(stack))
        got = {name: page.get(name) for name in wanted}
        require(got == wanted, f"the build of {stack} had {got}, and the backend of {owner} has {wanted}")
    same = [name for name, key in DERIVED.items() if stacks["main"][key] == stacks["production"][key]]
    require(not same, f"{', '.join(same)} of main and production are the same")
    return "staging's are main's, production's are its own"


def _backends(world: World) -> str:
    stacks = _stacks(world)
    require(sorted(stacks) == ["main", "production"], f"there are backends of {', '.join(sorted(stacks))}")
    wanted = sorted(_table(model, values) for values in stacks.values() for model in MODELS)
    tables = world.aws("dynamodb").list_tables()["TableNames"]
    require(sorted(tables) == wanted, f"the tables are {tables}")
    return f"{len(tables)} tables"


def _seeds(world: World) -> str:
    told = {}
    for branch, mark, count in (("main", "[DEV]", 2), ("production", "[PROD]", 1)):
        items = world.aws("dynamodb").scan(TableName=_table("Request", _stacks(world)[branch]))["Items"]
        messages = [item["message"]["S"] for item in items]
        marked = [text for text in messages if text.startswith(f"{mark} ")]
        require(len(marked) == len(messages) == count, f"the requests of {branch} are {messages}")
        told[mark] = count
    return ", ".join(f"{count} {mark}" for mark, count in told.items())


def _kept(world: World) -> str:
    found = world.aws("amplify").get_branch(appId=_app_id(world), branchName="production")
    variables = found["branch"]["environmentVariables"]
    seen = {name: variables.get(name) for name in ("SUPPORT_PHONE", "LOG_LEVEL", "BACKEND_SUFFIX")}
    wanted = {"SUPPORT_PHONE": "555-0100", "LOG_LEVEL": "warn", "BACKEND_SUFFIX": None}
    require(seen == wanted, f"production's variables are {seen}")
    return "SUPPORT_PHONE stayed, the BACKEND_SUFFIX that was typed by hand did not"


def _nowhere(world: World) -> str:
    values = {value for one in _stacks(world).values() for key, value in one.items() if key in DERIVED.values()}
    home = Path(world.env["LOCALCLOUD_HOME"])
    folders = (home / "pulumi", home / "stacks", world.folder)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    texts = {str(path): path.read_text(errors="replace") for path in files}
    branches = world.aws("amplify").list_branches(appId=_app_id(world))["branches"]
    texts |= {f"variables of {one['branchName']}": str(one["environmentVariables"]) for one in branches}
    found = [name for name, text in texts.items() if any(value in text for value in values)]
    require(not found, f"an id of a backend is in {', '.join(found)}")
    return f"{len(values)} values, {len(texts)} places"


def _app_id(world: World) -> str:
    return next(str(app["appId"]) for app in world.aws("amplify").list_apps()["apps"] if app["name"] == APP)


def _stacks(world: World) -> dict[str, dict[str, str]]:
    """The outputs of all backends, by the branches that their tags name."""
    stacks = world.aws("cloudformation").describe_stacks()["Stacks"]
    return {_tag(stack, "amplify:branch-name"): _outputs(stack) for stack in stacks}


def _tag(stack: Mapping[str, Any], key: str) -> str:
    return next(str(tag["Value"]) for tag in stack["Tags"] if tag["Key"] == key)


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def _table(model: str, values: Mapping[str, str]) -> str:
    return f"{model}-{values['awsAppsyncApiId']}-NONE"
