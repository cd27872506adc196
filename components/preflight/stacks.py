"""The outputs of other stacks that the parameters name: asked for by the engine, before anything is registered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import pulumi

from components.settings.models import FromStack, Parameters
from components.settings.problems import Problem

Outputs = Callable[[str], Collection[str]]
_READ = "pulumi:pulumi:readStackOutputs"


def full_name(stack: str) -> str:
    """``project/stack`` within this organization."""
    return stack if stack.count("/") > 1 else f"{pulumi.get_organization()}/{stack}"


def outputs_of(stack: str) -> Collection[str]:
    """Names of the stack's outputs; their values stay with the engine. Raises LookupError for an unknown stack."""
    try:
        found = pulumi.runtime.invoke(_READ, {"name": full_name(stack)})
    except Exception as error:  # noqa: BLE001 - the SDK raises no narrower one
        raise LookupError(str(error)) from None
    return frozenset(found.value["outputs"])


def check_stacks(parameters: Parameters, project: str, outputs: Outputs = outputs_of) -> Iterator[Problem]:
    """A problem for each parameter whose stack, or whose output of it, is not there."""
    for key, source in parameters.items():
        if isinstance(source, FromStack):
            text = _fault(source, outputs)
            if text is not None:
                yield Problem(path=f"{project}:parameters.{key}", text=text)


def _fault(source: FromStack, outputs: Outputs) -> str | None:
    try:
        found = outputs(source.stack)
    except LookupError as error:
        return f"the stack {source.stack} cannot be read: bring it up first, or correct its name ({error})"
    if source.output in found:
        return None
    return f"the stack {source.stack} has no output {source.output!r}; it has {', '.join(sorted(found)) or 'none'}"
