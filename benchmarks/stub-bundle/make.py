"""Makes the stub bundle: graphs of a few hundred bytes that cost almost nothing, for plumbing benchmarks only.

The denoiser's velocity is the latents themselves, the decoder enlarges three channels. Needs the package onnx:

    python benchmarks/stub-bundle/make.py [DIRECTORY WITH all-minilm-l6-v2.onnx AND all-minilm-l6-v2-tokenizer.json]
"""

import hashlib
import json
import pathlib
import sys

import onnx
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).parent / "stub"
CHANNELS = 4
SPATIAL = 8
TEMPORAL = 4


def tensor(name, dtype, *shape):
    return helper.make_tensor_value_info(name, dtype, list(shape))


def save(name, nodes, inputs, outputs, initializers=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


def denoiser():
    latents = tensor("latents", TensorProto.FLOAT, "B", CHANNELS, "T", "H", "W")
    inputs = [
        latents,
        tensor("timestep", TensorProto.FLOAT, "B"),
        tensor("context", TensorProto.FLOAT, "B", "L", 384),
        tensor("context_mask", TensorProto.INT64, "B", "L"),
    ]
    prediction = tensor("prediction", TensorProto.FLOAT, "B", CHANNELS, "T", "H", "W")
    save("denoiser", [helper.make_node("Identity", ["latents"], ["prediction"])], inputs, [prediction])


def decoder():
    initializers = [
        helper.make_tensor("starts", TensorProto.INT64, [1], [0]),
        helper.make_tensor("ends", TensorProto.INT64, [1], [3]),
        helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
        helper.make_tensor("scales", TensorProto.FLOAT, [5], [1, 1, TEMPORAL, SPATIAL, SPATIAL]),
    ]
    nodes = [
        helper.make_node("Slice", ["latents", "starts", "ends", "axes"], ["rgb"]),
        helper.make_node("Resize", ["rgb", "", "scales"], ["enlarged"], mode="nearest"),
        helper.make_node("Tanh", ["enlarged"], ["frames"]),
    ]
    inputs = [tensor("latents", TensorProto.FLOAT, "B", CHANNELS, "T", "H", "W")]
    outputs = [tensor("frames", TensorProto.FLOAT, "B", 3, "F", "Y", "X")]
    save("decoder", nodes, inputs, outputs, initializers)


def entry(file, **where):
    content = file.read_bytes()
    return {**where, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def manifest(text_encoder):
    files = {role: entry(HERE / f"{role}.onnx", path=f"{role}.onnx") for role in ("denoiser", "decoder")}
    for role, name in (("textEncoder", "all-minilm-l6-v2.onnx"), ("tokenizer", "all-minilm-l6-v2-tokenizer.json")):
        files[role] = entry(text_encoder / name, classpath=name)
    return {
        "format": "galatea-bundle/1",
        "name": "stub",
        "version": "1",
        "license": "Apache-2.0",
        "description": "Costs almost nothing and shows nothing: for plumbing benchmarks only.",
        "files": files,
        "text": {"maxTokens": 32, "dim": 384},
        "latent": {
            "channels": CHANNELS,
            "spatialCompression": SPATIAL,
            "temporalCompression": TEMPORAL,
            "causalFirstFrame": False,
            "patch": 1,
            "mean": [0.0] * CHANNELS,
            "std": [1.0] * CHANNELS,
        },
        "prediction": "flow",
        "scheduler": {"name": "flow-match-euler", "shift": 1.0, "trainTimesteps": 1000},
        "defaults": {"width": 64, "height": 64, "frames": 4, "steps": 1, "guidance": 1.0, "negativePrompt": ""},
        "fps": 8,
        "limits": {
            "minWidth": 64,
            "maxWidth": 256,
            "minHeight": 64,
            "maxHeight": 256,
            "sizeMultiple": 8,
            "minFrames": 4,
            "maxFrames": 64,
            "maxSteps": 100,
            "maxGuidance": 20.0,
            "maxPromptChars": 500,
        },
        "decoding": {
            "tileLatentFrames": 8,
            "tileLatentHeight": 32,
            "tileLatentWidth": 32,
            "overlapLatentFrames": 0,
            "overlapLatentHeight": 0,
            "overlapLatentWidth": 0,
        },
    }


def main():
    HERE.mkdir(exist_ok=True)
    denoiser()
    decoder()
    text = json.dumps(manifest(pathlib.Path(sys.argv[1])), indent=2)
    (HERE / "bundle.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
