"""The start of a program: settings and pre-flight, with all problems told together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pulumi

from components.address import branch_address
from components.naming import Identity
from components.neon.credentials import MissingCredentials, credentials, deleted_project
from components.policies import Account
from components.preflight.adopted import is_another, not_adopted, not_renamed
from components.preflight.adoption import adopted_anew, adoption_warnings
from components.preflight.builds import (
    Wanted,
    build_in_the_way,
    deployments_before,
    failed_unseen,
    let_builds_end,
    will_change,
)
from components.preflight.changed_branch import left_others, may_have_backend, turned_back
from components.preflight.domain import domain_warning, unwaited_move
from components.preflight.findings import Findings, HostingFindings
from components.preflight.held import refuse_held
from components.preflight.removed import Removed, check_removed
from components.preflight.run import Clouds, preflight
from components.preflight.sources import readers
from components.preflight.stacks import Left, Outputs, check_stacks, last_branch, left_branch, outputs_of
from components.preflight.unseen import unseen_losses
from components.progress import tell
from components.settings.models import Settings
from components.settings.problems import Problem, report
from components.settings.reading import Draft, read_accounts, read_draft
from components.settings.rules import kept_problems, rule_problems
from components.settings.siblings import clashes, neon_projects, read_siblings, to_be_apart
from components.settings.supposed import MAY_LOSE, TURNED_BACK, with_supposed
from components.variables import Known, branch_variables, kept_variables
from hosting.clients import Aws
from hosting.deployments import Deployment
from hosting.elsewhere import Elsewhere
from hosting.errors import HostingError
from hosting.lookups import App, HostedBranch
from neon.client import NeonClient
from neon.errors import NeonRefused
from neon.retry import Pace

_PATIENCE = 10.0  # seconds for one read of the pre-flight, so that a service out of reach is told soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """``stacks`` are the values of variables that other stacks give, by key. ``elsewhere`` are backends of
    the project's other stacks that must be apart from this one's, in other apps. ``history`` are the deployments before
    this one, the newest first."""

    identity: Identity
    settings: Settings
    findings: Findings
    stacks: Mapping[str, str]
    elsewhere: tuple[Elsewhere, ...] = ()
    history: tuple[Deployment, ...] = ()

    def known(self, url: pulumi.Input[str], app_id: pulumi.Input[str]) -> Known:
        """What the variables are made of."""
        elsewhere = {**self.findings.hosting.values, **self.stacks}
        return Known(url=url, app_id=app_id, elsewhere=elsewhere, kept=self.kept_variables())

    def kept_variables(self) -> dict[str, str]:
        """Those of an adopted branch that stay as they are."""
        return _kept_variables(self.findings.hosting, self.settings)


def read_stack() -> Stack:
    """What this stack should be. Raises pulumi.RunError with every problem that was found, before any registration."""
    identity = Identity(project=pulumi.get_project(), stack=pulumi.get_stack())
    draft, problems = read_draft(_config(identity), identity.project)
    problems += rule_problems(draft, identity, datetime.now(UTC))
    siblings = read_siblings(Path.cwd(), identity)
    clouds, found = _clouds()
    problems += found
    outputs = cache(outputs_of)
    findings = adopted_anew(draft.environment, identity, _look(draft, identity, clouds), outputs)
    stacks = check_stacks(readers(draft), identity.project, outputs)
    problems += clashes(draft, identity, siblings, findings.database.project_names)
    problems += [*stacks.problems, *findings.problems, *_missing_branch(draft, identity, findings, outputs)]
    problems += refuse_held(identity, findings.hosting, clouds.aws, outputs)
    problems += [*_begun(identity, findings), *_not_kept(draft, identity, findings)]
    hosting = findings.hosting
    problems += unwaited_move(draft.environment, draft.build, identity, hosting.domain, hosting.others)
    projects = neon_projects(siblings)
    removed = check_removed(draft, identity, clouds.neon, deleted=deleted_project(), projects=projects, outputs=outputs)
    problems += removed.problems
    left = None if problems else _left_branch(draft, identity, findings, clouds.aws, outputs)
    if problems := problems or _unseen(identity, findings, removed, left):
        raise pulumi.RunError(report(problems))
    for text in (removed.says, None if left is None else left.says):
        if text is not None:
            pulumi.log.warn(text)
    stack = Stack(
        identity=identity,
        settings=draft.complete(),
        findings=findings,
        stacks=stacks.values,
        elsewhere=to_be_apart(draft, siblings),
    )
    return _make_ready(stack, clouds.aws)


def _kept_variables(found: HostingFindings, settings: Settings) -> dict[str, str]:
    if found.branch is None:
        return {}
    return kept_variables(found.branch.variables, settings, adopting=found.adopting_branch)


def _left_branch(draft: Draft, identity: Identity, findings: Findings, aws: Aws, outputs: Outputs) -> Left | None:
    app, backends = findings.hosting.app, partial(may_have_backend, aws)
    if draft.environment is None:
        return None
    told = left_branch(identity, draft.environment, None if app is None else app.id, backends, outputs)
    # What no up that was done has told: a first one that failed, and a change that was begun.
    return told if told is not None or app is None else left_others(findings.hosting.others, backends)


def _unseen(identity: Identity, findings: Findings, removed: Removed, left: Left | None) -> list[Problem]:
    """What speaks against an up that nobody looks at, if this is one."""
    allowed = os.environ.get(MAY_LOSE)
    return [] if allowed is None else list(unseen_losses(identity, allowed, findings.database, removed, left))


def _not_kept(draft: Draft, identity: Identity, findings: Findings) -> list[Problem]:
    """Names for the run time that only the branch could give, and does not."""
    if draft.wrong or findings.hosting.branch is None:
        return []
    return list(kept_problems(draft, identity, _kept_variables(findings.hosting, draft.complete())))


def _config(identity: Identity) -> Mapping[str, Any]:
    """The stack's configuration; a preview supposes what the command that runs it would write."""
    found: Mapping[str, Any] = pulumi.runtime.config.get_config_env()
    return with_supposed(found, identity.project, os.environ) if pulumi.runtime.is_dry_run() else found


def _make_ready(stack: Stack, aws: Aws) -> Stack:
    """Says what is adopted and what is left for a person, and lets builds end where the Amplify branch will change. The
    stack with what was deployed until then."""
    found = stack.findings.hosting
    variables = {} if found.app is None else _variables(stack, found.app)
    pending = domain_warning(found.domain)
    for text in (*adoption_warnings(found, stack.settings, variables), *([pending] if pending else [])):
        pulumi.log.warn(text)
    if found.app is not None and found.branch is not None:
        _wait_for_builds(stack, found.branch, _wanted(stack, found.app, variables), aws)
    return replace(stack, history=_history(stack, variables, aws))


def _history(stack: Stack, variables: Mapping[str, Any], aws: Aws) -> tuple[Deployment, ...]:
    name, branch = stack.identity.deployments, stack.findings.hosting.branch
    try:
        preview = pulumi.runtime.is_dry_run()
        return tuple(deployments_before(aws, name, branch, stack.settings, variables, preview=preview))
    except HostingError as error:
        raise pulumi.RunError(f"the stack was not changed: {error}") from None


def _variables(stack: Stack, app: App) -> dict[str, Any]:
    """All that the Amplify branch will have."""
    address = branch_address(stack.settings.environment, app.default_domain)
    ours = branch_variables(stack.identity, stack.settings, stack.known(address, app.id))
    return {**stack.kept_variables(), **ours}


def _wanted(stack: Stack, app: App, variables: Mapping[str, Any]) -> Wanted:
    return Wanted(
        variables=variables,
        stage=stack.settings.environment.stage.value,
        own_role=Account.of(app.arn).role(stack.identity.runtime_role),
        has_role=stack.settings.application.runtime == "ssm",
    )


def _wait_for_builds(stack: Stack, branch: HostedBranch, wanted: Wanted, aws: Aws) -> None:
    """A preview says that an up would wait, an up does."""
    said = None
    try:
        if not will_change(branch, wanted):
            said = failed_unseen(aws, branch, stack.settings)
        elif pulumi.runtime.is_dry_run():
            said = build_in_the_way(aws, branch, stack.settings)
        else:
            let_builds_end(aws, branch, stack.settings)
    except HostingError as error:
        raise pulumi.RunError(f"the Amplify branch {branch.name} was not changed: {error}") from None
    if said is not None:
        pulumi.log.warn(said)


def _missing_branch(draft: Draft, identity: Identity, findings: Findings, outputs: Outputs) -> list[Problem]:
    """A preview goes on where data was lost, to show what is to be done; an up does not."""
    lost = findings.lost_database(draft.database, identity)
    if lost is not None and pulumi.runtime.is_dry_run():
        pulumi.log.warn(lost)
        lost = None
    known = last_branch(identity, outputs) if draft.database is not None and draft.database.adopt else None
    another = not_adopted(draft.database, findings.database, known)
    misnamed = not_renamed(draft.database, findings.database, known) or findings.nothing_to_adopt(draft.database)
    done = findings.database.branch is not None and not is_another(draft.database, findings.database, known)
    if draft.database is not None and draft.database.recreate and done:
        pulumi.log.warn("recreate: true has done its work: take it out, or the next loss of the branch is not told")
    path = f"{identity.project}:database.branch"
    return [Problem(path=path, text=text) for text in (lost, another, misnamed) if text is not None]


def _look(draft: Draft, identity: Identity, clouds: Clouds) -> Findings:
    """A preview supposes a turn-back done that is about to be."""
    found = preflight(draft, identity, clouds)
    supposed = pulumi.runtime.is_dry_run() and TURNED_BACK in os.environ
    return replace(found, hosting=found.hosting.turned_back()) if supposed else found


def _begun(identity: Identity, findings: Findings) -> list[Problem]:
    found = findings.hosting
    return [] if found.branch is None else turned_back(found.branch, found.begun, identity)


def _clouds() -> tuple[Clouds, list[Problem]]:
    config = pulumi.Config("aws")
    accounts, problems = read_accounts(config.get("allowedAccountIds"))
    if config.get("assumeRoles"):
        # The AWS provider alone would follow it: the pre-flight and the builds would look into another account.
        text = "is not followed by the pre-flight and the builds: name a profile that assumes the role in aws:profile"
        problems.append(Problem(path="aws:assumeRoles", text=text))
    return Clouds(aws=Aws(config.get("region"), config.get("profile")), accounts=accounts, neon=_neon), problems


def _neon() -> NeonClient:
    try:
        return NeonClient(credentials(pulumi.runtime.get_config), Pace(call=_PATIENCE, say=tell))
    except MissingCredentials as missing:
        raise NeonRefused(str(missing)) from None
