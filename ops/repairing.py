"""`ops repair STACK`: a stack put right whose `pulumi up` was killed."""

from __future__ import annotations

import typer

from ops.asking import agreed
from ops.pulumi import OpsError, Pulumi


def repair(stack: str, *, yes: bool) -> None:
    """Says each step, and asks before the first and before the up, unless ``yes``: then an up that loses data is
    refused."""
    pulumi = Pulumi(stack=stack)
    pulumi.require()
    typer.echo("\n".join(_steps(stack, yes=yes)))
    if not (yes or agreed("Begin?")):
        raise OpsError("nothing was repaired")
    typer.echo(f"1/3 the lock of {stack}")
    pulumi.run("cancel", "--yes")
    typer.echo(f"2/3 the state of {stack}")
    pulumi.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    typer.echo(f"3/3 up of {stack}")
    if not yes:
        pulumi.run("preview")
        if not agreed(f"Bring {stack} up so?"):
            raise OpsError(f"{stack} is free again, and was not brought up")
    pulumi.up(seen=not yes)


def _steps(stack: str, *, yes: bool) -> tuple[str, ...]:
    last = "which is refused where it would lose data" if yes else "whose preview is shown and asked about before"
    return (
        f"A repair of {stack}",
        "  1. frees its lock: a `pulumi up` of it that still runs is cancelled",
        "  2. reads what is in the cloud into the state, and forgets what was begun: nothing in the cloud changes",
        f"  3. runs an up, {last}, which finds again what the killed one made",
    )
