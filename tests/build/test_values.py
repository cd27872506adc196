"""Values of parameters on their way into a command's environment: unchanged, and seen nowhere else."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from components.settings.names import name_fault
from components.variables import RESERVED
from tests.build.conftest import SCRIPT, SHELLS, Build

VALUES = {
    "DATABASE_URL": "postgresql://owner:npg_S3cret@ep-x.neon.tech/neondb?sslmode=require&a='b'",
    "LINES": "-----BEGIN-----\nfirst line\n\n second line\\n\n-----END-----\n\n",
    "QUOTES": """'single' "double" `back` '\\'' "'"'""",
    "SHELL": "$HOME ${HOME} $(touch touched) `touch touched` \\$ \\\\ \\ %s %b \\c * ? [a] ~ # ; & | < > ( ) !",
    "BLANKS": "  \t two  blanks before, a tab, and after\t  ",
    "RETURNS": "a\r\nb\rc",
    "CONTROL": "\x01\x1b[31m\x7f\x08\x0c",
    "LETTERS": "é ß € 漢字 \U0001f600\U0001f485 \ufeff",
    "JSON": '{"a": ["\\u00e9", "x\\\\y"], "b": "\\n"}',
    "DIGITS": "\x011\x0277",
    "line": "'",
}
DUMP = "import json, os; json.dump(dict(os.environ), open('seen.json', 'w'))"


def shell(name: str) -> tuple[str, ...]:
    return (name, "sh") if name == "busybox" else (name,)


@pytest.mark.parametrize("name", SHELLS)
def test_values_arrive_unchanged(build: Build, name: str) -> None:
    build.put(**VALUES)
    for start in range(12):  # more than the two pages that those fill
        build.put(**{f"MORE_{start}": str(start)})
    done = build.run_with(shell(name), ["exec", "--", "python", "-c", DUMP], {})
    assert (done.status, done.text) == (0, "")
    seen = json.loads((build.folder / "seen.json").read_text())
    assert {key: seen.get(key) for key in VALUES} == VALUES
    assert [seen[f"MORE_{start}"] for start in range(12)] == [str(start) for start in range(12)]
    assert not (build.folder / "touched").exists()


@pytest.mark.parametrize("name", SHELLS)
def test_a_name_in_small_letters_is_the_settings_own_wherever_it_comes_from(build: Build, name: str) -> None:
    names = set(re.findall(r"\b_([a-z]+)\b", SCRIPT.read_text()))
    assert {"text", "name", "folder", "cr", "record"} <= names
    variables = {one: f"{one} of the branch" for one in names}
    build.put(text="of the environment")
    done = build.run_with(shell(name), ["exec", "--", "python", "-c", DUMP], variables)
    assert (done.status, done.text) == (0, "")
    seen = json.loads((build.folder / "seen.json").read_text())
    assert {one: seen[one] for one in names} == {**variables, "text": "of the environment"}


@pytest.mark.parametrize("name", SHELLS)
def test_a_parameter_put_there_by_hand_takes_no_name_that_a_build_needs(build: Build, name: str) -> None:
    taken = ["PATH", "IFS", "HOME", "LD_PRELOAD", "BASH_ENV", "SHELLOPTS", "GIT_DIR", "UID", "_text", *sorted(RESERVED)]
    assert [one for one in taken if name_fault(one) is None and one not in RESERVED] == []
    build.put(**dict.fromkeys(taken, "by hand"), GOOD="good")
    done = build.run_with(shell(name), ["exec", "--", "python", "-c", DUMP], {"LOG_LEVEL": "info"})
    assert done.status == 0, done.text
    assert sorted(re.findall(r"the parameter (\w+) is passed over", done.text)) == sorted(taken)
    seen = json.loads((build.folder / "seen.json").read_text())
    assert (seen["GOOD"], "by hand" in seen.values()) == ("good", False)


@pytest.mark.parametrize("name", SHELLS)
def test_a_parameter_put_there_by_hand_is_neither_a_plain_variable_nor_a_value_of_the_backend(
    build: Build, name: str
) -> None:
    build.put(LOG_LEVEL="by hand", LOG="a parameter", S3_BUCKET="by hand", API_KEY="by hand")
    (build.folder / ".environment").mkdir()
    (build.folder / ".environment" / "backend").write_text('S3_BUCKET\t["its"]\n')
    variables = {
        "LOG_LEVEL": "info",
        "PLAIN_NAMES": "APP_ENV LOG_LEVEL",
        "BACKEND_VARIABLES": "API_KEY=x S3_BUCKET=bucket",
        "RUNTIME": "artifact",
        "RUNTIME_NAMES": "LOG LOG_LEVEL S3_BUCKET",
    }
    done = build.run_with(shell(name), ["write"], variables)
    assert done.status == 0, done.text
    told = "is passed over: the settings have it as a plain variable, or from the backend"
    assert sorted(re.findall(rf"the parameter (\w+) {told}", done.text)) == ["API_KEY", "LOG_LEVEL", "S3_BUCKET"]
    written = (build.folder / ".env.production").read_text()
    assert written == "LOG='a parameter'\nLOG_LEVEL='info'\nS3_BUCKET='its'\n"


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("migrations", ["deploy", "none"])
def test_a_variable_of_all_branches_stands_in_for_no_parameter_that_is_missing(
    build: Build, name: str, migrations: str
) -> None:
    build.put(DIRECT_URL="its own")
    variables = {
        "LOG_LEVEL": "info",
        "PLAIN_NAMES": "APP_ENV LOG_LEVEL",
        "REQUIRED": "LOG_LEVEL DIRECT_URL TOKEN",
        "RUNTIME_NAMES": "PAGE PATH 1st",  # names that nobody could set are left alone
        "MIGRATIONS": migrations,
        "MIGRATION_COMMAND": "true",  # of a rollback
        **dict.fromkeys(("DATABASE_URL", "DIRECT_URL", "TOKEN", "PAGE"), "of all branches"),
    }
    done = build.run_with(shell(name), ["check"], variables)
    assert (done.status, f"the parameters below {build.prefix}: TOKEN\n" in done.text) == (1, True), done.text
    done = build.run_with(shell(name), ["exec", "--", "python", "-c", DUMP], variables)
    assert done.status == 0, done.text
    seen = json.loads((build.folder / "seen.json").read_text())
    assert (seen["DIRECT_URL"], seen["LOG_LEVEL"], "of all branches" in seen.values()) == ("its own", "info", False)


def test_an_environment_without_a_database_keeps_the_one_of_all_branches(build: Build) -> None:
    variables = {"PLAIN_NAMES": "APP_ENV", "MIGRATIONS": "none", "DATABASE_URL": "of all branches"}
    assert build.run("exec", "--", "python", "-c", DUMP, **variables).status == 0
    assert json.loads((build.folder / "seen.json").read_text())["DATABASE_URL"] == "of all branches"


TRACED = [
    ("sh", "-x"),
    ("sh", "-xva"),
    ("bash", "--posix", "-xv"),
    ("bash", "-c", 'set -x; export SHELLOPTS; "$0" "$@"'),
]


@pytest.fixture
def recorded(build: Build, tmp_path: Path) -> Path:
    """Every process that the script starts, with its arguments: it finds only programs that write them down first."""
    folder, calls = tmp_path / "programs", tmp_path / "calls"
    folder.mkdir()
    for name in ("aws", "bash", "cat", "git", "mkdir", "mv", "node", "python", "rm", "sh"):
        real = shutil.which(name, path=build.env["PATH"])
        program = folder / name
        program.write_text(f'#!/bin/sh\nprintf \'%s\\n\' {name} "$@" >> {calls}\nexec {real} "$@"\n')
        program.chmod(0o755)
    build.env["PATH"] = str(folder)
    return calls


@pytest.mark.parametrize("words", TRACED)
def test_no_value_is_seen_even_when_the_caller_traces(build: Build, recorded: Path, words: tuple[str, ...]) -> None:
    secrets = {
        "DATABASE_URL": "npg_value_of_the_url",
        "DIRECT_URL": "npg_value",
        "TOKEN": "value of\nthe 'token' with $",
    }
    build.put(**secrets)
    variables = {"REQUIRED": "TOKEN DATABASE_URL", "RUNTIME": "artifact", "RUNTIME_NAMES": "TOKEN"}
    migration = {"MIGRATIONS": "deploy", "MIGRATION_COMMAND": "python -c pass"}
    said = recorded.read_text() if recorded.exists() else ""
    for arguments in (["check"], ["write"], ["migrate"], ["exec", "--", "python", "-c", "pass"]):
        done = build.run_with(words, arguments, {**variables, **migration})
        assert done.status == 0, done.text
        said += done.text
    said += recorded.read_text()
    assert "get-parameters-by-path" in said
    assert not [part for part in ("npg_value", "value of", "the 'token'") if part in said]
    assert {path.name for path in build.folder.rglob("*")} == {".env.production"}


def test_what_the_file_for_the_run_time_is_to_hold_is_missed_before_the_migration(build: Build) -> None:
    build.put(TOKEN="there")
    file = {"RUNTIME_NAMES": "TOKEN API_KEY SUPPORT", "BACKEND_VARIABLES": "S3_BUCKET=bucket API_KEY=api_key"}
    missing = build.run("check", REQUIRED="TOKEN", RUNTIME="artifact", **file)
    assert (missing.status, missing.text.endswith("SUPPORT\n"), "API_KEY" in missing.text) == (1, True, False)
    assert build.run("check", REQUIRED="TOKEN", RUNTIME="none", **file).status == 0
    there = build.run("check", RUNTIME="ssm", SUPPORT="us", **file)
    assert (there.status, "nothing is missing of: TOKEN SUPPORT" in there.text) == (0, True), there.text


def test_migrations_go_to_the_environments_own_database_or_to_none(build: Build) -> None:
    elsewhere = {"DATABASE_URL": "of-all-branches", "DIRECT_URL": "of-all-branches"}
    migration = {"MIGRATIONS": "deploy", "MIGRATION_COMMAND": "echo migrated $DIRECT_URL"}
    lost = build.run("migrate", **elsewhere, **migration)
    assert (lost.status, "nothing was migrated" in lost.text, "migrated of-all" in lost.text) == (1, True, False)
    missing = build.run("check", **elsewhere, **migration, REQUIRED="DATABASE_URL")
    assert (missing.status, "missing among" in missing.text) == (1, True), missing.text
    build.put(DATABASE_URL="own")
    half = build.run(
        "migrate", **elsewhere, **migration
    )  # Prisma would look for the other one in the repository's .env
    assert (half.status, "for: DIRECT_URL; nothing was migrated" in half.text) == (1, True), half.text
    build.put(DIRECT_URL="own-direct")
    done = build.run("migrate", **elsewhere, **migration)
    assert (done.status, "migrated own-direct" in done.text) == (0, True), done.text


def test_a_branch_that_has_none_says_so(build: Build) -> None:
    without = {"MIGRATIONS": "none", "BACKEND_MODE": "none"}
    migrated, deployed = build.run("migrate", **without), build.run("backend", **without)
    assert (migrated.status, migrated.text) == (0, "environment: no migrations\n")
    assert (deployed.status, deployed.text) == (0, "environment: no backend\n")
