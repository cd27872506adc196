"""`ops deploy STACK`: an environment brought up, built, verified and seeded, in one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from components.settings.supposed import supposition
from hosting.builds import succeeded, wait_until_idle
from hosting.jobs import list_jobs
from hosting.lookups import branch_of
from hosting.moments import now
from ops import sandbox, verifying
from ops.asking import agreed
from ops.builds import FORCE
from ops.progress import insist, progress
from ops.pulumi import OpsError, Pulumi
from ops.seeds import seeding
from ops.target import Target, find_target


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``title`` says what ``act`` does, for the person who may stop before it; ``show`` shows that person more."""

    title: str
    act: Callable[[], None]
    show: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """``force`` builds though nothing changed. ``seeds`` and ``application`` are folders, the latter for a sandbox.
    ``seen`` says that somebody was shown the preview and said yes, as with ``pause``."""

    pause: bool
    force: bool
    seeds: Path
    application: Path
    seen: bool = False


def deploy(stack: str, options: Options) -> None:
    """Raises OpsError for an up that loses data, where nobody was shown the preview."""
    if options.application != Path():
        raise OpsError("--app is for --sandbox: say both, or neither; nothing was done")
    pulumi = Pulumi(stack=stack)
    forced = now() if options.force or _must_be_repeated(pulumi) else ""
    run_parts(
        [
            Part(
                title=f"up of {stack}, with a build where something has changed",
                act=lambda: _up(pulumi, forced, seen=options.pause or options.seen),
                show=lambda: _show(pulumi, forced),
            ),
            Part(title="the wait for a build that runs", act=lambda: _built(find_target(pulumi))),
            Part(title="verification", act=lambda: verifying.check(find_target(pulumi))),
            Part(title=f"data sets from {options.seeds}", act=lambda: _seed(find_target(pulumi), options.seeds)),
        ],
        options.pause,
    )


def preview(stack: str) -> None:
    """Of the up that `deploy` does, one that builds once more included."""
    pulumi = Pulumi(stack=stack)
    _show(pulumi, now() if _must_be_repeated(pulumi) else "")


def _show(pulumi: Pulumi, forced: str) -> None:
    pulumi.run("preview", env=supposition(FORCE, forced) if forced else {})


def deploy_sandbox(stack: str, options: Options) -> None:
    """The developer's own backend, with the environment's values, in place of its branch."""
    if options.force:
        raise OpsError(
            "--force is about a build of the branch, and --sandbox makes none: leave it out; nothing was done"
        )
    target = find_target(Pulumi(stack=stack))
    if target.environment.production:
        raise OpsError(f"{stack} is production: a sandbox is not for its values")
    backend = sandbox.sandbox_stack(options.application)
    run_parts(
        [
            Part(title=f"your sandbox {backend}", act=lambda: sandbox.deploy(target, options.application)),
            Part(title="verification", act=lambda: verifying.check(target, backend)),
            Part(title=f"data sets from {options.seeds}", act=lambda: _seed(target, options.seeds, backend)),
        ],
        options.pause,
    )


def run_parts(parts: Sequence[Part], pause: bool, mark: str = "") -> None:
    """One after the other; with ``pause`` somebody has a look at each, and says whether it comes.

    ``mark`` begins the lines that say which part is done.
    """
    for number, part in enumerate(parts, start=1):
        if pause and part.show is not None:
            part.show()
        if pause and not agreed(f"Next ({number} of {len(parts)}): {part.title}. Go on?"):
            before = "what came before it is done" if number > 1 else "nothing was done"
            raise OpsError(f"stopped before {part.title}: {before}")
        typer.echo(f"{mark}{number}/{len(parts)} {part.title}")
        part.act()


def _must_be_repeated(pulumi: Pulumi) -> bool:
    """Whether the newest build came to nothing and no up would build again: that of a push, or one that no up has
    waited for. What is wrong with the settings, or not there yet, the up says."""
    try:
        target = find_target(pulumi)
    except OpsError:
        return False
    if insist(lambda: branch_of(target.aws, target.app_id, target.builds.branch)) is None:
        return False
    job = next(iter(insist(lambda: list_jobs(target.aws, target.builds))), None)
    if job is None or not job.failed or (job.stamp is not None and target.build.wait):
        return False
    typer.echo(f"build {job.id} of {target.builds.branch} ended as {job.status}: the up builds once more")
    return True


def _up(pulumi: Pulumi, forced: str, *, seen: bool) -> None:
    if forced:
        pulumi.set(FORCE, forced)
    pulumi.up(seen=seen)


def _built(target: Target) -> None:
    """Whatever runs has ended, also a build of a push, and the newest build is good."""
    wait_until_idle(target.aws, target.builds, progress())
    jobs = insist(lambda: list_jobs(target.aws, target.builds))
    if not jobs:
        raise OpsError(f"{target.builds.branch} was never built")
    succeeded(target.aws, target.builds, jobs[0], "Mend it and deploy again, or roll back")


def _seed(target: Target, folder: Path, backend: str | None = None) -> None:
    sets = seeding.read(target, (), folder)
    if sets:
        seeding.load(seeding.place_of(target, backend), sets)
    else:
        typer.echo(f"there are none for {target.identity.stack}")
