"""Which environment a command is about: its settings, and the Amplify branch that they name. The state is not asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from components.naming import Identity
from components.neon.credentials import credentials
from components.preflight.hosting import account_problem, find_app
from components.settings.models import AppSettings, BuildSettings, EnvironmentSettings
from components.settings.problems import Problem, report
from components.settings.reading import Draft, read_accounts, read_draft
from hosting.clients import Aws
from hosting.jobs import Builds
from hosting.lookups import App
from neon.client import NeonClient
from neon.retry import Pace
from ops.progress import insist
from ops.pulumi import OpsError, Pulumi

_PATIENCE = 15.0  # seconds for one read of Neon


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSettings:
    """What the stack file and the project's say, as far as it is valid. ``config`` is the whole of it, as text."""

    identity: Identity
    config: Mapping[str, str]
    draft: Draft
    problems: tuple[Problem, ...]

    def wrong(self) -> OpsError:
        """What to raise where a section that is needed is not valid."""
        return OpsError(report(self.problems))

    def aws(self) -> Aws:
        return Aws(self.config.get("aws:region"), self.config.get("aws:profile"))

    def permitted_aws(self) -> Aws:
        """Raises OpsError for credentials of an account that the settings do not allow."""
        aws = self.aws()
        accounts, problems = read_accounts(self.config.get("aws:allowedAccountIds"))
        wrong = account_problem(aws, accounts)
        problems += [] if wrong is None else [wrong]
        if problems:
            raise OpsError(report(problems))
        return aws

    def neon(self) -> NeonClient:
        """For reads alone, each within 15 seconds. Raises MissingCredentials without an API key."""
        return NeonClient(credentials(self.config.get), Pace(call=_PATIENCE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An environment whose Amplify app exists. What its settings say of other things need not be valid."""

    settings: StackSettings
    environment: EnvironmentSettings
    aws: Aws
    app_id: str
    default_domain: str

    @property
    def identity(self) -> Identity:
        return self.settings.identity

    @property
    def build(self) -> BuildSettings:
        return self.settings.draft.build or BuildSettings()

    @property
    def builds(self) -> Builds:
        """The branch's jobs, with the settings' deadline."""
        return Builds(
            app_id=self.app_id,
            branch=self.environment.git_branch,
            deadline=self.build.timeout,
            stack=self.identity.stack,
        )


def read_settings(pulumi: Pulumi) -> StackSettings:
    found = pulumi.json("config", "--json", "--show-secrets")
    # Pulumi takes organization/project/stack too; all else is named after the stack alone.
    identity = Identity(project=_project(found), stack=pulumi.stack.rpartition("/")[2])
    config = {key: str(one.get("value", "")) for key, one in found.items()}
    draft, problems = read_draft(config, identity.project)
    return StackSettings(identity=identity, config=config, draft=draft, problems=tuple(problems))


def _project(config: Mapping[str, object]) -> str:
    named = (key.partition(":")[0] for key in config if key.endswith(":environment"))
    project = next(named, None)
    if project is None:
        raise OpsError("the stack has no environment settings: is this the project's folder?")
    return project


def find_target(pulumi: Pulumi) -> Target:
    """The environment in the cloud. Raises OpsError for settings that do not name one, or another account. Waits while
    AWS is too busy."""
    settings = read_settings(pulumi)
    environment, app = settings.draft.environment, settings.draft.app
    if environment is None or app is None:
        raise settings.wrong()
    aws = settings.aws()
    accounts, problems = read_accounts(settings.config.get("aws:allowedAccountIds"))
    found, more = insist(lambda: _app(app, settings.identity, aws, accounts))
    if problems or more:
        raise OpsError(report([*problems, *more]))
    if found is None:
        raise OpsError(f"the Amplify app of {pulumi.stack} is not there yet: run `pulumi up -s {pulumi.stack}` first")
    return Target(
        settings=settings, environment=environment, aws=aws, app_id=found.id, default_domain=found.default_domain
    )


def _app(
    wanted: AppSettings, identity: Identity, aws: Aws, accounts: Collection[str]
) -> tuple[App | None, list[Problem]]:
    """As of `find_app`, where the account is one of those that are allowed."""
    wrong = account_problem(aws, accounts)
    return (None, [wrong]) if wrong is not None else find_app(wanted, identity, aws)
