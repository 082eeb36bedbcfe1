"""The bundle's manifest: what the family says, and every file with its length and digest."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model_lab.open_models.errors import ExportError

FORMAT = "galatea-bundle/2"
NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}$")


def digest(path: Path) -> str:
    """A file's SHA-256, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def entry(path: Path) -> dict[str, Any]:
    """A file as the manifest names it."""
    return {"path": path.name, "sha256": digest(path), "bytes": path.stat().st_size}


def checked(name: str) -> str:
    """A bundle's name, if it can be one."""
    if not NAME.match(name):
        raise ExportError(f"--name {name}: valid are lower-case letters, digits, '.', '_' and '-', up to 64")
    return name


def floor(size: int, multiple: int) -> int:
    """The largest multiple that isn't above a size, but at least one."""
    return max(size // multiple, 1) * multiple


def write(directory: Path, name: str, files: Mapping[str, Path], facts: Mapping[str, Any]) -> Path:
    """Writes bundle.json last, so that a directory with one is whole."""
    path = directory / "bundle.json"
    entries = {role: entry(file) for role, file in files.items()}
    path.write_text(json.dumps({"format": FORMAT, "name": name, **facts, "files": entries}, indent=2) + "\n")
    return path
