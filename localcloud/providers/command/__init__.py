"""The stand-in for pulumi-resource-command. Its limits are in `localcloud.providers.LIMITS`."""

from __future__ import annotations
