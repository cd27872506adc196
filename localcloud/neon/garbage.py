"""What a killed server left on the disk."""

from __future__ import annotations

import shutil

from localcloud.neon.postgres.clusters import Clusters
from localcloud.neon.store import Store


def collect_garbage(store: Store, clusters: Clusters) -> list[int]:
    """Delete unfinished copies; returns the clusters that belong to no branch and no unfinished job."""
    for leftover in clusters.layout.leftovers():
        shutil.rmtree(leftover, ignore_errors=True)
    used = {branch.cluster for branch in store.all_branches()}
    used |= {step.cluster for job in store.jobs.values() for step in job.steps}
    return [number for number in clusters.layout.numbers() if number not in used]
