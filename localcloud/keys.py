"""The home's own secrets: made at random at the first `up`, handed over by environment only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from localcloud.errors import NotUpError
from localcloud.files import read_json, write_json
from localcloud.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What guards this home: never printed, logged or passed as an argument."""

    neon_api_key: str = field(repr=False)
    passphrase: str = field(repr=False)


def read_keys(home: Home) -> Keys:
    """The home's keys. Raises NotUpError before the first `up`."""
    content = read_json(home.keys)
    try:
        return Keys(neon_api_key=content["neon_api_key"], passphrase=content["passphrase"])
    except KeyError as error:
        raise NotUpError(f"{home.root} has no keys yet: run `python -m localcloud up`") from error


def ensure_keys(home: Home) -> Keys:
    """The home's keys, made when there are none. To be called with the home's lock held."""
    try:
        return read_keys(home)
    except NotUpError:
        made = {"neon_api_key": f"napi_{secrets.token_hex(24)}", "passphrase": secrets.token_urlsafe(24)}
        write_json(home.keys, made)
        return read_keys(home)
