"""What an older layout left is deleted only on the word that is for it."""

from __future__ import annotations

import pytest

from components.settings.models import BackendSettings, EnvironmentSettings, Stage
from hosting.backends import secret_path
from ops import removal
from ops.layout import Member
from ops.leftovers import Layout
from ops.pulumi import OpsError
from ops.removal import Wish
from tests.hosting import fakes
from tests.ops.test_rolling_back import target

SECRETS = ("/amplify/a/old/ONE", f"{secret_path('a', 'old')}/TWO")


@pytest.mark.parametrize("asked", [True, False])
def test_secrets_of_a_branch_that_is_gone_are_shown_and_deleted_where_that_is_asked_for(
    moto: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    aws = fakes.aws(fakes.Amplify())
    for name in (*SECRETS, "/amplify/a/other/THREE"):
        aws.ssm.put_parameter(Name=name, Value="secret", Type="SecureString")
    monkeypatch.setattr(removal, "branches_of", lambda *_: [])
    monkeypatch.setattr(removal, "branch_of", lambda *_: None)
    wish, layout = Wish(legacy=("old",), backends=False, secrets=asked), Layout(members=(), verified=())
    monkeypatch.setattr(removal, "read_backend", lambda *_: None)
    removal.remove(target(aws, "prod"), wish, layout, yes=True)
    said = capsys.readouterr().out
    left = {one["Name"] for one in aws.ssm.describe_parameters()["Parameters"]}
    assert left == ({"/amplify/a/other/THREE"} if asked else {*SECRETS, "/amplify/a/other/THREE"})
    assert "the app a has no Amplify branch old\n" in said
    assert ("the SSM parameter /amplify/a/old/ONE" in said) == asked
    assert ("`--remove-secrets` deletes them" in said) == (not asked)


def test_what_an_environment_needs_keeps_its_secrets_though_its_branch_is_not_there_yet(
    moto: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = fakes.aws(fakes.Amplify())
    aws.ssm.put_parameter(Name=SECRETS[0], Value="secret", Type="SecureString")
    monkeypatch.setattr(removal, "branches_of", lambda *_: [])
    monkeypatch.setattr(removal, "branch_of", lambda *_: None)
    environment = EnvironmentSettings(git_branch="old", stage=Stage.BETA, owner="o")
    layout = Layout(
        members=(Member(stack="dev", environment=environment, backend=BackendSettings(mode="none")),), verified=()
    )
    with pytest.raises(OpsError, match=r"old is not removed: Pulumi\.dev\.yaml names it"):
        removal.remove(target(aws, "prod"), Wish(legacy=("old",), backends=False, secrets=True), layout, yes=True)
    assert aws.ssm.describe_parameters()["Parameters"]
