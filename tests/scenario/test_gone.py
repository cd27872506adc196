"""What does not show in Neon is gone only where the project shows that it was in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.scenario.project import Project, Result


@contextmanager
def elsewhere() -> Iterator[dict[str, str]]:
    """The environment of somebody whose API key is of another account: Neon has nothing for it."""

    class Nothing(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - names that http.server looks for

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Nothing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield {"NEON_API_HOST": f"http://127.0.0.1:{server.server_port}"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(project: Project, command: str, **more: str) -> Result:
    with elsewhere() as env:
        return project.pulumi(command, "--stack", "staging", "--yes", "--skip-preview", env={**env, **more})


def test_an_api_key_of_another_account_loses_no_database_and_a_deleted_project_is_said_by_a_person(
    project: Project,
) -> None:
    project.up("staging")
    before = project.snapshot()
    for command in ("destroy", "refresh", "up"):
        refused = run(project, command)
        assert refused.status != 0
        assert f"sees no Neon project {project.neon_id}" in " ".join(refused.text.split())
        assert not project.traceback(refused)
        assert project.snapshot() == before
    project.up("staging", "--expect-no-changes")
    assert project.notes("staging") == {"from production"}
    done = run(project, "destroy", NEON_DELETED_PROJECT=project.neon_id)
    assert done.status == 0, done.text
    assert project.git_branches() == set()
    assert project.parameters("staging") == {}
