"""Reads the weights of a bundle's ONNX graphs, see `export`."""

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def weights(path):
    """The named weights in a graph written by `export`, float32."""
    found = {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
    return {n.removesuffix(".half"): torch.tensor(np.array(a)).float() for n, a in found.items()}
