"""Measures, in a process of its own, how much memory ONNX Runtime takes to run a graph on zeros.

    measure.py GRAPH RUNS '{"input": [type, dimension, …], …}' ['{"output": "input", …}']

Prints for each run the bytes at its peak above those before the first one. Outputs named in the last argument become
the inputs of the next run.
"""

import json
import sys

import numpy as np
import onnxruntime

from model_lab.open_models import memory


def main() -> None:
    path, runs, shapes = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    carried = json.loads(sys.argv[4]) if len(sys.argv) > 4 else {}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    inputs = {name: np.full(shape, 0.5, dtype) for name, (dtype, *shape) in shapes.items()}
    before = memory.resident()
    for _ in range(runs):
        memory.reset()
        found = dict(zip(names, session.run(names, inputs)))
        print(memory.peak() - before, flush=True)
        inputs |= {carried[name]: value for name, value in found.items() if name in carried}


if __name__ == "__main__":
    main()
