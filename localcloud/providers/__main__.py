"""`python -m localcloud.providers aws|command [engine address] [flags]`: serve one stand-in as a plugin of Pulumi."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from localcloud.providers import light


def main(arguments: Sequence[str]) -> int:
    """Run a plugin. Flags that an engine hands to every plugin (`--logtostderr`, `-v=9`) are passed over."""
    words = [argument for argument in arguments if not argument.startswith("-")]
    if not words or words[0] not in ("aws", "command") or len(words) > 2:
        print("usage: python -m localcloud.providers aws|command [engine address]", file=sys.stderr)
        return 2
    name, engine = words[0], words[1] if len(words) > 1 else None
    light.prime()
    if name == "aws":
        from localcloud.providers.aws.package import AwsPackage
        from localcloud.providers.process import serve

        serve(AwsPackage(), engine)
    else:
        from localcloud.providers.command.package import CommandPackage
        from localcloud.providers.process import serve

        serve(CommandPackage(engine), engine)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
