"""The command line with the servers that it is made for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from localcloud.ending import end_all, postmasters
from localcloud.identity import mark, wait_for_end
from localcloud.lifecycle import Site, bring_down, bring_up
from localcloud.parts import standard_parts
from localcloud.running import settings
from tests.localcloud.cli.conftest import Cloud, make_cloud

QUERY = """
import os, psycopg, requests
def get(path, **query):
    url, key = os.environ["NEON_API_HOST"], os.environ["NEON_API_KEY"]
    answer = requests.get(url + path, params=query, headers={"Authorization": "Bearer " + key}, timeout=10)
    answer.raise_for_status()
    return answer.json()
(project,) = get("/projects")["projects"]
uri = get(f"/projects/{project['id']}/connection_uri", database_name="neondb", role_name="neondb_owner")["uri"]
with psycopg.connect(uri) as connection:
    print(connection.execute("SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM appointments)").fetchone()[0])
"""


@pytest.fixture
def real(tmp_path: Path) -> Site:
    made: Cloud = make_cloud(tmp_path)
    return Site(home=made.home, parts=standard_parts(), folder=made.folder, env=made.env, say=lambda _: None)


def test_the_seeded_data_outlives_a_killed_server_and_down_finds_its_postgres(real: Site) -> None:
    try:
        kill(bring_up(real).records["neon"].mark.pid)
        bring_up(real)
        assert query(real) == "12\n"
        kill(json.loads((real.home.run / "neon.json").read_text())["pid"])
        orphans = postmasters(real.home.root)
        assert orphans
        assert {one.pid for one in orphans} <= {one.pid for one in bring_down(real)}
    finally:
        end_all(real.home, real.parts)
    assert [one for one in psutil.process_iter(["cmdline"]) if belongs(one, real)] == []


def kill(pid: int) -> None:
    found = mark(pid, "server")
    assert found is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_for_end([found], 5) == []


def query(site: Site) -> str:
    env = {**site.env, **settings(site.home, site.parts, site.env)}
    return subprocess.run([sys.executable, "-c", QUERY], env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


def belongs(process: psutil.Process, site: Site) -> bool:
    running = process.status() != psutil.STATUS_ZOMBIE
    return running and any(str(site.home.root) in word for word in process.info["cmdline"] or [])
