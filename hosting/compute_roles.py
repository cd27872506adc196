"""The role with which Amplify runs a branch's server-side rendering: read, set, cleared."""

from __future__ import annotations

from botocore.exceptions import ClientError

from hosting.builds import wait_until_idle
from hosting.clients import Aws
from hosting.errors import HostingBusy, explain, explained
from hosting.jobs import Builds
from hosting.lookups import branch_of
from hosting.patience import Clock, Patience

_SETTLING = 60.0  # seconds: other services hear of a new role only some time after IAM has made it


def compute_role(aws: Aws, app_id: str, branch: str) -> str | None:
    """Its ARN, empty for none; None where there is no such branch."""
    found = branch_of(aws, app_id, branch)
    return None if found is None else found.compute_role


def set_compute_role(aws: Aws, builds: Builds, role_arn: str, clock: Clock | None = None) -> None:
    """Sets it, or clears it with an empty one, once no build of the branch runs: at its end one may write back what it
    had read of the branch. Waits for a role that is new. Raises HostingError."""
    wait_until_idle(aws, builds, clock)
    Patience.of(_SETTLING, clock).insist(lambda: _update(aws, builds, role_arn))


def _update(aws: Aws, builds: Builds, role_arn: str) -> None:
    what = f"setting the compute role of the Amplify branch {builds.branch}"
    with explained(what):
        try:
            aws.amplify.update_branch(appId=builds.app_id, branchName=builds.branch, computeRoleArn=role_arn)
        except ClientError as refused:
            if _is_about_the_role(refused):
                raise HostingBusy(f"{what}: {explain(refused)}") from None
            raise


def _is_about_the_role(refused: ClientError) -> bool:
    said = refused.response["Error"]
    return said["Code"] == "BadRequestException" and "role" in said["Message"].lower()
