"""Writes `bundle.json`: the manifest that the Java side verifies before it opens a graph."""

import hashlib
import json
from pathlib import Path
from typing import Any

from model_lab.autoencoder import TEMPORAL
from model_lab.sampler import DPM, EULER, TRAINED
from model_lab.world.scene import FPS

DESCRIPTION = (
    "A very small text-to-video model, trained from scratch on procedurally drawn storybook clips: "
    "coloured things that move, alone or in twos, in eight places."
)
LIMITS = {
    "minWidth": 128,
    "maxWidth": 256,
    "minHeight": 128,
    "maxHeight": 144,
    "sizeMultiple": 16,
    "minFrames": 48,
    "maxFrames": 192,
    "maxSteps": 100,
    "maxGuidance": 20.0,
    "maxPromptChars": 500,
}
GRID = 128  # pixels each way of the default clip as the denoiser and the decoder see it
SHOWN = 4  # times as many each way of what is delivered, by a bundle with an upscaler
DEFAULTS = {"frames": 96, "steps": 12, "guidance": 5.0, "negativePrompt": ""}
TILES = {
    "tileLatentFrames": 12,
    "tileLatentHeight": 24,
    "tileLatentWidth": 16,
    "overlapLatentFrames": 4,
    "overlapLatentHeight": 8,
    "overlapLatentWidth": 8,
}
FLOW = {"shift": 6.0, "trainTimesteps": TRAINED}
GUIDED = {"lowest": 0.5, "highest": 1.0}
REFERENCES = ["first_frame", "last_frame", "video", "extension"]


def student(steps: int) -> dict[str, Any]:
    """What the manifest of a student says otherwise, see `distill`: it goes the steps that it was taught, on the prompt
    alone. It was never told a part of a clip, so it makes clips of text only.
    """
    return {
        "name": "pebble-turbo",
        "description": f"pebble distilled: {steps} steps without guidance, a third of the time; clips of text only.",
        "scheduler": {"name": EULER} | FLOW | {"sigmas": [1 - i / steps for i in range(steps)]},
        "otherSchedulers": [],
        "guidanceInterval": {"lowest": 0.0, "highest": 1.0},
        "limits": LIMITS | {"maxSteps": steps, "maxGuidance": 1.0},
        "references": [],
    }


def facts(minilm: str, version: str) -> dict[str, Any]:
    """What a manifest says besides the graphs: the text encoder's files and the version."""
    return {
        "version": version,
        "textEncoder": _entry(Path(minilm) / "all-minilm-l6-v2.onnx", "classpath"),
        "tokenizer": _entry(Path(minilm) / "all-minilm-l6-v2-tokenizer.json", "classpath"),
    }


def write(directory: Path, mean: list[float], std: list[float], given: dict[str, Any]) -> None:
    steps = given.get("steps")
    roles = ["denoiser", "decoder", "encoder", *sorted(path.stem for path in directory.glob("upscalerX*.onnx"))]
    if steps:
        roles.remove("encoder")
        (directory / "encoder.onnx").unlink()
    graphs = {role: _entry(directory / f"{role}.onnx", "path") for role in roles}
    side = GRID * SHOWN if "upscalerX4" in graphs else GRID
    manifest = {
        "format": "galatea-bundle/2",
        "name": "pebble",
        "version": given["version"],
        "license": "Apache-2.0",
        "description": DESCRIPTION,
        "files": graphs | {role: given[role] for role in ("textEncoder", "tokenizer")},
        "text": {"maxTokens": 32, "dim": 384},
        "latent": {
            "channels": 16,
            "spatialCompression": 8,
            "temporalCompression": TEMPORAL,
            "causalFirstFrame": False,
            "patch": 2,
            "mean": _rounded(mean),
            "std": _rounded(std),
        },
        "prediction": "flow",
        "scheduler": {"name": DPM} | FLOW,
        "otherSchedulers": [{"name": name} | FLOW for name in (EULER, "unipc-flow")],
        "guidanceInterval": GUIDED,
        "defaults": {"width": side, "height": side, **DEFAULTS},
        "fps": FPS,
        "limits": LIMITS,
        "decoding": TILES,
        "references": REFERENCES,
    }
    if steps:
        manifest |= student(steps)
        manifest["defaults"] |= {"steps": steps, "guidance": 1.0}
    (directory / "bundle.json").write_text(json.dumps(manifest, indent=2) + "\n")


def grid(manifest: dict[str, Any], height: int, width: int) -> tuple[int, int]:
    """Height and width at which the denoiser and the decoder work for a clip of a size: that of the least scale of an
    upscaler, or 1, whose size is within the limits.
    """
    limits = manifest["limits"]
    scales = [1, *(int(role.removeprefix("upscalerX")) for role in manifest["files"] if role.startswith("upscalerX"))]
    for scale in sorted(scales):
        if height <= limits["maxHeight"] * scale and width <= limits["maxWidth"] * scale:
            return height // scale, width // scale
    raise ValueError(f"{width}x{height} is larger than what the bundle can draw")


def _entry(path: Path, kind: str) -> dict[str, str | int]:
    data = Path(path).read_bytes()
    return {kind: Path(path).name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _rounded(values: list[float]) -> list[float]:
    return [round(float(v), 5) for v in values]
