"""What an up will cost of a branch's data, in words, before it is done. Pure.

A dynamic provider's diff has no text in a preview: so the program says it.
"""

from __future__ import annotations

from datetime import datetime

from components.naming import DATABASE_URL, DIRECT_URL
from components.settings.models import DatabaseSettings
from neon.changes import expiry, same_ttl
from neon.kept import Copies
from neon.models import Branch
from neon.resets import copied_at

_RENEWED = "A reset renews it; take ttl out of the database settings to have it stay"


def described(branch: Branch) -> str:
    """The branch with its id and how much it holds."""
    return f"the Neon branch {branch.name!r} ({branch.id}, {size_of(branch)})"


def size_of(branch: Branch) -> str:
    return "size unknown" if branch.logical_size is None else f"{branch.logical_size / 2**20:.1f} MiB"


def deletion_warning(branch: Branch, copies: Copies) -> str:
    """What goes with the branch of a database that is declared no more, and what stays."""
    return (
        f"up deletes {described(branch)} and all its data for good, last copied at {copied_at(branch)}, for the "
        f"settings have no database any more; the parameters {DATABASE_URL} and {DIRECT_URL} go with it. To keep it, "
        f"put the database settings back{f'; {copies.stay()}' if copies else ''}"
    )


def protection_notice(branch: Branch | None, database: DatabaseSettings) -> str | None:
    """What protection means that somebody set in Neon, and of which the settings of an own branch say nothing."""
    if branch is None or not branch.protected or database.protected is not None or database.adopt:
        return None
    return (
        f"{described(branch)} is protected in Neon, and the database settings say nothing of it: it stays so, and is "
        "neither reset nor deleted. Set protected: true to have it so, or protected: false to lift it"
    )


def expiry_notice(branch: Branch | None, database: DatabaseSettings) -> str | None:
    """That somebody gave an adopted branch a time to live: the settings of one can neither say so nor take it away."""
    if branch is None or not database.adopt or branch.expires_at is None:
        return None
    return (
        f"{described(branch)} is adopted, and somebody has set in Neon that it expires: Neon deletes it and all its "
        f"data at {branch.expires_at}. To keep it, take the expiration away in Neon's console"
    )


def leaving_notice(branch: Branch) -> str:
    """What becomes of an adopted one."""
    return f"up leaves {described(branch)} as it is, for it was adopted: this stack has nothing to do with it any more"


def expires_sooner(branch: Branch | None, ttl: int | None) -> bool:
    """Whether a time to live in seconds is a new one, or a shorter one, for the branch."""
    if ttl is None:
        return False
    if branch is None or branch.ttl is None:
        return True
    return ttl < branch.ttl and not same_ttl(branch.ttl, ttl)


def expiry_warning(branch: Branch | None, database: DatabaseSettings, now: datetime) -> str | None:
    """When Neon will delete the branch because of what the settings say now; None when that is no sooner than before.

    The time to live counts from the up: ``now``, by Neon's clock, is taken for that.
    """
    if database.ttl is None or not expires_sooner(branch, database.ttl):
        return None
    at = expiry(database.ttl, now)
    if branch is None:
        return f"the new Neon branch {database.branch!r} is deleted by Neon, its data with it, at {at}. {_RENEWED}"
    before = f"instead of at {branch.expires_at}" if branch.expires_at else "until now it stays"
    return f"Neon deletes {described(branch)} and all its data at {at} if up is run now ({before}). {_RENEWED}"
