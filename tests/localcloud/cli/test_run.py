from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.localcloud.cli.conftest import Cloud

SHOW = ("run", "--", "sh", "-c")


def test_run_passes_the_exit_status_on(running: Cloud) -> None:
    assert running.call(*SHOW, "exit 7").returncode == 7


def test_run_starts_localcloud_when_it_is_not_up_and_says_so(cloud: Cloud) -> None:
    answer = cloud.call(*SHOW, "echo $NEON_API_HOST")
    assert answer.stdout.startswith("http://127.0.0.1:")
    assert answer.stdout.count("\n") == 1
    assert "starting neon, aws" in answer.stderr


def test_run_gives_a_signal_to_the_command_itself(running: Cloud) -> None:
    script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"
    with subprocess.Popen(
        running.command(*SHOW, script), cwd=running.folder, env=running.env, stdout=subprocess.PIPE
    ) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"ready\n"
        one.send_signal(signal.SIGTERM)
        assert one.wait(timeout=10) == 9


@pytest.mark.parametrize(("words", "status"), [(("no-such-command",), 127), ((), 2), (("--",), 2)])
def test_run_without_a_usable_command_is_an_error(running: Cloud, words: tuple[str, ...], status: int) -> None:
    answer = running.call("run", *words)
    assert (answer.returncode, answer.stderr.startswith("error: ")) == (status, True)


def test_run_keeps_the_arguments_as_they_are(running: Cloud) -> None:
    assert running.call("run", "printf", "%s|", "a b", "--yes", "", "*").stdout == "a b|--yes||*|"


def test_a_command_does_not_see_what_was_set_for_the_real_services(running: Cloud) -> None:
    real = {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "real", "AWS_ENDPOINT_URL_SSM": "https://real", "KEPT": "yes"}
    printed = running.call("run", "env", env=real).stdout
    assert "KEPT=yes" in printed
    assert not any(name in printed for name in ("prod", "real"))


def test_env_is_a_shell_script_that_gives_what_run_gives(running: Cloud) -> None:
    names = [
        *("LOCALCLOUD_HOME", "NEON_API_HOST", "NEON_API_KEY", "PATH"),
        *("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        *("AWS_EC2_METADATA_DISABLED", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_SKIP_UPDATE_CHECK"),
    ]
    show = "".join(f'printf "%s\\n" "{name}=${name}"; ' for name in names) + 'echo "profile=$AWS_PROFILE"'
    env = {**running.env, "AWS_PROFILE": "it's prod"}
    lines = running.call("env", env=env).stdout
    by_eval = subprocess.run(
        ["sh", "-euc", f"{lines}\nset +u; {show}"], env=env, capture_output=True, text=True, check=True
    )
    by_run = running.call(*SHOW, show, env=env)
    assert by_eval.stdout == by_run.stdout
    assert by_eval.stdout.count("\n") == len(names) + 1
    assert by_eval.stdout.endswith("profile=\n")


def test_env_of_a_localcloud_that_is_not_up_is_an_error(cloud: Cloud) -> None:
    answer = cloud.call("env")
    assert (answer.returncode, answer.stdout) == (3, "")
    assert "localcloud up" in answer.stderr


def test_the_launchers_come_first_on_path_and_once(running: Cloud) -> None:
    answer = running.call("run", *running.command("run", "sh", "-c", "echo $PATH; command -v pulumi-resource-aws"))
    path, found = answer.stdout.splitlines()
    assert path.split(os.pathsep)[0] == str(running.home.bin)
    assert path.split(os.pathsep).count(str(running.home.bin)) == 1
    assert found == str(running.home.bin / "pulumi-resource-aws")


def test_loopback_is_kept_from_a_proxy(running: Cloud) -> None:
    answer = running.call(*SHOW, "echo $NO_PROXY", env={"HTTP_PROXY": "http://proxy:1", "NO_PROXY": "corp"})
    assert answer.stdout == "corp,127.0.0.1,localhost\n"
