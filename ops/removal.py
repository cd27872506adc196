"""Removes what an older layout left in an Amplify app: shown first, then asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import typer

from hosting.backend_state import Backend, read_backend, table_records
from hosting.backends import secret_path
from hosting.jobs import Builds
from hosting.lookups import HostedBranch, branch_of, branches_of, parameters_below
from hosting.removing import delete_branch, delete_parameters, delete_stack
from ops.asking import agreed
from ops.leftovers import Layout, described, nobodys, unused_stacks, why_kept, why_needed
from ops.progress import insist, progress
from ops.pulumi import OpsError
from ops.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """``legacy`` are branches to be removed; ``backends`` says that backends without a user go, too, and ``secrets``
    that what SSM keeps for builds of the former does."""

    legacy: tuple[str, ...]
    backends: bool
    secrets: bool = False

    def __bool__(self) -> bool:
        return bool(self.legacy) or self.backends


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is there of it. ``branches`` may be removed; ``secrets`` are names of parameters of the legacy ones."""

    branches: tuple[HostedBranch, ...]
    backends: tuple[Backend, ...]
    secrets: tuple[str, ...] = ()


def look(target: Target, legacy: Sequence[str], layout: Layout) -> Found:
    """Raises OpsError for a branch that must not be removed, with the reason. Waits while AWS is too busy."""
    return insist(lambda: _look(target, legacy, layout))


def _look(target: Target, legacy: Sequence[str], layout: Layout) -> Found:
    there = branches_of(target.aws, target.app_id)
    # Read one by one: these have their tags for sure.
    found = [branch for name in legacy if (branch := branch_of(target.aws, target.app_id, name)) is not None]
    reasons = {name: why_needed(name, layout) for name in legacy}
    reasons |= {branch.name: why_kept(branch, layout, there) for branch in found}
    for name, reason in reasons.items():
        if reason is not None:
            raise OpsError(f"the Amplify branch {name} is not removed: {reason}")
    names = unused_stacks(target.app_id, legacy, layout, there)
    backends = [backend for name in names if (backend := read_backend(target.aws, name)) is not None]
    paths = [path for one in legacy for path in (f"/amplify/{target.app_id}/{one}", secret_path(target.app_id, one))]
    secrets = [name for path in paths for name in sorted(parameters_below(target.aws, path))]
    return Found(branches=tuple(found), backends=tuple(backends), secrets=tuple(secrets))


def remove(target: Target, wish: Wish, layout: Layout, yes: bool) -> None:
    """Looks anew, shows what is deleted, asks, deletes it, and says what is left."""
    found = look(target, wish.legacy, layout)
    goes = replace(
        found, backends=found.backends if wish.backends else (), secrets=found.secrets if wish.secrets else ()
    )
    there = {branch.name for branch in found.branches}
    for name in (one for one in wish.legacy if one not in there):
        typer.echo(f"the app {target.app_id} has no Amplify branch {name}")
    if goes.branches or goes.backends or goes.secrets:
        _agree(target, goes, yes)
        _delete(target, goes)
    else:
        typer.echo("nothing that is to be removed is there any more")
    for backend in () if wish.backends else found.backends:
        typer.echo(f"left: the backend stack {backend.name}, which nobody uses (`--remove-backends` deletes it)")
    if found.secrets and not wish.secrets:
        typer.echo(f"left in SSM (`--remove-secrets` deletes them): {', '.join(found.secrets)}")


def _delete(target: Target, goes: Found) -> None:
    for branch in goes.branches:
        delete_branch(target.aws, Builds(app_id=target.app_id, branch=branch.name), progress())
        typer.echo(f"deleted the Amplify branch {branch.name}")
    for backend in goes.backends:
        delete_stack(target.aws, backend.name, progress())
        typer.echo(f"deleted the backend stack {backend.name}")
    if goes.secrets:
        delete_parameters(target.aws, goes.secrets, progress())
        typer.echo(f"deleted in SSM: {', '.join(goes.secrets)}")


def tell_nobodys(target: Target, layout: Layout) -> None:
    """Says which branches of the app no environment needs."""
    for name in nobodys(insist(lambda: branches_of(target.aws, target.app_id)), layout):
        typer.echo(f"the Amplify branch {name} is no environment's: `--remove-legacy {name}` removes it")


def _agree(target: Target, goes: Found, yes: bool) -> None:
    tables = [part.id for backend in goes.backends for part in backend.tables]
    records = insist(lambda: {name: table_records(target.aws, name) for name in tables})
    typer.echo("No environment uses these, and they will be gone for good:")
    for line in described(goes.branches, goes.backends, records, goes.secrets):
        typer.echo(f"  {line}")
    if not (yes or agreed("Delete them?")):
        raise OpsError("nothing was deleted; the environments are up and verified")
