"""Tiny random checkpoints of the real architectures: what tests run, since no weights come with the project."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from safetensors.torch import load_file

from model_lab.open_models import parity
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.exporting import export
from model_lab.open_models.families import FAMILIES
from model_lab.open_models.family import Tiny
from model_lab.open_models.options import Options

SAME = 1e-5  # values, made on one machine and on another


def make_all(out: Path, only: Sequence[str], against: Path | None = None, say: Callable[[str], None] = print) -> int:
    """Writes OUT/checkpoints/NAME, and OUT/NAME: the bundle, and diffusers' own values of it. 1 if one is too far.

    `against` has bundles that were made before: 1, too, if they aren't what is made now.
    """
    known = {tiny.name: tiny for family in FAMILIES for tiny in family.tiny()}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise ExportError(f"--only {unknown[0]}: valid are {', '.join(known)}")
    rows: list[parity.Row] = []
    for name in only or known:
        rows += make(known[name], out / "checkpoints" / name, out / name, say)
    say(parity.table(rows))
    changed = [line for name in only or known if against for line in differing(out / name, against / name)]
    for line in changed:
        say(line)
    return int(bool(changed) or not all(row.good for row in rows))


def differing(made: Path, before: Path) -> list[str]:
    """What isn't the same in two directories. Values that diffusers computed may differ by the order of sums."""
    lines = []
    for name in sorted({path.name for path in (*made.iterdir(), *before.iterdir())}):
        one, other = made / name, before / name
        if not one.exists() or not other.exists():
            lines.append(f"{other}: " + ("is made no longer" if other.exists() else "is missing"))
        elif name.endswith(".safetensors"):
            lines += _values(one, other)
        elif one.read_bytes() != other.read_bytes():
            lines.append(f"{other}: is made with other bytes now")
    return lines


def _values(one: Path, other: Path) -> list[str]:
    made, before = load_file(one), load_file(other)
    if {name: value.shape for name, value in made.items()} != {name: value.shape for name, value in before.items()}:
        return [f"{other}: is made with other tensors now"]
    far = max((made[name] - before[name]).abs().max().item() for name in made)
    return [] if far <= SAME else [f"{other}: is made with other values now, {far:.1e} away"]


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
