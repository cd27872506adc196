"""config: showing, reading, setting and removing a stack's configuration."""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from localcloud.engine.errors import CONFIGURATION, OK, EngineError
from localcloud.engine.paths import Path, assign, lookup, parse, remove
from localcloud.engine.project import StackFile, as_text, effective, is_secure, opened
from localcloud.engine.session import Session


def show(options: Namespace, environ: Mapping[str, str]) -> int:
    """List the configuration that a program of this stack would get, defaults included."""
    session, file = _open(options, environ)
    crypter = session.crypter(file.salt) if options.show_secrets and file.salt else None
    values = effective(session.project, file)
    texts = {key: as_text(opened(value, crypter)) for key, value in sorted(values.items())}
    if options.json:
        print(json.dumps({key: _described(values[key], text, options) for key, text in texts.items()}, indent=2))
        return OK
    names = {key.removeprefix(f"{session.project.name}:"): text for key, text in texts.items()}
    width = max(map(len, ["KEY", *names]))
    print(f"{'KEY':<{width}}  VALUE")
    for name, text in names.items():
        print(f"{name:<{width}}  {text}")
    return OK


def _described(value: Any, text: str, options: Namespace) -> dict[str, Any]:
    if is_secure(value) and not options.show_secrets:
        return {"secret": True}
    described: dict[str, Any] = {"value": text}
    if isinstance(value, dict | list) and text[:1] in "{[":
        described["objectValue"] = json.loads(text)
    return described | {"secret": is_secure(value)}


def set_(options: Namespace, environ: Mapping[str, str]) -> int:
    """Set a value, given or read from standard input; with --secret it is encrypted first."""
    session, file = _open(options, environ)
    if options.secret and options.plaintext:
        raise EngineError("only one of --secret and --plaintext may be given", CONFIGURATION)
    key, path = _key(session, options)
    text = options.value if options.value is not None else _from_input(options)
    if options.secret:
        value: Any = {"secure": session.file_crypter(file).encrypt(text)}
    else:
        value = _typed(text) if path else text
    file.config[key] = assign(file.config.get(key), path, value)
    file.write()
    return OK


def get(options: Namespace, environ: Mapping[str, str]) -> int:
    """Print one value, in clear."""
    session, file = _open(options, environ)
    key, path = _key(session, options)
    found = lookup(effective(session.project, file), (key, *path))
    if found is None:
        raise EngineError(f"configuration key '{options.key}' not found for stack '{session.stack}'")
    text = as_text(opened(found, session.crypter(file.salt) if file.salt else None))
    print(json.dumps({"value": text, "secret": is_secure(found)}, indent=2) if options.json else text)
    return OK


def rm(options: Namespace, environ: Mapping[str, str]) -> int:
    """Remove a value; one that is not there is no error."""
    session, file = _open(options, environ)
    key, path = _key(session, options)
    file.config = remove(file.config, (key, *path))
    file.write()
    return OK


def _open(options: Namespace, environ: Mapping[str, str]) -> tuple[Session, StackFile]:
    session = Session(options, environ)
    session.deployment()
    return session, session.file()


def _key(session: Session, options: Namespace) -> tuple[str, Path]:
    if not options.path:
        return session.project.full_key(options.key), ()
    namespace, colon, rest = options.key.partition(":")
    first, *path = parse(rest if colon else options.key)
    return (f"{namespace}:{first}" if colon else session.project.full_key(str(first))), tuple(path)


def _from_input(options: Namespace) -> str:
    if sys.stdin.isatty():
        if options.secret:
            import getpass

            return getpass.getpass("value: ")
        return input("value: ")
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _typed(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"0|-?[1-9]\d{0,17}", text) else text
