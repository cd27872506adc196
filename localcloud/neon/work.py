"""The threads that do the work on PostgreSQL behind operations."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import assert_never

from localcloud.neon.clock import Clock
from localcloud.neon.postgres.clusters import Clusters
from localcloud.neon.postgres.launcher import PostgresError
from localcloud.neon.records import Branch, Job, Masking, Masks, Operation, Record, Step
from localcloud.neon.store import Store

THREADS = 4
ATTEMPTS = 2


class Worker:
    """Does jobs in threads of its own. A job that a killed server left is done again from its first step.

    A job that fails twice ends its operation as `failed`, its anonymization as `error`, with the reason; the log has
    it as well.
    """

    def __init__(self, store: Store, clusters: Clusters, clock: Clock) -> None:
        self._store = store
        self._clusters = clusters
        self._clock = clock
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="work")
        self._stopping = threading.Event()

    def submit(self, job: Job) -> None:
        self._pool.submit(self._run, job)

    def resume(self) -> None:
        """Take up what was left unfinished."""
        for job in list(self._store.jobs.values()):
            if job.after not in self._store.jobs:
                self.submit(job)

    def begin_no_more(self) -> None:
        """Jobs that are not done stay in the store, for the next start."""
        self._stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def join(self) -> None:
        self._pool.shutdown(wait=True)

    def _run(self, job: Job) -> None:
        if self._stopping.wait(max(0.0, job.run_at - self._clock())):
            return
        for attempt in range(1, ATTEMPTS + 1):
            failure = self._try(job)
            if failure is None or self._stopping.is_set():
                return
            print(
                f"job {job.id} of operation {job.operation_id}, attempt {attempt}: {failure}",
                file=sys.stderr,
                flush=True,
            )
        self._finish(job, error=failure)

    def _try(self, job: Job) -> str | None:
        """Returns why it failed, or None."""
        try:
            position = self._do_all(job)
            self._finish(job, position=position, size=self._size(job))
        except (PostgresError, OSError) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 an operation that never ends would hide a fault of this server
            return f"internal error: {error!r}"
        return None

    def _do_all(self, job: Job) -> str | None:
        positions = [self._do(step) for step in job.steps]
        return next((position for position in positions if position is not None), None)

    def _do(self, step: Step) -> str | None:
        match step.do:
            case "copy":
                if step.source is None:
                    raise PostgresError(f"cluster {step.cluster}: nothing to copy from")
                return self._clusters.copy(step.source, step.cluster, frozen=step.frozen)
            case "start":
                self._clusters.ensure_running(step.cluster)
            case "passwords":
                self._clusters.set_passwords(step.cluster, step.passwords)
            case "empty":
                self._clusters.empty(step.cluster)
            case "mask":
                self._mask(step.cluster, step.masks)
            case "drop database":
                self._clusters.drop_database(step.cluster, step.name)
            case "drop role":
                self._clusters.drop_role(step.cluster, step.name)
            case "stop":
                self._clusters.stop(step.cluster)
            case "remove":
                self._clusters.remove(step.cluster)
            case _:
                assert_never(step.do)
        return None

    def _mask(self, cluster: int, masks: Masks | None) -> None:
        if masks is None:
            raise PostgresError(f"cluster {cluster}: nothing to mask with")
        if masks.fails:
            raise PostgresError("the setting anonymization_fails says so")
        self._clusters.mask(cluster, masks)

    def _branch(self, job: Job) -> Branch | None:
        return next((branch for branch in self._store.all_branches() if branch.id == job.branch_id), None)

    def _size(self, job: Job) -> int | None:
        branch = self._branch(job)
        if branch is None or branch.shared or not self._clusters.is_running(branch.cluster):
            return None
        return self._clusters.size(branch.cluster)

    def _finish(
        self, job: Job, *, position: str | None = None, size: int | None = None, error: str | None = None
    ) -> None:
        with self._store.lock:
            branch = self._branch(job)
            changed: list[Record] = []
            if job.operation_id is not None:
                changed.append(self._ended(self._store.operations[job.operation_id], error))
            if branch is not None:
                known = {"logical_size": size, "parent_lsn": position, "masking": self._masked(branch, job, error)}
                changed.append(branch.model_copy(update={k: v for k, v in known.items() if v is not None}))
            self._store.commit(put=changed, delete=[job])
            following = [one for one in self._store.jobs.values() if one.after == job.id]
        for one in following:
            self.submit(one)

    def _ended(self, operation: Operation, error: str | None) -> Operation:
        late = max(operation.finish_at, self._clock())
        return operation.model_copy(update={"job_id": None, "error": error, "finish_at": late})

    def _masked(self, branch: Branch, job: Job, error: str | None) -> Masking | None:
        """The branch's anonymization with its end, if this was the job behind it."""
        masking = branch.masking
        if masking is None or masking.run is None or masking.run.job_id != job.id:
            return None
        late = max(masking.run.finish_at, self._clock())
        run = masking.run.model_copy(update={"job_id": None, "error": error, "finish_at": late})
        return masking.model_copy(update={"run": run, "updated_at": late})
