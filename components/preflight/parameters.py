"""The environment's SSM parameters and their copies: each is this stack's, or free, or to be adopted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from components.naming import ADOPTED, Identity
from components.settings.channels import Channel, channel_path, too_many
from components.settings.problems import Problem
from components.settings.reading import Draft
from components.variables import parameter_keys
from hosting.clients import Aws
from hosting.lookups import parameters_below

_TAKEN = "exists in SSM and does not carry this stack's tags: delete it (its value is written anew) and run again"
_ADOPT = ", or adopt it, with its key in adopt_parameters of the environment (destroy then leaves it in place)"
_LEFT = (
    "was there before this stack, which adopted it: have its key in adopt_parameters of the environment again. Where a "
    "destroy is to delete it from now on, take the tag off it that says so: aws ssm remove-tags-from-resource "
    f"--resource-type Parameter --tag-keys {ADOPTED} --resource-id "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterFindings:
    """Full names. ``existing`` carry this stack's tags or are to be adopted, ``adopting`` are those that are and
    do not carry them."""

    existing: frozenset[str] = frozenset()
    adopting: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """What is directly below a path: ``ours`` by their tags, and ``others``. ``wanted`` is what we want there."""

    wanted: frozenset[str]
    ours: frozenset[str]
    others: frozenset[str]

    @property
    def taken(self) -> frozenset[str]:
        return self.wanted & self.others


def check_parameters(draft: Draft, identity: Identity, aws: Aws, app_id: str | None) -> ParameterFindings:
    """Looks at the environment's prefix and, where the app is known, at the paths of the copies that are asked for."""
    keys = parameter_keys(draft.database, draft.parameters or {}, dict(draft.secrets or {}))
    own = _look(aws, identity, identity.parameter_prefix, keys)
    adopted = {identity.parameter(key) for key in draft.environment.adopt_parameters} if draft.environment else set()
    copies = list(_copies(draft, identity, aws, app_id)) if app_id is not None else []
    problems = [*_taken(own.taken - adopted, _TAKEN + _ADOPT), *_not_there(adopted - own.ours - own.others, identity)]
    problems += _left(aws, identity, own, adopted)
    for channel, below in copies:
        problems += _taken(below.taken, _TAKEN)
        crowded = too_many(below.wanted, below.others) if channel is Channel.BUILD else None
        problems += [Problem(path=f"{identity.project}:{channel}", text=crowded)] if crowded is not None else []
    existing = own.wanted & (own.ours | adopted)
    return ParameterFindings(
        existing=existing.union(*(below.wanted & below.ours for _, below in copies)),
        adopting=own.taken & adopted,
        problems=tuple(problems),
    )


def _copies(draft: Draft, identity: Identity, aws: Aws, app_id: str) -> Iterator[tuple[Channel, Below]]:
    for channel in Channel:
        keys = draft.copied(channel)
        if draft.environment is not None and keys:
            yield channel, _look(aws, identity, channel_path(channel, app_id, draft.environment.git_branch), keys)


def _look(aws: Aws, identity: Identity, path: str, keys: Collection[str]) -> Below:
    wanted = frozenset(f"{path}/{key}" for key in keys)
    present = parameters_below(aws, path) if wanted else frozenset[str]()
    ours = parameters_below(aws, path, identity.tags) if present else frozenset[str]()
    return Below(wanted=wanted, ours=ours, others=present - ours)


def _taken(names: Collection[str], text: str) -> Iterator[Problem]:
    return (Problem(path=name, text=text) for name in sorted(names))


def _left(aws: Aws, identity: Identity, own: Below, adopted: set[str]) -> Iterator[Problem]:
    """Those that carry this stack's tags because it left them in place."""
    if not own.wanted & own.ours - adopted:
        return
    left = parameters_below(aws, identity.parameter_prefix, {**identity.tags, ADOPTED: "true"})
    for name in sorted(own.wanted & left - adopted):
        yield Problem(path=name, text=f"{_LEFT}{name}")


def _not_there(names: Collection[str], identity: Identity) -> Iterator[Problem]:
    path = f"{identity.project}:environment.adopt_parameters"
    return (
        Problem(path=path, text=f"there is no SSM parameter {name} to adopt: take it out") for name in sorted(names)
    )
