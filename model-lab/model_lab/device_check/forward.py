"""Runs DIR/denoiser.onnx on the inputs beside it, and says in a line of JSON how long it took and how near it came.

A process of its own: the memory that the card has less meanwhile is the model's.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

# The least that the arena can take: it grows by what is asked for, and convolutions don't try all their algorithms.
SETTINGS = {
    "CUDAExecutionProvider": {
        "arena_extend_strategy": "kSameAsRequested",
        "cudnn_conv_use_max_workspace": "0",
        "use_tf32": "0",
    }
}


def run(directory: Path, provider: str, repeat: int) -> dict[str, Any]:
    """The seconds of each run after the first, and the largest difference from what is expected, as a part of it."""
    options = onnxruntime.SessionOptions()
    options.enable_mem_pattern = False  # as the services do
    providers = [(provider, SETTINGS.get(provider, {}))]
    session = onnxruntime.InferenceSession(str(directory / "denoiser.onnx"), options, providers=providers)
    if provider not in session.get_providers():
        raise SystemExit(f"{provider} did not start; ONNX Runtime has {', '.join(session.get_providers())}")
    with np.load(directory / "given.npz") as file:
        given = {one.name: file[one.name] for one in session.get_inputs()}
    expected = np.load(directory / "expected.npy")
    taken = []
    for _ in range(repeat + 1):
        begun = time.perf_counter()
        found: Any = session.run(["prediction"], given)[0]
        taken.append(time.perf_counter() - begun)
    difference = float(np.abs(found - expected).max() / np.abs(expected).max())
    return {"seconds": taken[1:], "difference": difference}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs and says so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--provider", default="CUDAExecutionProvider")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args(arguments)
    print(json.dumps(run(given.directory, given.provider, given.repeat)))


if __name__ == "__main__":
    main()
