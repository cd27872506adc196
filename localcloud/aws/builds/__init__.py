"""Jobs that are run for real: a repository on this machine is cloned, built by its specification, and served.

The Amplify emulator decides which job runs and what it is given; `runner` starts a worker process for it, which does
the work (`worker`, `steps`) and says how it goes, line by line.
"""

from __future__ import annotations
