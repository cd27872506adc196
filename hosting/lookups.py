"""Reads: apps by name, a branch with its tags, parameters by path. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from hosting.clients import Aws
from hosting.errors import HostingError, explained

if TYPE_CHECKING:
    from mypy_boto3_amplify.type_defs import AppTypeDef, BranchTypeDef
    from mypy_boto3_ssm.type_defs import ParameterTypeDef

_NAMES_PER_CALL = 10  # SSM's own limit


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """``variables`` are the names of those that it gives to all its branches."""

    id: str
    arn: str
    name: str
    default_domain: str
    tags: Mapping[str, str]
    variables: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedBranch:
    """An Amplify branch that exists. ``tags`` tell whose it is; ``compute_role`` is an ARN, empty for none; ``hosts``
    are host names of one's own that lead to it."""

    app_id: str
    name: str
    stage: str
    auto_build: bool
    variables: Mapping[str, str]
    tags: Mapping[str, str]
    compute_role: str = ""
    hosts: tuple[str, ...] = ()
    arn: str = ""


def account_id(aws: Aws) -> str:
    """The account that the credentials belong to."""
    with explained("asking AWS whose credentials these are"):
        return aws.sts.get_caller_identity()["Account"]


def apps_named(aws: Aws, name: str) -> list[App]:
    """Every app of exactly this name: Amplify allows several."""
    with explained("listing the Amplify apps"):
        pages = aws.amplify.get_paginator("list_apps").paginate()
        found = [app for page in pages for app in page["apps"] if app["name"] == name]
    return [_app(app) for app in found]


def app_with_id(aws: Aws, app_id: str) -> App | None:
    with explained(f"reading the Amplify app {app_id}"):
        try:
            app = aws.amplify.get_app(appId=app_id)["app"]
        except aws.amplify.exceptions.NotFoundException:
            return None
    return _app(app)


def _app(data: AppTypeDef) -> App:
    return App(
        id=data["appId"],
        arn=data["appArn"],
        name=data["name"],
        default_domain=data["defaultDomain"],
        tags=dict(data.get("tags") or {}),
        variables=frozenset(data.get("environmentVariables") or ()),
    )


def branch_of(aws: Aws, app_id: str, name: str) -> HostedBranch | None:
    with explained(f"reading the Amplify branch {name}"):
        try:
            branch = aws.amplify.get_branch(appId=app_id, branchName=name)["branch"]
        except aws.amplify.exceptions.NotFoundException:
            return None
    return _branch(app_id, branch)


def existing_branch(aws: Aws, app_id: str, name: str) -> HostedBranch:
    """Raises HostingError where there is none."""
    found = branch_of(aws, app_id, name)
    if found is None:
        raise HostingError(f"Amplify has no branch {name}: it was deleted meanwhile, or never made by an up")
    return found


def branches_of(aws: Aws, app_id: str) -> list[HostedBranch]:
    """All branches of the app, by name. Whether their tags are among what Amplify lists is not documented."""
    with explained("listing the Amplify branches"):
        pages = list(aws.amplify.get_paginator("list_branches").paginate(appId=app_id))
    found = [_branch(app_id, branch) for page in pages for branch in page["branches"]]
    return sorted(found, key=lambda branch: branch.name)


def _branch(app_id: str, data: BranchTypeDef) -> HostedBranch:
    return HostedBranch(
        app_id=app_id,
        name=data["branchName"],
        stage=data["stage"],
        auto_build=data["enableAutoBuild"],
        variables=data.get("environmentVariables", {}),
        tags=data.get("tags", {}),
        compute_role=data.get("computeRoleArn", ""),
        hosts=tuple(data.get("customDomains", ())),
        arn=data.get("branchArn", ""),
    )


def role_tags(aws: Aws, name: str) -> dict[str, str] | None:
    """The tags of the IAM role; None where there is none of that name."""
    with explained(f"reading the IAM role {name}"):
        try:
            role = aws.iam.get_role(RoleName=name)["Role"]
        except aws.iam.exceptions.NoSuchEntityException:
            return None
    return {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredParameter:
    secret: bool
    value: str = field(repr=False)


def stored_parameters(aws: Aws, names: Iterable[str]) -> dict[str, StoredParameter]:
    """Those of ``names`` that SSM has, decrypted."""
    return {
        one["Name"]: StoredParameter(secret=one["Type"] == "SecureString", value=one["Value"])
        for one in _parameters(aws, names, decrypted=True)
    }


def parameter_versions(aws: Aws, names: Iterable[str]) -> dict[str, int]:
    """The current version of those of ``names`` that SSM has; nothing is decrypted."""
    return {one["Name"]: one["Version"] for one in _parameters(aws, names, decrypted=False)}


def _parameters(aws: Aws, names: Iterable[str], *, decrypted: bool) -> list[ParameterTypeDef]:
    wanted = sorted(set(names))
    some = (wanted[start : start + _NAMES_PER_CALL] for start in range(0, len(wanted), _NAMES_PER_CALL))
    with explained("reading SSM parameters"):
        pages = [aws.ssm.get_parameters(Names=part, WithDecryption=decrypted) for part in some]
    return [one for page in pages for one in page["Parameters"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterVersion:
    """``written`` is by AWS's clock."""

    value: str = field(repr=False)
    written: datetime


def parameter_version(aws: Aws, name: str) -> ParameterVersion | None:
    """The decrypted value, of a version where the name ends with ``:N``; None where there is no such parameter."""
    with explained(f"reading the SSM parameter {name}"):
        try:
            found = aws.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        except (aws.ssm.exceptions.ParameterNotFound, aws.ssm.exceptions.ParameterVersionNotFound):
            return None
    return ParameterVersion(value=found["Value"], written=found["LastModifiedDate"])


def parameter_value(aws: Aws, name: str) -> str | None:
    """The decrypted value; None where there is no such parameter."""
    found = parameter_version(aws, name)
    return None if found is None else found.value


def parameter_values(aws: Aws, prefix: str) -> dict[str, str]:
    """The decrypted values of the parameters directly below ``prefix``, by the last part of their names."""
    with explained(f"reading the SSM parameters below {prefix}"):
        pages = aws.ssm.get_paginator("get_parameters_by_path").paginate(Path=prefix, WithDecryption=True)
        return {one["Name"].rpartition("/")[2]: one["Value"] for page in pages for one in page["Parameters"]}


def parameters_below(aws: Aws, prefix: str, tags: Mapping[str, str] | None = None) -> frozenset[str]:
    """Names of the parameters directly below ``prefix``, or of those among them that carry all ``tags``."""
    filters = [{"Key": "Path", "Option": "OneLevel", "Values": [prefix]}]
    filters += [{"Key": f"tag:{key}", "Values": [value]} for key, value in (tags or {}).items()]
    with explained(f"listing the SSM parameters below {prefix}"):
        pages = aws.ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters)  # type: ignore[arg-type]
        return frozenset(found["Name"] for page in pages for found in page["Parameters"])
