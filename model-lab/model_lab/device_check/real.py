"""A denoiser of real width: exported here, run by ONNX Runtime, and compared with PyTorch on the same card."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from model_lab.device_check import kernels
from model_lab.device_check.card import Peak
from model_lab.device_check.report import Row, flag

PART = "wan 1.3B"
MEMORY = 12.0  # GB: a card of 16 GB has as much to spare
DIFFERENCE = 1e-2  # of the largest value: two orders of sums in halves, through 30 layers


def check(directory: Path, device: str = "cuda", size: str = "real") -> list[Row]:
    """Makes the model and runs it; what fails is a row with the last line of what it said."""
    dtype = "float16" if device == "cuda" else "float32"
    made = started([f"{__package__}.wan", str(directory), "--size", size, "--device", device, "--dtype", dtype])
    if isinstance(made, str):
        return [flag(PART, "made and exported", False, made)]
    rows = [
        Row(PART, f"exported ({made[0]['tokens']} tokens)", made[0]["exported"], "s"),
        Row(PART, "PyTorch, scaled dot product attention, a forward", min(made[0]["seconds"]), "s"),
    ]
    if made[0]["peak"] is not None:
        rows.append(Row(PART, "PyTorch, memory", made[0]["peak"] / 1e9, "GB"))
    provider = "CUDAExecutionProvider" if device == "cuda" else "CPUExecutionProvider"
    with Peak() as peak:
        run = started([f"{__package__}.forward", str(directory), "--provider", provider], {kernels.VARIABLE: "1"})
    if isinstance(run, str):
        return [*rows, flag(PART, "run by ONNX Runtime", False, run)]
    return rows + measured(run, None if peak.bytes is None else peak.bytes / 1e9)


def measured(run: tuple[dict[str, Any], str], memory: float | None) -> list[Row]:
    """The rows of a run of ONNX Runtime: what it measured and what it printed; `memory` in GB, None without a card."""
    found, output = run
    rows = [
        Row(PART, "ONNX Runtime, a forward", min(found["seconds"]), "s"),
        Row(PART, "difference from PyTorch, relative", found["difference"], "", DIFFERENCE),
    ]
    if memory is not None:
        choices = kernels.choices(output)
        rows.append(Row(PART, "ONNX Runtime, peak memory of the card", memory, "GB", MEMORY))
        rows.append(
            flag(PART, "attention never holds its scores", kernels.all_flash(choices), kernels.counted(choices))
        )
    return rows


def started(command: list[str], variables: dict[str, str] | None = None) -> tuple[dict[str, Any], str] | str:
    """Runs a module of this package; returns its last line as JSON and all that it printed, or why it failed."""
    environment = {**os.environ, **(variables or {})}
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, env=environment)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode != 0 or not lines:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        return f"exit {done.returncode}: {said[-1][:300] if said else 'it said nothing'}"
    return json.loads(lines[-1]), done.stdout
