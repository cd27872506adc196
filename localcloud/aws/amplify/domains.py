"""The operations on domain associations, whose certificates are verified by nobody: by the clock, or when told so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.pages import page
from localcloud.aws.amplify.state import App, Branch, Domain, app_arn
from localcloud.aws.errors import bad_request, not_found

# Shares of `domain_seconds`, up to which a status lasts; the rest of it passes once the certificate is verified.
_CREATING = 0.2
_REQUESTING = 0.4
_PENDING_DEPLOYMENT = 0.6
_ELSEWHERE = ("certificateSettings", "subDomainSettings")


def create(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    name = str(asked["domainName"])
    if name in app.domains:
        raise bad_request(f"Domain association {name} already exists for the app {app.app_id}")
    if any(name in other.domains for other in context.state.apps.values()):
        raise bad_request(f"One or more domains requested are already associated with another Amplify app: {name}")
    _check(app, asked)
    domain = Domain(
        name=name,
        fields={"enableAutoSubDomain": False, "certificateSettings": {"type": "AMPLIFY_MANAGED"}, **_kept(asked)},
        created=context.now,
        seconds=context.state.domain_seconds,
        verified=context.now + context.state.domain_seconds * _REQUESTING if context.state.verify_domains else None,
    )
    app.domains[name] = domain
    return {"domainAssociation": render(app, domain, context.now)}


def _check(app: App, asked: Mapping[str, Any]) -> None:
    settings = asked.get("subDomainSettings", [])
    prefixes = [one["prefix"] for one in settings]
    if len(prefixes) != len(set(prefixes)):
        raise bad_request("Each subdomain prefix can be used once only.")
    for one in settings:
        if one["branchName"] not in app.branches:
            raise not_found(f"Branch {one['branchName']} not found.")
    certificate = asked.get("certificateSettings", {})
    if certificate.get("type") == "CUSTOM" and not certificate.get("customCertificateArn"):
        raise bad_request("customCertificateArn is required for a certificate of type CUSTOM.")


def get(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    return {"domainAssociation": render(app, find(app, asked["domainName"]), context.now)}


def list_all(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    found, more = page(sorted(app.domains.values(), key=lambda domain: domain.name), asked)
    return {"domainAssociations": [render(app, domain, context.now) for domain in found], **more}


def update(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    domain = find(app, asked["domainName"])
    _check(app, asked)
    domain.fields = {**domain.fields, **_kept(asked)}
    domain.updated, domain.seconds = context.now, context.state.domain_seconds
    return {"domainAssociation": render(app, domain, context.now)}


def delete(context: Context, asked: Mapping[str, Any]) -> dict[str, object]:
    app = context.state.app(context.region, asked["appId"])
    domain = find(app, asked["domainName"])
    del app.domains[domain.name]
    return {"domainAssociation": render(app, domain, context.now)}


def find(app: App, name: str) -> Domain:
    """The association of that domain; NotFoundException where there is none."""
    if name not in app.domains:
        raise not_found(f"Domain association {name} not found.")
    return app.domains[name]


def hosts(domains: Iterable[Domain], branch: Branch) -> list[str]:
    """The names under which these domains lead to a branch."""
    return [
        f"{one['prefix']}.{domain.name}".lstrip(".")
        for domain in domains
        for one in domain.subdomains
        if one["branchName"] == branch.name
    ]


def verify(domain: Domain, now: float) -> None:
    """The records are set at the registrar, and were found there."""
    domain.verified = min(domain.verified or now, now)


def status(domain: Domain, now: float) -> str:
    """The association's status at a moment."""
    requested = domain.created + domain.seconds * _REQUESTING
    if now < domain.created + domain.seconds * _CREATING:
        return "CREATING"
    if now < requested:
        return "REQUESTING_CERTIFICATE"
    if domain.verified is None and domain.certificate["type"] == "AMPLIFY_MANAGED":
        return "PENDING_VERIFICATION"
    since = max(domain.verified or 0.0, requested, domain.updated)
    return "PENDING_DEPLOYMENT" if now < since + domain.seconds * _PENDING_DEPLOYMENT else "AVAILABLE"


def render(app: App, domain: Domain, now: float) -> dict[str, object]:
    """The association as the API shows it."""
    found = status(domain, now)
    over = found == "AVAILABLE"
    return {
        "domainAssociationArn": f"{app_arn(app)}/domains/{domain.name}",
        "domainName": domain.name,
        **{name: value for name, value in domain.fields.items() if name not in _ELSEWHERE},
        "domainStatus": found,
        **({"updateStatus": "UPDATE_COMPLETE" if over else found} if domain.updated else {}),
        "statusReason": "",
        "certificate": {**domain.certificate, **_record(domain, found)},
        **_record(domain, found),
        "subDomains": [
            {"subDomainSetting": one, "verified": over, "dnsRecord": _target(domain, one["prefix"], found)}
            for one in domain.subdomains
        ],
    }


def _record(domain: Domain, found: str) -> dict[str, str]:
    """What proves to the certificate's issuer whose the domain is; known once the certificate was asked for."""
    if domain.certificate["type"] != "AMPLIFY_MANAGED" or found in ("CREATING", "REQUESTING_CERTIFICATE"):
        return {}
    mark = _mark(domain, "certificate")
    record = f"_{mark}.{domain.name}. CNAME _{mark[::-1]}.acm-validations.aws."
    return {"certificateVerificationDNSRecord": record}


def _target(domain: Domain, prefix: str, found: str) -> str:
    known = found not in ("CREATING", "REQUESTING_CERTIFICATE")
    return f"{prefix} CNAME " + (f"d{_mark(domain, 'site')[:13]}.cloudfront.net" if known else "<pending>")


def _mark(domain: Domain, purpose: str) -> str:
    return hashlib.sha256(f"{purpose}:{domain.name}:{domain.created}".encode()).hexdigest()[:32]


def _kept(asked: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in asked.items() if name not in ("appId", "domainName")}
