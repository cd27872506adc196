"""The AWS side: exactly one app, a branch and parameters of our names that are ours or free, and the sources."""

from __future__ import annotations

from collections.abc import Collection

from components.build_variables import NAMES
from components.naming import Identity
from components.preflight.changed_branch import begun_instead, not_adopted, other_branches
from components.preflight.domain import DomainFindings, check_domain
from components.preflight.findings import HostingFindings
from components.preflight.parameters import check_parameters
from components.preflight.sources import check_stored, readers
from components.preflight.taking import not_taken, nothing_to_adopt
from components.settings.models import AppSettings, BackendSettings, EnvironmentSettings, Stage
from components.settings.problems import Problem
from components.settings.reading import Draft
from hosting.backend_state import is_usable, stack_status
from hosting.backends import backend_stack
from hosting.clients import Aws
from hosting.domains import domains_of
from hosting.errors import HostingError
from hosting.lookups import (
    App,
    HostedBranch,
    account_id,
    app_with_id,
    apps_named,
    branch_of,
    branches_of,
    role_tags,
)


def check_hosting(draft: Draft, identity: Identity, aws: Aws, accounts: Collection[str]) -> HostingFindings:
    """Findings for the valid part of the settings, in one of ``accounts`` (any, when there are none).

    AWS out of reach, or a wrong account, is one problem, not one for each read.
    """
    try:
        wrong = account_problem(aws, accounts)
        return HostingFindings(problems=(wrong,)) if wrong is not None else _look(draft, identity, aws)
    except HostingError as error:
        return HostingFindings(problems=(Problem(path="aws", text=str(error)),))


def account_problem(aws: Aws, accounts: Collection[str]) -> Problem | None:
    """What to say when the credentials are not of one of ``accounts`` (any will do, when there are none)."""
    found = account_id(aws) if accounts else None
    if found is None or found in accounts:
        return None
    # The AWS provider refuses it too, but only when other resources have been made already.
    text = f"the credentials are of the account {found}, not of {', '.join(accounts)}: sign in to that one"
    return Problem(path="aws:allowedAccountIds", text=text)


def _look(draft: Draft, identity: Identity, aws: Aws) -> HostingFindings:
    app, problems = find_app(draft.app, identity, aws) if draft.app else (None, [])
    branch: HostedBranch | None = None
    domain = DomainFindings()
    others: tuple[HostedBranch, ...] = ()
    begun: tuple[HostedBranch, ...] = ()
    if app is not None and draft.environment is not None:
        branch, found = _branch(draft.environment, identity, aws, app)
        domains = domains_of(aws, app.id) if draft.environment.domain else []
        ours = other_branches(draft.environment, identity, aws, app.id)
        others, begun = not_adopted(ours), tuple(begun_instead(branch, ours, identity))
        domain = check_domain(
            draft.environment, identity, domains, branch, [one for one in others if one.app_id == app.id]
        )
        problems += [*found, *domain.problems]
    problems += _of_all_branches(app, identity)
    if app is not None and draft.backend is not None:
        problems += _shared_backend(draft.backend, identity, aws, app)
    parameters = check_parameters(draft, identity, aws, app.id if app is not None else None)
    role, foreign = _role(draft, identity, aws)
    sources = check_stored(readers(draft), identity.project, aws)
    problems += [*parameters.problems, *foreign, *sources.problems]
    return HostingFindings(
        app=app,
        branch=branch,
        adopting_branch=branch is not None and not identity.owns(branch.tags),
        others=others,
        begun=begun,
        parameters=parameters.existing,
        adopting=parameters.adopting,
        role=role,
        domain=domain.domain,
        values=sources.values,
        problems=tuple(problems),
    )


def find_app(settings: AppSettings, identity: Identity, aws: Aws) -> tuple[App | None, list[Problem]]:
    """The app that the settings mean; neither it nor a problem where this stack has yet to create it."""
    path = f"{identity.project}:app"
    if settings.id is not None:
        app = app_with_id(aws, settings.id)
        missing = Problem(path=f"{path}.id", text=f"there is no Amplify app {settings.id} in this account and region")
        return app, [] if app else [missing]
    if settings.create is not None:
        # A killed run may have made it: Amplify would make a second one of the same name.
        ours = [app for app in apps_named(aws, settings.create.name) if identity.owns(app.tags)]
        return next(iter(ours), None), []
    name = settings.name or ""
    apps = apps_named(aws, name)
    if len(apps) == 1:
        return apps[0], []
    return None, [Problem(path=f"{path}.name", text=_not_one(name, apps))]


def _not_one(name: str, apps: list[App]) -> str:
    if not apps:
        return f"there is no Amplify app {name!r} in this account and region: correct the name, or use its id"
    ids = ", ".join(app.id for app in apps)
    return f"{len(apps)} Amplify apps are named {name!r}: use one of the ids {ids}"


def _of_all_branches(app: App | None, identity: Identity) -> list[Problem]:
    """A branch has the app's variables where it has none of its own, and a build would take them for the program's."""
    names = sorted(app.variables & NAMES) if app is not None else []
    if app is None or not names:
        return []
    text = (
        f"{app.name} sets {', '.join(names)} for all its branches, and builds take such a variable for this program's: "
        "delete it in Amplify's console, under Hosting > Environment variables of the app"
    )
    return [Problem(path=f"{identity.project}:app", text=text)]


def _branch(
    environment: EnvironmentSettings, identity: Identity, aws: Aws, app: App
) -> tuple[HostedBranch | None, list[Problem]]:
    branch = branch_of(aws, app.id, environment.git_branch)
    if branch is None:
        there = [one.name for one in branches_of(aws, app.id)] if environment.adopt else []
        return None, [nothing_to_adopt(environment, identity, app.name, there)] if environment.adopt else []
    taken = not_taken(environment, identity, branch, app.name)
    return (branch, []) if taken is None else (None, [taken])


def _role(draft: Draft, identity: Identity, aws: Aws) -> tuple[bool, list[Problem]]:
    """Whether the role for the run time, where there is to be one, is there already."""
    if draft.application is None or draft.application.runtime != "ssm":
        return False, []
    name = identity.runtime_role
    tags = role_tags(aws, name)
    if tags is None or identity.owns(tags):
        return tags is not None, []
    text = f"the IAM role {name} exists and does not carry this stack's tags: delete it, or rename it"
    return False, [Problem(path=f"{identity.project}:application.runtime", text=text)]


def _shared_backend(backend: BackendSettings, identity: Identity, aws: Aws, app: App) -> list[Problem]:
    """A build that shares a backend can only get its outputs: it must be there, and whole."""
    if backend.source is None:
        return []
    path = f"{identity.project}:backend.from"
    source = branch_of(aws, app.id, backend.source)
    if source is not None and source.stage == Stage.PRODUCTION:
        text = f"the branch {backend.source} is production, which shares its backend with nobody: name another"
        return [Problem(path=path, text=text)]
    name = backend_stack(app.id, backend.source)
    status = stack_status(aws, name)
    if is_usable(status or ""):
        return []
    what = f"is {status}" if status else "does not exist"
    text = f"the backend stack of {backend.source}, {name}, {what}: bring that branch up first, with its build"
    return [Problem(path=path, text=text)]
