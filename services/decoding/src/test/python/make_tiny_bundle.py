"""Writes src/test/resources/bundles/tiny: a bundle whose decoder repeats its first three channels, without weights, and
whose upscaler repeats pixels.

Only these two are real; the other roles are placeholders that the decoding service never opens.
Usage: make_tiny_bundle.py (needs the package onnx).
"""

import hashlib
import json
import pathlib

import onnx
from onnx import TensorProto, helper

SPATIAL, TEMPORAL, CHANNELS = 4, 2, 4
TARGET = pathlib.Path(__file__).parent.parent / "resources" / "bundles" / "tiny"


def decoder():
    """latents [B,4,T,H,W] → their first three channels, repeated 2 times in time and 4 times in space."""
    constants = [
        helper.make_tensor("start", TensorProto.INT64, [1], [0]),
        helper.make_tensor("end", TensorProto.INT64, [1], [3]),
        helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
        helper.make_tensor("scales", TensorProto.FLOAT, [5], [1, 1, TEMPORAL, SPATIAL, SPATIAL]),
    ]
    nodes = [
        helper.make_node("Slice", ["latents", "start", "end", "axis"], ["rgb"]),
        helper.make_node("Resize", ["rgb", "", "scales"], ["large"], mode="nearest",
                         coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        helper.make_node("Tanh", ["large"], ["frames"]),
    ]
    graph = helper.make_graph(
        nodes, "decoder",
        [helper.make_tensor_value_info("latents", TensorProto.FLOAT, ["B", CHANNELS, "T", "H", "W"])],
        [helper.make_tensor_value_info("frames", TensorProto.FLOAT, ["B", 3, "F", "HP", "WP"])],
        constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def upscaler():
    """pictures [N,3,H,W] → the same, repeated 2 times in space."""
    constants = [helper.make_tensor("scales", TensorProto.FLOAT, [4], [1, 1, 2, 2])]
    nodes = [
        helper.make_node("Resize", ["pictures", "", "scales"], ["upscaled"], mode="nearest",
                         coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    ]
    graph = helper.make_graph(
        nodes, "upscaler",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["N", 3, "H", "W"])],
        [helper.make_tensor_value_info("upscaled", TensorProto.FLOAT, ["N", 3, "HP", "WP"])],
        constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    contents = {"decoder.onnx": decoder(), "upscaler.onnx": upscaler(), "placeholder": b"not opened by the decoding service\n"}
    for name, content in contents.items():
        (TARGET / name).write_bytes(content)

    def entry(name):
        return {"path": name, "sha256": hashlib.sha256(contents[name]).hexdigest(), "bytes": len(contents[name])}

    manifest = {
        "format": "galatea-bundle/2",
        "name": "tiny",
        "version": "1",
        "license": "Apache-2.0",
        "description": "Fixture of the decoding service's tests; draws its latents.",
        "files": {"denoiser": entry("placeholder"), "decoder": entry("decoder.onnx"),
                  "upscalerX2": entry("upscaler.onnx"),
                  "textEncoder": entry("placeholder"), "tokenizer": entry("placeholder")},
        "text": {"maxTokens": 32, "dim": 384},
        "latent": {"channels": CHANNELS, "spatialCompression": SPATIAL, "temporalCompression": TEMPORAL,
                   "causalFirstFrame": False, "patch": 1, "mean": [0] * CHANNELS, "std": [1] * CHANNELS},
        "prediction": "flow",
        "scheduler": {"name": "flow-match-euler", "shift": 1, "trainTimesteps": 1000},
        "defaults": {"width": 64, "height": 48, "frames": 16, "steps": 4, "guidance": 1, "negativePrompt": ""},
        "fps": 8,
        "limits": {"minWidth": 16, "maxWidth": 256, "minHeight": 16, "maxHeight": 256, "sizeMultiple": 4,
                   "minFrames": 2, "maxFrames": 64, "maxSteps": 100, "maxGuidance": 20, "maxPromptChars": 1000},
        "decoding": {"tileLatentFrames": 4, "tileLatentHeight": 8, "tileLatentWidth": 8,
                     "overlapLatentFrames": 1, "overlapLatentHeight": 2, "overlapLatentWidth": 2},
    }
    (TARGET / "bundle.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
