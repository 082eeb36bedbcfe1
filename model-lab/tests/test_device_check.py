"""The part of the device check that needs no card: parsing, the report, inputs, and a small model on the CPU."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from model_lab.device_check import card, examples, kernels, report, services
from model_lab.device_check.report import Row, flag

ROOT = Path(__file__).parents[2]
BUNDLES = ROOT / "libs" / "test-support" / "src" / "main" / "resources" / "open-models"

SAID = (
    "2026-11-30 08:00:00 [W:onnxruntime] something else\n"
    "\x1b[36mOperator=MultiHeadAttention Node=node_MHA_1 DataType=fp16 SdpaKernel=FLASH_ATTENTION\x1b[0m\n"
    "\x1b[36mOperator=MultiHeadAttention DataType=fp16 SdpaKernel=CUDNN_FLASH_ATTENTION\x1b[0m\n"
)


def test_kernels_are_read_from_what_onnxruntime_prints() -> None:
    found = kernels.choices(SAID)
    assert [choice.kernel for choice in found] == ["FLASH_ATTENTION", "CUDNN_FLASH_ATTENTION"]
    assert found[0] == kernels.Choice("MultiHeadAttention", "node_MHA_1", "fp16", "FLASH_ATTENTION")
    assert kernels.all_flash(found)
    assert kernels.counted(found) == "1 × CUDNN_FLASH_ATTENTION (fp16), 1 × FLASH_ATTENTION (fp16)"


@pytest.mark.parametrize("kernel", ["MATH", "EFFICIENT_ATTENTION", "TRT_FUSED_ATTENTION"])
def test_other_kernels_are_no_proof(kernel: str) -> None:
    assert not kernels.all_flash(kernels.choices(SAID + f"Operator=MultiHeadAttention SdpaKernel={kernel}\n"))


def test_silence_is_no_proof() -> None:
    assert not kernels.all_flash(kernels.choices("nothing of the kind\n"))


def test_card_is_read_from_nvidia_smi() -> None:
    assert card.parsed("NVIDIA H200, 570.86, 143771\n") == ["NVIDIA H200", "570.86", "143771"]
    assert card.parsed("\n") is None


def test_row_beyond_its_limit_or_unmeasured_is_not_good(tmp_path: Path) -> None:
    rows = [
        Row("real", "seconds", 3.0, "s"),
        Row("real", "memory", 11.0, "GB", 12.0),
        Row("real", "more memory", 13.0, "GB", 12.0),
        Row("tiny", "difference", float("nan"), "", 1e-3),
        Row("tiny", "not run", None, "", 1e-3, "no kernel"),
        flag("real", "flash", True),
        flag("real", "no flash", False, "MATH"),
    ]
    assert [row.good for row in rows] == [True, True, False, False, False, True, False]
    assert report.status(rows) == 1
    assert report.status(rows[:2]) == 0
    table = report.table(rows)
    assert "13 GB" in table and "TOO MUCH" in table
    assert "NOT MEASURED: no kernel" in table
    report.write(tmp_path / "report.json", rows, {"card": "none"})
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["machine"] == {"card": "none"}
    assert [row["good"] for row in written["rows"]] == [row.good for row in rows]


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [(7, 7), ("T", 3), ("8*H", 32), ("8*k + 1", 9), ("known_0", 1), (None, 2), ("unheard_of", 2)],
)
def test_dimensions_of_graphs_become_sizes(dimension: int | str | None, expected: int) -> None:
    assert examples.size(dimension) == expected


def test_dimension_that_is_no_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="valid are numbers, names, sums"):
        examples.size("__import__('os')")


def test_services_lines_become_rows() -> None:
    rows = services.parsed(
        "Loading\nparity case=ltx-tiny/text-to-video/6 latents=1.5E-5 frames=3.0E-3 millis=1234\nparity case=broken\n"
    )
    assert [(row.value, row.good) for row in rows] == [(1.5e-5, True), (3e-3, False), (1.234, True)]
    assert rows[0].what == "ltx-tiny/text-to-video/6: latents"


def test_services_without_a_class_path_are_not_measured() -> None:
    [row] = services.check(None)
    assert not row.good
    assert "--prepare" in row.note


def test_tiny_graphs_take_the_inputs_made_for_them() -> None:
    from model_lab.device_check import tiny

    rows = tiny.check(BUNDLES, tiny.CPU)
    assert len(rows) >= 4
    assert [row for row in rows if not row.good] == []


def test_graph_that_does_not_run_is_a_row(tmp_path: Path) -> None:
    from model_lab.device_check import tiny

    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "bundle.json").write_text("{}")
    (tmp_path / "broken" / "denoiser.onnx").write_bytes(b"nothing")
    [row] = tiny.check(tmp_path, tiny.CPU)
    assert row.value is None
    assert not row.good
    assert row.note


def test_real_width_part_runs_small_on_the_cpu(tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    from model_lab.device_check import real

    rows = {row.what: row for row in real.check(tmp_path, "cpu", "small")}
    assert rows["exported (12 tokens)"].value
    difference = rows["difference from PyTorch, relative"]
    assert difference.value is not None and difference.value < 1e-5
    assert np.load(tmp_path / "expected.npy").shape == (1, 16, 2, 4, 6)


def test_real_width_is_wan_at_480p() -> None:
    pytest.importorskip("diffusers")
    from model_lab.device_check import wan

    assert wan.SIZES["real"].latents == (21, 60, 104)
    assert wan.SIZES["real"].tokens == 32760


def test_run_of_the_card_needs_flash_and_little_memory() -> None:
    from model_lab.device_check import real

    run = {"seconds": [1.5, 1.2], "difference": 1e-3}
    assert report.status(real.measured((run, SAID), 9.5)) == 0
    assert report.status(real.measured((run, SAID), 12.5)) == 1
    assert report.status(real.measured((run, SAID.replace("CUDNN_FLASH", "EFFICIENT")), 9.5)) == 1
    assert report.status(real.measured(({**run, "difference": float("nan")}, SAID), 9.5)) == 1


def test_process_that_fails_says_why() -> None:
    from model_lab.device_check import real

    said = real.started(["model_lab.device_check.forward", "/nowhere"])
    assert isinstance(said, str)
    assert said.startswith("exit 1: ")


@pytest.mark.skipif(card.ask("name") is not None, reason="there is a card")
def test_script_says_that_there_is_no_gpu(tmp_path: Path) -> None:
    import sys

    done = subprocess.run(
        [str(ROOT / "model-lab" / "device-check"), "--out", str(tmp_path), "--only", "services"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHON": sys.executable},
    )
    assert done.returncode == 3
    assert "There is no NVIDIA GPU here" in done.stdout
    assert json.loads((tmp_path / "report.json").read_text())["machine"]["card"] == "none"
