"""The stand-in for pulumi-resource-aws. Its limits are in `localcloud.providers.LIMITS`."""

from __future__ import annotations
