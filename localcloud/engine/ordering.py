"""Orders among resources that follow from what depends on what."""

from __future__ import annotations

from localcloud.engine.state import Resource


def dependents(root: Resource, resources: list[Resource]) -> list[Resource]:
    """List what depends on a resource, directly or not, in the order of the state."""
    reached = {root.urn}
    found = []
    for resource in resources[resources.index(root) + 1 :] if root in resources else []:
        if resource.depends_on() & reached:
            reached.add(resource.urn)
            found.append(resource)
    return found


def deletion_levels(condemned: list[Resource]) -> list[list[Resource]]:
    """Divide resources into groups to delete one after another, dependents before what they depend on."""
    levels: list[list[Resource]] = []
    left = list(condemned)
    while left:
        urns = {resource.urn for resource in left}
        free = [r for r in left if not r.depends_on() & (urns - {r.urn})] or left
        levels.append(free)
        left = [r for r in left if r not in free]
    return levels[::-1]
