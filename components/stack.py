"""The start of a program: settings and pre-flight, with all problems told together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from components.naming import DATABASE_URL, Identity
from components.neon.credentials import MissingCredentials, credentials
from components.preflight.findings import Findings
from components.preflight.run import Clouds, preflight
from components.settings.models import Settings
from components.settings.problems import Problem, report
from components.settings.reading import Draft, read_draft
from components.settings.rules import rule_problems
from components.settings.siblings import clashes, read_siblings
from hosting.clients import Aws
from neon.client import NeonClient
from neon.errors import NeonRefused
from neon.retry import Pace

_PATIENCE = 10.0  # seconds for one read of the pre-flight, so that a service out of reach is told soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    identity: Identity
    settings: Settings
    findings: Findings


def read_stack() -> Stack:
    """What this stack should be. Raises pulumi.RunError with every problem that was found, before any registration."""
    identity = Identity(project=pulumi.get_project(), stack=pulumi.get_stack())
    draft, problems = read_draft(pulumi.runtime.config.get_config_env(), identity.project)
    problems += rule_problems(draft, identity, datetime.now(UTC))
    problems += clashes(draft, identity, read_siblings(Path.cwd(), identity))
    findings = preflight(draft, identity, _clouds())
    problems += [*findings.problems, *_missing_branch(draft, identity, findings)]
    if problems:
        raise pulumi.RunError(report(problems))
    return Stack(identity=identity, settings=draft.complete(), findings=findings)


def _missing_branch(draft: Draft, identity: Identity, findings: Findings) -> list[Problem]:
    """A preview goes on where data was lost, to show what is to be done; an up does not."""
    url = identity.parameter(DATABASE_URL)
    lost, never = findings.lost_database(draft.database, url), findings.nothing_to_adopt(draft.database, url)
    if lost is not None and pulumi.runtime.is_dry_run():
        pulumi.log.warn(lost)
        lost = None
    if draft.database is not None and draft.database.recreate and findings.database.branch is not None:
        pulumi.log.warn("recreate: true has done its work: take it out, or the next loss of the branch is not told")
    path = f"{identity.project}:database.branch"
    return [Problem(path=path, text=text) for text in (lost, never) if text is not None]


def _clouds() -> Clouds:
    config = pulumi.Config("aws")
    return Clouds(
        aws=Aws(config.get("region")),
        accounts=tuple(map(str, config.get_object("allowedAccountIds") or ())),
        neon=_neon,
    )


def _neon() -> NeonClient:
    try:
        return NeonClient(credentials(pulumi.runtime.get_config), Pace(call=_PATIENCE))
    except MissingCredentials as missing:
        raise NeonRefused(str(missing)) from None
