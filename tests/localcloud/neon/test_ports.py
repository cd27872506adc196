"""The port that a stand-in gives away in connection strings is still there when it comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.neon import ports


def test_a_port_that_is_to_stay_is_none_that_others_get_by_chance() -> None:
    assert 0 < ports.lasting_port() < ports.first_given_out()


def test_a_machine_that_gives_out_all_ports_has_none_that_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = tmp_path / "range"
    everything.write_text("1024\t65535\n")
    monkeypatch.setattr(ports, "_RANGE", everything)
    assert ports.lasting_port() == 0
