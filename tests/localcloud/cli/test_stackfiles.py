from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from localcloud.composing import forget_composed, keep_composed
from localcloud.errors import LocalcloudError
from localcloud.home import Home
from localcloud.projects import Project, read_project
from localcloud.stackfiles import compose


def config(**keys: object) -> str:
    return yaml.safe_dump({"config": keys}) if keys else ""


def merged(tracked: str, base: str, local: str) -> dict[str, object]:
    content = yaml.safe_load(compose(tracked=tracked, base=base, local=local).text) or {}
    result = content.get("config") or {}
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize(
    ("tracked", "base", "local", "expected"),
    [
        pytest.param({"a": 1}, {}, {}, {"a": 1}, id="the first composition is the tracked file"),
        pytest.param({"a": 1}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2}, id="a key set locally stays"),
        pytest.param({"a": 1}, {"a": 1}, {"a": 5}, {"a": 5}, id="a tracked key that was set locally stays"),
        pytest.param({"a": 2}, {"a": 1}, {"a": 1}, {"a": 2}, id="an edit of the tracked file arrives"),
        pytest.param({"a": 2}, {"a": 1}, {"a": 5}, {"a": 2}, id="an edit of the tracked file wins over a local one"),
        pytest.param({"a": 1}, {"a": 1}, {}, {}, id="a key removed locally stays away"),
        pytest.param({"a": 2}, {"a": 1}, {}, {"a": 2}, id="a key removed locally comes back when it is edited"),
        pytest.param({}, {"a": 1}, {"a": 1, "b": 2}, {"b": 2}, id="a key removed from the tracked file goes"),
        pytest.param({}, {"a": 1}, {"a": 5}, {}, id="it goes even when it was set locally"),
        pytest.param(
            {"a": 1}, {}, {"a": 5, "b": 2}, {"a": 1, "b": 2}, id="a new tracked file wins over what was there"
        ),
        pytest.param({"a": {"x": 1}}, {"a": {"x": 1}}, {"a": {"x": 9}}, {"a": {"x": 9}}, id="so does a field of one"),
        pytest.param(
            {"a": {"x": 2, "y": 1}},
            {"a": {"x": 1, "y": 1}},
            {"a": {"x": 1, "y": 5, "z": 3}},
            {"a": {"x": 2, "y": 5, "z": 3}},
            id="an edit of one field leaves those alone that were set locally",
        ),
        pytest.param({"a": {"x": 2}}, {"a": 1}, {"a": {"y": 1}}, {"a": {"x": 2}}, id="a new object is taken whole"),
    ],
)
def test_the_composition_is_three_way_by_key(
    tracked: dict[str, object], base: dict[str, object], local: dict[str, object], expected: dict[str, object]
) -> None:
    assert merged(config(**tracked), config(**base), config(**local)) == expected


def test_a_comment_or_another_quote_is_no_edit() -> None:
    tracked = "config:\n  # better words\n  a: 'x'\n  b: {c: 1}\n"
    assert merged(tracked, "config:\n  a: x\n  b:\n    c: 1\n", config(a="mine", b=3)) == {"a": "mine", "b": 3}


@pytest.mark.parametrize("scalar", ["012", "yes", "1e3", "2026-11-20T09:00:00Z", "'012'", '"yes"', "0x10", "null"])
def test_a_scalar_keeps_its_text(scalar: str) -> None:
    assert f"a: {scalar}\n" in compose(tracked=f"config:\n  a: {scalar}\n", base="", local="").text


def test_the_salt_is_the_local_one_and_how_the_team_encrypts_stays_out() -> None:
    tracked = "secretsprovider: awskms://key\nencryptedkey: abc\nencryptionsalt: v1:theirs\nconfig: {a: 1}\n"
    text = compose(tracked=tracked, base="", local="encryptionsalt: v1:ours\n").text
    assert yaml.safe_load(text) == {"config": {"a": 1}, "encryptionsalt": "v1:ours"}


def test_a_value_encrypted_for_another_key_is_made_up() -> None:
    composed = compose(
        tracked="config:\n  p:s: {TOKEN: {secure: v1:x}, plain: 1}\n  p:k: {secure: y}\n", base="", local=""
    )
    assert composed.made_up == ("p:s.TOKEN", "p:k")
    assert yaml.safe_load(composed.text)["config"]["p:s"] == {"TOKEN": "made-up value of p:s.TOKEN", "plain": 1}
    assert "v1:x" not in composed.text


def test_a_secret_that_was_set_locally_stays_encrypted() -> None:
    tracked, local = "config: {a: 1}\n", "config: {a: 1, token: {secure: v1:ours}}\n"
    assert merged(tracked, tracked, local)["token"] == {"secure": "v1:ours"}


def test_a_file_that_is_no_mapping_is_refused_by_name(project: Project) -> None:
    project.tracked_file("dev").write_text("- a\n")
    with pytest.raises(LocalcloudError, match=r"Pulumi\.dev\.yaml.*mapping"):
        keep_composed(project, "dev", pytest.fail)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "Pulumi.yaml").write_text("name: salon\nruntime: python\n")
    home = Home(root=tmp_path / ".localcloud")
    home.make()
    return read_project(home, tmp_path)


def test_an_unchanged_tracked_file_leaves_the_copy_alone(project: Project) -> None:
    project.tracked_file("dev").write_text(config(a=1))
    path = keep_composed(project, "dev", pytest.fail)
    path.write_text("as the CLI wrote it")
    keep_composed(project, "dev", pytest.fail)
    assert path.read_text() == "as the CLI wrote it"


def test_a_copy_that_was_deleted_is_made_afresh(project: Project) -> None:
    project.tracked_file("dev").write_text(config(a=1))
    keep_composed(project, "dev", pytest.fail).unlink()
    assert yaml.safe_load(keep_composed(project, "dev", pytest.fail).read_text()) == {"config": {"a": 1}}


def test_a_stack_without_a_tracked_file_keeps_what_was_set(project: Project) -> None:
    path = project.composed_file("mine")
    project.make()
    path.write_text(config(a=1))
    keep_composed(project, "mine", pytest.fail)
    assert path.read_text() == config(a=1)


def test_the_keys_of_a_tracked_file_that_was_deleted_go(project: Project) -> None:
    project.tracked_file("dev").write_text(config(a=1))
    path = keep_composed(project, "dev", pytest.fail)
    path.write_text(config(a=1, b=2))
    project.tracked_file("dev").unlink()
    keep_composed(project, "dev", pytest.fail)
    assert path.read_text() == config(b=2)


def test_made_up_values_are_told_once(project: Project) -> None:
    project.tracked_file("dev").write_text("config: {k: {secure: x}}\n")
    said: list[str] = []
    keep_composed(project, "dev", said.append)
    keep_composed(project, "dev", said.append)
    assert len(said) == 1
    assert "k for another key" in said[0]


def test_a_stack_that_is_gone_leaves_no_copy(project: Project) -> None:
    project.tracked_file("dev").write_text(config(a=1))
    keep_composed(project, "dev", pytest.fail)
    forget_composed(project, "dev")
    assert list(project.composed.rglob("*dev*")) == []


def test_projects_of_another_name_are_kept_apart(project: Project, tmp_path: Path) -> None:
    other = tmp_path / "examples"
    other.mkdir()
    (other / "Pulumi.yaml").write_text("name: other\nruntime: python\nstackConfigDir: stacks\n")
    read = read_project(Home(root=tmp_path / ".localcloud"), other)
    assert read.composed_file("dev") != project.composed_file("dev")
    assert read.tracked_file("dev") == other / "stacks" / "Pulumi.dev.yaml"


@pytest.mark.parametrize("name", ["../up", "a/b", "", "-x"])
def test_what_is_no_stack_name_never_becomes_a_path(project: Project, name: str) -> None:
    with pytest.raises(LocalcloudError, match="no stack name"):
        project.composed_file(name)
