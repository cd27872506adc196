"""What a changed input means: done in place, by replacement, refused, or nothing at all. Pure tables."""

from __future__ import annotations

from collections.abc import Mapping

from components.dynamic import Change, Rule

BRANCH_RULES: Mapping[str, Rule] = {
    "project_id": Rule(
        change=Change.REFUSED,
        reason="a branch and its data do not move between Neon projects: destroy the stack, or use another one",
    ),
    "name": Rule(change=Change.IN_PLACE, reason="renamed; id, data and connection strings stay"),
    "protected": Rule(change=Change.IN_PLACE, reason="set in Neon"),
    "ttl": Rule(change=Change.IN_PLACE, reason="set in Neon, counted from then on by its clock"),
    "compute": Rule(change=Change.IN_PLACE, reason="set on the endpoint, which restarts and drops connections"),
    "endpoint": Rule(change=Change.IN_PLACE, reason="a missing endpoint is created, a disabled one enabled"),
    "source": Rule(change=Change.NOTHING, reason="only a creation or a reset copies data"),
    "kind": Rule(
        change=Change.REFUSED,
        reason="a branch stays what it was made as: delete it in Neon's console, its data with it, and run up with "
        "recreate: true, which makes another one with a new id, host and connection strings",
    ),
    "masking": Rule(change=Change.IN_PLACE, reason="replaced, and all rows masked again by the new rules"),
    "anonymization": Rule(change=Change.IN_PLACE, reason="what is not masked by these rules is masked by them"),
    "mark": Rule(change=Change.NOTHING, reason="Neon takes a mark at creation only; the state knows the branch by id"),
    "adopt": Rule(
        change=Change.REFUSED,
        reason="whether a branch is adopted is settled when it enters the stack: set adopt back. To have it otherwise "
        "make the state forget the branch, which changes nothing in Neon (pulumi state delete --target-dependents URN, "
        "with the URN of this resource that pulumi stack --show-urns shows), and run up with the other word",
    ),
}

CONNECTION_RULES: Mapping[str, Rule] = {
    "project_id": Rule(change=Change.REPLACES, reason="another branch's connection is another connection"),
    "branch_id": Rule(change=Change.REPLACES, reason="another branch's connection is another connection"),
    "database": Rule(change=Change.IN_PLACE, reason="the strings are read anew"),
    "role": Rule(change=Change.IN_PLACE, reason="the strings are read anew"),
    "parameters": Rule(change=Change.IN_PLACE, reason="the strings are written anew"),
    "allow_default": Rule(change=Change.IN_PLACE, reason="checked anew"),
    "anonymized": Rule(change=Change.NOTHING, reason="a branch stays what it was made as"),
    "password_set_at": Rule(change=Change.IN_PLACE, reason="the strings are read anew, with the new password"),
}

RESET_RULES: Mapping[str, Rule] = {
    "project_id": Rule(change=Change.REPLACES, reason="another branch's freshness is judged for itself"),
    "branch_id": Rule(change=Change.REPLACES, reason="another branch's freshness is judged for itself"),
    "fresh_after": Rule(change=Change.IN_PLACE, reason="data that is older is copied anew from the source"),
    "source": Rule(change=Change.NOTHING, reason="only the next reset copies data"),
    "database": Rule(change=Change.NOTHING, reason="names the connection that a reset must leave as it was"),
    "role": Rule(change=Change.NOTHING, reason="names the connection that a reset must leave as it was"),
    "mark": Rule(change=Change.NOTHING, reason="Neon takes a mark at creation only"),
    "keep": Rule(change=Change.NOTHING, reason="only the next reset overwrites data"),
    "adopted": Rule(change=Change.NOTHING, reason="says whose the branch is, not how fresh its data"),
}

PASSWORD_RULES: Mapping[str, Rule] = {
    "project_id": Rule(change=Change.REPLACES, reason="another branch's password is judged for itself"),
    "branch_id": Rule(change=Change.REPLACES, reason="another branch's password is judged for itself"),
    "role": Rule(change=Change.REPLACES, reason="another role's password is judged for itself"),
    "password_after": Rule(change=Change.IN_PLACE, reason="a password that is older is replaced"),
    "source": Rule(change=Change.NOTHING, reason="names a branch whose password the next one must not be"),
    "mark": Rule(change=Change.NOTHING, reason="Neon takes a mark at creation only"),
    "adopted": Rule(change=Change.NOTHING, reason="says whose the branch is, not how old its password"),
}

GUARD_RULES: Mapping[str, Rule] = {
    "project_id": Rule(change=Change.IN_PLACE, reason="the other branch is asked about when it is to go"),
    "branch_id": Rule(change=Change.IN_PLACE, reason="the other branch is asked about when it is to go"),
    "mark": Rule(change=Change.NOTHING, reason="it is another one only when the branch is"),
}
