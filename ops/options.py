"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SEEDS = Path("seeds")


def _folder(path: Path) -> Path:
    """That of the default need not be there: an environment may have no data sets."""
    if path != SEEDS and not path.is_dir():
        raise typer.BadParameter(f"there is no folder {path}; nothing was done")
    return path


Stack = Annotated[str, typer.Argument(help="the stack: dev, staging, ...")]
Seeds = Annotated[Path, typer.Option("--seeds", help="the folder of the data sets", callback=_folder)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]
AcceptTableLoss = Annotated[
    bool, typer.Option("--accept-table-loss", help="build an old commit though tables of the backend are deleted by it")
]
