"""What a kind of branch cannot do, and the way to what was meant. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.models import DatabaseSettings
from components.settings.problems import Problem
from neon.kinds import Kind
from neon.masking import MaskingRule

_ANEW = (
    "delete the branch in Neon's console and run up with recreate: true, which makes another one with a new id, host "
    "and connection strings"
)
_NOT_RESET = {
    Kind.SCHEMA_ONLY: "a schema-only branch is a root branch and has no parent to be reset from, and a restore would "
    f"bring the source's data: take it out. To have the source's schema as it is now, {_ANEW}",
    Kind.ANONYMIZED: "Neon neither resets nor restores an anonymized branch: take it out. To have fresh data, " + _ANEW,
}


def kind_problems(database: DatabaseSettings, path: str) -> Iterator[Problem]:
    """Everything in the settings of a database that does not go with its kind."""
    refused = _NOT_RESET.get(database.kind)
    if refused is not None:
        yield from _refusals(database, refused, path)
    if database.kind is not Kind.ANONYMIZED and database.masking:
        text = "is for an anonymized branch only: set kind: anonymized, or take it out"
        yield Problem(path=f"{path}.masking", text=text)
    if database.kind is Kind.ANONYMIZED and not database.masking:
        text = "has no rules: Neon would count the branch as anonymized and give away the source's data as it is"
        yield Problem(path=f"{path}.masking", text=text)
    places = [rule.place for rule in masking_rules(database)]
    for place in sorted({place for place in places if places.count(place) > 1}):
        yield Problem(path=f"{path}.masking", text=f"has more than one rule for {place}: keep one of them")


def _refusals(database: DatabaseSettings, refused: str, path: str) -> Iterator[Problem]:
    if database.fresh_after is not None:
        yield Problem(path=f"{path}.fresh_after", text=refused)
    if database.keep:
        text = f"keeps what a reset overwrites, and a branch that is {database.kind.value} is never reset: take it out"
        yield Problem(path=f"{path}.keep", text=text)
    if database.adopt:
        text = "says how a branch is made, and an adopted one is there: take out kind, or adopt"
        yield Problem(path=f"{path}.kind", text=text)


def masking_rules(database: DatabaseSettings) -> tuple[MaskingRule, ...]:
    """The rules as Neon has them."""
    return tuple(
        MaskingRule(
            database=rule.database or database.database,
            schema=rule.schema_name,
            table=rule.table,
            column=rule.column,
            function=rule.function,
            value=rule.value or None,
        )
        for rule in database.masking
    )
