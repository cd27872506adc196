"""The Neon side: exactly one project, its source, and a branch of our name that is ours or free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from components.naming import Identity
from components.preflight.findings import DatabaseFindings, PasswordFindings
from components.preflight.losses import expires_sooner, expiry_notice, expiry_warning, protection_notice
from components.preflight.passwords import check_password
from components.preflight.refused import refusals
from components.preflight.resets import ResetFindings, check_reset, lacking
from components.settings.kinds import masking_rules
from components.settings.models import DatabaseSettings
from components.settings.problems import Problem
from neon.branches import children_of, find_branch, find_own
from neon.client import NeonClient
from neon.clock import now_there
from neon.errors import NeonError
from neon.kinds import CONNECT, Kind, require_kind
from neon.masking import rule_changes
from neon.models import Branch
from neon.ownership import require_expirable, require_owned
from neon.presence import projects_named, some_branches
from neon.resets import copies_of


def check_database(
    database: DatabaseSettings | None, identity: Identity, client: Callable[[], NeonClient], *, production: bool
) -> DatabaseFindings:
    """Findings for a declared database; no request is made without one.

    ``production`` says whether the environment is: to others the project's default branch is closed.
    """
    if database is None:
        return DatabaseFindings()
    path = f"{identity.project}:database"
    try:
        found = _look(database, identity, client(), path)
    except NeonError as error:
        return DatabaseFindings(problems=(Problem(path=path, text=str(error)),))
    if production or found.branch is None or not found.branch.default:
        return found
    return replace(found, problems=(*found.problems, _not_theirs(found.branch, path)))


def _look(database: DatabaseSettings, identity: Identity, client: NeonClient, path: str) -> DatabaseFindings:
    projects = projects_named(client, database.project)
    if len(projects) != 1:
        ids = [project.id for project in projects]
        return DatabaseFindings(problems=(_not_one(f"{path}.project", database.project, ids),))
    project = projects[0]
    source = None if database.source is None else find_branch(client, project.id, database.source)
    branch = _own_branch(database, identity, client, project.id)
    problems = [
        *_source_problems(database, client, project.id, source, path),
        *_unfit_source(branch, source, path),
        *_branch_problems(database, identity, branch, path),
    ]
    if branch and not problems:
        problems += _impossible(database, client, branch, path)
    if branch is None and source and not problems:
        problems += lacking(database, client, source, path)
    reset = ResetFindings() if problems else check_reset(database, client, branch, source, path)
    problems += reset.problems
    password = PasswordFindings() if problems else check_password(database, client, branch, source, path)
    problems += password.problems
    losses, notices = ((), ()) if problems else _said(database, client, branch)
    return DatabaseFindings(
        project_id=project.id,
        project_name=project.name,
        branch=branch,
        overwrites=reset.overwrites,
        losses=losses,
        notices=notices,
        kept=_kept(client, branch) if branch and database.source is not None else None,
        others=some_branches(client, project.id) if database.adopt and branch is None else None,
        password=PasswordFindings() if problems else password,
        problems=tuple(problems),
    )


_Texts = tuple[str, ...]


def _said(database: DatabaseSettings, client: NeonClient, branch: Branch | None) -> tuple[_Texts, _Texts]:
    """What will be lost, and what is to be known: a branch that is yet to be made has nothing to lose, and masking that
    was begun is only ended."""
    expires, masks = expiry_warning(branch, database, now_there(client)), _masking(client, database, branch)
    losses = (expires if branch is not None else None, masks.says if masks.changes else None)
    notices = (
        expires if branch is None else None,
        None if masks.changes else masks.says,
        protection_notice(branch, database),
        expiry_notice(branch, database),
    )
    return _told(losses), _told(notices)


def _told(texts: Iterable[str | None]) -> _Texts:
    return tuple(one for one in texts if one is not None)


def _kept(client: NeonClient, branch: Branch) -> str | None:
    """What to say of the copies that resets of this branch have kept; None when there are none."""
    copies = copies_of(client, branch)
    return copies.stay() if copies else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Masking:
    """What an up ``says`` that it does to the data of an anonymized branch, None for nothing; ``changes`` is whether
    other rules are the reason."""

    says: str | None = None
    changes: bool = False


def _masking(client: NeonClient, database: DatabaseSettings, branch: Branch | None) -> _Masking:
    if branch is None or database.kind is not Kind.ANONYMIZED:
        return _Masking()
    changes = rule_changes(client.masking_rules(branch.project_id, branch.id), masking_rules(database))
    found = client.anonymization(branch.project_id, branch.id)
    if not changes and found.done:
        return _Masking()
    said = {"new": changes.added, "changed": changes.changed, "without a rule from now on": changes.removed}
    columns = "; ".join(f"{what}: {', '.join(places)}" for what, places in said.items() if places)
    removed = ". What was masked in a column stays masked when its rule goes" if changes.removed else ""
    says = (
        f"up masks the Neon branch {branch.name!r} ({branch.id}, {found.state}) by its rules"
        f"{f' ({columns})' if columns else ''}: all rows, those written to it since too, and nobody can connect "
        f"meanwhile{removed}"
    )
    return _Masking(says=says, changes=bool(changes))


def _not_theirs(branch: Branch, path: str) -> Problem:
    return Problem(
        path=f"{path}.branch",
        text=f"the Neon branch {branch.name!r} ({branch.id}) is the project's default branch, production's data: only "
        "an environment whose stage is PRODUCTION may have it. Name another branch, or make another one the default in "
        "Neon's console",
    )


def _not_one(path: str, name: str, ids: list[str]) -> Problem:
    if not ids:
        return Problem(path=path, text=f"this API key sees no Neon project {name!r}: correct the name, or use its id")
    return Problem(path=path, text=f"{len(ids)} Neon projects are named {name!r}: use one of the ids {', '.join(ids)}")


def _own_branch(database: DatabaseSettings, identity: Identity, client: NeonClient, project_id: str) -> Branch | None:
    mark = identity.mark(identity.name("database"))
    return find_own(client, project_id, database.branch, mark, adopted=database.adopt)


def _source_problems(
    database: DatabaseSettings, client: NeonClient, project_id: str, source: Branch | None, path: str
) -> Iterator[Problem]:
    if database.source is not None and source is None:
        there = some_branches(client, project_id)
        text = f"the Neon project has no branch {database.source!r}: correct the name. It has {there}"
        yield Problem(path=f"{path}.source", text=text)


def _unfit_source(branch: Branch | None, source: Branch | None, path: str) -> Iterator[Problem]:
    if source is not None and CONNECT in source.restricted:
        text = f"{source.name!r} is not anonymized yet, so a branch made from it would hold unmasked data: wait for it"
        yield Problem(path=f"{path}.source", text=text)
    if source is not None and branch is None and source.expires_at is not None:
        text = (
            f"{source.name!r} is deleted by Neon at {source.expires_at}, and from a branch that expires Neon makes no "
            "other: name another source, or take its expiration away in Neon's console"
        )
        yield Problem(path=f"{path}.source", text=text)


def _branch_problems(
    database: DatabaseSettings, identity: Identity, branch: Branch | None, path: str
) -> Iterator[Problem]:
    if branch is not None:
        mark = identity.mark(identity.name("database"))
        yield from refusals(lambda: require_owned(branch, mark, adopted=database.adopt), f"{path}.branch")


def _impossible(database: DatabaseSettings, client: NeonClient, branch: Branch, path: str) -> Iterator[Problem]:
    """What the settings want of the branch and it cannot become."""
    if not database.adopt:
        yield from refusals(lambda: require_kind(client, branch, database.kind), f"{path}.kind")
    if branch.ttl is None and expires_sooner(branch, database.ttl):
        then = replace(branch, protected=branch.protected and database.protected is None)
        yield from refusals(lambda: require_expirable(then, children_of(client, branch)), f"{path}.ttl")
