"""The one address: tells requests apart, hands each to its service, and writes the journal. A WSGI application."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from localcloud.aws import actions, errors, pages, scope
from localcloud.aws.amplify import webhooks
from localcloud.aws.control import PREFIX, Control
from localcloud.aws.errors import AwsError
from localcloud.aws.journal import Journal
from localcloud.aws.resources import ALLOWED
from localcloud.aws.services import Services

INVALID_KEY = "invalid"
"""The access key that is refused, so that a program can be tried with bad credentials."""

_WRITABLE = frozenset({"amplify", "ssm", *ALLOWED})
_LOG = logging.getLogger(__name__)


class Front:
    """Routes by the SigV4 scope. A request with no scope is refused; one for an unknown service is told so with 501."""

    def __init__(self, services: Services, journal: Journal) -> None:
        self._services = services
        self._journal = journal
        self._control = Control(services, journal)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        raw_uri = str(environ.get("REQUEST_URI") or request.full_path)
        try:
            response = self._answer(request, raw_uri)
        except AwsError as error:
            response = errors.response(error, request.content_type or "")
        except Exception as error:  # noqa: BLE001 - a request must have an answer, and a text that shows no values
            places = "".join(traceback.format_tb(error.__traceback__))
            _LOG.error("%s in %s %s\n%s", type(error).__name__, request.method, request.path, places)
            text = f"the stand-in failed with {type(error).__name__}; its log says where"
            response = errors.response(AwsError(501, "NotImplemented", text), request.content_type or "")
        if not raw_uri.startswith(PREFIX) and not pages.is_site(self._services.amplify, _host(request)):
            self._write(request, raw_uri, response.status_code)
        return response(environ, start_response)

    def _answer(self, request: Request, raw_uri: str) -> Response:
        if raw_uri.startswith(PREFIX):
            return self._control.answer(request, raw_uri.partition("?")[0])
        if pages.is_site(self._services.amplify, _host(request)):
            return pages.by_host(self._services.amplify, _host(request), raw_uri.partition("?")[0])
        if _is_webhook(request):
            return self._webhook(request)
        found = _scope(request)
        if found is None:
            text = "the request carries no SigV4 scope, neither in Authorization nor in its query"
            raise AwsError(403, "MissingAuthenticationToken", text)
        if found.access_key == INVALID_KEY:
            raise _bad_credentials(found.service)
        self._services.throttling.refuse(f"{found.service}:{self._action(request, raw_uri, found.service)}")
        return self._dispatch(request, raw_uri, found)

    def _dispatch(self, request: Request, raw_uri: str, found: scope.Scope) -> Response:
        if found.service == "ssm":
            return self._services.parameters.answer(request, found.region)
        if found.service == "sts":
            return self._services.identities.answer(request, found.region)
        if found.service == "amplify":
            address, body = request.host_url.rstrip("/"), request.get_data()
            return self._services.amplify.answer(
                method=request.method, raw_uri=raw_uri, body=body, region=found.region, address=address
            )
        if found.service in ALLOWED:
            return self._services.resources.answer(found.service, request, found.region)
        raise errors.not_implemented(f"the service '{found.service}'")

    def _webhook(self, request: Request) -> Response:
        query, address = request.args.to_dict(), request.host_url.rstrip("/")
        answer = self._services.amplify.change("", lambda context: webhooks.posted(context, query), address)
        return Response(json.dumps(answer), 202, content_type="application/json")

    def _write(self, request: Request, raw_uri: str, status: int) -> None:
        found = _scope(request)
        service = "amplify" if _is_webhook(request) else found.service if found else "unsigned"
        name = self._action(request, raw_uri, service)
        mutating = service in _WRITABLE and actions.is_mutating(name)
        path = raw_uri.partition("?")[0]
        action = f"{service}:{name}"
        self._journal.add(method=request.method, path=path, status=status, mutating=mutating, action=action)

    def _action(self, request: Request, raw_uri: str, service: str) -> str:
        if _is_webhook(request):
            return "StartJob"
        if service == "amplify":
            return self._services.amplify.operation(request.method, raw_uri)
        return actions.named(service, request)


def _host(request: Request) -> str:
    """The host's name in lower case, without the port."""
    return request.host.partition(":")[0].lower()


def _is_webhook(request: Request) -> bool:
    return request.method == "POST" and request.path == webhooks.PATH


def _scope(request: Request) -> scope.Scope | None:
    return scope.read(request.headers.get("Authorization", ""), request.args)


def _bad_credentials(service: str) -> AwsError:
    text = "The security token included in the request is invalid."
    if service == "sts":
        return AwsError(403, "InvalidClientTokenId", text)
    return AwsError(400 if service == "ssm" else 403, "UnrecognizedClientException", text)
