"""Where Amplify itself looks for secrets, and what it and SSM make of that. Pure.

A build gets those of ``build_secrets`` in one variable, ``secrets``; a Gen 2 backend reads those of ``branch_secrets``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum

from hosting.backends import secret_path

MOST_BUILD_SECRETS = 10  # a build is given no more: aws-amplify/amplify-hosting#3258
_DEEPEST = 15  # levels of an SSM name


class Channel(StrEnum):
    """The settings that ask for copies of parameters."""

    BUILD = "build_secrets"
    BRANCH = "branch_secrets"


def channel_path(channel: Channel, app_id: str, git_branch: str) -> str:
    """Without a slash at its end."""
    return f"/amplify/{app_id}/{git_branch}" if channel is Channel.BUILD else secret_path(app_id, git_branch)


def path_faults(path: str) -> Iterator[str]:
    """What SSM would refuse of a parameter directly below ``path``."""
    if "" in path.split("/")[1:]:
        yield f"SSM takes no empty level in a name, as in {path}/KEY"
    if path.count("/") + 1 > _DEEPEST:
        yield f"SSM takes at most {_DEEPEST} levels in a name, and {path}/KEY has {path.count('/') + 1}"


def too_many(wanted: Collection[str], others: Collection[str]) -> str | None:
    """What to say of more build secrets than a build is given; ``others`` are there and are not ours."""
    count = len({*wanted, *others})
    if count <= MOST_BUILD_SECRETS:
        return None
    more = f", {len(others)} of them not this stack's" if others else ""
    return f"a build is given at most {MOST_BUILD_SECRETS} secrets, and there would be {count}{more}: take some out"
