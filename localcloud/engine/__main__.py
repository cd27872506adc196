from __future__ import annotations

import gc
import os
import sys

from localcloud.engine.cli import main

if __name__ == "__main__":
    # The process is short-lived and its objects are few: collecting garbage would cost more than it gives.
    gc.disable()
    # gRPC would report the end of each plugin on standard error.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    sys.exit(main(sys.argv[1:]))
