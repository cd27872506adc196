"""The composed stack file: what the repository says, together with what `pulumi config set` wrote locally.

Works on YAML nodes and not on values, so that every scalar keeps its text (`012`, `yes`, `1e3`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from localcloud.errors import LocalcloudError

STRING = "tag:yaml.org,2002:str"
# How this stack's secrets are encrypted is the engine's local matter.
ENCRYPTION = ("encryptionsalt", "encryptedkey", "secretsprovider")

Node = yaml.Node
Keys = dict[str, Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The text of the composed file, and the config keys that hold made-up values instead of encrypted ones."""

    text: str
    made_up: tuple[str, ...]


def compose(*, tracked: str, base: str, local: str) -> Composed:
    """Merge by config key, and by field where the value is an object: what changed in the tracked file since `base`
    wins (or goes), else the local one stays.

    `base` is the tracked file at the last composition and `local` the composed file as it is now; both may be empty.
    Values that are encrypted for the team's key cannot be read here: they are replaced by made-up ones.
    """
    theirs, before, ours = (_top(text) for text in (tracked, base, local))
    # A value that was set locally is encrypted with the local passphrase, and stays; the team's cannot be read.
    readable, made_up = _all_readable(_config(theirs))
    config = merge(readable, _all_readable(_config(before))[0], _config(ours))
    top = {key: node for key, node in theirs.items() if key not in (*ENCRYPTION, "config")}
    top |= {key: node for key, node in ours.items() if key in ENCRYPTION}
    text = _text(top, config)
    return Composed(text=text, made_up=tuple(name for name in made_up if _made_up(name) in text))


def merge(theirs: Mapping[str, Node], before: Mapping[str, Node], ours: Mapping[str, Node]) -> Keys:
    """The three-way merge of keys, and of the fields of objects."""
    picked = {key: _pick(theirs.get(key), before.get(key), ours.get(key)) for key in dict.fromkeys([*theirs, *ours])}
    return {key: node for key, node in picked.items() if node is not None}


def _pick(theirs: Node | None, before: Node | None, ours: Node | None) -> Node | None:
    if _same(theirs, before):
        return ours
    if not (_is_object(theirs) and _is_object(before) and _is_object(ours)):
        return theirs
    fields = merge(*(_keys(node, "an object") for node in (theirs, before, ours) if node is not None))
    return _mapping(fields, flow_style=getattr(theirs, "flow_style", False))


def _is_object(node: Node | None) -> bool:
    """Whether the value can be merged by field: a secret cannot, nor can what takes fields from an anchor."""
    if not isinstance(node, yaml.MappingNode):
        return False
    keys = [key.value for key, _ in node.value]
    return keys != ["secure"] and "<<" not in keys


def _same(one: Node | None, other: Node | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(_plain(one) == _plain(other))


def _plain(node: Node) -> object:
    """The node without positions, quotes and comments."""
    if isinstance(node, yaml.MappingNode):
        return ("mapping", [(_plain(key), _plain(value)) for key, value in node.value])
    if isinstance(node, yaml.SequenceNode):
        return ("sequence", [_plain(value) for value in node.value])
    return (node.tag, node.value)


def _top(text: str) -> Keys:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise LocalcloudError(f"a stack file is not YAML: {error}", status=2) from error
    if node is None:
        return {}
    return _keys(node, "a stack file")


def _config(top: Keys) -> Keys:
    node = top.get("config")
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~")):
        return {}
    return _keys(node, "`config` in a stack file")


def _keys(node: Node, what: str) -> Keys:
    if not isinstance(node, yaml.MappingNode):
        raise LocalcloudError(f"{what} must hold a mapping", status=2)
    return {str(key.value): value for key, value in node.value}


def _all_readable(config: Mapping[str, Node]) -> tuple[Keys, list[str]]:
    made_up: list[str] = []
    return {key: _readable(node, key, made_up) for key, node in config.items()}, made_up


def _made_up(name: str) -> str:
    return f"made-up value of {name}"


def _readable(node: Node, name: str, made_up: list[str]) -> Node:
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        if keys == ["secure"]:
            made_up.append(name)
            return yaml.ScalarNode(STRING, _made_up(name), style="'")
        pairs = [(key, _readable(value, f"{name}.{key.value}", made_up)) for key, value in node.value]
        return yaml.MappingNode(node.tag, pairs, flow_style=node.flow_style)
    if isinstance(node, yaml.SequenceNode):
        values = [_readable(value, f"{name}[{index}]", made_up) for index, value in enumerate(node.value)]
        return yaml.SequenceNode(node.tag, values, flow_style=node.flow_style)
    return node


def _text(top: Keys, config: Keys) -> str:
    if config:
        top = {**top, "config": _mapping(config)}
    return yaml.serialize(_mapping(top), width=4096) if top else ""


def _mapping(keys: Keys, *, flow_style: bool | None = False) -> Node:
    pairs = [(yaml.ScalarNode(STRING, key), value) for key, value in keys.items()]
    return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=flow_style)
