"""No secret is left in what is shown of a build's log."""

from __future__ import annotations

import pytest

from ops.masking import without_secrets

WORD = "pa:ss/w@rd"
ADDRESS = "postgresql://owner:pa%3Ass%2Fw%40rd@ep-one.neon.tech/neondb?sslmode=require"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"DATABASE_URL={ADDRESS}", "DATABASE_URL=***"),
        ("trying pa%3Ass%2Fw%40rd as it is encoded", "trying *** as it is encoded"),
        (f"PGPASSWORD={WORD}", "PGPASSWORD=***"),
        ("a key\nof two lines", "***"),
        ("and its second of two lines alone", "and its second *** alone"),
        ("0 of 12 are on", "0 of 12 are on"),
    ],
)
def test_values_of_parameters_are_masked_whole_in_part_and_as_an_address_encodes_them(said: str, shown: str) -> None:
    assert without_secrets(said, [ADDRESS, "a key\nof two lines", "on", ""]) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("postgres://app:secret@db:5432/x failed", "postgres://app:***@db:5432/x failed"),
        ('url: "postgresql+psycopg://app:s3cr3t@db/x", x@y', 'url: "postgresql+psycopg://app:***@db/x", x@y'),
        ("POSTGRESQL://app:p@ss@db/x", "POSTGRESQL://app:***@db/x"),
        ("postgresql://app@db/x", "postgresql://app@db/x"),
        ("see https://user:name@docs.example", "see https://user:name@docs.example"),
    ],
)
def test_every_password_in_an_address_of_postgresql_is_masked(said: str, shown: str) -> None:
    assert without_secrets(said, []) == shown
