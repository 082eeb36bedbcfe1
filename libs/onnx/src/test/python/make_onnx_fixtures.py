"""Writes the few-hundred-byte ONNX models that OnnxModelTest runs. Needs: pip install onnx.

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


save("doubling", TensorProto.FLOAT, 5)
save("integers", TensorProto.INT64, 5)
