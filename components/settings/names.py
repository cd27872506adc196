"""Names that neither a variable nor a parameter can have, for something in a build has them already. Pure.

`build/environment` passes over the same ones where somebody has put a parameter there by hand.
"""

from __future__ import annotations

import re

# Of bash, dash and busybox's ash: what they read, what they set, and what they let nobody set.
_SHELLS = re.compile(
    r"BASH.*|CDPATH|DIRSTACK|EUID|FUNCNAME|GLOBIGNORE|GROUPS|HISTCMD|HOME|IFS|LINENO|OLDPWD|OPTARG|OPTERR|OPTIND|PATH|"
    r"POSIXLY_CORRECT|PPID|PS4|PWD|RANDOM|SECONDS|SHELLOPTS|UID"
)
_SYSTEMS = re.compile(r"LD_.*|GIT_(COMMON_DIR|CONFIG.*|DIR|EXEC_PATH|INDEX_FILE|OBJECT_DIRECTORY|WORK_TREE)")
_SCRIPTS = re.compile(r"_[a-z].*")
_SECRETS = "secrets"


def name_fault(name: str) -> str | None:
    """Why the name cannot be had, and what to do; None for one that can be had."""
    if name.upper().startswith("AWS"):
        return "names that begin with AWS are Amplify's own, and it refuses them: choose another name"
    if name == _SECRETS:
        return "Amplify gives its builds their secrets in the variable of this name: choose another name"
    if _SHELLS.fullmatch(name):
        return "is a variable of the shells that run a build: choose another name"
    if _SYSTEMS.fullmatch(name):
        return "would lead git, or all programs of a build, to other files than theirs: choose another name"
    if _SCRIPTS.fullmatch(name):
        return "names that begin with _ and a small letter are those of build/environment itself: choose another name"
    return None
