"""Names of the copies that resets keep."""

from __future__ import annotations

from neon.kept import kept_copies, kept_name

TIME = "2026-11-20T09:00:00Z"


def test_a_kept_copys_name_tells_whose_it_is_and_when() -> None:
    assert kept_name("staging", TIME) == "staging-kept-20261120T090000Z"


def test_two_branches_never_share_a_kept_copy_however_long_their_names() -> None:
    one, two = (kept_name("x" * 250 + end, TIME) for end in ("a", "b"))
    assert one != two
    assert len(one) <= 256


def test_the_copies_of_a_branch_are_found_oldest_first_and_those_of_others_are_not() -> None:
    ours = [kept_name("dev", time) for time in (TIME, "2026-11-21T09:00:00+02:00")]
    others = ["dev", "dev-2", kept_name("dev-2", TIME), "my-" + ours[0], "dev-kept-for-later"]
    assert kept_copies("dev", [*others, *reversed(ours)]) == ours
