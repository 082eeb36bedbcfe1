"""The tiny bundles' graphs on CUDA against the CPU, in float32 without TF32.

Without a card, each graph as ONNX Runtime optimises it is compared with the graph as it is.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime

from model_lab.device_check import examples
from model_lab.device_check.report import Row

LIMIT = 1e-3  # of the largest value: other orders of sums, no halves
CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"


def check(bundles: Path, provider: str = CUDA) -> list[Row]:
    """Every graph of every bundle below a directory; one that can't run is a row, not the end."""
    return [
        row
        for bundle in sorted(bundles.iterdir())
        if (bundle / "bundle.json").exists()
        for row in _bundle(bundle, provider)
    ]


def _bundle(bundle: Path, provider: str) -> Iterator[Row]:
    for graph in sorted(bundle.glob("*.onnx")):
        other = "CPU" if provider == CPU else provider.removesuffix("ExecutionProvider")
        what = f"{bundle.name}/{graph.stem}: {other} against CPU as written"
        try:
            yield Row("tiny", what, _difference(graph, provider), "", LIMIT)
        except Exception as e:  # whatever ONNX Runtime says of one graph
            yield Row("tiny", what, None, "", LIMIT, str(e).splitlines()[0][:300])


def _difference(graph: Path, provider: str) -> float:
    expected, found = _run(graph, CPU, optimised=False), _run(graph, provider)
    return max(float(np.abs(a - b).max()) / (float(np.abs(a).max()) or 1.0) for a, b in zip(expected, found))


def _run(graph: Path, provider: str, optimised: bool = True) -> list[np.ndarray]:
    settings = {"use_tf32": "0"} if provider == CUDA else {}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(graph), options, providers=[(provider, settings)])
    if provider not in session.get_providers():
        raise RuntimeError(f"{provider} did not start; ONNX Runtime has {', '.join(session.get_providers())}")
    found: list[np.ndarray] = session.run(None, examples.inputs(session))
    return found
