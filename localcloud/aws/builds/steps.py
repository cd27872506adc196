"""The three steps of a job, in a worker: build, deploy, verify. Each has a log of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from localcloud.aws.builds import keeping, specification
from localcloud.aws.builds.cage import Cage
from localcloud.aws.builds.order import BuildError, Order
from localcloud.aws.builds.script import script
from localcloud.aws.builds.specification import Specification

ARTIFACTS: Final = "artifacts"
_BASH: Final = "/bin/bash"


class Steps:
    """One job. Its commands run in `<folder>/work`, which is new and goes with the job; `artifacts` and `log` stay."""

    def __init__(self, order: Order, cage: Cage) -> None:
        self._order = order
        self._cage = cage
        self._work = order.home / "work"
        self._source = self._work / "src" / (Path(order.repository).name.removesuffix(".git") or "repository")
        self._draft = self._work / ARTIFACTS
        for folder in (self._source.parent, self._work / "home", self._work / "tmp", order.home / "log"):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        own = {"HOME": str(self._work / "home"), "TMPDIR": str(self._work / "tmp")}
        return {**self._order.environment, **own}

    def log(self, step: str) -> Path:
        return self._order.home / "log" / step

    def say(self, step: str, text: str) -> None:
        with self.log(step).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    def check_out(self) -> str:
        """Clone the repository and go to the commit that is wanted; the commit that it is.

        Raises:
            BuildError: without the branch or the commit.
        """
        order = self._order
        self.say("BUILD", f"# Cloning repository: {order.repository}")
        clone = ["clone", "--quiet", "--branch", order.branch, "--single-branch", "--", order.repository]
        self._git([*clone, str(self._source)], f"there is no branch {order.branch} to clone in {order.repository}")
        self.say("BUILD", f"# Switching to commit: {order.commit or 'HEAD'}")
        there = ["-C", str(self._source)]
        wanted = order.commit or "HEAD"
        self._git([*there, "checkout", "--detach", wanted], f"the branch {order.branch} has no commit {wanted}")
        self._git([*there, "clean", "-ffdxq"], "the clone cannot be cleaned")
        return (self._source / ".git" / "HEAD").read_text(encoding="ascii").strip()

    def _git(self, words: list[str], otherwise: str) -> None:
        quiet = {**self.environment, "GIT_TERMINAL_PROMPT": "0", "GIT_ADVICE": "0"}
        command = ["git", "-c", "advice.detachedHead=false", *words]
        if self._cage.run(command, cwd=self._work, environment=quiet, log=self.log("BUILD")):
            raise BuildError(otherwise)

    def build(self) -> None:
        """Run the commands of the specification, and take the artifacts and the cache.

        Raises:
            BuildError: where the specification or a command fails.
        """
        wanted = self._specification()
        start = self._source / wanted.start
        if not start.is_dir():
            raise BuildError(f"the repository has no folder {wanted.start}")
        cache = Path(self._order.cache)
        if keeping.restore(start, cache):
            self.say("BUILD", "# The branch's cache is restored")
        self._run(wanted, start)
        keeping.collect(wanted, start, self._draft)
        keeping.keep(wanted, start, cache)
        self.say("BUILD", "## Build completed successfully")

    def _specification(self) -> Specification:
        file = self._source / specification.FILE
        text = file.read_text(encoding="utf-8") if file.is_file() else self._order.specification
        if not text.strip():
            raise BuildError(f"no build specification: no {specification.FILE}, and none at the branch or the app")
        return specification.read(text, self._order.app_root)

    def _run(self, wanted: Specification, start: Path) -> None:
        path, marker = self._work / "amplify.sh", self._work / "done"
        path.write_text(script(wanted, str(marker)), encoding="utf-8")
        words = [_BASH, "--noprofile", "--norc", str(path)]
        status = self._cage.run(words, cwd=start, environment=self.environment, log=self.log("BUILD"))
        if status:
            raise BuildError(f"a command ended with {status}: the log of BUILD ends with it")
        if not marker.exists():
            raise BuildError("a command ended the shell of the build, with 0: the commands after it did not run")

    def deploy(self) -> None:
        """Put the artifacts where they are served from."""
        self._draft.replace(self._order.home / ARTIFACTS)
        self.say("DEPLOY", "# The artifacts are deployed")

    def verify(self) -> None:
        self.say("VERIFY", "# Nothing is looked at: the real service takes pictures of the site")

    def clear(self) -> None:
        """Leave only what is kept of a job."""
        shutil.rmtree(self._work, ignore_errors=True)
