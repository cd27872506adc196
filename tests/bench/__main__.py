"""`make bench`: a table for people, bench.json for comparing."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.branches import crowds, lives
from tests.bench.measure import Row
from tests.bench.previews import Previews, previews
from tests.bench.stacks import stacks
from tests.localcloud.neon.driver import Server

RESULT = Path("bench.json")


def main() -> int:
    """Returns 1 when a limit is exceeded."""
    console = Console(soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        rows = _rows(Path(folder), console)
        console.print("previews ...")
        found = previews(Path(folder) / "previews")
        console.print("three stacks at once ...")
        together = stacks(Path(folder) / "stacks")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    console.print(_table(rows))
    console.print(_sentence(found))
    console.print(str(together))
    console.print(f"peak memory of the client and this program: {peak} MiB; written to {RESULT}")
    result = {
        "branches": [asdict(row) for row in rows],
        "previews": asdict(found),
        "stacks": asdict(together),
        "peak_mib": peak,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    exceeded = [*(text for row in rows for text in row.exceeded()), *together.exceeded()]
    console.print("\n".join(exceeded) or "every row is within its limits")
    return 1 if exceeded else 0


def _rows(folder: Path, console: Console) -> list[Row]:
    console.print("branches through their lives ...")
    server = Server.start(folder / "life")
    try:
        server.control("PUT", "settings", {"operation_seconds": 0.05})
        rows = list(lives(server.seed("bench")))
    finally:
        server.stop()
    console.print("finding one of many ...")
    return [*rows, *crowds(folder)]


def _table(rows: list[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Neon client")
    for head in ("reads", "mutations", "seconds", "above Neon's own"):
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(row.what, str(row.reads), str(row.mutations), f"{row.seconds:.3f}", f"{row.above:.3f}")
    return table


def _sentence(found: Previews) -> str:
    return (
        f"{found.engine}: preview of an unchanged stack {found.unchanged:.2f} s ({found.requests} requests; "
        f"{found.unrefreshed:.2f} s without its refresh), of an empty program {found.empty:.2f} s: {found.ratio:.2f} "
        f"times; up without a change {found.up_unchanged:.2f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
