"""Adds variants of a bundle's models in other numbers, which workers open by their provider: 8-bit integers for CPUs,
floats of 16 bits for GPUs.

    python -m model_lab.quantize ../models/pebble --to int8 --roles denoiser

Each variant is written beside the others, compared with the model on the CPU, and listed in bundle.json. Look at what
is made with it before it is shipped (`evaluate` on a copy of the bundle in which it has taken the model's place).
"""

import argparse
import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_dynamic, quantize_static
from onnxruntime.transformers.float16 import convert_float_to_float16

from model_lab.device_check import examples
from model_lab.open_models.manifest import FORMAT
from model_lab.open_models.manifest import entry as manifest_entry
from model_lab.sampler import NOTHING_KNOWN

PROVIDERS = {"int8": "cpu", "fp16": "cuda"}  # that a precision is for
ROLES = ("denoiser", "decoder", "textEncoder")
REPEATED = 4  # times that a matrix is there at least, if it is one of the blocks'
RUNS = 5


@dataclass(frozen=True)
class Options:
    """What to make; see `main`."""

    bundle: Path
    to: str
    roles: list[str]
    provider: str
    keep: list[str]
    seven: bool
    samples: Path | None
    classpath: Path | None


class VariantError(Exception):
    """What can't be made, and why."""


def folded(model: ModelProto) -> ModelProto:
    """The same model with weights as it computes with them: stored halves widened, transposed ones turned.

    A graph that stores halves has a cast after each, and quantisers see constants only.
    """
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in list(graph.node):
        values = _computed(node, constants)
        if values is not None:
            constants[node.output[0]] = numpy_helper.from_array(values, node.output[0])
            graph.node.remove(node)
    used = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    del graph.initializer[:]
    graph.initializer.extend(tensor for name, tensor in constants.items() if name in used)
    return model


def _computed(node: NodeProto, constants: dict[str, TensorProto]) -> NDArray[Any] | None:
    if node.op_type not in ("Cast", "Transpose") or node.input[0] not in constants:
        return None
    value = numpy_helper.to_array(constants[node.input[0]])
    given = {a.name: a for a in node.attribute}
    if node.op_type == "Transpose":
        return np.ascontiguousarray(value.transpose(given["perm"].ints if "perm" in given else None))
    return value.astype(np.float32) if given["to"].i == TensorProto.FLOAT else None


def repeated(model: ModelProto, keep: list[str]) -> list[str]:
    """The names of the matrices that blocks repeat, but for those whose names are to be kept.

    What embeds patches and words, modulates, and leaves, is there once: a small part of the time, and what the output
    is most sensitive to. Blocks repeat a matrix of one shape, under one name but for a number.
    """
    shapes = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    matrices = {
        node.name: (re.sub(r"\d+", "#", node.name), shapes[node.input[1]])
        for node in model.graph.node
        if node.op_type == "MatMul" and node.input[1] in shapes
    }
    times = Counter(matrices.values())
    return [
        name
        for name, kind in matrices.items()
        if times[kind] >= REPEATED and not any(re.search(pattern, name) for pattern in keep)
    ]


def int8(model: ModelProto, path: Path, names: list[str], seven: bool, external: bool) -> None:
    """Writes a model of which these matrices are 8-bit integers with a scale for each column, and activations become
    8-bit integers where they meet them, by the range that they have in that run.

    Convolutions are none of them: with ranges that are found in the run, ONNX Runtime's are several times slower than
    those for floats; see `calibrated`. `seven` takes 7 bits of weights, as processors without VNNI need it, whose sums
    of products of 8 bits saturate.
    """
    quantize_dynamic(
        model,
        path,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=seven,
        weight_type=QuantType.QInt8,
        nodes_to_quantize=names,
        use_external_data_format=external,
    )


class _Samples(CalibrationDataReader):  # type: ignore[misc]
    """Inputs of a graph, one set after the other: arrays whose first dimension counts the sets."""

    def __init__(self, path: Path) -> None:
        arrays = dict(np.load(path))
        count = min(len(array) for array in arrays.values())
        self.sets = iter([{name: array[i] for name, array in arrays.items()} for i in range(count)])

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        return next(self.sets, None)


def calibrated(model: ModelProto, path: Path, keep: list[str], seven: bool, samples: Path, external: bool) -> None:
    """Writes a model whose convolutions are of 8-bit integers, with ranges of activations that it has for samples."""
    convolutions = [node.name for node in model.graph.node if node.op_type == "Conv"]
    quantize_static(
        model,
        path,
        _Samples(samples),
        op_types_to_quantize=["Conv"],
        per_channel=True,
        reduce_range=seven,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[name for name in convolutions if any(re.search(pattern, name) for pattern in keep)],
        use_external_data_format=external,
    )


def fp16(model: ModelProto, path: Path, keep: list[str], external: bool) -> None:
    """Writes a model that computes in halves, with inputs and outputs of 32 bits; nodes to be kept compute in 32."""
    names = [node.name for node in model.graph.node if any(re.search(pattern, node.name) for pattern in keep)]
    half = convert_float_to_float16(model, keep_io_types=True, node_block_list=names)
    onnx.save_model(half, path, save_as_external_data=external, location=f"{path.name}.data")


def make(o: Options, manifest: dict[str, Any], role: str) -> None:
    """Makes the variant of a role, tells how far it is off, and lists it in the manifest."""
    entry = manifest["files"].get(role)
    if entry is None:
        raise VariantError(f"--roles: the bundle has no {role}; valid are {', '.join(manifest['files'])}")
    source = _source(o, role, entry)
    path = o.bundle / f"{Path(source.name).stem}.{o.to}.onnx"
    data = path.with_name(f"{path.name}.data")
    external = _has_external_data(source)
    model = folded(onnx.load(source))
    data.unlink(missing_ok=True)
    if o.to == "fp16":
        fp16(model, path, o.keep, external)
    elif o.samples:
        calibrated(model, path, o.keep, o.seven, o.samples, external)
    elif names := repeated(model, o.keep):
        int8(model, path, names, o.seven, external)
    else:
        raise VariantError(
            f"--roles: {role} has no matrices that blocks repeat, so nothing of it becomes int8; "
            "--samples makes convolutions int8"
        )
    listed = {"providers": [o.provider], **manifest_entry(path), "precision": o.to}
    others = [v for v in entry.get("variants", []) if v.get("path") != path.name and o.provider not in v["providers"]]
    entry["variants"] = [*others, listed]
    if data.exists():
        manifest["files"][f"{role}{o.to.capitalize()}Data"] = manifest_entry(data)
    print(f"{path.name}: {path.stat().st_size} bytes, of {source.stat().st_size}; {compared(source, path)}")


def compared(source: Path, variant: Path) -> str:
    """How far the outputs of a variant are from those of its model, for random inputs, and the seconds of both."""
    (theirs, slow), (ours, fast) = (_run(path) for path in (source, variant))
    off = max(float(np.linalg.norm(a - b) / max(float(np.linalg.norm(a)), 1e-30)) for a, b in zip(theirs, ours))
    return f"{100 * off:.2f} % off; {fast:.4f} s instead of {slow:.4f} s a run here"


def inputs(session: onnxruntime.InferenceSession) -> dict[str, NDArray[Any]]:
    """Random inputs, with nothing known of the clip."""
    given = examples.inputs(session)
    return given | {name: nothing for name, nothing in NOTHING_KNOWN.items() if name in given}


def _run(path: Path) -> tuple[list[NDArray[Any]], float]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    given, times = inputs(session), []
    for _ in range(RUNS):
        begin = time.perf_counter()
        outputs = session.run(None, given)
        times.append(time.perf_counter() - begin)
    return [np.asarray(value, np.float32) for value in outputs], sorted(times)[RUNS // 2]


def _source(o: Options, role: str, entry: dict[str, Any]) -> Path:
    if "path" in entry:
        source = o.bundle / entry["path"]
    elif o.classpath is not None:
        source = o.classpath / entry["classpath"]
    else:
        raise VariantError(f"--classpath: {role} is {entry['classpath']} on the class path; say the directory it is in")
    if not source.is_file():
        raise VariantError(f"files.{role}: {source} is missing")
    if source.suffix != ".onnx":
        raise VariantError(f"--roles: {role} is {source.name}, which is no model")
    return source


def _has_external_data(path: Path) -> bool:
    tensors = onnx.load(path, load_external_data=False).graph.initializer
    return any(tensor.data_location == TensorProto.EXTERNAL for tensor in tensors)


def main(arguments: list[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bundle", type=Path)
    options.add_argument("--to", choices=list(PROVIDERS), required=True)
    options.add_argument("--roles", nargs="+", default=list(ROLES), help=f"default: {' '.join(ROLES)}")
    options.add_argument("--provider", choices=("cpu", "cuda"), help="that opens it; cpu for int8, cuda for fp16")
    options.add_argument(
        "--keep", nargs="+", default=[], metavar="REGEX", help="names of nodes that stay 32-bit floats"
    )
    options.add_argument(
        "--seven", action="store_true", help="int8 with 7 bits of weights, for processors without VNNI as well"
    )
    options.add_argument(
        "--samples",
        type=Path,
        metavar="FILE.npz",
        help="int8 of convolutions instead of matrices: a stack of arrays for each input, by which ranges are found",
    )
    options.add_argument(
        "--classpath", type=Path, help="directory of files that the manifest takes from the class path"
    )
    given = vars(options.parse_args(arguments))
    o = Options(**given | {"provider": given["provider"] or PROVIDERS[given["to"]]})
    path = o.bundle / "bundle.json"
    try:
        manifest = json.loads(path.read_text())
        manifest["format"] = FORMAT
        for role in o.roles:
            make(o, manifest, role)
    except (OSError, VariantError) as e:
        raise SystemExit(str(e)) from e
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
