"""The environment in which Pulumi, boto3 and the clients of Neon's API meet the stand-ins."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping

from localcloud.home import Home
from localcloud.keys import Keys

REGION = "us-west-1"
AWS_SETTINGS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "localcloud",
    "AWS_SECRET_ACCESS_KEY": "localcloud",
    "AWS_EC2_METADATA_DISABLED": "true",
}
# What the caller's shell may hold for the real services: a profile or an endpoint of one service would win over ours.
FOREIGN = re.compile(r"AWS_.*|NEON_.*|PULUMI_ACCESS_TOKEN|PULUMI_CONFIG_PASSPHRASE_FILE|PULUMI_OPTION_CONFIG_FILE")
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
LOOPBACK = "127.0.0.1,localhost"


def given(home: Home, keys: Keys, ports: Mapping[str, int], inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables that localcloud sets; `ports` are those of `neon` and `aws`."""
    others = [entry for entry in inherited.get("PATH", os.defpath).split(os.pathsep) if entry != str(home.bin)]
    settings = {
        "LOCALCLOUD_HOME": str(home.root),
        "LOCALCLOUD_WARM": str(home.root / "warm"),
        "NEON_API_HOST": neon_address(ports["neon"]),
        "NEON_API_KEY": keys.neon_api_key,
        "AWS_ENDPOINT_URL": aws_address(ports["aws"]),
        **AWS_SETTINGS,
        "PULUMI_BACKEND_URL": backend_url(home),
        "PULUMI_CONFIG_PASSPHRASE": keys.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": os.pathsep.join([str(home.bin), *others]),
    }
    if any(inherited.get(name) for name in PROXIES):
        kept = inherited.get("no_proxy") or inherited.get("NO_PROXY") or ""
        entries = list(dict.fromkeys([*filter(None, kept.split(",")), *LOOPBACK.split(",")]))
        settings |= dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(entries))
    return settings


def neon_address(port: int) -> str:
    """Where the Neon API is."""
    return f"http://127.0.0.1:{port}/api/v2"


def aws_address(port: int) -> str:
    """Where all of AWS is."""
    return f"http://127.0.0.1:{port}"


def backend_url(home: Home) -> str:
    """Pulumi's file backend in this home. Not percent-encoded: the CLI keeps the selected stack by this very text.

    Without the files of attributes beside the states: the CLI truncates them before it writes them, and where it was
    killed between the two no command can read the state.
    """
    return f"file://{home.backend}?metadata=skip"


def foreign(inherited: Mapping[str, str]) -> list[str]:
    """The inherited variables that must not reach a command."""
    return sorted(name for name in inherited if FOREIGN.fullmatch(name))


def merged(inherited: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a command."""
    kept = {name: value for name, value in inherited.items() if not FOREIGN.fullmatch(name)}
    return {**kept, **settings}


def shell_lines(inherited: Mapping[str, str], settings: Mapping[str, str]) -> list[str]:
    """Lines for `eval` in any POSIX shell."""
    cleared = [f"unset {name}" for name in foreign(inherited) if name not in settings]
    return [*cleared, *(f"export {name}={quoted(value)}" for name, value in settings.items())]


def quoted(value: str) -> str:
    """The value in single quotes."""
    return f"'{value}'" if shlex.quote(value) == value else shlex.quote(value)


def for_part(inherited: Mapping[str, str], home: Home, keys: Keys, part: str) -> dict[str, str]:
    """The environment of a server: none of the caller's credentials, the API key only where it is asked for."""
    kept = {name: value for name, value in inherited.items() if not re.match(r"AWS_|NEON_|PULUMI_", name)}
    key = {"NEON_API_KEY": keys.neon_api_key} if part == "neon" else {}
    return {**kept, **AWS_SETTINGS, **key, "LOCALCLOUD_HOME": str(home.root)}
