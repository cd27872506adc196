"""`ops rollout`: the environments of a project brought up one after the other, each verified before the next begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hosting.errors import HostingError
from ops import deployment, removal
from ops.deployment import Part, run_parts
from ops.layout import Member, chosen, read_layout
from ops.leftovers import Layout
from ops.pulumi import OpsError, Pulumi
from ops.removal import Wish
from ops.target import Target, find_target


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """``remove`` is what goes at the end; without ``yes`` that is asked about. ``seeds`` is a folder."""

    pause: bool
    yes: bool
    seeds: Path
    remove: Wish


def rollout(stacks: Sequence[str], options: Options) -> None:
    """Stops at the first that fails; what is done already is found done by the next run, and verified again."""
    if options.remove.secrets and not options.remove.legacy:
        raise OpsError(
            "--remove-secrets deletes what SSM keeps for builds of the branches that --remove-legacy names: name them"
        )
    everybody = read_layout(Path.cwd())
    members = chosen(everybody, stacks)
    if not members:
        raise OpsError("there is no stack file here: is this the project's folder?")
    layout = Layout(members=tuple(everybody), verified=tuple(members))
    parts = [
        Part(title=str(member), act=_step(member.stack, options), show=_preview(member.stack)) for member in members
    ]
    if options.remove:
        production = _production(members)
        # Also before anything is done: nobody should learn at the end that a name was wrong.
        removal.look(_target(production), options.remove.legacy, layout)
        parts.append(Part(title="removal of what no environment uses", act=_remove(production, options, layout)))
    run_parts(parts, options.pause, mark="== ")
    removal.tell_nobodys(_target(_production(members) if options.remove else members[-1]), layout)


def _step(stack: str, options: Options) -> Callable[[], None]:
    return lambda: _deploy(stack, options)


def _preview(stack: str) -> Callable[[], object]:
    return lambda: deployment.preview(stack)


def _deploy(stack: str, options: Options) -> None:
    wanted = deployment.Options(pause=False, force=False, seeds=options.seeds, application=Path(), seen=options.pause)
    try:
        deployment.deploy(stack, wanted)
    except (OpsError, HostingError) as error:
        text = f"the rollout stopped at {stack}: {error}. What comes after it was not begun: mend it and run it again"
        raise OpsError(text, error.status if isinstance(error, OpsError) else 1) from None


def _remove(production: Member, options: Options, layout: Layout) -> Callable[[], None]:
    return lambda: removal.remove(_target(production), options.remove, layout, options.yes)


def _production(members: Sequence[Member]) -> Member:
    """The one that must be up and verified before anything is removed, and whose app is looked through."""
    found = next((member for member in members if member.environment.production), None)
    if found is None:
        raise OpsError("nothing is removed before production is verified: it must be among the environments")
    return found


def _target(member: Member) -> Target:
    return find_target(Pulumi(stack=member.stack))
