"""How a graph's matrices are stored: as they are, as halves, or as bytes with a scale per block of 32."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx_ir as ir

BLOCK = 32
_SMALLEST = 1 << 14  # elements; smaller tensors stay as they are


def apply(model: ir.Model, storage: str) -> None:
    """Changes the weights of a float32 graph in place. Each is made when it is written, so none is in memory twice.

    `fp16` halves the file; the graph goes on computing in float32, because T5's activations exceed what halves hold.
    `int8` also quarters the memory of a running graph: MatMulNBits has kernels on the CPU and on CUDA that read the
    bytes.
    """
    if storage == "int8":
        _bytes(model)
    if storage == "fp16":
        _halves(model)


def _large(value: ir.Value) -> bool:
    tensor = value.const_value
    return tensor is not None and tensor.dtype == ir.DataType.FLOAT and tensor.size >= _SMALLEST


def _halves(model: ir.Model) -> None:
    for value in list(model.graph.initializers.values()):
        if not _large(value):
            continue
        whole = value.const_value
        half = _initializer(
            model, f"{value.name}.half", ir.DataType.FLOAT16, tuple(whole.shape.numpy()), _halved(whole)
        )
        cast = ir.node("Cast", [half], {"to": int(ir.DataType.FLOAT)})
        _replace(model, value, cast)


def _halved(whole: Any) -> Callable[[], Any]:
    return lambda: ir.Tensor(whole.numpy().astype(np.float16))


def _bytes(model: ir.Model) -> None:
    for node in list(model.graph):
        if node.op_type == "MatMul":
            _matrix(model, node)
        elif node.op_type == "Gather" and node.inputs[0] is not None and _large(node.inputs[0]):
            _table(model, node)


def _matrix(model: ir.Model, node: ir.Node) -> None:
    """x · Wᵀ or x · W of a constant matrix as MatMulNBits."""
    right = node.inputs[1]
    producer = right.producer() if right is not None else None
    turned = producer is not None and producer.op_type == "Transpose"
    weight = producer.inputs[0] if turned and producer is not None else right
    if weight is None or not _large(weight) or len(weight.const_value.shape) != 2:
        return
    whole = weight.const_value
    rows, columns = (int(n) for n in (whole.shape if turned else reversed(whole.shape)))  # outputs N, inputs K
    blocks = math.ceil(columns / BLOCK)

    def scaled() -> tuple[np.ndarray, np.ndarray]:
        matrix = whole.numpy() if turned else whole.numpy().T
        matrix = np.pad(matrix, ((0, 0), (0, blocks * BLOCK - columns))).reshape(rows, blocks, BLOCK)
        return matrix, np.maximum(np.abs(matrix).max(2, keepdims=True), 1e-30) / 127

    def quantised() -> ir.Tensor:
        matrix, scale = scaled()
        return ir.Tensor((np.rint(matrix / scale) + 128).astype(np.uint8))

    def scales() -> ir.Tensor:
        return ir.Tensor(scaled()[1].reshape(-1).astype(np.float32))

    made = ir.node(
        "MatMulNBits",
        [
            node.inputs[0],
            _initializer(model, f"{weight.name}.bytes", ir.DataType.UINT8, (rows, blocks, BLOCK), quantised),
            _initializer(model, f"{weight.name}.scales", ir.DataType.FLOAT, (rows * blocks,), scales),
        ],
        {"K": columns, "N": rows, "bits": 8, "block_size": BLOCK},
        domain="com.microsoft",
    )
    model.graph.opset_imports["com.microsoft"] = 1
    _swap(model, node, made)
    if turned and producer is not None and not producer.outputs[0].uses():
        model.graph.remove(producer, safe=True)
    _drop(model, weight)


def _table(model: ir.Model, node: ir.Node) -> None:
    """Rows of a constant table as bytes with a scale per row."""
    table, ids = node.inputs
    whole = table.const_value
    rows, columns = (int(n) for n in whole.shape)

    def scale() -> np.ndarray:
        return np.maximum(np.abs(whole.numpy()).max(1, keepdims=True), 1e-30) / 127

    values = _initializer(
        model,
        f"{table.name}.bytes",
        ir.DataType.INT8,
        (rows, columns),
        lambda: ir.Tensor(np.rint(whole.numpy() / scale()).astype(np.int8)),
    )
    scales = _initializer(
        model,
        f"{table.name}.scales",
        ir.DataType.FLOAT,
        (rows, 1),
        lambda: ir.Tensor(scale().astype(np.float32)),
    )
    picked, factors = ir.node("Gather", [values, ids]), ir.node("Gather", [scales, ids])
    cast = ir.node("Cast", [picked.outputs[0]], {"to": int(ir.DataType.FLOAT)})
    made = ir.node("Mul", [cast.outputs[0], factors.outputs[0]])
    model.graph.insert_before(node, [picked, factors, cast])
    _swap(model, node, made)
    _drop(model, table)


def _initializer(
    model: ir.Model, name: str, dtype: ir.DataType, shape: tuple[int, ...], make: Callable[[], Any]
) -> ir.Value:
    value = ir.Value(name=name, shape=ir.Shape(shape), type=ir.TensorType(dtype))
    value.const_value = ir.LazyTensor(make, dtype=dtype, shape=ir.Shape(shape), name=name, cache=False)
    model.graph.register_initializer(value)
    return value


def _replace(model: ir.Model, value: ir.Value, node: ir.Node) -> None:
    out = node.outputs[0]
    out.type, out.shape, name = value.type, value.shape, value.name
    for user, index in tuple(value.uses()):
        user.replace_input_with(index, out)
    model.graph.insert_before(model.graph[0], [node])
    _drop(model, value)
    out.name = name


def _swap(model: ir.Model, old: ir.Node, new: ir.Node) -> None:
    """Puts a node in another one's place."""
    was, now = old.outputs[0], new.outputs[0]
    now.type, now.shape = was.type, was.shape
    model.graph.insert_before(old, [new])
    for user, index in tuple(was.uses()):
        user.replace_input_with(index, now)
    model.graph.remove(old, safe=True)


def _drop(model: ir.Model, value: ir.Value) -> None:
    if not value.uses() and value.name in model.graph.initializers:
        del model.graph.initializers[value.name]
