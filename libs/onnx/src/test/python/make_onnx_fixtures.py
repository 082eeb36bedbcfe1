"""Writes the few-hundred-byte ONNX models that OnnxModelTest and CarriedStateTest run. Needs: pip install onnx.

    python libs/onnx/src/test/python/make_onnx_fixtures.py
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

TARGET = Path(__file__).parents[1] / "resources" / "onnx"


def save(name: str, dtype: int, rank: int) -> None:
    """A model in the decoder's place: frames = latents + latents, along any shape."""
    shape = [f"d{i}" for i in range(rank)]
    graph = helper.make_graph(
        [helper.make_node("Add", ["latents", "latents"], ["frames"])],
        name,
        [helper.make_tensor_value_info("latents", dtype, shape)],
        [helper.make_tensor_value_info("frames", dtype, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, TARGET / f"{name}.onnx")


def save_carrying(name: str, sizes: list[str], frames: int | None, following: bool) -> None:
    """A decoder that adds up its last frames: a state f32 [B,1,frames,*sizes], with or without what follows on it."""
    clip = ["B", 1, "T", "H", "W"]
    state = ["B", 1, frames, *sizes]
    nodes = [helper.make_node("Concat", ["state.0", "latents"], ["all"], axis=2),
             helper.make_node("ReduceSum", ["all", "time_axis"], ["frames"], keepdims=1)]
    outputs = [helper.make_tensor_value_info("frames", TensorProto.FLOAT, ["B", 1, 1, "H", "W"])]
    if following:
        nodes.append(helper.make_node("Identity", ["frames"], ["next.0"]))
        outputs.append(helper.make_tensor_value_info("next.0", TensorProto.FLOAT, state))
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("latents", TensorProto.FLOAT, clip),
         helper.make_tensor_value_info("first", TensorProto.INT64, [1]),
         helper.make_tensor_value_info("state.0", TensorProto.FLOAT, state)],
        outputs,
        [helper.make_tensor("time_axis", TensorProto.INT64, [1], [2])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, TARGET / f"{name}.onnx")


def save_half(name: str, dtype: int) -> None:
    """The same with floats of 16 bits at its border and 32 bits within."""
    shape = [f"d{i}" for i in range(5)]
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["latents"], ["wide"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["wide", "wide"], ["sum"]),
            helper.make_node("Cast", ["sum"], ["frames"], to=dtype),
        ],
        name,
        [helper.make_tensor_value_info("latents", dtype, shape)],
        [helper.make_tensor_value_info("frames", dtype, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, TARGET / f"{name}.onnx")


save("doubling", TensorProto.FLOAT, 5)
save_half("doubling-f16", TensorProto.FLOAT16)
save_half("doubling-bf16", TensorProto.BFLOAT16)
save("adding-in-bf16", TensorProto.BFLOAT16, 5)
save("integers", TensorProto.INT64, 5)
save_carrying("adding-up", ["H", "W"], 1, following=True)
save_carrying("state-without-next", ["H", "W"], 1, following=False)
save_carrying("state-of-another-size", ["H2", "W"], 1, following=True)
save_carrying("state-of-any-length", ["H", "W"], None, following=True)
