"""Both sides at the same time, for each waits mostly on the network."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from components.naming import Identity
from components.preflight.database import check_database
from components.preflight.findings import Findings
from components.preflight.hosting import check_hosting
from components.settings.reading import Draft
from hosting.clients import Aws
from neon.client import NeonClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Clouds:
    """Where to look: AWS, in which accounts, and Neon."""

    aws: Aws
    accounts: Collection[str]
    neon: Callable[[], NeonClient]


def preflight(draft: Draft, identity: Identity, clouds: Clouds) -> Findings:
    """Reads what ``draft`` names; writes nothing. What is wrong is in the findings, not raised."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        hosting = pool.submit(check_hosting, draft, identity, clouds.aws, clouds.accounts)
        production = draft.environment is None or draft.environment.production
        database = pool.submit(check_database, draft.database, identity, clouds.neon, production=production)
        return Findings(hosting=hosting.result(), database=database.result())
