"""From a checkpoint to a bundle: part by part, so that one component's weights are in memory at a time."""

import gc
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from model_lab.open_models import graph, manifest, memory, parity, preview
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.families import family_of
from model_lab.open_models.family import Check, Family, Part
from model_lab.open_models.options import Options

FILES = {
    "denoiser": "denoiser.onnx",
    "denoiserLowNoise": "denoiser-low-noise.onnx",
    "decoder": "decoder.onnx",
    "encoder": "encoder.onnx",
    "textEncoder": "text-encoder.onnx",
    "imageEncoder": "image-encoder.onnx",
}


_STAGING = ".export"  # inside the bundle's directory, so that files are moved and not copied


def export(
    checkpoint: Checkpoint,
    options: Options,
    say: Callable[[str], None] = print,
    facts: Mapping[str, Any] | None = None,
) -> list[parity.Row]:
    """Writes a bundle and returns how far its graphs are from diffusers; `facts` replace fields of the manifest.

    Files come into the bundle's directory when all are written: an export that ends early leaves what was there.
    """
    family = family_of(checkpoint)
    manifest.checked(options.name)
    facts = _checked(family, checkpoint, options) | dict(facts or {})
    say(f"{checkpoint.pipeline} in {checkpoint.directory}: {checkpoint.parameters}")
    with _staging(options.out) as staging:
        rows = _exported(family, checkpoint, replace(options, out=staging), facts, say)
        _publish(staging, options.out)
    say(f"{options.out}: bundle {options.name} is complete")
    return rows


def _checked(family: Family, checkpoint: Checkpoint, options: Options) -> dict[str, Any]:
    """What the manifest says, of a checkpoint that was looked at before anything is loaded."""
    try:
        facts = family.manifest(checkpoint, options)
        checkpoint.check(family.needed(checkpoint), optional="transformer_2")
        family.check(checkpoint)
        return facts
    except (TypeError, ValueError, LookupError, AttributeError) as e:  # a setting of another kind than diffusers writes
        raise ExportError(f"{checkpoint.directory}: its configuration can't be read: {type(e).__name__}: {e}") from e


def _exported(
    family: Family, checkpoint: Checkpoint, options: Options, facts: dict[str, Any], say: Callable[[str], None]
) -> list[parity.Row]:
    files: dict[str, Path] = {}
    rows: list[parity.Row] = []
    for part in family.parts(checkpoint, options):
        memory.reset()
        begun = time.monotonic()
        written, checks = _write(part, options)
        files[part.role] = written[0]
        if len(written) > 1:
            files[f"{part.role}Data"] = written[1]
        gc.collect()
        size = sum(path.stat().st_size for path in written)
        say(
            f"{part.role}: {size / 1e6:,.1f} MB written in {time.monotonic() - begun:,.0f} s, "
            f"peak memory {memory.peak() / 1e9:.2f} GB"
        )
        rows += _compared(part, checks, written[0], options, say)
    facts |= _preview(family, checkpoint, say)
    files["tokenizer"] = options.out / "tokenizer.json"
    files["tokenizer"].write_bytes(family.tokenizer(checkpoint))
    manifest.write(options.out, options.name, files, facts)
    return rows


def _preview(family: Family, checkpoint: Checkpoint, say: Callable[[str], None]) -> dict[str, Any]:
    """The manifest's field, where a linear map of the latents shows something."""
    autoencoder = family.autoencoder(checkpoint)
    if autoencoder is None:
        return {}
    fitted = preview.fit(autoencoder)
    said = f"preview: a linear map explains {fitted.explained:.0%} of the colours of fields that it hasn't seen"
    if fitted.explained < preview.EXPLAINED:
        say(f"{said}, below {preview.EXPLAINED:.0%}: previews are painted by the decoder")
        return {}
    say(said)
    return {"preview": fitted.manifest()}


@contextmanager
def _staging(directory: Path) -> Iterator[Path]:
    """A directory inside a bundle's own for what is written. It is gone afterwards, and so is one that is made here."""
    if (directory / "model_index.json").exists():
        raise ExportError(f"--out {directory}: has a checkpoint; valid is a directory of its own")
    new, staging = not directory.exists(), directory / _STAGING
    try:
        shutil.rmtree(staging, ignore_errors=True)  # of an export that was killed
        staging.mkdir(parents=True)
    except OSError as e:
        raise ExportError(f"--out {directory}: can't be made: {e.strerror}") from None
    try:
        yield staging
    except OSError as e:
        raise ExportError(f"{e.filename or directory}: {e.strerror or e}") from e
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if new and not any(directory.iterdir()):
            directory.rmdir()


def _publish(staging: Path, directory: Path) -> None:
    """Moves a bundle into its directory, in the place of one that is there; the manifest goes first and comes last."""
    for name in ("bundle.json", "tokenizer.json", *FILES.values(), *(f"{file}.data" for file in FILES.values())):
        (directory / name).unlink(missing_ok=True)
    for path in sorted(staging.iterdir(), key=lambda path: path.name == "bundle.json"):
        path.replace(directory / path.name)


def compare(checkpoint: Checkpoint, options: Options, say: Callable[[str], None] = print) -> list[parity.Row]:
    """Compares a bundle that was exported before with a checkpoint."""
    family = family_of(checkpoint)
    _checked(family, checkpoint, options)
    rows: list[parity.Row] = []
    for part in family.parts(checkpoint, options):
        if not (options.out / FILES[part.role]).exists():
            raise ExportError(f"{options.out}: has no {part.role}, which {checkpoint.directory} has")
        checks = part.build().checks
        gc.collect()
        rows += _compared(part, checks, options.out / FILES[part.role], options, say)
    return rows


def _write(part: Part, options: Options) -> tuple[list[Path], tuple[Check, ...]]:
    """Loads, exports and forgets a part; of it only the expected values of its checks stay."""
    if part.role not in FILES:
        raise ExportError(f"part {part.role}: no such role; valid are {', '.join(FILES)}")
    try:
        built = part.build()
        return graph.write(built.graph, options.out / FILES[part.role], options.external), built.checks
    except (ExportError, OSError, MemoryError):
        raise
    except Exception as e:  # a combination of settings that diffusers' class or the exporter can't do
        reason = next((line for line in str(e).splitlines() if line.strip()), "")
        raise ExportError(f"{part.role} can't be exported: {type(e).__name__}: {reason.strip()}") from e


def _compared(
    part: Part, checks: tuple[Check, ...], path: Path, options: Options, say: Callable[[str], None]
) -> list[parity.Row]:
    memory.reset()
    if part.role.startswith("denoiser") and options.dtype == "bf16":
        return parity.unmeasured(part.role, checks, "not run: the CPU has no bfloat16 kernels")
    rows = parity.rows(part.role, checks, parity.opened(path, optimised=options.dtype == "fp32"))
    gc.collect()
    say(f"{part.role}: compared with diffusers, peak memory {memory.peak() / 1e9:.2f} GB")
    return rows
