"""Cuts the probe of the step cache out of a bundle's denoiser: the part up to what enters its first block.

That is where TeaCache (Liu et al., 2024) looks: the first block's input, normalised and modulated by the timestep. It
is found in the graph from behind: the queries of the first attention are a product of it.

    python -m model_lab.probe models/pebble --threshold 0.1

writes probe.onnx and says so in bundle.json. The sampler then goes on with the last prediction for as long as the
probe has changed by less than the threshold since the denoiser ran. Bundles of any family can have one. Where there is
much noise, predictions can change much while the probe hardly does: `--highest` says below which noise level to begin.
"""

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import TensorProto, helper
from onnx.external_data_helper import load_external_data_for_tensor, uses_external_data

from model_lab.open_models.manifest import FORMAT, entry

PRODUCTS = ("MatMul", "Gemm")


def cut(denoiser: str | Path) -> onnx.ModelProto:
    """The probe of a denoiser: the same inputs, and `probe` f32 [B, N, P], whatever the denoiser computes in."""
    model = onnx.load(denoiser, load_external_data=False)
    graph = model.graph
    made = {output: node for node in graph.node for output in node.output}
    found = _entry(graph, made)
    needed = _needed(found, made)
    nodes = [node for node in graph.node if any(output in needed for output in node.output)]
    weights = [tensor for tensor in graph.initializer if tensor.name in needed]
    for tensor in weights:
        if uses_external_data(tensor):
            load_external_data_for_tensor(tensor, str(Path(denoiser).parent))
            tensor.data_location = TensorProto.DEFAULT
            del tensor.external_data[:]
    probe = helper.make_tensor_value_info("probe", TensorProto.FLOAT, ["B", "N", "P"])
    nodes.append(helper.make_node("Cast", [found], ["probe"], to=TensorProto.FLOAT))
    functions = {node.domain for node in nodes}
    part = helper.make_model(
        helper.make_graph(nodes, "probe", graph.input, [probe], weights),
        opset_imports=model.opset_import,
        ir_version=model.ir_version,
        functions=[function for function in model.functions if function.domain in functions],
    )
    onnx.checker.check_model(part)
    return part


def write(bundle: Path, threshold: float, highest: float = 1) -> Path:
    """Gives a bundle the probe of its denoiser, or another threshold."""
    if not 0 < threshold < math.inf:
        raise ValueError(f"--threshold {threshold}: valid are finite numbers above 0")
    if not 0 < highest <= 1:
        raise ValueError(f"--highest {highest}: valid are numbers above 0 and up to 1")
    path, manifest = bundle / "probe.onnx", bundle / "bundle.json"
    facts = json.loads(manifest.read_text())
    onnx.save(cut(bundle / facts["files"]["denoiser"]["path"]), path)
    facts["format"] = FORMAT
    facts["files"]["probe"] = entry(path)
    facts["stepCaching"] = {"threshold": threshold, "highest": highest}
    manifest.write_text(json.dumps(facts, indent=2) + "\n")
    return path


def _entry(graph: onnx.GraphProto, made: dict[str, onnx.NodeProto]) -> str:
    """The name of what the queries of the first attention are a product of."""
    fixed = _fixed(graph)
    attention = next((node for node in graph.node if node.op_type.endswith("Attention")), None)
    if attention is None:
        raise ValueError("the denoiser has no attention as one operator; valid are denoisers that were exported here")
    name = attention.input[0]
    while name in made:
        node = made[name]
        name = next((given for given in node.input if given not in fixed), "")
        if node.op_type in PRODUCTS:
            return name
    raise ValueError(f"the queries of {attention.name} are no product of anything that enters the first block")


def _fixed(graph: onnx.GraphProto) -> set[str]:
    """The names of weights, and of all that is made of nothing else."""
    fixed = {"", *(tensor.name for tensor in graph.initializer)}
    for node in graph.node:
        if fixed.issuperset(node.input):
            fixed.update(node.output)
    return fixed


def _needed(name: str, made: dict[str, onnx.NodeProto]) -> set[str]:
    """The names of all that a value is made of, and its own."""
    needed, left = set[str](), [name]
    while left:
        one = left.pop()
        if one not in needed:
            needed.add(one)
            left += made[one].input if one in made else []
    return needed


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bundle", type=Path)
    options.add_argument("--threshold", type=float, required=True)
    options.add_argument("--highest", type=float, default=1, help="highest noise level of steps without the denoiser")
    given = options.parse_args(arguments)
    try:
        print(write(given.bundle, given.threshold, given.highest))
    except (OSError, ValueError) as e:
        raise SystemExit(str(e)) from e


if __name__ == "__main__":
    main()
