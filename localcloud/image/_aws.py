"""What a fork for `aws` runs: the AWS CLI, which may have been loaded before it had its environment."""

from __future__ import annotations

import importlib
import sys

if __name__ == "__main__":
    # Where its own data are it writes into the environment, and only when it is loaded.
    importlib.reload(importlib.import_module("awscli"))
    sys.exit(importlib.import_module("awscli.clidriver").main())
