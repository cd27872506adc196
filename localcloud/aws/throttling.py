"""Calls that are refused because there were too many, on order of a test."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from localcloud.aws.errors import AwsError

_SAID = "Rate exceeded"


class Throttling:
    """How many of the next calls of an action, such as `amplify:StartJob`, are refused. A restart forgets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}

    def order(self, calls: Mapping[str, int]) -> None:
        """Refuse that many calls from now on; 0 takes an order back."""
        with self._lock:
            merged = {**self._left, **calls}
            self._left = {action: count for action, count in merged.items() if count > 0}

    def left(self) -> dict[str, int]:
        """The calls that are still to be refused."""
        with self._lock:
            return dict(self._left)

    def refuse(self, action: str) -> None:
        """Raises AwsError for a call that is to be refused.

        Amplify says so with a BadRequestException (aws-amplify/amplify-hosting#3748), other services with a
        ThrottlingException.
        """
        with self._lock:
            if action not in self._left:
                return
            self._left[action] -= 1
            if self._left[action] == 0:
                del self._left[action]
        code = "BadRequestException" if action.startswith("amplify:") else "ThrottlingException"
        raise AwsError(400, code, _SAID)
