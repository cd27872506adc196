"""Errors in the forms in which AWS clients read them."""

from __future__ import annotations

import json
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

FORM = "application/x-www-form-urlencoded"


class AwsError(Exception):
    """A refusal that becomes an HTTP answer: status, AWS's error code, and a message that carries no secret."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad_request(message: str) -> AwsError:
    return AwsError(400, "BadRequestException", message)


def not_found(message: str) -> AwsError:
    return AwsError(404, "NotFoundException", message)


def limit_exceeded(message: str) -> AwsError:
    return AwsError(429, "LimitExceededException", message)


def not_implemented(what: str) -> AwsError:
    """501, because clients of AWS repeat a request after 500, 502, 503 and 504, and do not after this one."""
    return AwsError(501, "NotImplemented", f"{what} is not in this stand-in for AWS")


def response(error: AwsError, content_type: str = "") -> Response:
    """The error as JSON, or as XML when the request was a form, which is how clients of the query protocol read it."""
    if content_type.startswith(FORM):
        return Response(_xml(error), error.status, content_type="text/xml")
    body = json.dumps({"__type": error.code, "message": error.message})
    headers = {"x-amzn-errortype": error.code, "x-amzn-requestid": str(uuid4())}
    return Response(body, error.status, headers, content_type="application/json")


def _xml(error: AwsError) -> str:
    code, message = escape(error.code), escape(error.message)
    fault = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<ErrorResponse>{fault}<RequestId>{uuid4()}</RequestId></ErrorResponse>"
