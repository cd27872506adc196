"""An Amplify app's own host names, and what somebody has to set at the registrar for them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hosting.clients import Aws
from hosting.errors import explained

if TYPE_CHECKING:
    from mypy_boto3_amplify.type_defs import DomainAssociationTypeDef

AVAILABLE = "AVAILABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord:
    """``name`` is the whole name, without a full stop at the end."""

    name: str
    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.type} {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """An association. ``branches`` go by prefix, which is empty for the domain itself."""

    name: str
    status: str
    branches: Mapping[str, str]
    records: tuple[DnsRecord, ...]

    def leads(self, host: str) -> str | None:
        """The branch that answers under ``host``, if this association is about it."""
        prefix = "" if host == self.name else host.removesuffix(f".{self.name}")
        return self.branches.get(prefix)


def domains_of(aws: Aws, app_id: str) -> list[Domain]:
    """All of the app."""
    with explained(f"listing the domains of the Amplify app {app_id}"):
        pages = aws.amplify.get_paginator("list_domain_associations").paginate(appId=app_id)
        return [_domain(one) for page in pages for one in page["domainAssociations"]]


def _domain(data: DomainAssociationTypeDef) -> Domain:
    name, subdomains = data["domainName"], data["subDomains"]
    return Domain(
        name=name,
        status=data["domainStatus"],
        branches={one["subDomainSetting"]["prefix"]: one["subDomainSetting"]["branchName"] for one in subdomains},
        records=tuple(
            dns_records(name, data.get("certificateVerificationDNSRecord"), (one["dnsRecord"] for one in subdomains))
        ),
    )


def dns_records(domain: str, certificate: str | None, subdomains: Iterable[str]) -> Iterator[DnsRecord]:
    """What Amplify gives as text, such as ``www CNAME d1.cloudfront.net``; what it does not know yet is left out."""
    proof = _parts(certificate or "")
    if proof is not None:
        yield DnsRecord(name=proof[0], type=proof[1], value=proof[2])
    for prefix, kind, value in filter(None, map(_parts, subdomains)):
        yield DnsRecord(name=f"{prefix}.{domain}".removeprefix("."), type=kind, value=value)


def _parts(text: str) -> tuple[str, str, str] | None:
    """Name, type and value; the name is missing in the record of the domain itself."""
    words = text.split()
    if len(words) not in (2, 3) or words[-1].startswith("<"):
        return None
    name = words[0] if len(words) == 3 else ""
    return name.rstrip("."), words[-2], words[-1].rstrip(".")
