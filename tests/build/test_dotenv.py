"""`.env.production`: exactly the declared names, for nobody else to read, and read back by Next.js as they are."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.build.conftest import SCRIPT, SHELLS, Build
from tests.build.test_values import VALUES, shell

NEXT = Path(__file__).parents[1] / "contract/node_modules/@next/env/dist/index.js"
READ = """
const { loadEnvConfig } = require(process.argv[1])
const { parsedEnv } = loadEnvConfig(process.cwd(), false)
console.log(JSON.stringify(parsedEnv))
"""
QUOTED = {
    "plain": "'plain'",
    "two words # no comment": "'two words # no comment'",
    "pa$$word ${HOME}": "'pa\\$\\$word \\${HOME}'",
    "it's": "`it's`",
    "it's `this`": '"it\'s `this`"',
    'it\'s `this` "one"': 'it\'s `this` "one"',
    "C:\\": "C:\\",
    "one\ntwo": "'one\ntwo'",
    "one\r\ntwo": '"one\\r\ntwo"',
}
ODD = {
    "SLASHES": "\\\\ \\n \\r \\$ \\' \\",
    "LAST": "a 'quoted' word and a backslash\\",
    "FIRST": "\n'first line is empty'",
    "HASH": "a#b'c",
    "LINES": "'`\nB=1\nexport C='2'\n",
    "DOLLARS": "$ $$ $1 ${} ${A:-b} \\$ \\\\$X $",
    "EQUALS": "=a=b: c",
}
HOPELESS = {"ALL_QUOTES": "' ` \"\n", "BEGINS": "'`\"", "RETURN": "\r\\n", "ENDS": "a\n\\", "BOTH": "'a'\\"}


def write(build: Build, names: list[str], *words: str, **variables: str) -> str:
    given = {"RUNTIME": "artifact", "RUNTIME_NAMES": " ".join(names), **variables}
    done = build.run_with(words or ("sh",), ["write"], given)
    assert done.status == 0, done.text
    return (build.folder / ".env.production").read_bytes().decode()


def test_it_holds_exactly_the_declared_names_for_its_owner_alone(build: Build) -> None:
    build.put(TOKEN="a token", OTHER="not declared")
    (build.folder / ".env.production").write_text("OLD=1\n")
    assert write(build, ["APP_ENV", "TOKEN"], APP_ENV="dev", LOG_LEVEL="info") == "APP_ENV='dev'\nTOKEN='a token'\n"
    assert stat.S_IMODE((build.folder / ".env.production").stat().st_mode) == 0o600
    assert [path.name for path in build.folder.iterdir()] == [".env.production"]


def test_a_file_that_was_there_is_not_replaced_without_a_word(build: Build) -> None:
    given = {"RUNTIME": "artifact", "RUNTIME_NAMES": "APP_ENV", "APP_ENV": "dev"}
    assert "is replaced" not in build.run("write", **given).text
    assert "an older .env.production, such as the repository's, is replaced" in build.run("write", **given).text


def test_an_application_that_reads_ssm_by_itself_finds_its_plain_names_in_the_file(build: Build) -> None:
    given = {"RUNTIME": "ssm", "RUNTIME_NAMES": "APP_ENV PARAMETER_PREFIX", "APP_ENV": "dev"}
    assert build.run("write", **given).status == 0
    lines = (build.folder / ".env.production").read_text().splitlines()
    assert lines == ["APP_ENV='dev'", f"PARAMETER_PREFIX='{build.prefix}'"]


@pytest.mark.parametrize("runtime", ["none", ""])
def test_nothing_is_written_where_it_is_not_asked_for(build: Build, runtime: str) -> None:
    assert build.run("write", RUNTIME=runtime, RUNTIME_NAMES="APP_ENV", APP_ENV="dev").status == 0
    assert list(build.folder.iterdir()) == []


def test_a_value_is_quoted_as_it_needs(build: Build) -> None:
    values = {f"V{number}": value for number, value in enumerate(QUOTED)}
    lines = [f"V{number}={quoted}\n" for number, quoted in enumerate(QUOTED.values())]
    assert write(build, list(values), **values) == "".join(lines)


@pytest.mark.parametrize("name", SHELLS)
def test_next_reads_the_same_values_back(build: Build, name: str) -> None:
    if not NEXT.exists() or shutil.which("node") is None:
        pytest.skip("no @next/env: `make test` fetches it where there is npm")
    values = {f"V_{key}": value for key, value in {**VALUES, **ODD}.items() if key != "QUOTES"}
    values |= {f"Q_{number}": value for number, value in enumerate(QUOTED)}
    write(build, list(values), *shell(name), **values)
    (build.folder / ".env").write_text("AFTER=1\n")
    node = ["node", "-e", READ, str(NEXT)]
    env = {"PATH": build.env["PATH"], "HOME": build.env["HOME"]}
    read = subprocess.run(node, cwd=build.folder, env=env, check=True, capture_output=True, text=True, timeout=60)
    assert json.loads(read.stdout) == {**values, "AFTER": "1"}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_value_that_cannot_be_quoted_is_named_and_nothing_is_written(build: Build, name: str) -> None:
    (build.folder / ".env.production").write_text("OLD=1\n")
    values = {"FINE": "fine", name: HOPELESS[name]}
    done = build.run("write", RUNTIME="artifact", RUNTIME_NAMES=f"FINE {name}", **values)
    assert (done.status, done.text.count(name), HOPELESS[name] in done.text) == (1, 1, False)
    assert (build.folder / ".env.production").read_text() == "OLD=1\n"
    assert len(list(build.folder.iterdir())) == 1


def test_a_build_that_cannot_write_a_value_migrates_nothing(build: Build) -> None:
    specification = yaml.safe_load((SCRIPT.parent / "amplify.yml").read_text())
    commands = specification["frontend"]["phases"]["preBuild"]["commands"]
    (build.folder / "build").symlink_to(SCRIPT.parent)
    build.put(DATABASE_URL="postgresql://pooled", DIRECT_URL="postgresql://direct", TOKEN=HOPELESS["BEGINS"])
    told = {"MIGRATIONS": "deploy", "MIGRATION_COMMAND": "touch migrated", "RUNTIME": "artifact"}
    done = build.command(["sh", "-ec", "\n".join(commands)], {**told, "RUNTIME_NAMES": "TOKEN"})
    assert (done.status, (build.folder / "migrated").exists()) == (1, False)
    assert "TOKEN cannot be quoted" in done.text
    done = build.command(["sh", "-ec", "\n".join(commands)], {**told, "RUNTIME_NAMES": "DIRECT_URL"})
    assert (done.status, (build.folder / "migrated").exists()) == (0, True), done.text


def test_a_declared_name_without_a_value_is_told(build: Build) -> None:
    done = build.run("write", RUNTIME="artifact", RUNTIME_NAMES="A B C", B="there", C="")
    assert (done.status, done.text) == (1, "environment: nothing gives these a value for .env.production: A C\n")
    assert list(build.folder.iterdir()) == []
