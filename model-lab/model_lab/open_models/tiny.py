"""Tiny random checkpoints of the real architectures: what tests run, since no weights come with the project."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from model_lab.open_models import parity
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.exporting import export
from model_lab.open_models.families import FAMILIES
from model_lab.open_models.family import Tiny
from model_lab.open_models.options import Options


def make_all(out: Path, only: Sequence[str], say: Callable[[str], None] = print) -> int:
    """Writes OUT/checkpoints/NAME, and OUT/NAME: the bundle, and diffusers' own values of it. 1 if one is too far."""
    known = {tiny.name: tiny for family in FAMILIES for tiny in family.tiny()}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise ExportError(f"--only {unknown[0]}: valid are {', '.join(known)}")
    rows: list[parity.Row] = []
    for name in only or known:
        rows += make(known[name], out / "checkpoints" / name, out / name, say)
    say(parity.table(rows))
    return int(not all(row.good for row in rows))


def make(tiny: Tiny, checkpoint: Path, bundle: Path, say: Callable[[str], None] = print) -> list[parity.Row]:
    """Makes a checkpoint, exports it in float32, and writes diffusers' values beside it."""
    checkpoint.mkdir(parents=True, exist_ok=True)
    tiny.make(checkpoint)
    options = Options(bundle, tiny.name, dtype="fp32", text="fp32")
    rows = export(Checkpoint(checkpoint), options, say, facts=tiny.facts)
    tiny.reference(checkpoint, bundle)
    size = sum(file.stat().st_size for file in bundle.iterdir() if file.name in _files(bundle))
    say(f"{tiny.name}: {size / 1e6:.2f} MB")
    return rows


def _files(bundle: Path) -> set[str]:
    entries = json.loads((bundle / "bundle.json").read_text())["files"].values()
    return {"bundle.json", *(entry["path"] for entry in entries)}
