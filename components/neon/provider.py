"""What the dynamic providers have in common: credentials, and errors as one sentence.

An instance is pickled into the state and called by up to four threads: it takes nothing in its constructor and keeps
nothing but the credentials that ``configure`` finds in the provider's own process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from pulumi.dynamic import ConfigureRequest, ReadResult, ResourceProvider

from components.dynamic import Failure
from components.neon.credentials import MissingCredentials, credentials, deleted_project, shared_client
from neon.client import NeonClient
from neon.errors import NeonError
from neon.presence import require_project, sees_project
from neon.transport import Credentials

_PATIENCE = 120.0  # seconds: Neon's projects are locked for as long as somebody else's operations take
_READING = 10.0  # a read waits for no lock, so that Neon out of reach is told soon


class NeonProvider(ResourceProvider):
    """Base of the providers. Subclasses are named in the state by module and class."""

    _found: Credentials | MissingCredentials
    _deleted: str | None = None

    def configure(self, req: ConfigureRequest) -> None:
        # The plugin reports an exception with its whole traceback; a person gets the sentence alone.
        sys.tracebacklimit = 0
        self._deleted = deleted_project()
        try:
            self._found = credentials(req.config.get)
        except MissingCredentials as missing:
            self._found = missing

    def _reader(self) -> AbstractContextManager[NeonClient]:
        """The client for a refresh."""
        return self._client(_READING)

    def _gone(self, client: NeonClient, project_id: str) -> ReadResult:
        """What a refresh says of something that Neon answers 404 for. Raises NeonNoProject where that tells nothing."""
        if project_id != self._deleted:
            require_project(client, project_id)
        return ReadResult("", {})

    def _went_with_its_project(self, client: NeonClient, project_id: str) -> bool:
        """Whether a person says that the project was deleted, and it does not show."""
        return project_id == self._deleted and not sees_project(client, project_id)

    @contextmanager
    def _client(self, patience: float = _PATIENCE) -> Iterator[NeonClient]:
        """The client, with whatever goes wrong told in one sentence."""
        if isinstance(self._found, MissingCredentials):
            raise Failure(str(self._found)) from None
        try:
            yield shared_client(self._found, patience)
        except NeonError as error:
            raise Failure(str(error)) from None
