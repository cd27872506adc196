"""The plain variables of an environment: computed ones, the project's layer, the stack's layer over it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.build_variables import NAMES, PLAIN_NAMES, Names, build_variables
from components.naming import DATABASE_URL, DIRECT_URL, Identity
from components.settings.models import DatabaseSettings, Settings
from components.settings.names import name_fault
from components.settings.sources import Fact, FromProgram, Parameters, Source, Variables

if TYPE_CHECKING:
    import pulumi  # the commands of ops need names too, and not the SDK's third of a second

ADDRESS = "NEXTAUTH_URL"
APP_ENV = "APP_ENV"
PREFIX = "PARAMETER_PREFIX"
KEPT = "KEPT_VARIABLES"
NONE_KEPT = "-"  # Amplify takes no empty value
RESERVED = NAMES | {ADDRESS, APP_ENV, PREFIX, KEPT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the values of variables are made of. ``url`` and ``app_id`` may be unknown before the app is made;
    ``elsewhere`` are the values that were read from SSM and from other stacks, by key, ``kept`` the names of what an
    adopted branch keeps (see `kept_variables`)."""

    url: pulumi.Input[str]
    app_id: pulumi.Input[str]
    elsewhere: Mapping[str, str]
    kept: Collection[str] = ()


def computed_variables(identity: Identity) -> dict[str, str]:
    """What follows from whose environment it is. Never empty: Amplify cannot clear a branch's map."""
    return {APP_ENV: identity.stack, PREFIX: identity.parameter_prefix}


def layered(common: Variables, own: Variables) -> dict[str, Source]:
    """``own`` over ``common``; null takes a key away."""
    return {key: source for key, source in {**common, **own}.items() if source is not None}


def layer_of(key: str, own: Variables) -> str:
    """The setting that gives a variable."""
    return "variables" if key in own else "common_variables"


def branch_variables(identity: Identity, settings: Settings, known: Known) -> dict[str, pulumi.Input[str]]:
    """The whole variable map of the Amplify branch, in a stable order."""
    sources = layered(settings.common_variables, settings.variables)
    given = {
        **{key: _value(key, source, identity, known) for key, source in sources.items()},
        **computed_variables(identity),
        ADDRESS: known.url,
    }
    parameters = parameter_keys(settings.database, settings.parameters, dict(settings.secrets))
    names = Names(plain=tuple(given), kept=_of_the_application(known.kept), secret=tuple(parameters))
    told = build_variables(settings, known.app_id, names)
    return dict(sorted({**given, **told}.items()))


def _of_the_application(kept: Collection[str]) -> tuple[str, ...]:
    """Without what no file for the run time may hold."""
    return tuple(key for key in kept if key != KEPT and name_fault(key) is None)


def _value(key: str, source: Source, identity: Identity, known: Known) -> pulumi.Input[str]:
    if isinstance(source, str):
        return source
    if isinstance(source, FromProgram):
        return {Fact.URL: known.url, Fact.APP_ID: known.app_id, Fact.PREFIX: identity.parameter_prefix}[source.derived]
    return known.elsewhere[key]


def kept_variables(live: Mapping[str, str], settings: Settings, *, adopting: bool) -> dict[str, str]:
    """Those of an adopted branch that were there before it and that nothing in the settings gives a value, or takes
    away: they stay as they are. Their names are kept with them, for later a variable that the settings no longer name
    must go, and one that somebody adds by hand is drift. ``adopting`` is whether this run adopts the branch, maybe
    again.

    One that is a parameter by now, or derived by builds, must not stay: a build would read the old value. Nor can one
    with a blank in its name, for names are noted with blanks between them.
    """
    if not settings.environment.adopt or settings.environment.adopt_variables == "replace":
        return {}
    parameters = parameter_keys(settings.database, settings.parameters, dict(settings.secrets))
    plain = settings.common_variables.keys() | settings.variables.keys()
    named = plain | parameters | settings.application.backend_variables.keys() | RESERVED
    before = live[KEPT].split() if KEPT in live and not adopting else _by_hand(live)
    kept = {key: live[key] for key in before if key in live and key not in named and key.split() == [key]}
    return {**kept, KEPT: " ".join(sorted(kept)) or NONE_KEPT}


def _by_hand(live: Mapping[str, str]) -> list[str]:
    """What no up gave: an earlier one of this program may have left its variables on the branch, and their names."""
    given = set(live.get(PLAIN_NAMES, "").split()) - set(live.get(KEPT, "").split())
    return [key for key in live if key not in given]


def set_by_hand(live: Mapping[str, str]) -> dict[str, str]:
    """Of the variables that an adopted branch has, those that were there before it."""
    return {key: live[key] for key in live.get(KEPT, "").split() if key in live}


def parameter_keys(database: DatabaseSettings | None, parameters: Parameters, secrets: dict[str, object]) -> set[str]:
    """Keys of all the environment's SSM parameters."""
    own = {DATABASE_URL, DIRECT_URL} if database is not None else set()
    return own | parameters.keys() | secrets.keys()
