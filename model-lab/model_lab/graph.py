"""Reads the weights of a bundle's ONNX graphs, see `export`."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from model_lab.aliases import Weights


def weights(path: str | Path) -> Weights:
    """The named weights in a graph written by `export`, float32."""
    found = {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
    return {n.removesuffix(".half"): torch.tensor(np.array(a)).float() for n, a in found.items()}
