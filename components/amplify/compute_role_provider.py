"""Life cycle of a branch's compute role, which pulumi-aws's Branch has no input for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pulumi.dynamic import ConfigureRequest, CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult

from components.dynamic import Change, Failure, Rule, changed, inputs_found, keys_with, without_provider
from components.progress import tell
from hosting.clients import Aws
from hosting.compute_roles import compute_role, set_compute_role
from hosting.errors import HostingError
from hosting.jobs import Builds
from hosting.patience import Clock

Props = dict[str, Any]

RULES: Mapping[str, Rule] = {
    "app_id": Rule(change=Change.REPLACES, reason="another branch's role is another role"),
    "branch": Rule(change=Change.REPLACES, reason="another branch's role is another role"),
    "role_arn": Rule(change=Change.IN_PLACE, reason="set on the branch"),
    "timeout": Rule(change=Change.NOTHING, reason="bounds the wait for a build that runs"),
}


class AmplifyComputeRoleProvider(ResourceProvider):
    """Sets, reads and takes back one branch's role. Persisted by name: do not rename or move.

    ``before`` is the role that the branch had, which it gets back; ``ours`` the one that was set last: another one is
    somebody else's, and stays.
    """

    _region: str | None
    _profile: str | None

    def configure(self, req: ConfigureRequest) -> None:
        # The plugin reports an exception with its whole traceback; a person gets the sentence alone.
        sys.tracebacklimit = 0
        self._region, self._profile = req.config.get("aws:region"), req.config.get("aws:profile")

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        found = changed(RULES, _olds, _news)
        return DiffResult(changes=bool(found), replaces=keys_with(found, Change.REPLACES))

    def create(self, props: Props) -> CreateResult:
        with self._aws() as aws:
            found = compute_role(aws, props["app_id"], props["branch"]) or ""
            _set(aws, props, props["role_arn"])
        # A run that was killed may have set it already.
        before = "" if found == props["role_arn"] else found
        return CreateResult(_id_of(props), outputs_of(without_provider(props), before))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        with self._aws() as aws:
            _set(aws, _news, _news["role_arn"])
        return UpdateResult(outputs_of(without_provider(_news), _olds["before"]))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Gone with its branch; a role that somebody set or cleared shows as the input that it would be."""
        with self._aws() as aws:
            found = compute_role(aws, props["app_id"], props["branch"])
        if found is None:
            return ReadResult("", {})
        inputs = {**{key: props[key] for key in RULES}, "role_arn": found}
        return ReadResult(
            id_, {**inputs, "before": props["before"], "ours": props["ours"]}, inputs_found(props, inputs)
        )

    def delete(self, _id: str, _props: Props) -> None:
        with self._aws() as aws:
            if compute_role(aws, _props["app_id"], _props["branch"]) == _props["ours"]:
                _set(aws, _props, _props["before"])

    @contextmanager
    def _aws(self) -> Iterator[Aws]:
        """Clients of this call alone, with whatever goes wrong told in one sentence."""
        try:
            yield Aws(self._region, self._profile)
        except HostingError as error:
            raise Failure(str(error)) from None


def outputs_of(inputs: Props, before: str) -> Props:
    return {**inputs, "before": before, "ours": inputs["role_arn"]}


def _set(aws: Aws, props: Props, role_arn: str) -> None:
    builds = Builds(app_id=props["app_id"], branch=props["branch"], deadline=float(props["timeout"]))
    set_compute_role(aws, builds, role_arn, Clock(say=lambda line: tell(f"waiting for {line}")))


def _id_of(props: Props) -> str:
    return f"{props['app_id']}/{props['branch']}"
