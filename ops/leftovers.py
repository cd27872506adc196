"""What an older layout left in an Amplify app: branches and backends that no environment uses. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.build_variables import BACKEND_MODE, BACKEND_STACK
from components.naming import NONE
from components.settings.models import Stage
from hosting.backend_state import Backend
from hosting.backends import backend_stack
from hosting.lookups import HostedBranch
from ops.layout import Member

_STACK, _PROJECT = "pulumi:stack", "pulumi:project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """``members`` are all environments of the project; ``verified`` those that are up, built and verified."""

    members: tuple[Member, ...]
    verified: tuple[Member, ...]


def why_kept(branch: HostedBranch, layout: Layout, branches: Sequence[HostedBranch]) -> str | None:
    """What speaks against the removal of a branch; None for nothing. ``branches`` are all of its app."""
    needed = why_needed(branch.name, layout)
    if needed is not None:
        return needed
    if _STACK in branch.tags:
        owner = f"{branch.tags.get(_PROJECT, '')}/{branch.tags[_STACK]}"
        return f"it is that of the stack {owner}, by its tags: `pulumi destroy` is for that"
    if branch.stage == Stage.PRODUCTION:
        return "its stage is PRODUCTION: give it another one in Amplify's console first, if it is production no more"
    if branch.hosts:
        return f"{', '.join(branch.hosts)} leads to it: have that lead to another branch first"
    others = [one for one in branches if one.name != branch.name]
    users = [one.name for one in others if one.variables.get(BACKEND_STACK) == _own_stack(branch)]
    return f"the builds of {', '.join(users)} use its backend" if users else None


def why_needed(name: str, layout: Layout) -> str | None:
    """What speaks against the removal of what a branch of that name has, whether or not it is there."""
    needs = [member.stack for member in layout.members if name in member.git_branches]
    return f"Pulumi.{needs[0]}.yaml names it" if needs else None


def nobodys(branches: Sequence[HostedBranch], layout: Layout) -> list[str]:
    """Names of the branches that no stack of this project, or of another one, is known to need."""
    needed = {name for member in layout.members for name in member.git_branches}
    return [branch.name for branch in branches if branch.name not in needed and _STACK not in branch.tags]


def unused_stacks(app_id: str, legacy: Sequence[str], layout: Layout, branches: Sequence[HostedBranch]) -> list[str]:
    """Names that backends of the ``legacy`` branches have, and of branches whose environment does not use its own.

    What an environment uses that was not verified is not known: its branch's own backend is not among them. Nor is that
    of a branch of the app that stays, unless its variables say that it uses another one, or none.
    """
    used = {member.backend_in(app_id) for member in layout.members}
    used |= {_used_by(one) for one in branches if one.name not in legacy}
    candidates = [*legacy, *(member.environment.git_branch for member in layout.verified)]
    return [name for name in dict.fromkeys(backend_stack(app_id, one) for one in candidates) if name not in used]


def _used_by(branch: HostedBranch) -> str:
    """The stack of the backend that its builds use; empty for none."""
    if branch.variables.get(BACKEND_MODE) == NONE:
        return ""
    return branch.variables.get(BACKEND_STACK) or _own_stack(branch)


def _own_stack(branch: HostedBranch) -> str:
    return backend_stack(branch.app_id, branch.name)


def described(
    branches: Sequence[HostedBranch],
    backends: Sequence[Backend],
    records: Mapping[str, int | None],
    secrets: Sequence[str] = (),
) -> Iterator[str]:
    """A line for each thing that a removal deletes, with what is lost. ``records`` are about how many a table has."""
    for branch in branches:
        variables = f", its variables {', '.join(sorted(branch.variables))}" if branch.variables else ""
        yield f"the Amplify branch {branch.name} of the app {branch.app_id}, its builds{variables}, and what it serves"
    for backend in backends:
        tables = ", ".join(f"{part.id} ({_about(records.get(part.id))})" for part in backend.tables)
        yield f"the backend stack {backend.name} with all that it holds, such as the tables {tables or '(none)'}"
    for name in secrets:
        yield f"the SSM parameter {name}"


def _about(count: int | None) -> str:
    return "records: not known" if count is None else f"about {count} records"
