"""Keys of a stack file that nobody reads, because what is before their colon is misspelt. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from components.settings.problems import Problem

_KNOWN = ("aws", "neon", "pulumi")
_CLOSE = 0.66  # of what difflib measures: a letter more, less, or in another place


def unread(config: Iterable[str], project: str, sections: AbstractSet[str]) -> Iterator[Problem]:
    """A problem for each key that is meant for this program, by its name or nearly by what is before its colon.

    Of others nobody can tell for whom they are: they are left alone.
    """
    known = (project, *_KNOWN)
    for key in sorted(config):
        space, colon, name = key.partition(":")
        if not colon or space in known:
            continue
        close = get_close_matches(space, known, n=1, cutoff=_CLOSE)
        if name in sections or close:
            meant = project if name in sections else close[0]
            yield Problem(path=key, text=f"nobody reads it: write {meant}:{name}, or take it out")
