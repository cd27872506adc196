"""The environment's own host name, associated with its Amplify branch: one association for each name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.app import AppReference
from components.naming import Identity
from hosting.domains import Domain, dns_records

_REQUESTED = "REQUESTED"  # by this very run; the next one asks Amplify


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainArgs:
    """``found`` is the association as it was before this run, if there was one; ``built`` the build of ``branch``."""

    identity: Identity
    host: str
    app: AppReference
    branch: aws.amplify.Branch
    found: Domain | None
    adopt: bool
    built: pulumi.Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDomain:
    """``outputs`` are the association's status, and the records that are to be set at the registrar."""

    association: pulumi.Resource
    outputs: Mapping[str, pulumi.Input[Any]]


def declare_domain(args: DomainArgs, parent: pulumi.Resource) -> OwnDomain:
    known = args.app.found_id is not None and args.found is not None
    association = aws.amplify.DomainAssociation(
        args.identity.name("domain"),
        app_id=args.app.id,
        domain_name=args.host,
        sub_domains=[{"branch_name": args.branch.branch_name, "prefix": ""}],
        # A person sets the records: an up does not wait for that.
        wait_for_verification=False,
        opts=pulumi.ResourceOptions(
            parent=parent,
            # The branch that it led to has a site, a new one has none before its build.
            depends_on=[args.built],
            # Amplify refuses a name that another app still has.
            delete_before_replace=True,
            retain_on_delete=args.adopt,
            import_=f"{args.app.found_id}/{args.host}" if known else None,
        ),
    )
    records = pulumi.Output.all(association.certificate_verification_dns_record, association.sub_domains)
    outputs = {
        "domain_status": args.found.status if args.found is not None else _REQUESTED,
        "domain_records": records.apply(lambda found: _records(args.host, found[0], found[1])),
    }
    return OwnDomain(association=association, outputs=outputs)


def _records(host: str, certificate: str | None, subdomains: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    texts = (one.get("dns_record") or "" for one in subdomains)
    return [asdict(record) for record in dns_records(host, certificate, texts)]
