"""The start of a program: settings and pre-flight, with all problems told together."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.naming import Identity
from components.neon.credentials import MissingCredentials, credentials, shared_client
from components.preflight.findings import Findings
from components.preflight.run import preflight
from components.settings.models import Settings
from components.settings.problems import report
from components.settings.reading import read_draft
from components.settings.rules import rule_problems
from hosting.clients import Aws
from neon.client import NeonClient
from neon.errors import NeonRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    identity: Identity
    settings: Settings
    findings: Findings


def read_stack() -> Stack:
    """What this stack should be. Raises pulumi.RunError with every problem that was found, before any registration."""
    identity = Identity(project=pulumi.get_project(), stack=pulumi.get_stack())
    draft, problems = read_draft(pulumi.runtime.config.get_config_env(), identity.project)
    problems += rule_problems(draft, identity)
    findings = preflight(draft, identity, aws=Aws(pulumi.Config("aws").get("region")), neon=_neon)
    problems += findings.problems
    if problems:
        raise pulumi.RunError(report(problems))
    return Stack(identity=identity, settings=draft.complete(), findings=findings)


def _neon() -> NeonClient:
    try:
        return shared_client(credentials(pulumi.runtime.get_config))
    except MissingCredentials as missing:
        raise NeonRefused(str(missing)) from None
