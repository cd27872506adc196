"""The commands that change or compare a stack's resources, each giving its exit code."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from contextlib import suppress

from localcloud.engine.deletion import delete_all
from localcloud.engine.display import Step
from localcloud.engine.errors import EngineError, StepFailedError
from localcloud.engine.importing import read_existing
from localcloud.engine.operations import Operation, result_of, working
from localcloud.engine.plugins import Program
from localcloud.engine.registration import Registrar
from localcloud.engine.registry import package_of
from localcloud.engine.run import Run
from localcloud.engine.session import confirm, require_consent
from localcloud.engine.state import STACK_TYPE, Resource

_INTERRUPTED = """Attempting to deploy or update resources with {count} pending operations from previous deployment.
{lines}
These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to these \
resources to complete. You should confirm whether or not the operations listed completed successfully by checking the \
state of the appropriate provider.

Once you have confirmed the status of the interrupted operations, you can repair your stack using `pulumi refresh` \
which will refresh the state from the provider you are using and clear the pending operations if there are any.

Note that pending CREATE operations are only cleared by `pulumi refresh --clear-pending-creates`."""


def up(options: Namespace, environ: Mapping[str, str], program: Program | None) -> int:
    """Bring a stack to what its program says; 7 when that changed something and nothing was expected to change."""
    require_consent(options)
    with working(options, environ, program, lock=True) as operation:
        if not options.skip_preview:
            ahead = _pass(operation, "Previewing update", preview=True, last=False)
            if ahead.failed:
                return result_of(operation, ahead, "update")
            confirm(options, "Do you want to perform this update?")
        return result_of(operation, _pass(operation, "Updating", preview=False), "update")


def preview(options: Namespace, environ: Mapping[str, str], program: Program | None) -> int:
    """Show what `up` would do; writes nothing and takes no lock."""
    with working(options, environ, program, lock=False) as operation:
        return result_of(operation, _pass(operation, "Previewing update", preview=True), "preview")


def _pass(operation: Operation, title: str, *, preview: bool, last: bool = True) -> Run:
    run = operation.new_run(title, preview=preview)
    _warn_of_interrupted(run)
    with suppress(StepFailedError):
        if operation.refreshes:
            operation.refresh(run)
        operation.run_program(run)
    operation.conclude(run, last=last or run.failed)
    return run


def _warn_of_interrupted(run: Run) -> None:
    found = run.snapshot.interrupted
    if found and not run.preview:
        lines = "".join(f"  * {op.resource.urn}, interrupted while {op.type}\n" for op in found)
        run.display.tell("warning", "", _INTERRUPTED.format(count=len(found), lines=lines))


def refresh(options: Namespace, environ: Mapping[str, str]) -> int:
    """Take over into the state what the providers find; with --preview-only only show it."""
    require_consent(options)
    with working(options, environ, None, lock=not options.preview_only) as operation:
        if options.preview_only or not (options.skip_preview or options.yes):
            ahead = _refresh_pass(operation, "Previewing refresh", preview=True)
            if options.preview_only or ahead.failed:
                return result_of(operation, ahead, "refresh")
            confirm(options, "Do you want to perform this refresh?")
        return result_of(operation, _refresh_pass(operation, "Refreshing", preview=False), "refresh")


def _refresh_pass(operation: Operation, title: str, *, preview: bool) -> Run:
    run = operation.new_run(title, preview=preview)
    if operation.session.options.clear_pending_creates:
        run.snapshot.interrupted = []
    creating = [op for op in run.snapshot.interrupted if op.type == "creating"]
    if creating:
        lines = "".join(f"  * {op.resource.urn}\n" for op in creating)
        text = f"{len(creating)} pending CREATE operations remain; --clear-pending-creates drops them:\n{lines}"
        run.display.tell("warning", "", text)
    with suppress(StepFailedError):
        operation.refresh(run, judge=True)
    operation.conclude(run, with_outputs=False)
    return run


def destroy(options: Namespace, environ: Mapping[str, str]) -> int:
    """Delete all resources of a stack; with --remove the stack too."""
    require_consent(options)
    with working(options, environ, None, lock=True) as operation:
        if not (options.skip_preview or options.yes):
            if _destroy_pass(operation, "Previewing destroy", preview=True).failed:
                return 1
            confirm(options, "Do you want to perform this destroy?")
        run = _destroy_pass(operation, "Destroying", preview=False)
        if options.remove and not run.failed:
            operation.session.backend.remove(operation.session.project.name, operation.session.stack)
        return result_of(operation, run, "destroy")


def _destroy_pass(operation: Operation, title: str, *, preview: bool) -> Run:
    run = operation.new_run(title, preview=preview)
    _warn_of_interrupted(run)
    with suppress(StepFailedError):
        if operation.refreshes:
            operation.refresh(run)
        delete_all(run, list(run.snapshot.base))
    operation.conclude(run, with_outputs=False)
    return run


def import_(options: Namespace, environ: Mapping[str, str]) -> int:
    """Read one existing resource into the state, protected unless told otherwise."""
    require_consent(options)
    with working(options, environ, None, lock=True) as operation:
        run = operation.new_run("Importing", preview=False)
        with suppress(StepFailedError):
            _import_one(run, options)
        operation.conclude(run, with_outputs=False)
        return result_of(operation, run, "import")


def _import_one(run: Run, options: Namespace) -> None:
    olds = run.olds()
    urn = run.naming.urn("", options.type, options.name)
    with run.reporting(urn):
        if urn in olds:
            raise EngineError(f"resource '{urn}' already exists")
        registrar = Registrar(run)
        if run.root not in olds:
            root = Resource(urn=run.root, type=STACK_TYPE)
            run.snapshot.end(None, new=root)
        package = package_of(options.type)
        known = [
            r for r in run.snapshot.base if r.type == f"pulumi:providers:{package}" and r.name.startswith("default")
        ]
        provider = f"{known[0].urn}::{known[0].id}" if known else registrar.default_provider(package, "", "")
        wanted = Resource(
            urn=urn, type=options.type, custom=True, parent=run.root, provider=provider, protect=options.protect
        )
        found = read_existing(run, wanted, options.id)
        checked = run.registry.get(provider).check(urn, found.inputs, found.inputs)
        for name, reason in checked.failures:
            run.display.tell("warning", urn, f"the imported input '{name}' is not valid: {reason}")
        run.snapshot.end(None, new=found)
        run.display.step(Step(op="import", urn=urn, new=found))
