"""The environment's own host name: its association is ours or free, and what is still to be done for it is told."""

from __future__ import annotations

from dataclasses import dataclass

from components.naming import Identity
from components.settings.models import EnvironmentSettings
from components.settings.problems import Problem
from hosting.clients import Aws
from hosting.domains import AVAILABLE, Domain, domains_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFindings:
    """``domain`` is the association of the environment's host name, as far as it leads to its branch."""

    domain: Domain | None = None
    problems: tuple[Problem, ...] = ()


def check_domain(environment: EnvironmentSettings, identity: Identity, aws: Aws, app_id: str) -> DomainFindings:
    """Asks for the app's domains where the settings want one. An association carries no tags: ours is the one of that
    name which leads to our branch alone."""
    host = environment.host if environment.domain else None
    if host is None:
        return DomainFindings()
    found = domains_of(aws, app_id)
    own = next((one for one in found if one.name == host), None)
    path = f"{identity.project}:environment.domain"
    text = _taken(own, environment.git_branch) if own is not None else _elsewhere(found, host)
    if text is not None:
        return DomainFindings(problems=(Problem(path=path, text=text),))
    return DomainFindings(domain=own)


def _taken(own: Domain, git_branch: str) -> str | None:
    if own.branches == {"": git_branch}:
        return None
    leads = ", ".join(f"{prefix}.{own.name} to {branch}".lstrip(".") for prefix, branch in sorted(own.branches.items()))
    return f"the app has the domain {own.name}, and leads {leads}: delete it in Amplify, or leave domain out"


def _elsewhere(found: list[Domain], host: str) -> str | None:
    """An association of a name above ours may lead our name somewhere, too."""
    for one in found:
        branch = one.leads(host)
        if branch is not None:
            return f"the app's domain {one.name} leads {host} to {branch}: take it out there, or leave domain out"
    return None


def domain_warning(domain: Domain | None) -> str | None:
    """What a person has yet to do, or to wait for; None when the name works, or was never asked for."""
    if domain is None or domain.status == AVAILABLE:
        return None
    records = "; ".join(str(one) for one in domain.records)
    todo = f": set at its registrar {records}" if domain.status == "PENDING_VERIFICATION" and records else ""
    return f"the domain {domain.name} is {domain.status}{todo}"
