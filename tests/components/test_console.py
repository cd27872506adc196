"""A refresh shows what a person changed in Neon's console, and nothing that changes by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from components.dynamic import Failure
from components.neon.console import CONSOLE
from components.neon.provider import NeonProvider
from tests.components.hands import DEEDS, Deed
from tests.components.place import PROVIDERS, Kept, Place, Still

COMPUTE = {"min": 0.25, "max": 1, "suspend": 300}
INPUTS = ("name", "protected", "ttl", "masking", "anonymization", "compute", "endpoint")


def resources(place: Place, deed: Deed) -> dict[str, Kept]:
    """A branch, and all that is about it."""
    branch = place.branch(**{"compute": COMPUTE, **deed.made})
    kind = {"anonymized": bool(deed.made.get("kind"))}
    others = {"reset": {}, "password": {}, "connection": kind}
    return {"branch": branch, **{kind: place.on_branch(kind, branch.id, **more) for kind, more in others.items()}}


def shown(place: Place, states: Mapping[str, Kept]) -> Iterator[str]:
    """What a refresh finds, in the words of the table."""
    for kind, before in states.items():
        try:
            after = place.refreshed(before)
        except Failure:
            yield f"{kind} refused"
            continue
        if after is None:
            yield kind
            continue
        assert after.outputs.keys() == before.outputs.keys()
        yield from (f"{kind}.{key}" for key, value in before.outputs.items() if after.outputs[key] != value)


def mended(place: Place, before: Kept) -> Kept | None:
    """The branch after an up with the settings that it was made with, as a refresh finds it."""
    found = place.refreshed(before)
    assert found is not None
    place.change(found, before.inputs)
    return place.refreshed(before)


@pytest.mark.parametrize("deed", DEEDS, ids=str)
def test_a_refresh_shows_what_its_row_says_and_an_up_mends_what_is_of_the_branch(place: Place, deed: Deed) -> None:
    states = resources(place, deed)
    branch = states["branch"]
    assert list(shown(place, states)) == []
    deed.done(place, branch.id)
    shows = set(CONSOLE[deed.row].shows)
    assert set(shown(place, states)) == shows
    if {f"branch.{key}" for key in INPUTS} & shows:
        assert mended(place, branch) == branch


@pytest.mark.parametrize("kind", PROVIDERS)
def test_what_is_in_a_project_that_does_not_show_is_not_taken_for_gone(
    still: Still, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = still.resource(kind).but(project_id="p-of-others")
    with pytest.raises(Failure, match="sees no Neon project p-of-others"):
        still.place.refreshed(elsewhere)
    monkeypatch.setattr(NeonProvider, "_deleted", "p-of-others")
    assert still.place.refreshed(elsewhere) is None


def test_a_branch_is_deleted_with_its_project_only_when_a_person_says_so(
    still: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = still.resource("branch")
    elsewhere = branch.but(project_id="p-of-others")
    with pytest.raises(Failure, match="sees no Neon project p-of-others"):
        branch.provider.delete(branch.id, elsewhere.outputs)
    monkeypatch.setattr(NeonProvider, "_deleted", "p-of-others")
    branch.provider.delete(branch.id, elsewhere.outputs)
    assert still.place.project.show(branch.id)["name"] == "staging"


def test_every_row_has_its_case() -> None:
    assert sorted(deed.row for deed in DEEDS) == sorted(CONSOLE)
