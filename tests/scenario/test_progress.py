"""A wait that takes longer than a second says what for, while it lasts."""

from __future__ import annotations

import contextlib
import threading
import urllib.error
from collections.abc import Iterator

from tests.scenario.project import Project
from tests.scenario.test_build import lines_until

HOLDS = "waiting for timeline_update_protected_config on"
BUSY = {"embedded": 4, "cli": 12}  # seconds: until the up has come to its change, and a wait that is worth telling


@contextlib.contextmanager
def somebody_at_work(project: Project) -> Iterator[None]:
    """Somebody else keeps the project busy with one change after another, begun before the up gets there."""
    done, main = threading.Event(), project.neon_branches()["main"]["id"]
    project.settings("neon", operation_seconds=BUSY[project.engine])
    project.neon("PATCH", f"/branches/{main}", {"branch": {"protected": True}})

    def work() -> None:
        protected = True
        while not done.wait(0.02):
            with contextlib.suppress(urllib.error.HTTPError):  # 423: the change before it is not at its end
                project.neon("PATCH", f"/branches/{main}", {"branch": {"protected": not protected}})
                protected = not protected

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        project.settings("neon", operation_seconds=0.02)
        thread.join()


def test_who_waits_for_the_project_is_told_which_operation_holds_it(project: Project) -> None:
    with project.start("up", "--stack", "staging", "--yes", "--skip-preview") as up:
        with somebody_at_work(project):
            said = list(lines_until(HOLDS, up.stdout))
        rest = up.communicate(timeout=120)[0]
    assert up.returncode == 0, [*said, rest]
    assert "(operation " in said[-1]
    assert f"the Neon project {project.neon_id} lets in one change at a time" in said[-1]
    assert project.notes("staging") == {"from production"}
