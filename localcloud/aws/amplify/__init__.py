"""An emulator of Amplify Hosting's API: apps, branches, jobs, tags. Its limits are in `localcloud.aws.LIMITS`."""

from __future__ import annotations
