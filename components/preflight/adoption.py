"""What an adoption changes of what somebody made by hand, told before it is done: by name, never by value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from components.naming import Identity
from components.preflight.findings import Findings, HostingFindings
from components.preflight.stacks import Outputs, has_branch, outputs_of
from components.settings.models import EnvironmentSettings, Settings
from components.variables import set_by_hand
from hosting.lookups import HostedBranch


def adopted_anew(
    environment: EnvironmentSettings | None, identity: Identity, findings: Findings, outputs: Outputs = outputs_of
) -> Findings:
    """A destroy leaves what was adopted with this stack's tags, and the stack without outputs."""
    if environment is None or not (environment.adopt or environment.adopt_parameters) or has_branch(identity, outputs):
        return findings
    return replace(findings, hosting=findings.hosting.adopted_anew(environment, identity))


def adoption_warnings(found: HostingFindings, settings: Settings, variables: Mapping[str, Any]) -> Iterator[str]:
    """One for the branch and one for each parameter that this run takes over, and one for what an adopted branch had
    kept and loses; the branch will have ``variables``."""
    if found.branch is not None and found.adopting_branch:
        changes = "; ".join(branch_changes(found.branch, settings, variables))
        yield f"adopts the Amplify branch {found.branch.name!r}: {changes}"
    elif found.branch is not None:
        for lost in _some("takes", set_by_hand(found.branch.variables).keys() - variables.keys()):
            yield f"{lost} from the Amplify branch {found.branch.name!r}: set by hand before its adoption"
    for name in sorted(found.adopting):
        yield (
            f"adopts the SSM parameter {name}: its value becomes that of its source, its tags this stack's; destroy "
            "leaves it in place"
        )


def branch_changes(branch: HostedBranch, settings: Settings, variables: Mapping[str, Any]) -> Iterator[str]:
    """What becomes of the branch, in words."""
    live = branch.variables
    changed = {key for key in live.keys() & variables.keys() if live[key] != variables[key]}
    yield from _some("adds", variables.keys() - live.keys())
    yield from _some("changes", changed)
    yield from _some("removes", live.keys() - variables.keys())
    yield from _some("leaves", live.keys() & variables.keys() - changed)
    stage = settings.environment.stage.value
    if branch.stage != stage:
        yield f"its stage {branch.stage} becomes {stage}"
    if not branch.auto_build:
        yield "a push builds it from now on"
    if settings.application.runtime == "ssm" and branch.compute_role:
        yield f"its compute role {branch.compute_role.rpartition('/')[2]} gives way to this environment's"
    yield "it gets this stack's tags; destroy leaves it in place"


def _some(verb: str, names: Collection[str]) -> Iterator[str]:
    if names:
        yield f"{verb} the variable{'s' if len(names) > 1 else ''} {', '.join(sorted(names))}"
