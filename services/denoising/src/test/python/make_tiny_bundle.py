"""Writes the bundle 'tiny' of the tests: two hand-written graphs of a few hundred bytes, nothing learned.

    pip install onnx
    python services/denoising/src/test/python/make_tiny_bundle.py

denoiser: prediction = latents / 2 + timestep / 1000 + mean of the context's unmasked elements
decoder:  frames = tanh of the first three channels, each latent repeated 2 times in time, 8 times in height and width
"""

import hashlib
import json
from pathlib import Path

import onnx
from onnx import TensorProto, helper

TARGET = Path(__file__).parents[1] / "resources" / "bundles" / "tiny"
CHANNELS, DIM = 4, 3


def f32(name: str, shape: list) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(name: str, nodes: list, inputs: list, outputs: list, constants: dict) -> None:
    initializers = [
        helper.make_tensor(key, dtype, [len(values)] if isinstance(values, list) else [],
                           values if isinstance(values, list) else [values])
        for key, (dtype, values) in constants.items()
    ]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, TARGET / f"{name}.onnx")


def denoiser() -> None:
    node = helper.make_node
    latents = f32("latents", ["B", CHANNELS, "T", "H", "W"])
    save(
        "denoiser",
        [
            node("Cast", ["context_mask"], ["mask"], to=TensorProto.FLOAT),
            node("Unsqueeze", ["mask", "last"], ["wide"]),
            node("Mul", ["context", "wide"], ["unmasked"]),
            node("ReduceSum", ["unmasked", "inner"], ["sum"], keepdims=0),
            node("ReduceSum", ["mask", "first"], ["tokens"], keepdims=0),
            node("Mul", ["tokens", "dim"], ["count"]),
            node("Div", ["sum", "count"], ["mean"]),
            node("Mul", ["timestep", "milli"], ["sigma"]),
            node("Add", ["mean", "sigma"], ["shift"]),
            node("Unsqueeze", ["shift", "spread"], ["everywhere"]),
            node("Mul", ["latents", "half"], ["halved"]),
            node("Add", ["halved", "everywhere"], ["prediction"]),
        ],
        [
            latents,
            f32("timestep", ["B"]),
            f32("context", ["B", "L", DIM]),
            helper.make_tensor_value_info("context_mask", TensorProto.INT64, ["B", "L"]),
        ],
        [f32("prediction", ["B", CHANNELS, "T", "H", "W"])],
        {
            "last": (TensorProto.INT64, [2]),
            "inner": (TensorProto.INT64, [1, 2]),
            "first": (TensorProto.INT64, [1]),
            "spread": (TensorProto.INT64, [1, 2, 3, 4]),
            "dim": (TensorProto.FLOAT, float(DIM)),
            "milli": (TensorProto.FLOAT, 0.001),
            "half": (TensorProto.FLOAT, 0.5),
        },
    )


def half_border(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with floats of 16 bits as its inputs and outputs."""
    graph = model.graph
    for values, inward in ((graph.input, True), (graph.output, False)):
        for value in values:
            if value.type.tensor_type.elem_type != TensorProto.FLOAT:
                continue
            wide = f"{value.name}_wide"
            for node in graph.node:
                names = node.input if inward else node.output
                for i, name in enumerate(names):
                    if name == value.name:
                        names[i] = wide
            value.type.tensor_type.elem_type = TensorProto.FLOAT16
            if inward:
                graph.node.insert(0, helper.make_node("Cast", [value.name], [wide], to=TensorProto.FLOAT))
            else:
                graph.node.append(helper.make_node("Cast", [wide], [value.name], to=TensorProto.FLOAT16))
    onnx.checker.check_model(model, full_check=True)
    return model


def decoder() -> None:
    save(
        "decoder",
        [
            helper.make_node("Slice", ["latents", "from", "to", "channels"], ["rgb"]),
            helper.make_node("Resize", ["rgb", "", "scales"], ["large"], mode="nearest"),
            helper.make_node("Tanh", ["large"], ["frames"]),
        ],
        [f32("latents", ["B", CHANNELS, "T", "H", "W"])],
        [f32("frames", ["B", 3, "F", "Y", "X"])],
        {
            "from": (TensorProto.INT64, [0]),
            "to": (TensorProto.INT64, [3]),
            "channels": (TensorProto.INT64, [1]),
            "scales": (TensorProto.FLOAT, [1.0, 1.0, 2.0, 8.0, 8.0]),
        },
    )


def entry(name: str) -> dict:
    data = (TARGET / name).read_bytes()
    return {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def absent(name: str) -> dict:
    """Roles that a manifest must have and these tests don't open."""
    return {"path": name, "sha256": hashlib.sha256(b"").hexdigest(), "bytes": 1}


TARGET.mkdir(parents=True, exist_ok=True)
denoiser()
onnx.save(half_border(onnx.load(TARGET / "denoiser.onnx")), TARGET.parent / "denoiser-f16.onnx")
decoder()
manifest = {
    "format": "galatea-bundle/1",
    "name": "tiny",
    "version": "1",
    "license": "Apache-2.0",
    "description": "For tests: arithmetic in a model's place.",
    "files": {
        "denoiser": entry("denoiser.onnx"),
        "decoder": entry("decoder.onnx"),
        "textEncoder": absent("text-encoder.onnx"),
        "tokenizer": absent("tokenizer.json"),
    },
    "text": {"maxTokens": 8, "dim": DIM},
    "latent": {
        "channels": CHANNELS,
        "spatialCompression": 8,
        "temporalCompression": 2,
        "causalFirstFrame": False,
        "patch": 1,
        "mean": [0.0] * CHANNELS,
        "std": [1.0] * CHANNELS,
    },
    "prediction": "flow",
    "scheduler": {"name": "flow-match-euler", "shift": 2.0, "trainTimesteps": 1000},
    "defaults": {
        "width": 32, "height": 24, "frames": 8, "steps": 5, "guidance": 2.0, "negativePrompt": "",
    },
    "fps": 8,
    "limits": {
        "minWidth": 8, "maxWidth": 64, "minHeight": 8, "maxHeight": 64, "sizeMultiple": 8,
        "minFrames": 2, "maxFrames": 32, "maxSteps": 1000, "maxGuidance": 20.0, "maxPromptChars": 500,
    },
    "decoding": {
        "tileLatentFrames": 2, "tileLatentHeight": 2, "tileLatentWidth": 2,
        "overlapLatentFrames": 1, "overlapLatentHeight": 1, "overlapLatentWidth": 1,
    },
}
(TARGET / "bundle.json").write_text(json.dumps(manifest, indent=2) + "\n")
