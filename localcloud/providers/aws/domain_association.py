"""Amplify's DomainAssociation as a resource of Pulumi."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from localcloud.providers.aws.clients import Clients, saying
from localcloud.providers.aws.place import Place
from localcloud.providers.failures import ProviderError
from localcloud.providers.model import Live, Task
from localcloud.providers.table import Failure, Table
from localcloud.providers.values import Values

TABLE: Final = Table(
    type="aws:amplify/domainAssociation:DomainAssociation",
    inputs=frozenset(
        {"appId", "certificateSettings", "domainName", "enableAutoSubDomain", "subDomains", "waitForVerification"}
    ),
    refused=frozenset({"region"}),
    required=("appId", "domainName", "subDomains"),
    replaces=frozenset({"appId", "domainName"}),
    computed=("arn", "certificateVerificationDnsRecord", "region"),
    volatile=frozenset({"certificateVerificationDnsRecord"}),
    nested=frozenset({"certificateSettings", "subDomains"}),
)
_DONE: Final = ("PENDING_DEPLOYMENT", "AVAILABLE")
_BEGUN: Final = ("PENDING_VERIFICATION", *_DONE)
_SECONDS_TO_BEGIN: Final = 300.0
_SECONDS_TO_VERIFY: Final = 900.0
_PAUSE: Final = 0.1
_MANAGED: Final = "AMPLIFY_MANAGED"


class DomainAssociationResource:
    """A domain of an app. Its id is `<app id>/<domain>`.

    A create or an update waits until the certificate's record is known, and then, with `waitForVerification`, until it
    was found at the registrar; both waits are as long as the real plugin's.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def table(self) -> Table:
        return TABLE

    def check(self, inputs: Values) -> list[Failure]:
        name = inputs.get("domainName")
        too_long = isinstance(name, str) and len(name) > 64
        return [Failure(property="domainName", reason="'domainName' has 64 characters at most")] if too_long else []

    def replaces(self, old: Values, new: Values) -> frozenset[str]:
        del old, new
        return frozenset()

    def drift(self, outputs: Values, new: Values) -> Sequence[str]:
        del outputs, new
        return ()

    def create(self, task: Task) -> tuple[str, Values]:
        _, clients = self._place()
        found = f"{task.inputs['appId']}/{task.inputs['domainName']}"
        with saying(f"creating Amplify Domain Association ({found})"):
            clients.amplify.create_domain_association(**{**_identity(found), **_members(task.inputs)})
        return found, self._outputs(self._settled(clients, found, task.inputs), task.inputs)

    def read(self, task: Task) -> Live | None:
        _, clients = self._place()
        live = _find(clients, task.id)
        if live is None:
            return None
        inputs = _inputs(live, task.id, task.inputs)
        return Live(id=task.id, inputs=inputs, outputs=self._outputs(live, inputs))

    def update(self, task: Task) -> Values:
        _, clients = self._place()
        if task.changed - {"waitForVerification"}:
            with saying(f"updating Amplify Domain Association ({task.id})"):
                clients.amplify.update_domain_association(**{**_identity(task.id), **_members(task.inputs)})
        return self._outputs(self._settled(clients, task.id, task.inputs), task.inputs)

    def delete(self, task: Task) -> None:
        _, clients = self._place()
        with saying(f"deleting Amplify Domain Association ({task.id})"):
            try:
                clients.amplify.delete_domain_association(**_identity(task.id))
            except clients.amplify.exceptions.NotFoundException:
                return

    def _settled(self, clients: Clients, found: str, inputs: Values) -> dict[str, Any]:
        live = _wait(clients, found, _BEGUN, _SECONDS_TO_BEGIN)
        if inputs.get("waitForVerification", True):
            return _wait(clients, found, _DONE, _SECONDS_TO_VERIFY)
        return live

    def _outputs(self, live: Values, inputs: Values) -> dict[str, Any]:
        settings, _ = self._place()
        record = live.get("certificateVerificationDNSRecord", "")
        certificate = live.get("certificate", {})
        return {
            **inputs,
            "arn": live["domainAssociationArn"],
            "region": settings.region,
            "enableAutoSubDomain": live["enableAutoSubDomain"],
            "waitForVerification": inputs.get("waitForVerification", True),
            "certificateVerificationDnsRecord": record,
            "certificateSettings": {
                "type": certificate.get("type", _MANAGED),
                "customCertificateArn": certificate.get("customCertificateArn", ""),
                "certificateVerificationDnsRecord": certificate.get("certificateVerificationDNSRecord", ""),
            },
            "subDomains": [_shown(one) for one in _ordered(live, inputs.get("subDomains", []))],
        }


def _wait(clients: Clients, found: str, statuses: Sequence[str], seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    status = "gone"
    while time.monotonic() < deadline:
        live = _find(clients, found)
        status = live["domainStatus"] if live else "gone"
        if live and status in statuses:
            return live
        if status in ("FAILED", "gone"):
            break
        time.sleep(_PAUSE)
    raise ProviderError(
        f"waiting for Amplify Domain Association ({found}) to be {' or '.join(statuses)}: it is {status}"
    )


def _find(clients: Clients, found: str) -> dict[str, Any] | None:
    with saying(f"reading Amplify Domain Association ({found})"):
        try:
            return dict(clients.amplify.get_domain_association(**_identity(found))["domainAssociation"])
        except clients.amplify.exceptions.NotFoundException:
            return None


def _identity(found: str) -> dict[str, str]:
    app_id, _, name = found.partition("/")
    if not app_id or not name:
        raise ProviderError(f"'{found}' is no id of an Amplify Domain Association: it has the form appId/domainName")
    return {"appId": app_id, "domainName": name}


def _members(inputs: Values) -> dict[str, Any]:
    certificate = {"certificateSettings": inputs["certificateSettings"]} if "certificateSettings" in inputs else {}
    return {
        "subDomainSettings": [_setting(one) for one in inputs["subDomains"]],
        "enableAutoSubDomain": inputs.get("enableAutoSubDomain", False),
        **certificate,
    }


def _setting(one: Mapping[str, Any]) -> dict[str, str]:
    return {"branchName": one["branchName"], "prefix": one["prefix"]}


def _ordered(live: Values, declared: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The subdomains in the order of the program, for the service's own has no meaning; then those it does not know."""
    places = {(one.get("branchName"), one.get("prefix")): place for place, one in enumerate(declared)}
    settings = [(one, one["subDomainSetting"]) for one in live["subDomains"]]
    last = len(places)
    keyed = sorted(settings, key=lambda pair: places.get((pair[1]["branchName"], pair[1]["prefix"]), last))
    return [one for one, _ in keyed]


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**_setting(one["subDomainSetting"]), "dnsRecord": one["dnsRecord"], "verified": one["verified"]}


def _inputs(live: Values, found: str, declared: Values) -> dict[str, Any]:
    """What a program would have to say to get this: what it said, as it is now, and what differs from the defaults."""
    certificate = {
        name: live.get("certificate", {})[name]
        for name in ("type", "customCertificateArn")
        if live.get("certificate", {}).get(name)
    }
    own = {
        "enableAutoSubDomain": live["enableAutoSubDomain"],
        "certificateSettings": certificate,
        "waitForVerification": declared.get("waitForVerification", True),
    }
    defaults = {
        "enableAutoSubDomain": False,
        "certificateSettings": {"type": _MANAGED},
        "waitForVerification": True,
    }
    shown = {name: value for name, value in own.items() if name in declared or value != defaults[name]}
    settings = [_setting(one["subDomainSetting"]) for one in _ordered(live, declared.get("subDomains", []))]
    return {**_identity(found), "subDomains": settings, **shown}
