"""What a rollback holds, no up changes by the way: neither the branch itself, nor by leading away from it."""

from __future__ import annotations

import os

import pulumi

from components.naming import Identity
from components.preflight.findings import HostingFindings
from components.preflight.stacks import Outputs, last_site
from components.settings.problems import Problem
from components.settings.supposed import SUPPOSED, TURNED_BACK
from hosting.clients import Aws
from hosting.errors import HostingError
from hosting.holds import hold_in
from hosting.lookups import HostedBranch, branch_of


def refuse_held(identity: Identity, found: HostingFindings, aws: Aws, outputs: Outputs) -> list[Problem]:
    """A preview shows what an up would bring back, an up does not undo a rollback by the way; nor is one begun, whose
    preview supposes what is only written, or done, for it."""
    try:
        text = held(identity, found, aws, outputs)
    except HostingError as error:
        return [Problem(path="aws", text=str(error))]
    if text is not None and pulumi.runtime.is_dry_run() and not {SUPPOSED, TURNED_BACK} & os.environ.keys():
        pulumi.log.warn(f"{identity.stack} {text}, and an up does not")
        return []
    return [] if text is None else [Problem(path=identity.stack, text=text)]


def held(identity: Identity, found: HostingFindings, aws: Aws, outputs: Outputs) -> str | None:
    """The hold of the settings' Amplify branch, or of the last up's where they lead to another one."""
    ends = f"`python -m ops resume {identity.stack}` ends that"
    if found.held is not None:
        return f"was rolled back and is held at {found.held}: {ends}"
    left = None if found.problems else _left(identity, found.branch, aws, outputs)
    hold = None if left is None else hold_in(left.tags)
    if left is None or hold is None:
        return None
    return (
        f"was rolled back and is held at {hold}, as the Amplify branch {left.name} of the app {left.app_id}: name that "
        f"in the settings again, and {ends}"
    )


def _left(identity: Identity, branch: HostedBranch | None, aws: Aws, outputs: Outputs) -> HostedBranch | None:
    site = last_site(identity, outputs)
    if site is None or (branch is not None and site == (branch.app_id, branch.name)):
        return None
    left = branch_of(aws, *site)
    return left if left is not None and identity.owns(left.tags) else None
