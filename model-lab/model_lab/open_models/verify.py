"""Checks a bundle: digests, that ONNX Runtime opens its graphs, and that no denoiser builds an N×N matrix."""

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import onnx

from model_lab.open_models import manifest, parity
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError

REQUIRED = ("denoiser", "decoder", "textEncoder", "tokenizer")


def verify(bundle: Path, source: Checkpoint | None = None, say: Callable[[str], None] = print) -> int:
    """Returns the number of problems, at most 1 as an exit status; each is said in a line."""
    problems = list(_problems(bundle, say))
    for problem in problems:
        say(f"{bundle}: {problem}")
    if not problems and source is not None:
        problems += _differing(bundle, source, say)
    say(f"{bundle}: " + ("ok" if not problems else f"{len(problems)} problems"))
    return int(bool(problems))


def _problems(bundle: Path, say: Callable[[str], None]) -> Iterator[str]:
    files = _with_variants(_manifest(bundle)["files"])
    whole = True
    for role, entry in files.items():
        for problem in _altered(bundle, role, entry):
            whole = False
            yield problem
    for role, entry in files.items() if whole else ():
        if "path" in entry and entry["path"].endswith(".onnx"):
            path = bundle / entry["path"]
            if role.startswith("denoiser"):
                yield from (f"{role}: {problem}" for problem in quadratic(path))
            problems = [f"{role}: {problem}" for problem in _unopened(path)]
            yield from problems
            if not problems:
                say(f"{role}: " + ("not opened, the CPU has no bfloat16 kernels" if _is_bf16(path) else "opened"))


def _manifest(bundle: Path) -> dict[str, Any]:
    path = bundle / "bundle.json"
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise ExportError(f"{path} is missing; a bundle has one") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as e:
        raise ExportError(f"{path} is not JSON: {e}") from None
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict):
        raise ExportError(f"{path}: files is missing; a bundle's manifest names its files by their roles")
    for role in REQUIRED:
        if role not in files:
            raise ExportError(f"{path}: files.{role} is missing; required are {', '.join(REQUIRED)}")
    for role, entry in _with_variants(files).items():
        _check_entry(path, f"files.{role}", entry)
    return dict(found)


def _with_variants(files: dict[str, Any]) -> dict[str, Any]:
    """The entries of all files by their roles, and of variants by their places: `denoiser.variants[0]`."""
    found = dict(files)
    for role, entry in files.items():
        variants = entry.get("variants", []) if isinstance(entry, dict) else []
        found |= {f"{role}.variants[{i}]": variant for i, variant in enumerate(variants)}
    return found


def _check_entry(path: Path, field: str, entry: Any) -> None:
    """An entry has the path of a file inside the bundle (or of a resource of the services), its length and digest."""
    wanted = {"sha256": str, "bytes": int} | ({"path": str} if "classpath" not in (entry or ()) else {})
    for name, kind in wanted.items():
        value = entry.get(name) if isinstance(entry, dict) else None
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ExportError(f"{path}: {field}.{name} is {value!r}; valid is a {kind.__name__}")
    inside = Path(entry.get("path", "x"))
    if inside.is_absolute() or ".." in inside.parts:
        raise ExportError(f"{path}: {field}.path is {str(inside)!r}; valid are files inside the bundle")


def _altered(bundle: Path, role: str, entry: dict[str, Any]) -> Iterator[str]:
    if "path" not in entry:
        return
    path = bundle / entry["path"]
    if not path.is_file():
        yield f"files.{role}: {path.name} is missing"
    elif path.stat().st_size != entry["bytes"]:
        yield f"files.{role}: {path.name} has {path.stat().st_size} bytes; bundle.json says {entry['bytes']}"
    elif manifest.digest(path) != entry["sha256"]:
        yield f"files.{role}: {path.name} has another SHA-256 than bundle.json says"


def _is_bf16(path: Path) -> bool:
    return onnx.TensorProto.BFLOAT16 in _kinds(path)


def _unopened(path: Path) -> Iterator[str]:
    try:
        if _is_bf16(path):
            return
        parity.opened(path)
    except Exception as e:  # ONNX Runtime has many
        yield f"{path.name} can't be opened: {e}"
    gc.collect()


def quadratic(path: Path) -> list[str]:
    """The nodes of a graph that build a matrix of all tokens by all tokens."""
    graph = onnx.load(path, load_external_data=False).graph
    made = {output: node for node in graph.node for output in node.output}
    found = [
        f"node {node.name or node.output[0]}: Attention builds an N×N matrix on the CPU; valid is "
        "com.microsoft.MultiHeadAttention"
        for node in graph.node
        if node.op_type == "Attention" and node.domain in ("", "ai.onnx")
    ]
    constants = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[0] not in constants and _weighted(node.input[0], made, constants):
            found.append(
                f"node {node.name or node.output[0]}: MatMul, Softmax, MatMul build an N×N matrix; valid is "
                "com.microsoft.MultiHeadAttention"
            )
    return found


def _weighted(name: str, made: dict[str, Any], constants: set[str], depth: int = 4) -> bool:
    """True if a value is a softmax of a product of two computed matrices, some element-wise nodes in between."""
    node = made.get(name)
    if node is None or depth == 0:
        return False
    if node.op_type == "Softmax":
        return _product(node.input[0], made, constants)
    passing = ("Cast", "Reshape", "Dropout", "IsNaN", "Where", "Mul")
    return node.op_type in passing and any(_weighted(i, made, constants, depth - 1) for i in node.input)


def _product(name: str, made: dict[str, Any], constants: set[str], depth: int = 6) -> bool:
    node = made.get(name)
    if node is None or depth == 0:
        return False
    if node.op_type in ("MatMul", "Einsum", "FusedMatMul"):
        return not any(i in constants for i in node.input)
    passing = ("Cast", "Reshape", "Mul", "Div", "Add", "Sub", "Where")
    return node.op_type in passing and any(_product(i, made, constants, depth - 1) for i in node.input)


def _differing(bundle: Path, source: Checkpoint, say: Callable[[str], None]) -> list[str]:
    """Compares the bundle's graphs with a checkpoint."""
    from model_lab.open_models.exporting import compare
    from model_lab.open_models.options import Options

    name = _manifest(bundle)["name"]
    rows = compare(source, Options(bundle, name, *_types(bundle)), say)
    say(parity.table(rows))
    return [f"{row.role}, {row.case}: {row.difference} is above {row.limit}" for row in rows if not row.good]


def _types(bundle: Path) -> tuple[str, str]:
    """The types that a bundle was exported with, read off its graphs."""
    files = _manifest(bundle)["files"]
    kinds = {role: _kinds(bundle / files[role]["path"]) for role in ("denoiser", "textEncoder")}
    half = {onnx.TensorProto.FLOAT16: "fp16", onnx.TensorProto.BFLOAT16: "bf16"}
    dtype = next((name for kind, name in half.items() if kind in kinds["denoiser"]), "fp32")
    text = "int8" if onnx.TensorProto.UINT8 in kinds["textEncoder"] else "fp32"
    return dtype, "fp16" if onnx.TensorProto.FLOAT16 in kinds["textEncoder"] else text


def _kinds(path: Path) -> set[int]:
    return {tensor.data_type for tensor in onnx.load(path, load_external_data=False).graph.initializer}
