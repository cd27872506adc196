"""Life cycle of a Neon branch. What is decided is in ``differences`` and ``neon.branches``; this joins them."""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from components.neon.differences import BRANCH_RULES, Change, changed, keys_with
from components.neon.provider import NeonProvider, known, without_provider
from neon.branches import ensure_branch, read_write_endpoint, remove_branch, shape_branch
from neon.changes import BranchSpec, same_ttl
from neon.client import NeonClient
from neon.errors import NeonNotFound
from neon.models import Branch, Compute, Endpoint

Props = dict[str, Any]
ENDPOINT = "read_write"


class NeonBranchProvider(NeonProvider):
    """Creates (or adopts), shapes, reads and deletes one branch. Persisted by name: do not rename or move."""

    def check(self, _olds: Props, news: Props) -> CheckResult:
        olds = _olds if _olds.get("project_id") else news
        refused = {
            key: rule
            for key, rule in changed(BRANCH_RULES, olds, news).items()
            if rule.change is Change.REFUSED and known(olds[key]) and known(news[key])
        }
        return CheckResult(news, [CheckFailure(key, rule.reason) for key, rule in refused.items()])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        found = changed(BRANCH_RULES, _olds, _news)
        return DiffResult(changes=bool(found), replaces=keys_with(found, Change.REPLACES), delete_before_replace=True)

    def create(self, props: Props) -> CreateResult:
        with self._client() as client:
            branch = ensure_branch(client, spec_of(props))
        return CreateResult(branch.id, outputs_of(branch, without_provider(props)))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        with self._client() as client:
            branch = shape_branch(client, spec_of(_news), _id)
        # The mark that Neon holds is the one of the creation, whatever the program would write today.
        return UpdateResult(outputs_of(branch, {**without_provider(_news), "mark": _olds["mark"]}))

    def read(self, id_: str, props: Props) -> ReadResult:
        with self._reader() as client:
            found = _look(client, props["project_id"], id_)
        if found is None:
            return ReadResult("", {})
        inputs = actual_inputs(props, *found)
        return ReadResult(id_, outputs_of(found[0], inputs), inputs)

    def delete(self, _id: str, _props: Props) -> None:
        if _props["adopt"]:
            return
        with self._client() as client:
            remove_branch(client, _props["project_id"], _id, _props["mark"])


def spec_of(props: Props) -> BranchSpec:
    return BranchSpec(
        project_id=props["project_id"],
        name=props["name"],
        mark=props["mark"],
        source=props.get("source"),
        adopt=props["adopt"],
        protected=props.get("protected"),
        ttl=None if props.get("ttl") is None else int(props["ttl"]),
        compute=compute_of(props["compute"]),
    )


def compute_of(sizes: Props) -> Compute:
    """Pulumi hands all numbers over as floats; Neon wants whole seconds."""
    suspend = sizes.get("suspend")
    return Compute(min=sizes.get("min"), max=sizes.get("max"), suspend=None if suspend is None else int(suspend))


def actual_inputs(props: Props, branch: Branch, endpoint: Endpoint | None) -> Props:
    """The inputs as Neon has them, for what was set: so a refresh shows what a person changed, and no more."""
    compute = endpoint.compute if endpoint else Compute()
    declared: Props = props["compute"]
    return {
        "project_id": props["project_id"],
        "name": branch.name,
        "source": props.get("source"),
        "adopt": props["adopt"],
        "protected": None if props.get("protected") is None else branch.protected,
        "ttl": _ttl(props, branch),
        "compute": {key: getattr(compute, key) for key in declared} if endpoint else declared,
        "endpoint": _endpoint(endpoint),
        "mark": props["mark"],
    }


def _endpoint(found: Endpoint | None) -> str:
    """As declared, while there is one that lets connections in."""
    if found is None:
        return ""
    return "disabled" if found.disabled else ENDPOINT


def _ttl(props: Props, branch: Branch) -> int | None:
    """As declared, when it is that to within what a slow request takes off; an adopted branch's is not ours."""
    declared = props.get("ttl")
    wanted = None if declared is None else int(declared)
    return wanted if props["adopt"] or same_ttl(branch.ttl, wanted) else branch.ttl


def outputs_of(branch: Branch, inputs: Props) -> Props:
    return {**inputs, "created_at": branch.created_at}


def _look(client: NeonClient, project_id: str, branch_id: str) -> tuple[Branch, Endpoint | None] | None:
    try:
        return client.branch(project_id, branch_id), read_write_endpoint(client, project_id, branch_id)
    except NeonNotFound:
        return None
