"""Writes the lists of README.md from the packages that they are about: `python -m localcloud.readme`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

from localcloud import aws, neon, providers
from localcloud.engine import supported

README = Path(__file__).parent / "README.md"
WIDTH = 120
_LIST = re.compile(r"(<!-- list: (?P<name>[a-z ]+) -->\n).*?(<!-- end of list -->)", re.DOTALL)


def lists() -> dict[str, str]:
    """What stands between the marks of each list, by its name."""
    return {
        "neon": bullets(neon.LIMITS),
        "neon unknown": bullets(neon.UNKNOWN),
        "aws": bullets(aws.LIMITS),
        "providers": bullets(providers.LIMITS),
        "engine": f"```\n{supported.text()}\n```\n",
    }


def bullets(sentences: Iterable[str]) -> str:
    return "".join(
        textwrap.fill(one, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False) + "\n"
        for one in sentences
    )


def with_lists(text: str) -> str:
    """The text with every list as it is in the code. Raises KeyError for a list of a name that is not there."""
    found = lists()
    return _LIST.sub(lambda match: match[1] + found[match["name"]] + match[3], text)


def main() -> None:
    README.write_text(with_lists(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
