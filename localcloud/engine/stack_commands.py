"""stack init, ls, rm, output, export and import; cancel."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.engine.backend import manifest
from localcloud.engine.errors import CONFIGURATION, OK, EngineError
from localcloud.engine.session import Session, confirm, interactive, load_state, stack_outputs
from localcloud.engine.state import dump_resource
from localcloud.engine.values import Props, has_secret, redact, reveal


def init(options: Namespace, environ: Mapping[str, str]) -> int:
    """Make a stack; its passphrase's salt goes into its file unless that has one."""
    options.stack = options.name or options.stack
    session = Session(options, environ)
    name, project = session.stack, session.project.name
    if not all(part.isalnum() for part in name.replace("-", "").replace("_", "").replace(".", "")) or not name:
        raise EngineError(f"'{name}' is no stack name: letters, digits, '-', '_' and '.' are allowed", CONFIGURATION)
    if name in session.backend.stacks(project):
        raise EngineError(f"stack 'organization/{project}/{name}' already exists")
    file = session.file()
    if not file.salt:
        session.backend.write(project, name, None)
        session.file_crypter(file)
    session.backend.write(project, name, None)
    print(f"Created stack '{name}'")
    return OK


def ls(options: Namespace, environ: Mapping[str, str]) -> int:
    """List the project's stacks."""
    session = Session(options, environ)
    rows = [_row(session, name) for name in session.backend.stacks(session.project.name)]
    if options.json:
        print(json.dumps(rows, indent=2))
        return OK
    print(f"{'NAME':<20}  {'LAST UPDATE':<26}  RESOURCE COUNT")
    for row in rows:
        print(f"{row['name']:<20}  {row.get('lastUpdate', 'n/a'):<26}  {row.get('resourceCount', 'n/a')}")
    return OK


def _row(session: Session, name: str) -> dict[str, Any]:
    deployment = session.backend.read(session.project.name, name)
    row: dict[str, Any] = {"name": name, "current": name == session.options.stack}
    if deployment.get("resources"):
        row |= {"lastUpdate": deployment["manifest"]["time"], "resourceCount": len(deployment["resources"])}
    return row


def rm(options: Namespace, environ: Mapping[str, str]) -> int:
    """Remove a stack and its configuration file; one that still has resources only by force."""
    options.stack = options.name or options.stack
    session = Session(options, environ)
    found = session.deployment().get("resources") or []
    if found and not options.force:
        raise EngineError(f"'{session.stack}' still has resources; removal rejected. Destroy it first, or use --force")
    if not options.yes and not interactive(options):
        raise EngineError("--yes must be passed in to proceed when running in non-interactive mode", CONFIGURATION)
    confirm(options, f"This will permanently remove the '{session.stack}' stack! Go on?")
    file = session.file().path
    session.backend.remove(session.project.name, session.stack)
    if not options.preserve_config and not environ.get("PULUMI_OPTION_CONFIG_FILE"):
        file.unlink(missing_ok=True)
    print(f"Stack '{session.stack}' has been removed!")
    return OK


def output(options: Namespace, environ: Mapping[str, str]) -> int:
    """Print a stack's outputs, or one of them."""
    session = Session(options, environ)
    deployment = session.deployment()
    crypter = session.state_crypter(deployment, session.file()) if options.show_secrets and deployment else None
    outputs = stack_outputs(load_state(deployment, crypter)[0])
    shown: Props = (reveal if options.show_secrets else _redacted)(outputs)
    if options.name is not None:
        if options.name not in shown:
            raise EngineError(f"current stack does not have output property '{options.name}'")
        value = shown[options.name]
        print(json.dumps(value, indent=2, ensure_ascii=False) if options.json else _text(value))
    elif options.json:
        print(json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=False))
    else:
        _print_table(shown)
    return OK


def _redacted(outputs: Props) -> Props:
    return {key: "[secret]" if has_secret(value) else redact(value) for key, value in outputs.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _print_table(outputs: Props) -> None:
    print(f"Current stack outputs ({len(outputs)}):")
    if not outputs:
        print("    No output values currently in this stack")
        return
    width = max(len("OUTPUT"), *map(len, outputs))
    print(f"    {'OUTPUT':<{width}}  VALUE")
    for key in sorted(outputs):
        print(f"    {key:<{width}}  {_text(outputs[key])}")


def export(options: Namespace, environ: Mapping[str, str]) -> int:
    """Print a stack's state, or write it to a file."""
    session = Session(options, environ)
    deployment = session.deployment() or {"manifest": manifest()}
    if options.show_secrets and deployment.get("resources"):
        resources, _ = load_state(deployment, session.state_crypter(deployment, session.file()))
        deployment = deployment | {"resources": [dump_resource(resource, None) for resource in resources]}
    document = json.dumps({"version": 3, "deployment": deployment}, indent=4, ensure_ascii=False)
    if options.file:
        Path(options.file).write_text(document + "\n", encoding="utf-8")
    else:
        print(document)
    return OK


def import_(options: Namespace, environ: Mapping[str, str]) -> int:
    """Replace a stack's state by what was exported; secrets in clear are encrypted."""
    session = Session(options, environ)
    text = Path(options.file).read_text(encoding="utf-8") if options.file else sys.stdin.read()
    document = json.loads(text)
    if document.get("version") != 3:
        raise EngineError(f"a deployment of version 3 is expected, not {document.get('version')}", CONFIGURATION)
    deployment = document["deployment"]
    with session.backend.locked(session.project.name, session.stack):
        crypter = session.state_crypter(deployment, session.file())
        session.write(crypter, *load_state(deployment, crypter))
    print("Import complete.")
    return OK


def cancel(options: Namespace, environ: Mapping[str, str]) -> int:
    """Remove the lock that a run holds, or that a killed one left behind."""
    options.stack = options.name or options.stack
    session = Session(options, environ)
    session.deployment()
    if interactive(options):
        confirm(options, f"This will irreversibly cancel the currently running update for '{session.stack}'! Go on?")
    session.backend.cancel(session.project.name, session.stack)
    print(f"The currently running update for '{session.stack}' has been canceled!")
    return OK
