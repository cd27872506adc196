"""The threads that do the work on PostgreSQL behind operations."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import assert_never

from localcloud.neon.postgres.clusters import Clusters
from localcloud.neon.postgres.launcher import PostgresError
from localcloud.neon.records import Branch, Job, Record, Step
from localcloud.neon.store import Store

THREADS = 4
ATTEMPTS = 2


class Worker:
    """Does jobs in threads of its own. A job that a killed server left is done again from its first step.

    A job that fails twice ends its operation as `failed`, with the reason; the log has it as well.
    """

    def __init__(self, store: Store, clusters: Clusters) -> None:
        self._store = store
        self._clusters = clusters
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="work")
        self._stopping = threading.Event()

    def submit(self, job: Job) -> None:
        self._pool.submit(self._run, job)

    def resume(self) -> None:
        """Take up what was left unfinished."""
        for job in list(self._store.jobs.values()):
            self.submit(job)

    def begin_no_more(self) -> None:
        """Jobs that are not done stay in the store, for the next start."""
        self._stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def join(self) -> None:
        self._pool.shutdown(wait=True)

    def _run(self, job: Job) -> None:
        if self._stopping.wait(max(0.0, job.run_at - time.time())):
            return
        for attempt in range(1, ATTEMPTS + 1):
            failure = self._try(job)
            if failure is None or self._stopping.is_set():
                return
            print(f"operation {job.operation_id}, attempt {attempt}: {failure}", file=sys.stderr, flush=True)
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
            case "stop":
                self._clusters.stop(step.cluster)
            case "remove":
                self._clusters.remove(step.cluster)
            case _:
                assert_never(step.do)
        return None

    def _branch(self, job: Job) -> Branch | None:
        operation = self._store.operations.get(job.operation_id)
        if operation is None or job.branch_id is None:
            return None
        return self._store.branch(operation.project_id, job.branch_id)

    def _size(self, job: Job) -> int | None:
        branch = self._branch(job)
        if branch is None or branch.shared or not self._clusters.is_running(branch.cluster):
            return None
        return self._clusters.size(branch.cluster)

    def _finish(
        self, job: Job, *, position: str | None = None, size: int | None = None, error: str | None = None
    ) -> None:
        now, changed = time.time(), list[Record]()
        with self._store.lock:
            operation = self._store.operations[job.operation_id]
            late = max(operation.finish_at, now)
            changed.append(operation.model_copy(update={"job_id": None, "error": error, "finish_at": late}))
            branch = self._branch(job)
            if branch is not None:
                known = {"logical_size": size, "parent_lsn": position}
                changed.append(branch.model_copy(update={k: v for k, v in known.items() if v is not None}))
            self._store.commit(put=changed, delete=[job])
