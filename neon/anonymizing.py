"""Having a branch anonymized by its rules, and waiting for it.

Neon tells which rules a branch has and how its last anonymization ended, but not by which rules that was. So rules are
never changed while they are applied, and what is already anonymized is believed only where the caller knows by what.
"""

from __future__ import annotations

from collections.abc import Sequence

from neon.client import NeonClient
from neon.errors import NeonAnonymizationFailed, NeonRequestError, NeonTimeout
from neon.kinds import ANEW
from neon.masking import Anonymization, MaskingRule, rule_changes
from neon.models import Branch, Operation
from neon.operations import unseen
from neon.progress import Progress
from neon.resending import Resending
from neon.retry import Deadline
from neon.settling import repeat_until_same


def ensure_anonymized(client: NeonClient, branch: Branch, rules: Sequence[MaskingRule], *, trusted: bool) -> None:
    """All of ``rules`` are in force on the branch, and applied to its data.

    ``trusted``: the last anonymization that ended is known to have been by these rules. Otherwise they are applied
    once more, over what is masked already.
    """
    found = client.anonymization(branch.project_id, branch.id)
    if found.under_way:
        # Whatever rules it began with, nobody has changed them since, and a difference is seen below.
        found, trusted = _when_it_ended(client, branch, started=False), True
    if _replace_rules(client, branch, rules) or not trusted or not found.done:
        _start(client, branch, found)
        wait_until_anonymized(client, branch)


def wait_until_anonymized(client: NeonClient, branch: Branch) -> None:
    """Returns when an anonymization that was started has ended well.

    Raises NeonAnonymizationFailed in Neon's words, NeonTimeout when ``pace.anonymize`` seconds have passed.
    """
    found = _when_it_ended(client, branch, started=True)
    if found.failed:
        raise _failure(branch, found)


def _when_it_ended(client: NeonClient, branch: Branch, *, started: bool) -> Anonymization:
    """``started``: what is initialized is about to go on."""
    deadline, polls = client.pace.deadline(client.pace.anonymize), client.pace.polls()
    progress = Progress(client.pace, f"anonymizing the Neon branch {branch.name!r}")
    while True:
        found = _look(client, branch, deadline, started=started)
        waiting = found.under_way or (started and found.state == "initialized")
        if not waiting:
            return found
        if not deadline.left:
            raise NeonTimeout(_still_running(branch, found, client.pace.anonymize))
        progress.tell(f"the masking rules ({found})")
        client.pace.sleep(min(next(polls), deadline.left))


def _look(client: NeonClient, branch: Branch, deadline: Deadline, *, started: bool) -> Anonymization:
    try:
        return client.anonymization(branch.project_id, branch.id, until=deadline)
    except NeonRequestError as error:
        if not started:
            raise
        raise unseen(f"anonymizing the Neon branch {branch.name!r} ({branch.id})", error) from None


def _replace_rules(client: NeonClient, branch: Branch, rules: Sequence[MaskingRule]) -> bool:
    """Whether there were others before."""
    replaced = False

    def act() -> list[Operation]:
        nonlocal replaced
        if rule_changes(client.masking_rules(branch.project_id, branch.id), rules):
            replaced = True
            client.replace_masking_rules(branch.project_id, branch.id, rules)
        return []

    what = f"setting the masking rules of the Neon branch {branch.name!r}"
    repeat_until_same(client, act, project_id=branch.project_id, branch_id=branch.id, what=what)
    return replaced


def _start(client: NeonClient, branch: Branch, found: Anonymization) -> None:
    """Starts it; an open outcome, and a refusal because it started by itself, is settled by reading."""
    if not found.startable:
        raise _failure(branch, found)
    resending = Resending(client, what=f"anonymizing the Neon branch {branch.name!r}")
    while True:
        try:
            client.start_anonymization(branch.project_id, branch.id)
        except NeonRequestError as error:
            if error.maybe_applied:
                resending.note(error)
            seen = resending.look(lambda: client.anonymization(branch.project_id, branch.id))
            if seen.under_way or seen.begun != found.begun:
                return
            resending.note(error)
            resending.pause(error)
        else:
            return


def _failure(branch: Branch, found: Anonymization) -> NeonAnonymizationFailed:
    remedy = "correct the masking rules in the database settings, and run up again, which applies them"
    if found.state == "initialization_error":
        remedy = f"Neon cannot go on with it: {ANEW}"
    return NeonAnonymizationFailed(
        f"Neon could not anonymize the branch {branch.name!r} ({branch.id}), {found}. It holds the data of its source, "
        f"and nothing connects to it: {remedy}"
    )


def _still_running(branch: Branch, found: Anonymization, seconds: float) -> str:
    return (
        f"anonymizing the Neon branch {branch.name!r} ({branch.id}) has not ended after {seconds:.0f} s ({found}). "
        "Nothing connects to it before it has: look at it in Neon's console, and run the same command again, which "
        "goes on from there"
    )
