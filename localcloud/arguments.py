"""Reading `pulumi`'s arguments: which command, which stack, which folder. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

# Flags that may stand before the words that matter and take the next argument as their value.
VALUED = frozenset({
    "-C", "--cwd", "-s", "--stack", "-v", "--verbose", "-m", "--message", "-p", "--parallel", "--color", "--teams",
    "--tracing", "--otel-traces", "--profiling", "--memprofilerate", "--config-file", "--secrets-provider",
    "--copy-config-from",
})  # fmt: skip
FAMILIES = frozenset({"stack", "config", "state"})
# `-ys X`: single letters may be run together when only the last takes a value.
SHORT = re.compile(r"-(?P<letters>[yfdejrQi]*)(?P<flag>[sC])=?(?P<value>.*)", re.DOTALL)
LONG = {"--stack": "s", "--cwd": "C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of `pulumi`: `words` is the command, `names` what it is given; `argv` has the words first, flags after.

    The CLI takes the flags of all commands before the words too, the embedded engine only after them.
    """

    argv: tuple[str, ...]
    words: tuple[str, ...]
    names: tuple[str, ...]
    stack: str | None
    folder: str | None
    flags: frozenset[str] = field(default_factory=frozenset)


def read_arguments(argv: Sequence[str]) -> Invocation:
    """Take the arguments apart as the CLI would; what it does not know stays where it is."""
    plain: list[int] = []
    flags: set[str] = set()
    values: dict[str, str] = {}
    index = 0
    while index < len(argv) and argv[index] != "--":
        word = argv[index]
        if not word.startswith("-") or word == "-":
            plain.append(index)
        else:
            flags.add(word.partition("=")[0])
            index += _flag(argv, index, values)
        index += 1
    count = 2 if plain and argv[plain[0]] in FAMILIES and len(plain) > 1 else 1
    first = plain[:count]
    words = tuple(argv[one] for one in first)
    return Invocation(
        argv=(*words, *(word for one, word in enumerate(argv) if one not in first)),
        words=words,
        names=tuple(argv[one] for one in plain[count:]),
        stack=values.get("s"),
        folder=values.get("C"),
        flags=frozenset(flags),
    )


def _flag(argv: Sequence[str], index: int, values: dict[str, str]) -> int:
    """Note the value of a flag that matters; how many further arguments the flag takes."""
    word = argv[index]
    name, given, value = word.partition("=")
    following = argv[index + 1] if index + 1 < len(argv) else ""
    short = None if word.startswith("--") else SHORT.fullmatch(word)
    if name in LONG:
        values[LONG[name]] = value if given else following
        return 0 if given else 1
    if short:
        values[short["flag"]] = short["value"] or following
        return 0 if short["value"] else 1
    return 0 if given or name not in VALUED else 1


def without_flags(invocation: Invocation, *unwanted: str) -> tuple[str, ...]:
    """The arguments without these flags, which take no value."""
    return tuple(word for word in invocation.argv if word.partition("=")[0] not in unwanted)


def elsewhere(invocation: Invocation, folder: str) -> tuple[str, ...]:
    """The same call, made in another folder."""
    kept: list[str] = []
    skip = False
    for index, word in enumerate(invocation.argv):
        values: dict[str, str] = {}
        if skip:
            skip = False
            continue
        taken = _flag(invocation.argv, index, values) if word.startswith("-") and word != "-" else 0
        if "C" in values:
            skip = taken == 1
        else:
            kept.append(word)
    count = len(invocation.words)
    return (*kept[:count], "-C", folder, *kept[count:])
