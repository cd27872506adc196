"""One request, answered by moto inside this process."""

from __future__ import annotations

from moto.core.request import Request as MotoRequest
from moto.core.responses import BaseResponse
from werkzeug.wrappers import Request, Response


def forward(service: type[BaseResponse], request: Request, host: str) -> Response:
    """Hand the request on under the address that it would have at AWS, from which moto reads the region."""
    url = f"https://{host}.amazonaws.com/?{request.query_string.decode()}"
    copy = MotoRequest.from_primitives(request.method, url, request.headers, request.get_data())
    status, headers, content = service.dispatch(copy, copy.raw_url, dict(copy.headers))
    return Response(content, status, headers)
