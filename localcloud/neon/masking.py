"""Anonymized branches: which state they are in, what that forbids, which rules they may have. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from localcloud.neon import errors, status
from localcloud.neon.postgres.anonymizer import FUNCTIONS
from localcloud.neon.records import Branch, Masking, MaskingRule, RestrictedAction
from localcloud.neon.status import Operations

State = Literal["created", "initialized", "initialization_error", "anonymizing", "anonymized", "error"]
RESTORE = RestrictedAction(name="restore", reason="an anonymized branch cannot be restored")
DELETE = RestrictedAction(
    name="delete-rw-endpoint", reason="the read-write endpoint of an anonymized branch cannot be deleted"
)
CONNECT = RestrictedAction(
    name="connect-to-endpoints", reason="nobody can connect to this branch before it is anonymized"
)
_CALL = re.compile(r"(anon|pg_catalog)\.[a-z_]\w*\(.*\)", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'|[-+]?\d+(?:\.\d+)?|null|true|false", re.IGNORECASE)
_OURS = re.compile(r"\banon\.(\w+)")


def state_of(branch: Branch, masking: Masking, operations: Operations, now: float) -> State:
    """Like a chain of operations it goes by the clock, and each step lasts longer where its work does."""
    if status.current_state(branch.state, operations, now) != "ready":
        pending = status.pending_state(branch.state, operations, now) is not None
        return "created" if pending else "initialization_error"
    run = masking.run
    if masking.broken:
        return "initialization_error"
    if run is None or now < run.started_at:
        return "initialized"
    if run.error is not None:
        return "error"
    return "anonymizing" if run.job_id is not None or now < run.finish_at else "anonymized"


def message(state: State, masking: Masking) -> str:
    """What the state means, in words."""
    columns, failure = (masking.run.columns, masking.run.error) if masking.run else (0, None)
    return {
        "created": "the branch is being made",
        "initialized": "the anonymizer is set up in all databases",
        "initialization_error": "the anonymizer could not be set up",
        "anonymizing": "the rules are being applied",
        "anonymized": f"{columns} columns were masked" if columns else "there are no rules, so nothing was masked",
        "error": f"anonymization failed: {failure}",
    }[state]


def restrictions(branch: Branch, operations: Operations, now: float) -> tuple[RestrictedAction, ...]:
    """What may not be done to the branch now."""
    masking = branch.masking
    closed = masking is not None and state_of(branch, masking, operations, now) != "anonymized"
    return (*branch.restricted_actions, *lasting_restrictions(branch), *((CONNECT,) if closed else ()))


def lasting_restrictions(branch: Branch) -> tuple[RestrictedAction, ...]:
    """What may never be done to it, because of its kind."""
    return () if branch.masking is None else (RESTORE, DELETE)


def refuse_functions(rules: Iterable[MaskingRule]) -> None:
    """Raise 501 for a masking function that Neon has, or may have, and this server has not."""
    for rule in rules:
        for name in _OURS.findall(rule.masking_function or ""):
            if name not in FUNCTIONS:
                raise errors.not_emulated(f"the masking function anon.{name}")


def faults(branch: Branch, rules: Iterable[MaskingRule]) -> list[str]:
    """What is wrong with the rules for this branch's databases, as far as that can be told from their text."""
    known = {database.name for database in branch.databases}
    return [fault for rule in rules for fault in _faults(rule, known)]


def _faults(rule: MaskingRule, databases: set[str]) -> Iterable[str]:
    column = f"{rule.table_name}.{rule.column_name}"
    if rule.database_name not in databases:
        yield f"{column}: there is no database {rule.database_name}"
    if (rule.masking_function is None) == (rule.masking_value is None):
        yield f"{column}: one of masking_function and masking_value is needed"
    if rule.masking_function is not None and (
        not _CALL.fullmatch(rule.masking_function) or ";" in rule.masking_function
    ):
        yield f"{column}: masking_function must be a call of a function of anon or pg_catalog"
    if rule.masking_value is not None and not _LITERAL.fullmatch(rule.masking_value):
        yield f"{column}: masking_value must be an SQL literal"
