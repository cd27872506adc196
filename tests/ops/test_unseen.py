"""Which commands show a preview before their up, and what those may lose that nobody has looked at."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from components.settings.supposed import MAY_LOSE, NOTHING, OVERWRITTEN
from hosting.holds import Hold
from ops import builds, deployment, repairing, rolling_back
from ops import cli as commands
from ops.pulumi import OpsError, Pulumi

Asked = list[tuple[str, str | None]]
SEEN = [("preview", None), ("up", None)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Previews and ups in their order, each with what it may lose (None for anything)."""
    found: Asked = []

    def run(_self: Pulumi, what: str, *_more: str, env: Mapping[str, str] | None = None) -> int:
        if what in ("preview", "up"):
            found.append((what, (env or {}).get(MAY_LOSE)))
        return 0

    def stop(*_: object) -> None:
        raise OpsError("the test ends here")

    monkeypatch.setattr(Pulumi, "run", run)
    for name in ("set", "require"):
        monkeypatch.setattr(Pulumi, name, lambda *_: None)
    monkeypatch.setattr(commands, "require_source", lambda _: None)
    monkeypatch.setattr(commands, "require_database", lambda _: None)
    monkeypatch.setattr(commands, "copied", lambda _: None)
    monkeypatch.setattr(commands, "password", lambda _: "")
    for module in (deployment, builds):
        monkeypatch.setattr(module, "find_target", stop)
    monkeypatch.setattr(rolling_back, "find_target", lambda _: SimpleNamespace(aws=None, builds=None))
    monkeypatch.setattr(rolling_back, "held_at", lambda *_: Hold(job="1", since="2026-11-20T09:00:00Z"))
    monkeypatch.setattr(rolling_back, "release", lambda *_: None)
    return found


@pytest.mark.parametrize(
    ("words", "given", "expected"),
    [
        ("deploy staging", "", [("up", NOTHING)]),
        ("deploy staging --force --pause", "y\nn\n", SEEN),
        ("deploy staging --pause", "n\n", SEEN[:1]),
        ("build staging start", "", [("up", NOTHING)]),
        ("repair staging --yes", "", [("up", NOTHING)]),
        ("repair staging", "y\ny\n", SEEN),
        ("repair staging", "y\nn\n", SEEN[:1]),
        ("resume staging --yes", "", [("up", NOTHING)]),
        ("resume staging", "y\n", SEEN),
        ("rotate staging --yes", "", [("preview", NOTHING), ("up", NOTHING)]),
        ("rotate staging", "y\n", SEEN),
        ("reset staging --yes", "", [("preview", OVERWRITTEN), ("up", OVERWRITTEN)]),
        ("reset staging", "y\n", SEEN),
    ],
)
def test_an_up_loses_data_only_where_somebody_has_said_yes_to_its_preview(
    asked: Asked, words: str, given: str, expected: Asked
) -> None:
    CliRunner().invoke(commands.app, words.split(), input=given)
    assert asked == expected


def test_a_repair_without_a_pulumi_says_so_before_it_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OpsError, match="there is no `pulumi` on PATH"):
        repairing.repair("staging", yes=True)
    assert capsys.readouterr().out == ""
