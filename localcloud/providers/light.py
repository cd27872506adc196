"""Pulumi's gRPC stubs without the rest of its SDK."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType


def prime() -> None:
    """Make `pulumi.runtime.proto` importable on its own; for a process that uses nothing else of the SDK.

    The package's own `__init__` imports all of the SDK, which takes half a second at every start of a plugin.
    """
    if "pulumi" in sys.modules:
        return
    spec = find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package pulumi is not installed")
    root = spec.submodule_search_locations[0]
    for name, folder in (("pulumi", root), ("pulumi.runtime", f"{root}/runtime")):
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package
