"""`python -m hosting.start_build`: what the build trigger runs. Its request comes in the environment, for what it is
given there is all that may make it run again; its answer is one line of JSON on stdout, progress goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from hosting.builds import BuildRequest
from hosting.clients import Aws
from hosting.deploying import History, deploy
from hosting.elsewhere import from_text
from hosting.errors import HostingError
from hosting.patience import Clock
from hosting.verifying import Expected, require_verified


def request_from(environment: Mapping[str, str]) -> BuildRequest:
    return BuildRequest(
        app_id=environment["BUILD_APP_ID"],
        branch=environment["BUILD_BRANCH"],
        stamp=environment["BUILD_STAMP"],
        wait=environment["BUILD_WAIT"] == "true",
        deadline=float(environment["BUILD_TIMEOUT"]),
        stack=stack_from(environment),
        over=environment.get("BUILD_OVER", ""),
    )


def stack_from(environment: Mapping[str, str]) -> str:
    """The Pulumi stack, which the history is named after: a variable of its own would have every stack build once."""
    return environment["BUILD_HISTORY"].rpartition("/")[2]


def history_from(environment: Mapping[str, str]) -> History:
    return History(name=environment["BUILD_HISTORY"], parameters=tuple(environment.get("BUILD_PARAMETERS", "").split()))


def expected_from(environment: Mapping[str, str]) -> Expected:
    return Expected(
        app_id=environment["BUILD_APP_ID"],
        branch=environment["BUILD_BRANCH"],
        stack=environment["BUILD_BACKEND_STACK"],
        source=environment.get("BUILD_BACKEND_BRANCH", ""),
        production=environment["BUILD_PRODUCTION"] == "true",
        address=environment["BUILD_ADDRESS"],
        elsewhere=from_text(environment.get("BUILD_ELSEWHERE", "[]")),
        timeout=float(environment["BUILD_TIMEOUT"]),
        environment=stack_from(environment),
    )


def aws_from(environment: Mapping[str, str]) -> Aws:
    return Aws(environment.get("BUILD_REGION"), environment.get("BUILD_PROFILE"))


def main() -> int:
    """0 with the job's id and status on stdout; 1 with one sentence on stderr."""
    clock = Clock(say=lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    try:
        aws, expected = aws_from(os.environ), expected_from(os.environ)
        job = deploy(
            aws,
            request_from(os.environ),
            history_from(os.environ),
            lambda job, clock: require_verified(aws, expected, job, clock),
            clock,
        )
    except HostingError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps({"job_id": job.id, "status": job.status}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
