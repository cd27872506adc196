"""What the application's settings must be to the rest of an environment's. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from components.naming import Identity
from components.settings.names import name_fault
from components.settings.problems import Problem
from components.settings.reading import Draft
from components.variables import parameter_keys

_WITHOUT_BACKEND = "app_id"


def application_problems(
    draft: Draft, identity: Identity, given: Collection[str], reserved: Collection[str]
) -> Iterator[Problem]:
    """``given`` are the names of the environment's variables and parameters, ``reserved`` the program's own."""
    if draft.application is None:
        return
    path = f"{identity.project}:application"
    for key, purpose in draft.application.backend_variables.items():
        for text in _variable_faults(draft, key, purpose, given, reserved):
            yield Problem(path=f"{path}.backend_variables.{key}", text=text)
    yield from (Problem(path=f"{path}.runtime_names", text=text) for text in _runtime_faults(draft, given))


def _runtime_faults(draft: Draft, given: Collection[str]) -> Iterator[str]:
    """What is wrong with the names that the file for the run time is to hold."""
    application = draft.application
    if application is None or application.runtime_names is None or draft.wrong:
        return
    if application.runtime == "none":
        yield "are those in .env.production, which runtime: none does not write: take them out, or set artifact or ssm"
    secret = parameter_keys(draft.database, draft.parameters or {}, dict(draft.secrets or {}))
    if not keeps(draft):
        yield from (gives_nothing(key) for key in ungiven(draft, given))
    for key in application.runtime_names:
        if key in secret and application.runtime == "ssm":
            yield f"{key} is a parameter, which the application reads from SSM: take it out, the file is plain"


def keeps(draft: Draft) -> bool:
    """Whether the branch may have variables of its own."""
    environment = draft.environment
    return environment is not None and environment.adopt and environment.adopt_variables == "merge"


def ungiven(draft: Draft, given: Collection[str]) -> list[str]:
    """Names for the run time that neither ``given`` has, nor a backend gives."""
    application = draft.application
    names = [] if application is None or application.runtime_names is None else application.runtime_names
    derived: Collection[str] = () if application is None else application.backend_variables
    return [key for key in names if key not in given and key not in derived]


def gives_nothing(key: str) -> str:
    return f"nothing gives {key}: add it to variables, parameters or secrets, or take it out"


def _variable_faults(
    draft: Draft, key: str, purpose: str, given: Collection[str], reserved: Collection[str]
) -> Iterator[str]:
    fault = name_fault(key)
    if fault is not None:
        yield fault
    if key in reserved:
        yield "is set by the program: choose another name"
    elif key in given:
        yield "is among the variables or parameters too: builds derive it, keep only this one"
    if draft.backend is not None and draft.backend.mode == "none" and purpose != _WITHOUT_BACKEND:
        yield f"{purpose} comes from a backend, and this environment has none: give it one in backend"
