"""Data sets as files have them."""

from __future__ import annotations

import re
from pathlib import Path

from ops.seeds.files import Reader, read_sets
from ops.seeds.marks import Mark

ROOT = Path(__file__).parents[2]


def test_the_data_set_of_the_docs_is_one(tmp_path: Path) -> None:
    shown = re.search(r"```yaml\n(# seeds/.*?)```", (ROOT / "docs" / "operations.md").read_text(), re.DOTALL)
    assert shown is not None
    path = tmp_path / "salon.yaml"
    path.write_text(shown[1])
    (data,), left = read_sets([path], Reader(stack="staging", mark=Mark.DEV))
    assert (left, data.common, list(data.models), list(data.tables)) == ([], False, ["Request"], ["users", "visits"])
    assert data.models["Request"].records[0]["title"] == "[DEV] A first visit"
