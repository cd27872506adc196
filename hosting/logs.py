"""Logs of a job's steps. Their addresses are presigned: whoever has one can read the log, so none is ever printed."""

from __future__ import annotations

from itertools import islice
from urllib.parse import urlsplit

from hosting.errors import HostingError
from hosting.jobs import JobStep

_TIMES = (5.0, 30.0)  # seconds to connect, and between two pieces
_PIECE = 2**16  # bytes
_MOST = 320  # pieces: 20 MiB


def unsigned(address: str) -> str:
    """The address without its query, which is its signature."""
    return urlsplit(address)._replace(query="", fragment="").geturl()


def read_log(step: JobStep) -> str:
    """The text of the step's log, its first 20 MiB; empty where there is none. Errors never hold the signature."""
    if step.log is None:
        return ""
    import requests  # every build starts a process that needs none of it

    try:
        with requests.get(step.log, timeout=_TIMES, stream=True) as reply:
            if reply.status_code != requests.codes.ok:
                raise HostingError(
                    f"the log of step {step.name} at {unsigned(step.log)} was answered {reply.status_code}: "
                    "its address may have expired, ask again"
                )
            return b"".join(islice(reply.iter_content(_PIECE), _MOST)).decode(errors="replace")
    except (requests.RequestException, OSError) as error:
        what = type(error).__name__  # its text has the whole address
        raise HostingError(f"the log of step {step.name} at {unsigned(step.log)} cannot be read: {what}") from None
