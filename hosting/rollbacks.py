"""Which build a rollback puts back, and what of its configuration differs from now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hosting.deployments import Configuration, Deployment, Result, in_force
from hosting.errors import HostingError
from hosting.jobs import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A build that succeeded, its commit if that is known, and what was noted about its configuration, if anything."""

    job: Job
    commit: str | None
    deployment: Deployment | None

    @property
    def configuration(self) -> Configuration | None:
        return None if self.deployment is None else self.deployment.configuration

    @property
    def result(self) -> Result | None:
        """As it was noted of this very build; None where nothing was, as for a build of a push."""
        found = self.deployment
        return found.result if found is not None and found.job == self.job.id else None

    @property
    def verified(self) -> bool:
        """False for a build that was found to have left something wrong."""
        return self.result is not Result.UNVERIFIED

    @property
    def unseen(self) -> bool:
        """Whether nobody could look at what it left."""
        return self.result is Result.UNSEEN

    @property
    def good(self) -> bool:
        return self.verified and self.commit is not None


def past_of(job: Job, history: Sequence[Deployment]) -> Past:
    deployment = in_force(history, job)
    noted = deployment.commit if deployment is not None and deployment.job == job.id else None
    return Past(job=job, commit=noted or job.commit, deployment=deployment)


def target_of(jobs: Sequence[Job], pasts: Sequence[Past], wanted: str | None, left_alone: Collection[str] = ()) -> Past:
    """The build to put back: ``wanted``, or the last good one before what is wrong now. All are newest first.

    What is wrong is the newest build, those that were cancelled apart, when it failed or was found wrong: then the last
    good one is the newest that is neither. Else it is what is served, and the last good one is the newest before that
    which differs from it. One whose commit nobody knows cannot be put back, and one that nobody could look at is not
    put back where one that was verified is there. Names of what is ``left_alone`` make no difference. Raises
    HostingError where there is none.
    """
    if wanted is not None:
        return _wanted(jobs, pasts, wanted)
    newest = next((job for job in jobs if job.ended and job.status != "CANCELLED"), None)
    served = pasts[0] if pasts else None
    if served is None or newest is None:
        raise HostingError("no build of it ever succeeded: there is nothing to put back")
    if newest.id != served.job.id or not served.verified:
        found = [past for past in pasts if past.good]
    else:
        found = [past for past in _before(pasts) if past.good and not _same(past, served, left_alone)]
    if not found:
        raise HostingError(
            f"there is no good build before build {served.job.id} that differs from it and whose commit is known"
        )
    return _surest(found)


def _surest(pasts: Sequence[Past]) -> Past:
    if not any(past.result is Result.SUCCEED for past in pasts):
        return pasts[0]
    return next(past for past in pasts if not past.unseen)


def passed_over(pasts: Sequence[Past], chosen: Past) -> tuple[str, ...]:
    """Numbers of the builds after the chosen one, and before the one that is served, that nobody could look at."""
    return tuple(past.job.id for past in pasts[1:] if past.unseen and int(past.job.id) > int(chosen.job.id))


def _before(pasts: Sequence[Past]) -> Sequence[Past]:
    """Those before the one that is served; before the build that it repeats, for what is between was rolled back."""
    served, older = pasts[0], pasts[1:]
    places = [place for place, past in enumerate(older) if past.job.kind != "RETRY" and past.commit == served.commit]
    return older[places[0] + 1 :] if served.job.kind == "RETRY" and places else older


def _wanted(jobs: Sequence[Job], pasts: Sequence[Past], wanted: str) -> Past:
    found = next((past for past in pasts if past.job.id == wanted), None)
    if found is not None:
        return found
    known = next((job for job in jobs if job.id == wanted), None)
    what = f"is not among its latest {len(jobs)}" if known is None else f"ended as {known.status}"
    raise HostingError(f"build {wanted} {what}: choose one that succeeded (`ops build` with `status` lists them)")


def _same(one: Past, other: Past, left_alone: Collection[str]) -> bool:
    """Whether putting one back over the other would change nothing."""
    return one.commit == other.commit and _put_back(one, left_alone) == _put_back(other, left_alone)


def _put_back(past: Past, left_alone: Collection[str]) -> Configuration | None:
    found = past.configuration
    if found is None:
        return None
    variables = found.variables and {key: one for key, one in found.variables.items() if key not in left_alone}
    return Configuration(variables=variables, parameters=without_keys(found.parameters, left_alone))


def without_keys(parameters: Mapping[str, int], keys: Collection[str]) -> dict[str, int]:
    """Without those of ``keys``, and their copies wherever they are: a key is the last part of a name."""
    return {name: one for name, one in parameters.items() if key_of(name) not in keys}


def key_of(parameter: str) -> str:
    return parameter.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterChange:
    """A parameter that gets back the value of an old version. ``value`` is secret, and shows nowhere."""

    name: str
    version: int
    value: str = field(repr=False)


def variable_changes(now: Mapping[str, str], then: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable that a rollback changes; its values may be somebody's secret, set by hand."""
    for key in sorted(now.keys() | then.keys()):
        if key not in then:
            yield f"{key} is taken away"
        elif key not in now:
            yield f"{key} comes back"
        elif now[key] != then[key]:
            yield f"{key} gets back its value of then"
