"""Checks open models on an NVIDIA machine: tiny models on CUDA against the CPU, one transformer of real width, and the
services themselves. Exit status: 0 all is within its limits, 1 something isn't, 3 there is no card to measure on."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from model_lab.device_check import card, real, report, services, tiny
from model_lab.device_check.report import Row

BUNDLES = Path(__file__).parents[3] / "libs" / "test-support" / "src" / "main" / "resources" / "open-models"
NO_CARD = 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="device-check", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a directory for the report and the exported model")
    parser.add_argument("--bundles", type=Path, default=BUNDLES, help="the tiny bundles; the project's own if absent")
    parser.add_argument("--classpath", type=Path, help="a file with the class path of the services on onnxruntime_gpu")
    parser.add_argument("--only", choices=["tiny", "real", "services"], action="append", help="may be repeated")
    return parser


def _facts() -> dict[str, str]:
    import onnxruntime
    import torch

    found = card.ask("name,driver_version,memory.total,compute_cap")
    names = ("card", "driver", "memory in MiB", "compute capability")
    return {
        **(dict(zip(names, found)) if found else {"card": "none"}),
        "onnxruntime": onnxruntime.__version__,
        "providers": ", ".join(onnxruntime.get_available_providers()),
        "torch": torch.__version__,
    }


def _parts(given: argparse.Namespace, has_card: bool) -> dict[str, Callable[[], list[Row]]]:
    if not has_card:
        return {
            "tiny": lambda: tiny.check(given.bundles, tiny.CPU),
            "real": lambda: real.check(given.out / "small", "cpu", "small"),
        }
    return {
        "tiny": lambda: tiny.check(given.bundles),
        "real": lambda: real.check(given.out / "real"),
        "services": lambda: services.check(given.classpath),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the parts and returns the exit status."""
    given = _parser().parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    facts = _facts()
    has_card = facts["card"] != "none"
    print(", ".join(f"{name} {value}" for name, value in facts.items()), flush=True)
    if not has_card:
        print("There is no NVIDIA GPU here (nvidia-smi names none): the GPU part does not run, its CPU part does.")
    rows: list[Row] = []
    for name, part in _parts(given, has_card).items():
        if given.only is None or name in given.only:
            begun = time.perf_counter()
            rows += part()
            rows.append(Row(name, "time of this part", time.perf_counter() - begun, "s"))
    print(report.table(rows))
    report.write(given.out / "report.json", rows, facts)
    return report.status(rows) or (0 if has_card else NO_CARD)


if __name__ == "__main__":
    sys.exit(main())
