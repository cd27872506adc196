"""Refusals, in Neon's shape: a status, a code that is mostly empty, a message."""

from __future__ import annotations

from pydantic import ValidationError


class ApiError(Exception):
    """An answer other than 2xx. The message never repeats a value that the caller sent as a secret."""

    def __init__(self, status: int, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


def bad_request(message: str) -> ApiError:
    return ApiError(400, message)


def not_found(what: str) -> ApiError:
    return ApiError(404, f"{what} not found")


def no_such_route() -> ApiError:
    return ApiError(404, "this route does not exist")


def conflict(message: str) -> ApiError:
    return ApiError(409, message)


def refused(message: str, *, code: str = "") -> ApiError:
    """A request that is well formed but not allowed in this state."""
    return ApiError(422, message, code=code)


def no_passwords() -> ApiError:
    return ApiError(412, "storing passwords is not enabled for the project")


def locked() -> ApiError:
    return ApiError(423, "project already has running conflicting operations, scheduling of new ones is prohibited")


def not_emulated(what: str) -> ApiError:
    return ApiError(501, f"localcloud does not emulate {what}: see GET /_localcloud/limits")


def invalid(error: ValidationError, where: str) -> ApiError:
    """Names each field that is wrong and why, without its value."""
    found = []
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in item["loc"]) or where
        found.append(f"{name}: {'unknown' if item['type'] == 'extra_forbidden' else item['msg']}")
    return bad_request(f"invalid {where}: " + "; ".join(found))
