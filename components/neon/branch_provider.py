"""Life cycle of a Neon branch. What is decided is in ``differences`` and ``neon.branches``; this joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from components.dynamic import Change, changed, inputs_found, keys_with, known, without_provider
from components.neon.differences import BRANCH_RULES
from components.neon.provider import NeonProvider
from neon.branches import ensure_branch, read_write_endpoint, shape_branch
from neon.changes import BranchSpec, same_ttl
from neon.client import NeonClient
from neon.errors import NeonNotFound
from neon.kinds import Kind
from neon.masking import ANONYMIZED, Anonymization, MaskingRule, rule_changes
from neon.models import Branch, Compute, Endpoint
from neon.removing import remove_branch

Props = dict[str, Any]
ENDPOINT = "read_write"
OTHER_RULES = "by other rules"


class NeonBranchProvider(NeonProvider):
    """Creates (or adopts), shapes, reads and deletes one branch. Persisted by name: do not rename or move."""

    def check(self, _olds: Props, news: Props) -> CheckResult:
        olds = _olds if _olds.get("project_id") else news
        refused = {
            key: rule
            for key, rule in changed(BRANCH_RULES, olds, news).items()
            if rule.change is Change.REFUSED and known(olds.get(key)) and known(news.get(key))
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
            branch = shape_branch(client, spec_of(_news), _id, masked=masked_by(_olds, _news))
        # The mark that Neon holds is the one of the creation, whatever the program would write today.
        return UpdateResult(outputs_of(branch, {**without_provider(_news), "mark": _olds["mark"]}))

    def read(self, id_: str, props: Props) -> ReadResult:
        with self._reader() as client:
            found = _look(client, props, id_)
            if found is None:
                return self._gone(client, props["project_id"])
        inputs = {**actual_inputs(props, found.branch, found.endpoint), **actual_masking(props, found)}
        return ReadResult(id_, outputs_of(found.branch, inputs), inputs_found(props, inputs))

    def delete(self, _id: str, _props: Props) -> None:
        if _props["adopt"]:
            return
        with self._client() as client:
            if self._went_with_its_project(client, _props["project_id"]):
                return
            copies = remove_branch(client, _props["project_id"], _id, _props["mark"])
            if copies:
                client.pace.say(f"the Neon branch {_props['name']!r} is deleted; {copies.stay()}")


def spec_of(props: Props) -> BranchSpec:
    return BranchSpec(
        project_id=props["project_id"],
        name=props["name"],
        mark=props["mark"],
        source=props.get("source"),
        adopt=props["adopt"],
        kind=Kind(props.get("kind") or Kind.COPY),
        masking=rules_of(props),
        protected=props.get("protected"),
        ttl=None if props.get("ttl") is None else int(props["ttl"]),
        compute=compute_of(props["compute"]),
    )


def rules_of(props: Props) -> tuple[MaskingRule, ...]:
    return tuple(MaskingRule.from_api(rule) for rule in props.get("masking") or ())


def masked_by(olds: Props, news: Props) -> bool:
    """Whether the state tells that the branch's data is masked by the new rules already."""
    return olds.get("anonymization") == ANONYMIZED and not rule_changes(rules_of(olds), rules_of(news))


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


def actual_masking(props: Props, found: Found) -> Props:
    """Rules as Neon has them, and how its anonymization is: ``anonymized`` only by the rules of the last up."""
    if found.anonymization is None:
        return {"kind": props.get("kind"), "masking": props.get("masking"), "anonymization": props.get("anonymization")}
    changed = bool(rule_changes(rules_of(props), found.rules))
    others = found.anonymization.done and (changed or props.get("anonymization") == OTHER_RULES)
    return {
        "kind": props.get("kind"),
        "masking": [rule.to_api() for rule in found.rules] if changed else props.get("masking"),
        "anonymization": OTHER_RULES if others else found.anonymization.state,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A branch as it is in Neon; of an anonymized one also its rules and how far it is."""

    branch: Branch
    endpoint: Endpoint | None
    anonymization: Anonymization | None = None
    rules: tuple[MaskingRule, ...] = ()


def _look(client: NeonClient, props: Props, branch_id: str) -> Found | None:
    project_id = props["project_id"]
    try:
        branch, endpoint = client.branch(project_id, branch_id), read_write_endpoint(client, project_id, branch_id)
        if props.get("kind") != Kind.ANONYMIZED:
            return Found(branch=branch, endpoint=endpoint)
        found = client.anonymization(project_id, branch_id)
        rules = tuple(client.masking_rules(project_id, branch_id))
        return Found(branch=branch, endpoint=endpoint, anonymization=found, rules=rules)
    except NeonNotFound:
        return None
