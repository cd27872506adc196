"""Plugins from PATH, configuration, functions, reads of other stacks."""

from __future__ import annotations

import json

from tests.localcloud.engine.conftest import Toy


def test_a_package_s_configuration_reaches_its_default_provider_and_its_resources(toy: Toy) -> None:
    toy.run("config", "set", "toy:region", "north")
    toy.up('a = Thing("a", color="red", opts=ResourceOptions(version="1.2.3"))\nexport("region", a.region)')
    assert toy.run("stack", "output", "region").strip() == "north"
    provider = toy.resources()["default_1_2_3"]
    assert provider["inputs"]["region"] == "north"
    assert provider["inputs"]["version"] == "1.2.3"
    assert toy.resources()["a"]["provider"] == f"{provider['urn']}::{provider['id']}"


def test_an_explicit_provider_has_its_own_configuration_and_functions_are_invoked(toy: Toy) -> None:
    toy.up("""
    class Toys(pulumi.ProviderResource):
        def __init__(self, name, region):
            super().__init__("toy", name, {"region": region})

    south = Toys("south", "south")
    a = Thing("a", opts=ResourceOptions(provider=south))
    export("region", a.region)
    echo = pulumi.runtime.invoke_output("toy:index:echo", {"word": pulumi.Output.secret("hush")})
    export("echo", echo.apply(lambda found: found["word"]))
    """)
    assert toy.run("stack", "output", "region").strip() == "south"
    assert toy.run("stack", "output", "echo", "--show-secrets").strip() == "hush"
    assert "hush" not in toy.checkpoint()


def test_a_configuration_that_the_provider_rejects_is_one_error(toy: Toy) -> None:
    toy.run("config", "set", "toy:region", "nowhere")
    shown = toy.up('Thing("a")', code=1)
    assert "there is no such region" in shown
    assert "a" not in toy.resources()


def test_an_import_takes_over_what_exists_and_updates_it(toy: Toy) -> None:
    (toy.cloud / "lost.json").write_text(json.dumps({"color": "red"}), encoding="utf-8")
    toy.up('Thing("a", color="blue", opts=ResourceOptions(import_="lost"))')
    assert toy.journal() == ["update a"]
    assert toy.resources()["a"]["id"] == "lost"
    (toy.cloud / "other.json").write_text(json.dumps({"color": "grey"}), encoding="utf-8")
    assert "b  imported" in toy.run("import", "toy:index:Thing", "b", "other", "--yes")
    assert toy.resources()["b"]["protect"]
    assert "already exists" in toy.run("import", "toy:index:Thing", "b", "other", "--yes", code=1)


def test_a_stack_reference_gives_another_stack_s_outputs_and_keeps_secrets_secret(toy: Toy) -> None:
    toy.up('export("word", pulumi.Output.secret("hush"))\nexport("plain", "x")')
    toy.run("stack", "init", "other", PULUMI_STACK="other")
    toy.program("""
    dev = pulumi.StackReference("organization/toy/dev")
    export("seen", dev.require_output("word"))
    export("plain", dev.get_output("plain"))
    """)
    toy.run("up", "--yes", "--skip-preview", PULUMI_STACK="other")
    assert "hush" not in toy.checkpoint("other")
    assert toy.run("stack", "output", "seen", "--show-secrets", PULUMI_STACK="other").strip() == "hush"
    assert toy.run("stack", "output", "plain", PULUMI_STACK="other").strip() == "x"
    toy.program("""
    for _ in range(2):
        pulumi.StackReference("organization/toy/dev")
    """)
    assert "Duplicate resource URN" in toy.run("up", "--yes", "--skip-preview", code=1, PULUMI_STACK="other")
    toy.program('pulumi.StackReference("organization/toy/nope")')
    assert 'unknown stack "organization/toy/nope"' in toy.run("preview", code=1)
