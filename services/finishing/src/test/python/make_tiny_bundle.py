"""Writes src/test/resources/bundles/tiny: a bundle without weights, whose upscalers repeat pixels 2 and 3 times and whose
interpolator fades from one picture to the other.

Only these are real; the other roles are placeholders that the finishing service never opens.
Usage: make_tiny_bundle.py (needs the package onnx).
"""

import hashlib
import json
import pathlib

import onnx
from onnx import TensorProto, helper

CHANNELS = 4
TARGET = pathlib.Path(__file__).parent.parent / "resources" / "bundles" / "tiny"


def serialized(graph):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def pictures(name, height="H", width="W"):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3, height, width])


def upscaler(scale):
    """pictures [N,3,H,W] → the same, repeated in space."""
    node = helper.make_node("Resize", ["pictures", "", "scales"], ["upscaled"], mode="nearest",
                            coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    scales = helper.make_tensor("scales", TensorProto.FLOAT, [4], [1, 1, scale, scale])
    return serialized(helper.make_graph([node], "upscaler", [pictures("pictures")], [pictures("upscaled", "HP", "WP")],
                                        [scales]))


def interpolator():
    """first, second [N,3,H,W], time [N] → first + time · (second − first)."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [4], [-1, 1, 1, 1])
    nodes = [
        helper.make_node("Reshape", ["time", "shape"], ["share"]),
        helper.make_node("Sub", ["second", "first"], ["change"]),
        helper.make_node("Mul", ["change", "share"], ["part"]),
        helper.make_node("Add", ["first", "part"], ["frame"]),
    ]
    time = helper.make_tensor_value_info("time", TensorProto.FLOAT, ["N"])
    return serialized(helper.make_graph(nodes, "interpolator", [pictures("first"), pictures("second"), time],
                                        [pictures("frame")], [shape]))


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    contents = {"upscaler2.onnx": upscaler(2), "upscaler3.onnx": upscaler(3), "interpolator.onnx": interpolator(),
                "placeholder": b"not opened by the finishing service\n"}
    for name, content in contents.items():
        (TARGET / name).write_bytes(content)

    def entry(name):
        return {"path": name, "sha256": hashlib.sha256(contents[name]).hexdigest(), "bytes": len(contents[name])}

    manifest = {
        "format": "galatea-bundle/2",
        "name": "tiny",
        "version": "1",
        "license": "Apache-2.0",
        "description": "Fixture of the finishing service's tests.",
        "files": {"denoiser": entry("placeholder"), "decoder": entry("placeholder"),
                  "upscalerX2": entry("upscaler2.onnx"), "upscalerX3": entry("upscaler3.onnx"),
                  "interpolator": entry("interpolator.onnx"),
                  "textEncoder": entry("placeholder"), "tokenizer": entry("placeholder")},
        "text": {"maxTokens": 32, "dim": 384},
        "latent": {"channels": CHANNELS, "spatialCompression": 4, "temporalCompression": 2,
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
