"""All that answers, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.aws.amplify.service import Amplify
from localcloud.aws.moto_services import Identities, ParameterStore
from localcloud.aws.resources import Resources
from localcloud.aws.throttling import Throttling


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services of the stand-in; each keeps what it acknowledges."""

    amplify: Amplify
    parameters: ParameterStore
    identities: Identities
    resources: Resources
    throttling: Throttling
