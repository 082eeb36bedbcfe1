"""Writes a module as an ONNX file by torch.export, with its weights beside it where they are large."""

import inspect
import logging
import warnings
from pathlib import Path
from typing import Any

import onnx_ir as ir
import torch

from model_lab.open_models import storage
from model_lab.open_models.family import Graph

CONTRIB = "com.microsoft"


def write(graph: Graph, path: Path, external: int) -> list[Path]:
    """Writes `path` and, if there are more bytes of weights than `external`, `path`.data; returns what was written.

    Work-around 1: the exporter is the one on torch.export. The legacy one drops inputs that a graph doesn't use, bakes
    batch sizes in, refuses rms_norm, and wrote a decoder that was wrong everywhere without a word.
    """
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        for noisy in ("torch.onnx", "onnxscript"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        program: Any = torch.onnx.export(
            graph.module,
            tuple(graph.inputs.values()),
            dynamo=True,
            opset_version=graph.opset,
            input_names=list(graph.inputs),
            output_names=list(graph.outputs),
            dynamic_shapes=_dynamic(graph),
            verbose=False,
        )
    model = program.model
    for operation in graph.surgery:
        operation(model)
    storage.apply(model, graph.storage)
    _forget_sources(model)
    return _save(model, path, external)


def _dynamic(graph: Graph) -> tuple[Any, ...]:
    """In the structure of `forward`: what `*args` takes is a tuple of its own."""
    shapes = tuple(graph.dynamic.get(name, {}) for name in graph.inputs)
    kinds = [parameter.kind for parameter in inspect.signature(graph.module.forward).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        named = kinds.index(inspect.Parameter.VAR_POSITIONAL)
        return (*shapes[:named], shapes[named:])
    return shapes


def _save(model: ir.Model, path: Path, external: int) -> list[Path]:
    """Tensors are written one after the other; those in a data file are never in memory twice.

    Work-around 9: what has up to 1 KiB stays in the graph. With the constants of shapes outside, ONNX Runtime 1.28
    refuses the file ("Cannot parse data from external tensors").
    """
    size = sum(value.const_value.nbytes for value in model.graph.initializers.values() if value.const_value)
    if size <= external:
        ir.save(model, path)
        return [path]
    data = path.with_name(path.name + ".data")
    ir.save(model, path, external_data=data.name, size_threshold_bytes=1024)
    return [path, data]


def _forget_sources(model: ir.Model) -> None:
    """Removes what the exporter tells of Python's stack at each node: it is most of a small file, and names paths."""
    for node in model.graph.all_nodes():
        node.metadata_props.clear()
        node.doc_string = None
    for value in (*model.graph.inputs, *model.graph.outputs, *model.graph.initializers.values()):
        value.metadata_props.clear()
    model.graph.metadata_props.clear()
    model.metadata_props.clear()


def named(model: ir.Model, name: str) -> ir.Value:
    """A graph's input by its name."""
    return next(value for value in model.graph.inputs if value.name == name)


def expand_known(model: ir.Model) -> None:
    """Lets `known` and `known_mask` be [1, 1, 1, 1, 1] and [1, 1], too: zeros, nothing is known (ADR 0006).

    Work-around 7: torch.export has no dimension that is 1 or n. The graph is exported with full shapes, and gets an
    Expand to the shape of `latents` in front.
    """
    latents, known, mask = (named(model, name) for name in ("latents", "known", "known_mask"))
    shape = ir.node("Shape", [latents])
    frames = _constant("known_axes", [0, 2])
    pair = ir.node("Gather", [shape.outputs[0], frames.outputs[0]], {"axis": 0})
    nodes = [shape, frames, pair]
    for value, wanted in ((known, shape.outputs[0]), (mask, pair.outputs[0])):
        expand = ir.node("Expand", [value, wanted])
        expand.outputs[0].type, expand.outputs[0].shape = value.type, value.shape
        for user, index in tuple(value.uses()):
            user.replace_input_with(index, expand.outputs[0])
        expand.replace_input_with(0, value)
        value.shape = ir.Shape([f"{value.name}_{i}" for i in range(len(value.shape or ()))])
        nodes.append(expand)
    first = model.graph[0]
    model.graph.insert_before(first, nodes)


def _constant(name: str, values: list[int]) -> ir.Node:
    return ir.node("Constant", [], {"value": ir.tensor(values, ir.DataType.INT64, name=name)})
