"""Changing the settings of a server: what may change at any time, and what must be known before anything is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from localcloud.neon import errors
from localcloud.neon.records import Settings
from localcloud.neon.store import Store

BEFORE_ALL = ("seed", "clock")


def change_settings(store: Store, given: Mapping[str, Any]) -> Settings:
    """The settings with those that are `given` (as JSON has them) changed, and kept.

    Raises ApiError 400 for one that is unknown or wrong, and for a seed or a clock that comes too late.
    """
    with store.lock:
        kept = store.settings
        try:
            text = json.dumps({**kept.model_dump(mode="json"), **given})
            changed = Settings.model_validate_json(text, strict=True)
        except ValidationError as error:
            raise errors.invalid(error, "settings") from None
        late = [name for name in BEFORE_ALL if getattr(changed, name) != getattr(kept, name)] if store.projects else []
        if late:
            # What was made would be made again: the same ids, and times before those that were given out.
            raise errors.bad_request(f"{', '.join(late)}: there are projects already; begin with an empty state folder")
        store.change_settings(changed)
    return changed
