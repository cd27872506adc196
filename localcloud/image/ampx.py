"""`ampx`: deploys an Amplify Gen 2 backend as a CloudFormation stack, and writes amplify_outputs.json.

Three commands of the real one: pipeline-deploy, generate outputs, and sandbox with --once. It refuses all others, and
options that it does not have. `localcloud.gen2` says what it does not read and make. It neither compiles
the backend nor tells Amplify of it (the branch's `backend.stackArn`).
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import sys
from pathlib import Path

from localcloud.gen2 import backend as backends
from localcloud.gen2 import definition as definitions
from localcloud.gen2.backend import Backend
from localcloud.gen2.stacks import DeployError, Stacks
from localcloud.image import _calls


def main(words: list[str]) -> int:
    """0, or 1 with a sentence on standard error."""
    asked = _parser().parse_args(words)
    _calls.record("ampx", words)
    try:
        asked.act(asked)
    except DeployError as error:
        print(f"ampx (stand-in): {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ampx", allow_abbrev=False)
    commands = parser.add_subparsers(required=True)
    pipeline = commands.add_parser("pipeline-deploy", allow_abbrev=False)
    pipeline.add_argument("--branch", required=True)
    pipeline.add_argument("--app-id", required=True)
    pipeline.add_argument("--outputs-out-dir", dest="out_dir", type=Path, default=Path())
    pipeline.set_defaults(act=_pipeline_deploy)
    generate = commands.add_parser("generate", allow_abbrev=False).add_subparsers(required=True)
    outputs = generate.add_parser("outputs", allow_abbrev=False)
    outputs.add_argument("--branch")
    outputs.add_argument("--app-id")
    outputs.add_argument("--stack")
    outputs.add_argument("--out-dir", type=Path, default=Path())
    outputs.set_defaults(act=_generate_outputs)
    sandbox = commands.add_parser("sandbox", allow_abbrev=False)
    sandbox.add_argument("--once", action="store_true", required=True)
    sandbox.add_argument("--identifier", default="")
    sandbox.add_argument("--outputs-out-dir", dest="out_dir", type=Path, default=Path())
    sandbox.set_defaults(act=_sandbox)
    return parser


def _pipeline_deploy(asked: argparse.Namespace) -> None:
    if os.environ.get("CI", "") in ("", "0", "false"):
        raise DeployError("pipeline-deploy is for builds and CI is not set: use ampx sandbox on your own machine")
    _deploy(Backend(namespace=asked.app_id, name=asked.branch), asked.out_dir)


def _sandbox(asked: argparse.Namespace) -> None:
    try:
        package = json.loads(Path("package.json").read_text(encoding="utf-8"))["name"]
    except (OSError, ValueError, KeyError) as error:
        raise DeployError("a sandbox is named after the package, and package.json has no name") from error
    user = asked.identifier or pwd.getpwuid(os.getuid()).pw_name  # as os.userInfo of node: no variable has a say
    _deploy(Backend(namespace=package, name=user, kind="sandbox"), asked.out_dir)


def _deploy(backend: Backend, out_dir: Path) -> None:
    definition = definitions.read(Path("amplify"))
    if definition is None:
        raise DeployError("there is no backend: amplify/backend.ts is missing")
    stacks = Stacks()
    values = backends.outputs(definition, stacks.outputs(backend.stack) or {}, backend.kind, stacks.region)
    stacks.deploy(backend.stack, backends.template(definition, values), backend.tags)
    print(f"ampx (stand-in): {backend.stack} is deployed, with the tables of {', '.join(definition.models) or 'none'}")
    _write(values, out_dir)


def _generate_outputs(asked: argparse.Namespace) -> None:
    if bool(asked.stack) == bool(asked.branch) or bool(asked.branch) != bool(asked.app_id):
        raise DeployError("generate outputs takes --branch with --app-id, or --stack")
    name = asked.stack or Backend(namespace=asked.app_id, name=asked.branch).stack
    values = Stacks().outputs(name)
    if values is None:
        raise DeployError(f"there is no stack {name}: the backend has not been deployed")
    _write(values, asked.out_dir)


def _write(values: dict[str, str], out_dir: Path) -> None:
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / "amplify_outputs.json").write_text(backends.client_config(values), encoding="utf-8")
    print(f"ampx (stand-in): {out_dir / 'amplify_outputs.json'} is written")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
