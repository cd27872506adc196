"""The environment's SSM parameters: every one a SecureString below the environment's prefix."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.naming import ADOPTED, Identity
from components.preflight.sources import as_text
from components.preflight.stacks import full_name
from components.settings.models import Settings
from components.settings.sources import FromParameter, FromStack


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametersArgs:
    """``values`` by key. Full names: those in ``existing`` are there already with this stack's tags, or are to be
    adopted; those in ``adopted`` outlive the stack, with a tag that says so: none is its own then."""

    identity: Identity
    values: Mapping[str, pulumi.Output[str]]
    tags: Mapping[str, str]
    existing: frozenset[str]
    adopted: Collection[str]
    protect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A parameter's logical name, and its name in SSM: ``known`` is that where it is known before anything is made."""

    logical: str
    name: pulumi.Input[str]
    known: str | None


def declare_parameters(args: ParametersArgs, parent: pulumi.Resource) -> dict[str, aws.ssm.Parameter]:
    """The environment's own, by key."""
    return {key: declare_parameter(args, key, _own_place(args, key), parent) for key in sorted(args.values)}


def _own_place(args: ParametersArgs, key: str) -> Place:
    name = args.identity.parameter(key)
    return Place(logical=args.identity.name(key), name=name, known=name)


def declare_parameter(args: ParametersArgs, key: str, place: Place, parent: pulumi.Resource) -> aws.ssm.Parameter:
    """One with the value of ``key``."""
    adopted = place.known in args.adopted
    return aws.ssm.Parameter(
        place.logical,
        name=place.name,
        type=aws.ssm.ParameterType.SECURE_STRING,
        value=args.values[key],
        tags={**args.tags, **({ADOPTED: "true"} if adopted else {})},
        opts=pulumi.ResourceOptions(
            parent=parent,
            protect=args.protect,
            retain_on_delete=adopted,
            # A killed run may have left it behind without an id in the state: taken over by our own tags.
            import_=place.known if place.known in args.existing else None,
        ),
    )


def settings_values(settings: Settings) -> dict[str, pulumi.Output[str]]:
    """The values of the settings' own parameters and secrets, all of them secret."""
    values = {key: pulumi.Output.secret(secret.get_secret_value()) for key, secret in settings.secrets.items()}
    others = {source.stack for source in settings.parameters.values() if isinstance(source, FromStack)}
    # One for each stack, however many of its outputs are wanted: the engine takes no second resource of a name.
    stacks = {stack: pulumi.StackReference(full_name(stack)) for stack in sorted(others)}
    for key, source in settings.parameters.items():
        values[key] = from_ssm(source) if isinstance(source, FromParameter) else _from_stack(source, stacks)
    return values


def from_ssm(source: FromParameter) -> pulumi.Output[str]:
    found = aws.ssm.get_parameter_output(name=source.ssm, with_decryption=True)
    return pulumi.Output.secret(found.value)


def _from_stack(source: FromStack, stacks: Mapping[str, pulumi.StackReference]) -> pulumi.Output[str]:
    return pulumi.Output.secret(stacks[source.stack].require_output(source.output).apply(as_text))
