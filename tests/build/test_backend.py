"""The backend of a branch: deployed when it is its own and has changed, its outputs generated otherwise."""

from __future__ import annotations

import json
import subprocess
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from hosting.backends import backend_stack, secret_path
from hosting.seen_outputs import outputs_in
from localcloud.application import repository
from localcloud.aws.builds.tools import CALLS, write_tools
from localcloud.home import Home
from tests.build.conftest import Build, Outcome
from tests.build.test_values import TRACED
from tests.localcloud.aws.server import wait_for

ROOT = Path(__file__).parents[2]
PURPOSES = (
    "BACKEND_SUFFIX=api_id USER_POOL_ID=user_pool_id USER_POOL_CLIENT_ID=user_pool_client_id"
    " IDENTITY_POOL_ID=identity_pool_id GRAPHQL_URL=graphql_url API_KEY=api_key S3_BUCKET=bucket AMPLIFY_APP_ID=app_id"
)
NAMES = [pair.partition("=")[0] for pair in PURPOSES.split()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of an app of its own, checked out in ``build``."""

    build: Build
    calls: Path
    app_id: str

    def backend(
        self, mode: str = "own", source: str = "main", words: tuple[str, ...] = ("sh",), **variables: str
    ) -> Outcome:
        given = {
            "AWS_APP_ID": self.app_id,
            "AWS_BRANCH": "main",
            "BACKEND_MODE": mode,
            "BACKEND_STACK": backend_stack(self.app_id, source),
            "BACKEND_FILES": "amplify/** package-lock.json",
            "BACKEND_VARIABLES": PURPOSES,
            **({"BACKEND_BRANCH": source} if mode == "shared" else {}),
        }
        return self.build.run_with(words, ["backend"], {**given, **variables})

    def called(self) -> list[list[str]]:
        """How ``ampx`` was called since the last look."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return [json.loads(line)["arguments"] for line in lines]

    def values(self) -> dict[str, str]:
        """What a later step of the build gets."""
        code = f"import json, os; print(json.dumps({{k: os.environ.get(k) for k in {NAMES}}}))"
        done = self.build.run("exec", "--", "python3", "-c", code)
        assert done.status == 0, done.text
        found: dict[str, str] = json.loads(done.text)
        return found

    def tables(self) -> list[str]:
        names: list[str] = self.build.aws.client("dynamodb").list_tables()["TableNames"]
        return names

    @property
    def deploys(self) -> list[str]:
        return ["pipeline-deploy", "--branch", "main", "--app-id", self.app_id]

    @property
    def generates(self) -> list[str]:
        return ["generate", "outputs", "--branch", "main", "--app-id", self.app_id]


@pytest.fixture
def branch(build: Build, tmp_path: Path) -> Branch:
    source = repository(Home(root=tmp_path / "home"), ROOT, ["main"])
    if source is None:
        pytest.skip("git, node or npm is missing")
    subprocess.run(["git", "clone", "-q", str(source), str(build.folder)], check=True)
    env = {**build.env, "PATH": write_tools(tmp_path / "builds" / "tools")}
    app_id = f"d{uuid.uuid4().hex[:13]}"
    return Branch(build=replace(build, env=env), calls=tmp_path / "builds" / CALLS, app_id=app_id)


def change(branch: Branch, name: str, text: str) -> None:
    path = branch.build.folder / name
    path.write_text(path.read_text() + text)
    subprocess.run(["git", "-C", str(branch.build.folder), "add", name], check=True)


def test_an_own_backend_is_deployed_once_until_something_of_it_changes_and_may_be_shared(branch: Branch) -> None:
    deployed = branch.backend()
    assert deployed.status == 0
    assert branch.called() == [branch.deploys]
    first = branch.values()
    assert [name for name in NAMES if not first[name]] == []
    assert {f"{model}-{first['BACKEND_SUFFIX']}-NONE" for model in ("Request", "Quote")} <= set(branch.tables())
    change(branch, "README.md", "\nnot of the backend\n")
    assert branch.backend().status == 0
    assert (branch.called(), branch.values()) == ([branch.generates], first)
    shared = branch.backend("shared", AWS_BRANCH="staging")
    assert (shared.status, branch.called(), branch.values()) == (0, [branch.generates], first), shared.text
    assert outputs_in(shared.text) == outputs_in(deployed.text) is not None
    change(branch, "amplify/storage/resource.ts", "\n// changed\n")
    assert branch.backend().status == 0
    assert (branch.called(), branch.values()) == ([branch.deploys], first)


@pytest.mark.proof
def test_a_backend_is_deployed_again_when_forced_or_gone(branch: Branch) -> None:
    assert branch.backend(BUILD_FORCE="one").status == 0
    assert branch.backend(BUILD_FORCE="two").status == 0
    assert branch.backend(BUILD_FORCE="two").status == 0
    assert branch.called() == [branch.deploys, branch.deploys, branch.generates]
    stacks = branch.build.aws.client("cloudformation")
    stacks.delete_stack(StackName=backend_stack(branch.app_id, "main"))
    again = branch.backend(BUILD_FORCE="two")
    assert (again.status, branch.called()) == (0, [branch.deploys]), again.text


@pytest.mark.parametrize("words", TRACED[1:])
def test_no_value_of_a_backend_is_seen_even_when_the_caller_traces(branch: Branch, words: tuple[str, ...]) -> None:
    path = secret_path(branch.app_id, "main")
    branch.build.aws.client("ssm").put_parameter(Name=f"{path}/TOKEN", Type="SecureString", Value="npg_of_the_backend")
    done = branch.backend(words=words, BACKEND_SECRETS=path)
    assert done.status == 0, done.text
    derived = branch.values()
    secret = [derived[name] for name in ("API_KEY", "USER_POOL_CLIENT_ID", "GRAPHQL_URL")]
    assert [value for value in ("npg_of_the_backend", *secret) if value in done.text] == []


def test_a_backend_is_deployed_again_when_one_of_its_secrets_has_another_value(branch: Branch) -> None:
    ssm, path = branch.build.aws.client("ssm"), secret_path(branch.app_id, "main")

    def deployed_with(value: str) -> list[list[str]]:
        ssm.put_parameter(Name=f"{path}/TOKEN", Type="SecureString", Value=value, Overwrite=True)
        done = [branch.backend(BACKEND_SECRETS=path) for _ in range(2)]
        assert [(one.status, value in one.text) for one in done] == [(0, False)] * 2
        return branch.called()

    assert deployed_with("first") == [branch.deploys, branch.generates]
    assert deployed_with("second") == [branch.deploys, branch.generates]


@pytest.mark.proof
def test_a_deployment_that_failed_is_not_taken_for_one_that_went_well(branch: Branch) -> None:
    assert branch.backend().status == 0
    stuck = {"stack": backend_stack(branch.app_id, "main"), "status": "UPDATE_ROLLBACK_FAILED", "reason": "stuck"}
    branch.build.aws.control("PUT", "stack-status", stuck)
    change(branch, "amplify/data/resource.ts", "\n/* Note: a.model({}) */ const more = { Extra: a.model({}) }\n")
    failed = branch.backend()
    assert (failed.status, "the backend was not deployed" in failed.text) == (1, True), failed.text
    assert not (branch.build.folder / ".environment/cache/backend").exists()


def test_a_shared_backend_that_was_never_deployed_is_told(branch: Branch) -> None:
    done = branch.backend("shared", "nowhere", AWS_BRANCH="staging")
    assert (done.status, "no outputs of the backend of the branch nowhere" in done.text) == (1, True), done.text


def test_without_a_backend_only_the_apps_id_is_there(branch: Branch) -> None:
    assert branch.backend("", BACKEND_VARIABLES="AMPLIFY_APP_ID=app_id").status == 0
    assert (branch.called(), branch.values()["AMPLIFY_APP_ID"]) == ([], branch.app_id)


def test_what_a_backend_does_not_have_is_named(branch: Branch) -> None:
    (branch.build.folder / "amplify/storage/resource.ts").unlink()
    done = branch.backend()
    assert done.status == 1
    assert done.text.rstrip().endswith("has nothing for these BACKEND_VARIABLES: S3_BUCKET=bucket")
    assert not (branch.build.folder / ".environment/backend").exists()


def test_only_a_build_deploys(branch: Branch) -> None:
    done = branch.build.command(["ampx", "pipeline-deploy", "--branch", "main", "--app-id", branch.app_id], {})
    assert (done.status, "CI is not set" in done.text) == (1, True)


@pytest.mark.proof
def test_a_sandbox_is_a_stack_of_its_own(branch: Branch) -> None:
    done = branch.build.command(["npx", "ampx", "sandbox", "--once", "--identifier", "jane"], {})
    assert done.status == 0, done.text
    found: dict[str, Any] = branch.build.aws.client("cloudformation").describe_stacks(
        StackName=backend_stack("salon", "jane", "sandbox")
    )["Stacks"][0]
    assert {one["Key"]: one["Value"] for one in found["Tags"]}["amplify:deployment-type"] == "sandbox"
    assert wait_for("its outputs", (branch.build.folder / "amplify_outputs.json").read_text)
