"""state delete, protect and unprotect: editing a stack's state by hand."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace

from localcloud.engine.errors import EngineError
from localcloud.engine.session import Session, load_state
from localcloud.engine.state import Resource

_Edit = Callable[[list[Resource]], list[Resource]]


def delete(options: Namespace, environ: Mapping[str, str]) -> int:
    """Forget a resource without deleting it; not one that others depend on, nor a protected one without --force."""

    def edit(resources: list[Resource]) -> list[Resource]:
        found = [r for r in resources if r.urn == options.urn]
        waiting = [r.urn for r in resources if r.urn != options.urn and options.urn in r.depends_on()]
        if waiting:
            lines = "".join(f"\n * {urn}" for urn in waiting)
            raise EngineError(
                f"{options.urn} can't be safely deleted because the following resources depend on it:{lines}"
            )
        if any(r.protect for r in found) and not options.force:
            raise EngineError(
                f"{options.urn} can't be safely deleted because it is protected; use --force or unprotect it"
            )
        return [r for r in resources if r.urn != options.urn]

    return _edit(options, environ, edit, "Resource deleted")


def protect(options: Namespace, environ: Mapping[str, str]) -> int:
    """Protect a resource until the next update says otherwise."""
    return _edit(options, environ, lambda resources: _protected(resources, options.urn, to=True), "Resource protected")


def unprotect(options: Namespace, environ: Mapping[str, str]) -> int:
    """Take the protection from a resource, or from all of them."""
    if options.all:
        return _edit(
            options, environ, lambda all_: [replace(r, protect=False) for r in all_], "All resources unprotected"
        )
    return _edit(
        options, environ, lambda resources: _protected(resources, options.urn, to=False), "Resource unprotected"
    )


def _protected(resources: list[Resource], urn: str, *, to: bool) -> list[Resource]:
    return [replace(r, protect=to) if r.urn == urn else r for r in resources]


def _edit(options: Namespace, environ: Mapping[str, str], edit: _Edit, message: str) -> int:
    session = Session(options, environ)
    with session.backend.locked(session.project.name, session.stack):
        deployment = session.deployment()
        resources, operations = load_state(deployment, None)
        everything = getattr(options, "all", False)
        if not everything and not any(resource.urn == options.urn for resource in resources):
            raise EngineError(f'No such resource "{options.urn}" exists in the current state')
        session.write(session.state_crypter(deployment, session.file()), edit(resources), operations)
    print(message)
    return 0
