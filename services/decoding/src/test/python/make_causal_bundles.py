"""Writes src/test/resources/bundles/causal and causal-noisy: bundles of the decoder that make_causal_fixtures.py makes.

They differ in that one's decoder takes noise out (`decoding.noise`) of latents that are not of unit variance. Only the
decoder is real; the other roles are placeholders that the decoding service never opens.
Usage: make_causal_bundles.py
"""

import hashlib
import json
import pathlib

RESOURCES = pathlib.Path(__file__).parent.parent / "resources"


def entry(path):
    data = path.read_bytes()
    return {"path": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def bundle(name, noise):
    directory = RESOURCES / "bundles" / name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "decoder.onnx").write_bytes((RESOURCES / "causal" / "decoder.onnx").read_bytes())
    (directory / "placeholder").write_text("placeholder of the decoding service\n")
    placeholder = entry(directory / "placeholder")
    manifest = {
        "format": "galatea-bundle/2",
        "name": name,
        "version": "1",
        "license": "Apache-2.0",
        "description": "Fixture of the decoding service's tests; its decoder carries a state.",
        "files": {
            "denoiser": placeholder,
            "decoder": entry(directory / "decoder.onnx"),
            "textEncoder": placeholder,
            "tokenizer": placeholder,
        },
        "text": {"maxTokens": 32, "dim": 384},
        "latent": {
            "channels": 4,
            "spatialCompression": 2,
            "temporalCompression": 4,
            "causalFirstFrame": True,
            "patch": 1,
            "mean": [0.5, -0.25, 0, 1],
            "std": [1, 2, 0.5, 1.5],
        },
        "prediction": "flow",
        "scheduler": {"name": "flow-match-euler", "shift": 1, "trainTimesteps": 1000},
        "defaults": {"width": 32, "height": 24, "frames": 17, "steps": 4, "guidance": 1, "negativePrompt": ""},
        "fps": 8,
        "limits": {
            "minWidth": 16,
            "maxWidth": 256,
            "minHeight": 16,
            "maxHeight": 256,
            "sizeMultiple": 4,
            "minFrames": 1,
            "maxFrames": 65,
            "maxSteps": 100,
            "maxGuidance": 20,
            "maxPromptChars": 1000,
        },
        "decoding": {
            "tileLatentFrames": 4,
            "tileLatentHeight": 8,
            "tileLatentWidth": 8,
            "overlapLatentFrames": 1,
            "overlapLatentHeight": 2,
            "overlapLatentWidth": 2,
            "chunkLatentFrames": 2,
            **({} if noise is None else {"noise": noise}),
        },
    }
    (directory / "bundle.json").write_text(json.dumps(manifest, indent=2) + "\n")


bundle("causal", None)
bundle("causal-noisy", 0.4)
