"""A client of the emulator, and a reset that is due: what several kinds of tests ask for alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from neon.client import NeonClient
from neon.models import Branch
from neon.passwords import PasswordSpec
from neon.resets import ResetSpec, copied_at
from neon.retry import Pace
from neon.transport import Credentials
from tests.localcloud.neon.driver import KEY


def client_at(address: str, pace: Pace | None = None) -> NeonClient:
    return NeonClient(Credentials(api_key=KEY, host=f"{address}/api/v2"), pace)


def a_second_later(branch: Branch) -> str:
    """The earliest freshness that the branch's data does not have: Neon's times are whole seconds."""
    return (datetime.fromisoformat(copied_at(branch)) + timedelta(seconds=1)).isoformat()


def reset_spec(branch: Branch, fresh_after: str, mark: Mapping[str, str], *, keep: bool = False) -> ResetSpec:
    """A reset from ``main``, which the emulator's seed makes with these names."""
    return ResetSpec(
        project_id=branch.project_id,
        branch_id=branch.id,
        database="neondb",
        role="neondb_owner",
        source="main",
        fresh_after=fresh_after,
        mark=mark,
        keep=keep,
    )


def password_spec(branch: Branch, password_after: str, mark: Mapping[str, str]) -> PasswordSpec:
    """A password of its own for the role that the emulator's seed makes."""
    return PasswordSpec(
        project_id=branch.project_id,
        branch_id=branch.id,
        role="neondb_owner",
        password_after=password_after,
        mark=mark,
        source="main",
    )
