"""Running the program's process to its end."""

from __future__ import annotations

import json
from pathlib import Path

from localcloud.engine.child import SHOWN
from localcloud.engine.plugins import Program
from localcloud.engine.run import PARALLEL, Run


def finish_program(program: Program, run: Run, address: str, folder: Path) -> None:
    """Tell a waiting program what to run as, and wait for its end; an unexplained exit code is a failure."""
    secret_keys = sorted(run.config.secret_keys)
    program.send(
        {
            "env": {
                "PULUMI_CONFIG": json.dumps(run.config.values),
                "PULUMI_CONFIG_SECRET_KEYS": json.dumps(secret_keys),
                "PULUMI_PROJECT": run.naming.project,
                "PULUMI_STACK": run.naming.stack,
                "PULUMI_ORGANIZATION": "organization",
                "PULUMI_DRY_RUN": "true" if run.preview else "false",
            },
            "secret_keys": secret_keys,
            "settings": {
                "project": run.naming.project,
                "stack": run.naming.stack,
                "organization": "organization",
                "monitor": address,
                "engine": address,
                "parallel": PARALLEL,
                "dry_run": run.preview,
                "root_directory": str(folder),
            },
        }
    )
    code = program.wait()
    if code != 0 and not run.failed:
        with run.lock:
            run.failed = True
        if code != SHOWN:
            run.display.tell(
                "error", "", f"an unhandled error occurred: program exited with non-zero exit code: {code}"
            )
