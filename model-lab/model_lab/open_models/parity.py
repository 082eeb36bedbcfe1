"""Compares exported graphs with diffusers, and prints the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnxruntime
import torch
from torch import Tensor

from model_lab.open_models.family import Check, Run


@dataclass(frozen=True)
class Row:
    """One line of the table. A difference of None was not measured, for the reason in `note`."""

    role: str
    case: str
    difference: float | None
    largest: float
    limit: float
    note: str = ""

    @property
    def good(self) -> bool:
        """True if the difference is within the limit; a number that isn't one is not."""
        return self.difference is None or self.difference <= self.limit

    def __str__(self) -> str:
        difference = "-" if self.difference is None else f"{self.difference:.1e}"
        verdict = self.note or ("ok" if self.good else "TOO FAR")
        return f"{self.role:<18} {self.case:<44} {difference:>8} of {self.largest:<9.3g} {self.limit:>8.0e}  {verdict}"


HEADER = f"{'part':<18} {'case':<44} {'differs':>8} of {'largest':<9} {'limit':>8}"


def opened(path: Path, threads: int = 0, optimised: bool = True) -> Run:
    """A graph on the CPU. Not optimised, it doesn't make float32 of all of its halves at once."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def run(inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        found = session.run(names, {name: value.detach().contiguous().numpy() for name, value in inputs.items()})
        return {name: torch.from_numpy(value) for name, value in zip(names, found)}

    return run


def rows(role: str, checks: Sequence[Check], run: Run) -> list[Row]:
    """Runs the checks of a part."""
    return [_row(role, check, run) for check in checks]


def unmeasured(role: str, checks: Sequence[Check], note: str) -> list[Row]:
    """The rows of checks that can't be run here."""
    return [Row(role, check.case, None, check.expected.abs().max().item(), check.limit, note) for check in checks]


def _row(role: str, check: Check, run: Run) -> Row:
    expected = check.expected.float()
    try:
        found = check.run(run).float()
    except Exception as e:  # ONNX Runtime has many
        reason = str(e).strip().splitlines()[0]
        note = f"TOO FAR: can't be run: {reason}"
        return Row(role, check.case, float("nan"), expected.abs().max().item(), check.limit, note)
    if expected.shape != found.shape:
        note = f"TOO FAR: shape {list(found.shape)}; expected {list(expected.shape)}"
        return Row(role, check.case, float("nan"), expected.abs().max().item(), check.limit, note)
    largest = expected.abs().max().item()
    difference = (found - expected).abs().max().item()
    return Row(role, check.case, difference / (largest or 1) if check.relative else difference, largest, check.limit)


def table(found: Sequence[Row]) -> str:
    """All rows, for people."""
    return "\n".join([HEADER, *map(str, found)])
