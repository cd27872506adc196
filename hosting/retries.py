"""An old commit once more, and proof that it was that one.

Amplify repeats the commit that the named job has. A job that was started by the API has none, only "HEAD", so that
repeating it builds whatever is newest by then (aws-amplify/amplify-hosting#751, #1253). Its log tells what it built; a
job of a push that has that very commit is then repeated in its place, and in any case it is checked what came of it.
Where the branch's variables pin the commit, build/environment checks it out, whatever Amplify has cloned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from hosting.builds import not_started, running_of, succeeded, wait_for
from hosting.clients import Aws
from hosting.errors import HostingBusy, HostingError
from hosting.jobs import Builds, Job, JobStep, list_jobs, read_job, start_retry, stop_job
from hosting.logs import read_log
from hosting.patience import Clock, Patience

_OURS = re.compile(r"environment: commit ([0-9a-f]{40})\b")  # as build/environment tells what it builds
_OF_AMPLIFY = re.compile(r"Switching to commit: ([0-9a-f]{40})\b")  # as Amplify tells what it cloned
_COMMANDS, _SCRIPT = "Executing command", "build/environment"
_SHORTEST = 7  # digits that tell a commit

Permit = Callable[[Job, str], None]
"""Is given the job and its commit right before that is built, when nothing else runs; raises what speaks against it."""


def permitted(job: Job, commit: str) -> None:
    """The permit of one who has asked before."""


def same_commit(one: str, other: str) -> bool:
    """Whether they name one commit, though one may be shortened."""
    length = min(len(one), len(other))
    return length >= _SHORTEST and one[:length] == other[:length]


def commit_in(log: str, told: str | None = None) -> str | None:
    """What was built by a build with this log; ``told`` is what Amplify says elsewhere."""
    ours, theirs = _OURS.search(log), _OF_AMPLIFY.search(log)
    return ours[1] if ours else told or (theirs[1] if theirs else None)


def job_to_repeat(jobs: Sequence[Job], job: Job, commit: str) -> Job:
    """The job whose repetition builds ``commit``: itself when it names the commit, else the newest that does."""
    if job.commit is not None:
        return job
    return next((one for one in jobs if one.commit and same_commit(one.commit, commit)), job)


def commit_of(aws: Aws, builds: Builds, job: Job) -> str | None:
    """What the job built, by the logs of its steps, or by what Amplify says; None where neither tells."""
    try:
        _, steps = read_job(aws, builds, job.id)
    except HostingBusy:
        raise
    except HostingError:
        return job.commit
    return commit_in("\n".join(_logs(steps)), job.commit)


def built_without_script(aws: Aws, builds: Builds, job: Job) -> bool:
    """Whether the job's logs have its commands, and none of build/environment among them. False where none tells."""
    try:
        _, steps = read_job(aws, builds, job.id)
    except HostingBusy:
        raise
    except HostingError:
        return False
    log = "\n".join(_logs(steps))
    return _COMMANDS in log and _SCRIPT not in log and _OURS.search(log) is None


def _logs(steps: Sequence[JobStep]) -> Iterator[str]:
    """Of each step, to the one that tells for sure."""
    for step in steps:
        try:
            log = read_log(step)
        except HostingError:  # logs do not stay for ever
            continue
        yield log
        if _OURS.search(log):
            return


def retry_build(aws: Aws, builds: Builds, job_id: str, clock: Clock | None = None, permit: Permit = permitted) -> Job:
    """Builds the commit of a job that has ended once more, after what runs, and waits: the new job, SUCCEED.

    Raises HostingError for a job without a commit that can be told, for one that failed, at the deadline, and when
    another commit was built than that one: it is stopped when that shows at its start.
    """
    patience = Patience.of(builds.deadline, clock)
    job, _ = patience.insist(lambda: read_job(aws, builds, job_id))
    if not job.ended:
        raise HostingError(f"build {job.id} of {builds.branch} is {job.status}: wait for its end, or cancel it")
    commit = patience.insist(lambda: commit_of(aws, builds, job))
    if commit is None:
        raise unknown_commit(builds, job)
    return repeat_commit(aws, builds, job, commit, patience, permit=permit)


def repeat_commit(
    aws: Aws,
    builds: Builds,
    job: Job,
    commit: str,
    patience: Patience,
    *,
    pinned: bool = False,
    permit: Permit = permitted,
) -> Job:
    """Builds ``commit``, which ``job`` built, once more: the new job, SUCCEED. Errors as of `retry_build`.

    ``pinned`` says that the branch's variables name the commit, so that it is not Amplify that chooses it.
    """
    new = _repeat(aws, builds, job, commit, patience, permit)
    if not pinned and new.commit is not None and not same_commit(new.commit, commit):
        patience.insist(lambda: stop_job(aws, builds, new))
        raise _another(builds, new, commit, new.commit, "it was stopped")
    ended = succeeded(aws, builds, wait_for(aws, builds, new, patience), "Nothing else was built")
    built = patience.insist(lambda: commit_of(aws, builds, ended))
    if built is None or not same_commit(built, commit):
        raise _another(builds, ended, commit, built or "a commit that neither it nor its log names", "it is deployed")
    return ended


def unknown_commit(builds: Builds, job: Job) -> HostingError:
    return HostingError(
        f"build {job.id} of {builds.branch} does not tell which commit it built, and repeating it would build the "
        f"newest one: choose a build of a push (`python -m ops build {builds.stack} status` shows their commits)"
    )


def _another(builds: Builds, job: Job, wanted: str, built: str, fate: str) -> HostingError:
    return HostingError(
        f"build {job.id} of {builds.branch} built {built} and not {wanted}; {fate}. Revert in git what came after "
        f"{wanted} and push, or repeat a build of a push"
    )


def _repeat(aws: Aws, builds: Builds, job: Job, commit: str, patience: Patience, permit: Permit) -> Job:
    """The repetition as it was started, once nothing else runs; one whose reply was lost is found in the list."""
    before: int | None = None
    for _ in patience.looks():
        jobs = patience.insist(lambda: list_jobs(aws, builds))
        ours = None if before is None else _newer_retry(jobs, before)
        running = running_of(jobs)
        if ours is not None:
            return ours
        if running is not None:
            wait_for(aws, builds, running, patience)
            continue
        patience.insist(lambda: permit(job, commit))
        source, before = job_to_repeat(jobs, job, commit), int(jobs[0].id)
        started = patience.insist(lambda: start_retry(aws, builds, source))  # noqa: B023 - used before the next turn
        if started is not None:
            return started
    raise not_started(builds)


def _newer_retry(jobs: Sequence[Job], than: int) -> Job | None:
    return next((job for job in jobs if job.kind == "RETRY" and int(job.id) > than), None)
