"""The sites of branches: what was deployed last, as files."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import unquote

from werkzeug.wrappers import Response

from localcloud.aws.amplify import sites
from localcloud.aws.amplify.context import Context
from localcloud.aws.amplify.service import Amplify
from localcloud.aws.errors import AwsError

_OWN = frozenset({"127.0.0.1", "localhost"})


def by_name(amplify: Amplify, rest: str) -> Response:
    """The page at `<app id>/<branch>/<path>`; AwsError with 404 where there is none."""
    app_id, _, more = rest.partition("/")
    name, _, path = more.partition("/")

    def find(context: Context) -> Path:
        return sites.file(context, *sites.by_name(context, app_id, unquote(name)), unquote(path))

    return _page(amplify.read(find))


def is_site(amplify: Amplify, host: str) -> bool:
    """Whether a branch is served at that host, which is no address of this stand-in's own."""
    return host not in _OWN and bool(amplify.read(lambda context: sites.by_host(context, host)))


def by_host(amplify: Amplify, host: str, path: str) -> Response:
    """The page at a path of a branch's own address; AwsError with 404 where there is none."""

    def find(context: Context) -> Path:
        branch = sites.by_host(context, host)
        if branch is None:
            raise AwsError(404, "NotFound", f"no site is served at {host}")
        return sites.file(context, *branch, unquote(path))

    return _page(amplify.read(find))


def _page(path: Path) -> Response:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), content_type=kind)
