"""What sections must be to one another, and limits of the services that the settings end up in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from components.naming import DATABASE_URL, DIRECT_URL, Identity
from components.settings.application_rules import application_problems, gives_nothing, keeps, ungiven
from components.settings.channels import Channel, channel_path, path_faults, too_many
from components.settings.kinds import kind_problems
from components.settings.models import Stage
from components.settings.names import name_fault
from components.settings.problems import Problem
from components.settings.reading import Draft
from components.settings.shapes import CONNECTION_STRING
from components.variables import ADDRESS, RESERVED, computed_variables, layered, parameter_keys

_VALUE_LIMIT = 5500  # characters of an Amplify variable
_SECRET_LIMIT = 4096  # bytes of a standard SSM parameter
_PATH_PART = re.compile(r"^[A-Za-z0-9_.-]+$")


def rule_problems(draft: Draft, identity: Identity, now: datetime) -> list[Problem]:
    """Everything that no section can see by itself; ``now`` is the time by which the future begins."""
    checks = (
        *(_identity, _required, _variables, _parameters, _secrets, _backend, _migrations, _application, _kinds),
        *(_adopted, _copies),
    )
    found = [problem for check in checks for problem in check(draft, identity)]
    return [*found, *_freshness(draft, identity, now)]


def _identity(_draft: Draft, identity: Identity) -> Iterator[Problem]:
    for what, value in (("project", identity.project), ("stack", identity.stack)):
        if not _PATH_PART.match(value):
            yield Problem(path=what, text=f"{value!r} cannot be part of an SSM name: use letters, digits, . _ -")
    if identity.project.lower().startswith(("aws", "ssm")):
        yield Problem(path="project", text="SSM refuses names that begin with aws or ssm: choose another project name")


def _required(draft: Draft, identity: Identity) -> Iterator[Problem]:
    if draft.wrong or keeps(draft):
        return  # what is missing cannot be told from what is wrong; nor yet from what is kept (see `kept_problems`)
    yield from _missing(draft, identity, {})


def _missing(draft: Draft, identity: Identity, kept: Mapping[str, str]) -> Iterator[Problem]:
    present = _given(draft, identity) | _derived(draft) | {key for key, value in kept.items() if value}
    for key in draft.required or []:
        if key not in present:
            yield Problem(path=f"{identity.project}:required", text=f"{key} is required, and {_ungiven(key, draft)}")


def _ungiven(key: str, draft: Draft) -> str:
    if key in (DATABASE_URL, DIRECT_URL) and draft.database is None:
        return (
            "the stack has no database, which would give it a value: put the database settings back, or give the stack "
            "file a list `required` of its own without it"
        )
    return "nothing gives it a value: add it to variables, parameters or secrets"


def _variables(draft: Draft, identity: Identity) -> Iterator[Problem]:
    for layer in ("common_variables", "variables"):
        for key, source in (getattr(draft, layer) or {}).items():
            path = f"{identity.project}:{layer}.{key}"
            yield from (
                Problem(path=path, text=text)
                for text in variable_faults(key, source if isinstance(source, str) else None)
            )
            if key in RESERVED:
                yield Problem(path=path, text="is set by the program: take it out")
            if key in _parameter_keys(draft):
                yield Problem(path=path, text="is a parameter too: a variable is plain, keep only the parameter")


def variable_faults(key: str, value: str | None) -> Iterator[str]:
    """What is wrong with a variable of this value; None for one that is not known yet. An empty one is none to Amplify
    (aws-amplify/amplify-hosting#1202), and is missing to a build."""
    fault = name_fault(key)
    if fault is not None:
        yield fault
    if value == "":
        yield "is empty: give it a value, or take it out (null, where common_variables has it)"
    if value is not None and len(value) > _VALUE_LIMIT:
        yield f"is longer than Amplify's limit of {_VALUE_LIMIT} characters"
    if value is not None and CONNECTION_STRING.search(value):
        yield "holds a connection string with credentials: variables are plain, move it to secrets"


def _parameters(draft: Draft, identity: Identity) -> Iterator[Problem]:
    computed = parameter_keys(draft.database, {}, {})
    for section in ("parameters", "secrets"):
        for key in getattr(draft, section) or {}:
            path = f"{identity.project}:{section}.{key}"
            if key in computed:
                yield Problem(path=path, text="comes from the database: take it out")
            taken = (
                "is a variable by which builds are told what to do: choose another name" if key in RESERVED else None
            )
            text = name_fault(key) or taken
            if text is not None:
                yield Problem(path=path, text=text)
            if section == "secrets" and key in (draft.parameters or {}):
                yield Problem(path=path, text="is among the parameters too: keep one of them")


def _secrets(draft: Draft, identity: Identity) -> Iterator[Problem]:
    for key, secret in (draft.secrets or {}).items():
        path = f"{identity.project}:secrets.{key}"
        for text in secret_faults(secret.get_secret_value()):
            yield Problem(path=path, text=text)


def secret_faults(value: str) -> Iterator[str]:
    """What is wrong with a parameter's value, which is not told."""
    if not value:
        yield "is empty: SSM does not take an empty value"
    if "{{" in value:
        yield "holds {{, which SSM does not take in a value, for it begins a reference: have it encoded, as in base64"
    if len(value.encode()) > _SECRET_LIMIT:
        yield f"is longer than SSM's limit of {_SECRET_LIMIT} bytes"


def _backend(draft: Draft, identity: Identity) -> Iterator[Problem]:
    if draft.backend and draft.environment and draft.backend.source == draft.environment.git_branch:
        yield Problem(path=f"{identity.project}:backend.from", text="is this environment's own git branch")
    if draft.backend and draft.backend.source and draft.environment and draft.environment.production:
        text = "production shares a backend with nobody: use own, or none"
        yield Problem(path=f"{identity.project}:backend.mode", text=text)


def _adopted(draft: Draft, identity: Identity) -> Iterator[Problem]:
    keys = draft.environment.adopt_parameters if draft.environment else []
    return _no_parameters(draft, f"{identity.project}:environment.adopt_parameters", keys)


def _copies(draft: Draft, identity: Identity) -> Iterator[Problem]:
    for channel in Channel:
        path, keys = f"{identity.project}:{channel}", draft.copied(channel)
        yield from _no_parameters(draft, path, keys)
        faults = [too_many(set(keys), ())] if channel is Channel.BUILD else []
        if keys and draft.environment is not None:
            faults += path_faults(channel_path(channel, "APP", draft.environment.git_branch))
        yield from (Problem(path=path, text=text) for text in faults if text is not None)


def _no_parameters(draft: Draft, path: str, keys: Iterable[str]) -> Iterator[Problem]:
    if not draft.wrong:
        others = sorted({*keys} - _parameter_keys(draft))
        yield from (Problem(path=path, text=f"{key} is not among the parameters and secrets") for key in others)


def _migrations(draft: Draft, identity: Identity) -> Iterator[Problem]:
    if not draft.environment or not draft.database or draft.database.migrations == "deploy":
        return
    if draft.environment.stage in (Stage.PRODUCTION, Stage.BETA):
        yield Problem(
            path=f"{identity.project}:database.migrations",
            text="push may lose data: it is for DEVELOPMENT and EXPERIMENTAL stages, use deploy",
        )


def _kinds(draft: Draft, identity: Identity) -> Iterator[Problem]:
    if draft.database is not None:
        yield from kind_problems(draft.database, f"{identity.project}:database")


def _freshness(draft: Draft, identity: Identity, now: datetime) -> Iterator[Problem]:
    for key, what in (("fresh_after", "data can be that fresh"), ("password_after", "password can be that new")):
        wanted = getattr(draft.database, key, None)
        if wanted is not None and datetime.fromisoformat(wanted) > now:
            text = f"lies in the future: no {what}; it is {now:%Y-%m-%dT%H:%M:%SZ}"
            yield Problem(path=f"{identity.project}:database.{key}", text=text)


def _application(draft: Draft, identity: Identity) -> Iterator[Problem]:
    return application_problems(draft, identity, _given(draft, identity), RESERVED)


def kept_problems(draft: Draft, identity: Identity, kept: Mapping[str, str]) -> Iterator[Problem]:
    """What `rule_problems` leave to whoever knows which variables an adopted branch keeps."""
    if not keeps(draft):
        return
    yield from _missing(draft, identity, kept)
    for key in ungiven(draft, {*_given(draft, identity), *kept}):
        yield Problem(path=f"{identity.project}:application.runtime_names", text=gives_nothing(key))


def _given(draft: Draft, identity: Identity) -> set[str]:
    """Names of the environment's variables and parameters, without what builds derive."""
    variables = layered(draft.common_variables or {}, draft.variables or {})
    return {ADDRESS, *computed_variables(identity), *variables} | _parameter_keys(draft)


def _derived(draft: Draft) -> set[str]:
    return set(draft.application.backend_variables) if draft.application else set()


def _parameter_keys(draft: Draft) -> set[str]:
    return parameter_keys(draft.database, draft.parameters or {}, dict(draft.secrets or {}))
