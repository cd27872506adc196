"""Where a resource works: the provider's settings and the clients that fit them, once it is configured."""

from __future__ import annotations

from collections.abc import Callable

from localcloud.providers.aws.clients import Clients
from localcloud.providers.aws.settings import Settings

Place = Callable[[], tuple[Settings, Clients]]
