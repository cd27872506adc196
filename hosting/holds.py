"""A hold: an environment that was rolled back stays so until somebody says otherwise.

Without one, the next push would build what was rolled back, and the next up would bring its configuration back. It is a
tag of the Amplify branch, so that everybody's up sees it, and no automatic build of pushes meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hosting.clients import Aws
from hosting.errors import explained
from hosting.jobs import Builds

TAG = "pulumi:held"
_TEXT = re.compile(r"build (\d+) since (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """``job`` is the build that was put back, or is being put back; ``since`` a time, RFC 3339."""

    job: str
    since: str

    def __str__(self) -> str:
        return f"build {self.job} since {self.since}"


def hold_in(tags: Mapping[str, str]) -> Hold | None:
    """The hold that a branch's tags tell; also one that somebody wrote by hand, as far as it can be read."""
    text = tags.get(TAG)
    if text is None:
        return None
    found = _TEXT.fullmatch(text)
    return Hold(job=found[1], since=found[2]) if found else Hold(job="", since=text)


def hold(aws: Aws, builds: Builds, job: str) -> Hold:
    """Holds the branch at ``job``, over any other hold."""
    made = Hold(job=job, since=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    with explained(f"holding the Amplify branch {builds.branch}"):
        branch = aws.amplify.get_branch(appId=builds.app_id, branchName=builds.branch)["branch"]
        aws.amplify.tag_resource(resourceArn=branch["branchArn"], tags={TAG: str(made)})
        aws.amplify.update_branch(appId=builds.app_id, branchName=builds.branch, enableAutoBuild=False)
    return made


def release(aws: Aws, builds: Builds) -> None:
    """Ends the hold; builds of pushes begin again with the next up."""
    with explained(f"ending the hold of the Amplify branch {builds.branch}"):
        branch = aws.amplify.get_branch(appId=builds.app_id, branchName=builds.branch)["branch"]
        aws.amplify.untag_resource(resourceArn=branch["branchArn"], tagKeys=[TAG])
