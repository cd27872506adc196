"""Keeping a stack's composed file in step with the tracked one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from localcloud.errors import LocalcloudError
from localcloud.files import write_whole
from localcloud.projects import Project


def keep_composed(project: Project, stack: str, say: Callable[[str], None]) -> Path:
    """Compose the stack's file when the tracked one changed since the last time; where the composed file is.

    Without a tracked file now or before, what is there (or is not) stays as it is.
    """
    tracked, base = _read(project.tracked_file(stack)), _read(project.base_file(stack))
    path = project.composed_file(stack)
    local = _read(path)
    if local is None:
        base = None  # a copy that is gone is made afresh: nothing in it was removed on purpose
    # Nothing to merge in most runs: importing YAML for it would cost each of them.
    if tracked != base:
        _compose(project, stack, (tracked, base, local), say)
    return path


def _compose(
    project: Project, stack: str, texts: tuple[str | None, str | None, str | None], say: Callable[[str], None]
) -> None:
    from localcloud.stackfiles import compose

    tracked, base, local = texts
    source = project.tracked_file(stack)
    try:
        composed = compose(tracked=tracked or "", base=base or "", local=local or "")
    except LocalcloudError as error:
        raise LocalcloudError(f"{source}: {error}", status=error.status) from error
    project.make()
    write_whole(project.composed_file(stack), composed.text)
    if tracked is None:
        project.base_file(stack).unlink(missing_ok=True)
    else:
        write_whole(project.base_file(stack), tracked)
    if composed.made_up:
        names = ", ".join(composed.made_up)
        say(f"localcloud: {source} encrypts {names} for another key: made-up values stand for them here")


def forget_composed(project: Project, stack: str) -> None:
    """The stack is gone: so is what was set for it locally."""
    project.composed_file(stack).unlink(missing_ok=True)
    project.base_file(stack).unlink(missing_ok=True)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
