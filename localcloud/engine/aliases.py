"""Under which URNs a resource may stand in the old state, given its aliases and its parent's."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.engine.state import STACK_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name that a resource had: a whole URN, or what differs from the present one (empty fields do not)."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The project and the stack whose resources are named."""

    project: str
    stack: str

    def urn(self, parent: str, type_: str, name: str) -> str:
        return make_urn(self.stack, self.project, parent, type_, name)

    def candidates(
        self, parent: str, type_: str, name: str, aliases: tuple[Alias, ...], parent_was: dict[str, str]
    ) -> list[str]:
        """List the URNs to look for, in order; `parent_was` gives the alias by which a parent was found."""
        own = [self._collapse(parent, type_, name, alias, parent_was) for alias in aliases]
        inherited = []
        if before := parent_was.get(parent):
            inherited.append(self._inherit(type_, name, parent, before))
            inherited += [self._inherit(_type(urn), _name(urn), parent, before) for urn in own]
        return list(dict.fromkeys([*own, *inherited]))

    def _collapse(self, parent: str, type_: str, name: str, alias: Alias, parent_was: dict[str, str]) -> str:
        if alias.urn:
            return alias.urn
        above = parent_was.get(alias.parent, alias.parent) if alias.parent else parent
        return make_urn(
            alias.stack or self.stack,
            alias.project or self.project,
            "" if alias.no_parent else above,
            alias.type or type_,
            alias.name or name,
        )

    def _inherit(self, type_: str, name: str, parent: str, before: str) -> str:
        stem = _name(parent)
        renamed = _name(before) + name.removeprefix(stem) if name.startswith(stem) else name
        return make_urn(self.stack, self.project, before, type_, renamed)


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Compose a URN; a parent that is the stack itself adds nothing to the type."""
    above = parent.split("::")[2] if parent else ""
    qualified = f"{above}${type_}" if above and above != STACK_TYPE else type_
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def _type(urn: str) -> str:
    return urn.split("::")[2].split("$")[-1]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]
