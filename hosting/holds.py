"""A hold: an environment that was rolled back stays so until somebody says otherwise.

Without one, the next push would build what was rolled back, and the next up would bring its configuration back. It is a
tag of the Amplify branch, so that everybody's up sees it, and no automatic build of pushes meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hosting.clients import Aws
from hosting.errors import HostingError, explained
from hosting.jobs import Builds
from hosting.lookups import branch_of, existing_branch
from hosting.moments import now

TAG = "pulumi:held"
_TEXT = re.compile(r"build (\d+) since (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """``job`` is the build that was put back, or is being put back; ``since`` a time, RFC 3339."""

    job: str
    since: str

    def __str__(self) -> str:
        return f"build {self.job} since {self.since}"

    def told(self, stack: str) -> str:
        return (
            f"{stack} was rolled back and is held at {self}: pushes do not build, and an up is refused, until "
            f"`python -m ops resume {stack}`"
        )


def hold_in(tags: Mapping[str, str]) -> Hold | None:
    """The hold that a branch's tags tell; also one that somebody wrote by hand, as far as it can be read."""
    text = tags.get(TAG)
    if text is None:
        return None
    found = _TEXT.fullmatch(text)
    return Hold(job=found[1], since=found[2]) if found else Hold(job="", since=text)


def held_at(aws: Aws, builds: Builds) -> Hold | None:
    """The hold of the branch as it is now; None also where there is no such branch."""
    branch = branch_of(aws, builds.app_id, builds.branch)
    return None if branch is None else hold_in(branch.tags)


def refuse_held(aws: Aws, builds: Builds) -> None:
    """Raises HostingError for a held branch: somebody rolled it back while this was under way."""
    held = held_at(aws, builds)
    if held is not None:
        stack = builds.stack
        raise HostingError(
            f"{builds.branch} was rolled back meanwhile and is held at {held}: run `python -m ops rollback {stack}` "
            f"once more, for its variables may have been changed since, or end it with `python -m ops resume {stack}`"
        )


def hold(aws: Aws, builds: Builds, job: str) -> Hold:
    """Holds the branch at ``job``, over any other hold. It is a tag, so that it may be set while a build runs."""
    made, branch = Hold(job=job, since=now()), existing_branch(aws, builds.app_id, builds.branch)
    with explained(f"holding the Amplify branch {builds.branch}"):
        aws.amplify.tag_resource(resourceArn=branch.arn, tags={TAG: str(made)})
    return made


def stop_pushes(aws: Aws, builds: Builds) -> None:
    """From now on a push starts no build. It changes the branch, so none may run."""
    with explained(f"ending the automatic builds of the Amplify branch {builds.branch}"):
        aws.amplify.update_branch(appId=builds.app_id, branchName=builds.branch, enableAutoBuild=False)


def release(aws: Aws, builds: Builds) -> None:
    """Ends the hold; builds of pushes begin again with the next up."""
    branch = existing_branch(aws, builds.app_id, builds.branch)
    with explained(f"ending the hold of the Amplify branch {builds.branch}"):
        aws.amplify.untag_resource(resourceArn=branch.arn, tagKeys=[TAG])
