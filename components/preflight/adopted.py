"""An adopted branch is the one with the id that the stack has, not whichever has the name by now. Pure."""

from __future__ import annotations

from components.preflight.findings import DatabaseFindings
from components.settings.models import DatabaseSettings


def is_another(database: DatabaseSettings | None, found: DatabaseFindings, known: tuple[str, str] | None) -> bool:
    """Whether the name that is adopted leads to another branch than ``known``, Neon project and branch of the last up,
    by their ids."""
    if database is None or not database.adopt or found.branch is None or known is None:
        return False
    return known[0] == found.project_id and known[1] != found.branch.id


def not_renamed(
    database: DatabaseSettings | None, found: DatabaseFindings, known: tuple[str, str] | None
) -> str | None:
    """What to say where no branch has the name that the adopted one is given: an up would rename it, and who names it
    as a source would not find it any more."""
    if database is None or not database.adopt or known is None or found.others is None:
        return None
    if known[0] != found.project_id:
        return None
    return (
        f"this stack has adopted the Neon branch {known[1]}, which keeps the name that it has in Neon, and none is "
        f"called {database.branch!r}: correct the name. The project has {found.others}. Where {known[1]} is gone and "
        "another one is to be adopted instead, name that one, and add recreate: true to the database settings"
    )


def not_adopted(
    database: DatabaseSettings | None, found: DatabaseFindings, known: tuple[str, str] | None
) -> str | None:
    """What to say of another branch that has the name of the adopted one; None where a person wants that one."""
    branch = found.branch
    if database is None or branch is None or known is None or database.recreate:
        return None
    if not is_another(database, found, known):
        return None
    return (
        f"this stack has adopted the Neon branch {known[1]}, and {database.branch!r} is another one by now "
        f"({branch.id}, made at {branch.created_at}), with other data: it is not taken over for its name. "
        f"Where {known[1]} is still there, give it back its name; where it is gone and this one is to be adopted "
        "instead, add recreate: true to the database settings"
    )
