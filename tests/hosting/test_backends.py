"""Names as Amplify's own packages compose them: the vectors were made by running those."""

from __future__ import annotations

import pytest

from hosting.backends import backend_stack, secret_path

VECTORS = [
    ("d200k2wsaf8th3", "main", "main-branch-cbd9d3f0ab"),
    ("d200k2wsaf8th3", "staging", "staging-branch-11d429917d"),
    ("d200k2wsaf8th3", "production", "production-branch-dcd66e486e"),
    ("d200k2wsaf8th3", "feature/user-auth", "featureuserauth-branch-1666903fb1"),
    ("d1abcdefghijkl", "develop", "develop-branch-1df69310e9"),
]


@pytest.mark.parametrize(("app_id", "branch", "name"), VECTORS)
def test_a_branch_has_the_stack_and_the_secret_path_that_amplify_gives_it(app_id: str, branch: str, name: str) -> None:
    assert backend_stack(app_id, branch) == f"amplify-{app_id}-{name}"
    assert secret_path(app_id, branch) == f"/amplify/{app_id}/{name}"


def test_a_developers_sandbox_has_names_of_its_own_kind() -> None:
    assert secret_path("my-app", "jane", "sandbox") == "/amplify/myapp/jane-sandbox-f418bd78f2"
    assert backend_stack("my-app", "jane", "sandbox") == "amplify-myapp-jane-sandbox-f418bd78f2"


def test_branches_that_differ_in_a_separator_only_have_different_backends() -> None:
    assert backend_stack("d200k2wsaf8th3", "feature/a") != backend_stack("d200k2wsaf8th3", "feature-a")


def test_a_long_name_is_cut_to_what_cloudformation_takes() -> None:
    stack = backend_stack("d200k2wsaf8th3", "feature/" + "x" * 247)
    assert stack.startswith("amplify-d200k2wsaf8th3-feature" + "x" * 43 + "-branch-")
    assert len(stack) <= 128
