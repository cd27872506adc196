"""The day-to-day commands as a person types them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from components.settings.supposed import MAY_LOSE, NOTHING, OVERWRITTEN, supposition
from hosting.errors import HostingError
from hosting.moments import now
from ops import builds, repairing, rolling_back, verifying
from ops.asking import agreed
from ops.database import copied, kept_copy, not_due, password, require_database, require_source
from ops.listings import HIDDEN, Format, entries_of, formatted, masked, table
from ops.options import SEEDS, AcceptTableLoss, Seeds, Stack, Yes
from ops.pulumi import CHANGES_FOUND, OpsError, Pulumi
from ops.target import find_target

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
FRESH_AFTER, PASSWORD_AFTER = "database.fresh_after", "database.password_after"


@app.command()
def reset(stack: Stack, yes: Yes = False) -> None:
    """Copy the source's data over the environment's database, then build: shows what is lost, and asks."""
    pulumi, wanted = Pulumi(stack=stack), now()
    require_source(pulumi)
    before = copied(pulumi)
    if not _declared(
        pulumi, FRESH_AFTER, wanted, question=f"Reset the database of {stack}?", yes=yes, loses=OVERWRITTEN
    ):
        raise OpsError("nothing was reset")
    after = copied(pulumi)
    if after == before:
        raise not_due("nothing was reset: by Neon's clock the data was copied", wanted)
    if not after.reset_at:
        typer.echo(
            f"Nothing was to be reset: the Neon branch {after.branch_id} was made, with its source's data of now."
        )
    kept = kept_copy(pulumi, wanted)
    if kept is not None:
        typer.echo(f"What was overwritten is kept as the Neon branch {kept}: delete it when nobody needs it.")


@app.command()
def rotate(stack: Stack, yes: Yes = False) -> None:
    """Give the environment's database role a new password, then build: shows who is cut off, and asks."""
    pulumi, wanted = Pulumi(stack=stack), now()
    require_database(pulumi)
    before = password(pulumi)
    if not _declared(
        pulumi, PASSWORD_AFTER, wanted, question=f"Give the database role of {stack} a new password?", yes=yes
    ):
        raise OpsError("the password is as it was")
    if password(pulumi) == before:
        raise not_due("the password is as it was: by Neon's clock it was set", wanted)


def _declared(pulumi: Pulumi, key: str, wanted: str, *, question: str, yes: bool, loses: str = NOTHING) -> bool:
    """Shows what follows from a time in the stack file, asks unless ``yes``, sets it there and brings it about.

    False for a no. Until a yes the file is as it was, however this ends. With ``yes`` no more data may go than
    ``loses``, which the time stands for.
    """
    pulumi.run("preview", env={**supposition(key, wanted), **({MAY_LOSE: loses} if yes else {})})
    if not (yes or agreed(question)):
        return False
    pulumi.set(key, wanted)
    try:
        pulumi.up(seen=not yes, may_lose=loses)
    except OpsError as error:
        text = (
            f"{error}. {key} stays {wanted} in the stack file, so the next up does what of it is not done: take it out "
            "to have it not done"
        )
        raise OpsError(text, error.status) from None
    return True


@app.command()
def build(
    stack: Stack,
    action: Annotated[builds.Action, typer.Argument(help="what to do")] = builds.Action.START,
    job: Annotated[str | None, typer.Argument(help="number of a build, for retry, cancel and log")] = None,
    accept_table_loss: AcceptTableLoss = False,
) -> None:
    """Builds of the environment.

    start: an up that builds once more, whether anything changed or not, and waits. status: the latest builds.
    cancel: ends what runs. retry: builds the commit of an older build once more, and fails when it became another one.
    log: prints the log.
    """
    builds.act(stack, action, job, accept_table_loss=accept_table_loss)


@app.command()
def verify(stack: Stack) -> None:
    """Check what is there: newest build, parameters, database, backend and tables, production apart, and the address
    where the build settings have check_address: true."""
    verifying.check(find_target(Pulumi(stack=stack)))


@app.command()
def rollback(
    stack: Stack,
    to: Annotated[str | None, typer.Option(help="number of the build to put back, if not the last good one")] = None,
    accept_table_loss: AcceptTableLoss = False,
    yes: Yes = False,
) -> None:
    """Put back the last good build's commit, variables and parameters, and hold them: shows what, and asks."""
    rolling_back.rollback(stack, to, yes=yes, accept_table_loss=accept_table_loss)


@app.command()
def resume(stack: Stack, yes: Yes = False) -> None:
    """End the hold of a rollback: bring the files' configuration back and build the newest commit. Shows, and asks."""
    rolling_back.resume(stack, yes)


@app.command()
def seed(
    stack: Stack,
    files: Annotated[list[Path] | None, typer.Argument(help="data sets, if not all of the folder")] = None,
    folder: Seeds = SEEDS,
    clean: Annotated[bool, typer.Option("--clean", help="remove what the data sets loaded here")] = False,
) -> None:
    """Load data sets into the environment's tables and database, every record marked [DEV] or [PROD]."""
    from ops.seeds import seeding  # PostgreSQL's client takes its time

    target = find_target(Pulumi(stack=stack))
    sets = seeding.read(target, files or (), folder)
    if not sets:
        raise OpsError(f"there is no data set for {stack} in {folder}")
    (seeding.clean if clean else seeding.load)(seeding.place_of(target), sets)


@app.command()
def deploy(
    stack: Stack,
    pause: Annotated[bool, typer.Option("--pause", help="show what each step does, and ask")] = False,
    force: Annotated[bool, typer.Option("--force", help="build though nothing changed")] = False,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="your own sandbox, with its values")] = False,
    seeds: Seeds = SEEDS,
    application: Annotated[Path, typer.Option("--app", help="for --sandbox: the application's folder")] = Path(),
) -> None:
    """Bring the environment up, build, verify and seed it; without --pause refuses an up that loses data."""
    from ops import deployment

    options = deployment.Options(pause=pause, force=force, seeds=seeds, application=application)
    (deployment.deploy_sandbox if sandbox else deployment.deploy)(stack, options)


@app.command()
def rollout(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="in this order; if left out all, development first, production last")
    ] = None,
    pause: Annotated[bool, typer.Option("--pause", help="show the preview of each environment, and ask")] = False,
    remove_legacy: Annotated[
        list[str] | None, typer.Option(help="an Amplify branch of an older layout, to be removed at the end")
    ] = None,
    remove_backends: Annotated[
        bool, typer.Option("--remove-backends", help="at the end delete backends, with their data, that none uses")
    ] = False,
    remove_secrets: Annotated[
        bool, typer.Option("--remove-secrets", help="at the end delete what SSM keeps for builds of those branches")
    ] = False,
    seeds: Seeds = SEEDS,
    yes: Yes = False,
) -> None:
    """Bring the project's environments up one after the other, each verified before the next.

    Without --pause an up that loses data is refused.

    It stops at the first that fails; run it again, and it goes on from there. What is to be removed goes when
    production is verified, and not before: it is shown, and asked about.
    """
    from ops import removal
    from ops import rollout as rolling

    wish = removal.Wish(legacy=tuple(remove_legacy or ()), backends=remove_backends, secrets=remove_secrets)
    rolling.rollout(stacks or (), rolling.Options(pause=pause, yes=yes, seeds=seeds, remove=wish))


@app.command()
def drift(stack: Stack) -> None:
    """Show what was changed behind Pulumi's back; status 7 when something was. `pulumi up` mends it."""
    sys.exit(Pulumi(stack=stack).run("preview", "--expect-no-changes", "--diff", expect=(0, CHANGES_FOUND)))


@app.command()
def repair(stack: Stack, yes: Yes = False) -> None:
    """Put a stack right whose `pulumi up` was killed: free its lock, forget what it had begun, bring it up.

    What a killed run made is found again by our own tags and marks, so nothing is made twice and nothing is left. The
    preview is shown, and asked about; with --yes what would lose data is refused.
    """
    repairing.repair(stack, yes=yes)


@app.command("turn-back")
def turn_back(stack: Stack, yes: Yes = False) -> None:
    """Take back a change of git_branch, or of the app, that was begun and is not done: shows what, and asks.

    With the old settings again, that branch stays and the new one goes.
    """
    from ops import turning_back

    turning_back.turn_back(stack, yes=yes)


@app.command()
def variables(stack: Stack) -> None:
    """Print every variable and parameter with its source; values of secrets are not shown."""
    typer.echo(table(entries_of(Pulumi(stack=stack))))


@app.command()
def outputs(
    stack: Stack,
    kind: Annotated[Format, typer.Option("--format", help="json, dotenv, or github for $GITHUB_OUTPUT")] = Format.JSON,
    secrets: Annotated[bool, typer.Option("--secrets", help="the secret ones, too")] = False,
) -> None:
    """Print the stack's outputs for a build outside Amplify; secret ones are left out unless asked for."""
    pulumi = Pulumi(stack=stack)
    shown = pulumi.json("stack", "output", "--json")
    if not shown:
        raise OpsError(f"{stack} has no outputs: it was destroyed, or never up. `pulumi up -s {stack}` brings it up")
    found = {key: value for key, value in shown.items() if value != HIDDEN}
    if secrets:
        hidden = sorted(shown.keys() - found.keys())
        found = pulumi.json("stack", "output", "--json", "--show-secrets")
        if kind is Format.GITHUB:
            # GitHub hides from its logs what was told to it so, and wants it told there.
            typer.echo("\n".join(masked(found[key]) for key in hidden), err=True)
    typer.echo(formatted(found, kind))


def main() -> int:
    """Wrong usage, and an answer that is no, are typer's to tell; it ends the process itself."""
    try:
        app()
    except OpsError as error:
        typer.echo(f"error: {error}", err=True)
        return error.status
    except HostingError as error:
        typer.echo(f"error: {error}", err=True)
        return 1
    return 0
