"""What happens when the cloud is changed behind Pulumi's back."""

from __future__ import annotations

import json

from tests.localcloud.engine.conftest import Toy

PROGRAM = 'Box("a", color="red")\nBox("b", color="blue")\nThing("c", color="green")'


def _paint(toy: Toy, name: str, color: str) -> None:
    resource = toy.resources()[name]
    file = toy.cloud / (resource["id"] + (".json" if name == "c" else ""))
    file.write_text(json.dumps({"size": 1, "color": color} if name != "c" else {"color": color}), encoding="utf-8")


def test_a_preview_shows_drift_and_writes_nothing_and_up_mends_it(toy: Toy) -> None:
    toy.up(PROGRAM)
    _paint(toy, "a", "pink")
    _paint(toy, "c", "grey")
    (toy.cloud / toy.resources()["b"]["id"]).unlink()
    toy.journal()
    before = toy.checkpoint()
    assert "~ 2 to update" in toy.run("preview", "--expect-no-changes", code=7)
    assert "4 unchanged" in toy.run("preview", "--refresh=false", "--expect-no-changes")
    assert toy.checkpoint() == before
    shown = toy.run("up", "--yes", "--skip-preview", "--expect-no-changes", code=7)
    assert "a  changed outside of Pulumi" in shown
    assert "b  gone" in shown
    assert sorted(toy.journal()) == ["create blue", "update c", "update pink to red"]
    assert sorted(thing["color"] for thing in toy.things()) == ["blue", "green", "red"]


def test_refresh_compares_without_the_program_and_can_leave_the_state_alone(toy: Toy) -> None:
    toy.up(PROGRAM)
    (toy.project / "__main__.py").write_text("1 / 0", encoding="utf-8")
    assert "3 unchanged" in toy.run("refresh", "--preview-only", "--expect-no-changes")
    _paint(toy, "a", "pink")
    (toy.cloud / toy.resources()["b"]["id"]).unlink()
    before = toy.checkpoint()
    shown = toy.run("refresh", "--preview-only", "--expect-no-changes", code=7)
    assert "1 to update" in shown
    assert "1 to delete" in shown
    assert toy.checkpoint() == before
    toy.run("refresh", "--yes")
    assert "b" not in toy.resources()
    assert toy.resources()["a"]["inputs"]["color"] == "pink"
