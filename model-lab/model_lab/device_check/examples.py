"""Inputs for any graph of a bundle, from the names and shapes that it declares."""

import ast
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

# Dimensions by their names in exported graphs; even, because transformers take patches of two.
SIZES = {"B": 2, "T": 3, "H": 4, "W": 4, "L": 9, "k": 1, "h": 1, "w": 2}
_OTHERS = 2
_OPERATORS: dict[type, Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


def size(dimension: int | str | None, sizes: Mapping[str, int] = SIZES) -> int:
    """A dimension's length: a number, a name, or a sum or product of them such as `8*k + 1`."""
    if isinstance(dimension, int):
        return dimension
    if not dimension:
        return _OTHERS
    if dimension.startswith("known"):
        return 1  # nothing is known of the clip
    return _value(ast.parse(dimension, mode="eval").body, sizes)


def _value(node: ast.AST, sizes: Mapping[str, int]) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        return sizes.get(node.id, _OTHERS)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return int(_OPERATORS[type(node.op)](_value(node.left, sizes), _value(node.right, sizes)))
    raise ValueError(f"dimension {ast.unparse(node)!r}: valid are numbers, names, sums and products of them")


def inputs(session: Any, seed: int = 1) -> dict[str, np.ndarray]:
    """Inputs for an ONNX Runtime session, the same for the same graph and seed."""
    random = np.random.default_rng(seed)
    return {
        given.name: _input(given.name, [size(d) for d in given.shape], given.type, random)
        for given in session.get_inputs()
    }


def _input(name: str, shape: list[int], kind: str, random: np.random.Generator) -> np.ndarray:
    if name.startswith("known"):
        return np.zeros(shape, np.int64 if kind == "tensor(int64)" else np.float32)
    if kind == "tensor(int64)":
        return random.integers(3, 20, shape) if name == "input_ids" else np.ones(shape, np.int64)
    values = random.standard_normal(shape).astype(np.float32)
    return np.abs(values) * 100 + 100 if name == "timestep" else values
