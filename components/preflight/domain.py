"""The environment's own host name: its association is ours or free, and what is still to be done for it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.naming import DOMAIN, Identity
from components.settings.models import BuildSettings, EnvironmentSettings
from components.settings.problems import Problem
from hosting.domains import AVAILABLE, Domain
from hosting.lookups import HostedBranch


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFindings:
    """``domain`` is the association of the environment's host name, as far as it leads to its branch, or is to."""

    domain: Domain | None = None
    problems: tuple[Problem, ...] = ()


def check_domain(
    environment: EnvironmentSettings,
    identity: Identity,
    domains: Sequence[Domain],
    branch: HostedBranch | None,
    others: Sequence[HostedBranch] = (),
) -> DomainFindings:
    """``domains`` are the app's, ``branch`` is the environment's as it is, ``others`` what a change of git_branch
    leaves. An association has no tags: ours is the one that leads to a branch of ours alone, whose tag names it."""
    host = environment.host if environment.domain else None
    if host is None:
        return DomainFindings()
    own = next((one for one in domains if one.name == host), None)
    text = _elsewhere(domains, host) if own is None else _not_ours(own, environment, branch, others)
    if text is not None:
        return DomainFindings(problems=(Problem(path=f"{identity.project}:environment.domain", text=text),))
    return DomainFindings(domain=own)


def _not_ours(
    own: Domain, environment: EnvironmentSettings, branch: HostedBranch | None, others: Sequence[HostedBranch]
) -> str | None:
    if any(own.branches == {"": one.name} and one.tags.get(DOMAIN) == own.name for one in others):
        return None
    return _taken(own, environment) or _by_hand(own, environment, branch)


def _taken(own: Domain, environment: EnvironmentSettings) -> str | None:
    if own.branches == {"": environment.git_branch}:
        return None
    leads = ", ".join(f"{prefix}.{own.name} to {branch}".lstrip(".") for prefix, branch in sorted(own.branches.items()))
    return f"the app has the domain {own.name}, and leads {leads}: delete it in Amplify, or leave domain out"


def _by_hand(own: Domain, environment: EnvironmentSettings, branch: HostedBranch | None) -> str | None:
    if environment.adopt or branch is None or branch.tags.get(DOMAIN) == own.name:
        return None
    return (
        f"the app has the domain {own.name}, and this stack did not make it: leave domain out, delete it in Amplify, "
        "or take it over, and the branch with it, with adopt: true (destroy then leaves both in place)"
    )


def _elsewhere(found: Sequence[Domain], host: str) -> str | None:
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


def unwaited_move(
    environment: EnvironmentSettings | None,
    build: BuildSettings | None,
    identity: Identity,
    found: Domain | None,
    others: Sequence[HostedBranch],
) -> list[Problem]:
    """The branch that it leads to, maybe one of ``others``, has a site, and is deleted when it has moved: so the new
    one has to be built then."""
    if environment is None or build is None or build.wait or not _moves(environment, found, others):
        return []
    text = (
        f"is false, and {environment.host} is to lead to {environment.git_branch}, whose build nobody would wait for: "
        "set it to true for this up"
    )
    return [Problem(path=f"{identity.project}:build.wait", text=text)]


def _moves(environment: EnvironmentSettings, found: Domain | None, others: Sequence[HostedBranch]) -> bool:
    """Whether the host name leads to another branch by now than the one that it is to lead to."""
    if not environment.domain:
        return False
    left = found is None and any(environment.host in one.hosts for one in others)
    return left or (found is not None and environment.git_branch not in found.branches.values())
