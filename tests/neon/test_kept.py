"""Names of the copies that resets keep."""

from __future__ import annotations

import pytest

from neon.kept import Copies, copies_among, kept_copies, kept_name
from neon.models import Branch
from tests.neon.scripted import branch_json

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


MARK = {"pulumi:project": "shop", "pulumi:stack": "dev"}


def branches(*names: str) -> list[Branch]:
    return [Branch.from_api(branch_json(name, f"br-{name}")) for name in names]


def test_copies_under_a_name_that_no_branch_has_any_more_are_told_apart() -> None:
    of_old, of_qa, own = (kept_name(name, TIME) for name in ("old", "qa", "dev"))
    found = branches("main", "dev", "qa", of_old, of_qa, own)
    copies = copies_among(found[1], found)
    assert copies == Copies(own=(own,), former=(of_old,))
    assert f"{own}, {of_old} (under a name that no Neon branch has any more" in copies.stay()


@pytest.mark.parametrize(("mark", "own"), [(MARK, True), ({**MARK, "pulumi:stack": "qa"}, False)])
def test_a_copy_that_carries_a_mark_is_that_branchs_whatever_its_name(mark: dict[str, str], own: bool) -> None:
    name = kept_name("old", TIME)
    dev, copy = (Branch.from_api(branch_json(n, n), {"value": m}) for n, m in (("dev", MARK), (name, mark)))
    assert copies_among(dev, [dev, copy]) == Copies(own=(name,) if own else ())


def test_there_is_nothing_to_say_where_nothing_is_kept() -> None:
    found = branches("main", "dev", "dev-2", "dev-kept-for-later")
    assert not copies_among(found[1], found)
