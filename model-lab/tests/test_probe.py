"""The step cache's probe: what is cut out of denoisers, and what the sampler decides by it."""

import json
from pathlib import Path

import onnx
import pytest
import torch
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel as SortedModel
from test_models import GIVEN, stirred

from model_lab import probe
from model_lab.export import export
from model_lab.sampler import EULER, OnnxModel, StepCache, noise, sample

TINY = Path(__file__).parents[2] / "libs/test-support/src/main/resources/open-models"


def test_it_is_what_enters_the_first_block(tmp_path):
    models = stirred()
    export(models, tmp_path, GIVEN)
    probe.write(tmp_path, 0.2, 0.9)
    seen = []
    models.denoiser.layers[0].qkv.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    given = torch.randn(2, 16, 3, 4, 6), torch.tensor([900.0, 100.0]), torch.randn(2, 5, 384), torch.ones(2, 5).long()
    with torch.no_grad():
        models.denoiser(*given)

    told = OnnxModel(tmp_path / "probe.onnx")(*given)

    torch.testing.assert_close(told, seen[0], atol=5e-3, rtol=0)  # the weights are stored in 16 bits
    manifest = json.loads((tmp_path / "bundle.json").read_text())
    assert manifest["stepCaching"] == {"threshold": 0.2, "highest": 0.9}
    assert manifest["files"]["probe"]["bytes"] == (tmp_path / "probe.onnx").stat().st_size


@pytest.mark.parametrize("name", sorted(path.name for path in TINY.iterdir() if path.is_dir()))
def test_it_is_cut_out_of_any_family(tmp_path, name):
    cut = probe.cut(TINY / name / "denoiser.onnx")
    onnx.save(cut, tmp_path / "probe.onnx")
    of_probe = [node.name for node in OnnxModel(tmp_path / "probe.onnx").session.get_inputs()]
    of_denoiser = [node.name for node in OnnxModel(TINY / name / "denoiser.onnx").session.get_inputs()]
    assert of_probe == of_denoiser
    assert len(cut.graph.node) < len(onnx.load(TINY / name / "denoiser.onnx").graph.node) / 2


def test_it_gives_floats_of_a_denoiser_in_halves(tmp_path):
    half = convert_float_to_float16(onnx.load(TINY / "wan21-tiny" / "denoiser.onnx"), keep_io_types=True)
    SortedModel(half).topological_sort()  # the casts at the inputs come last
    onnx.save(half, tmp_path / "denoiser.onnx")
    onnx.save(probe.cut(tmp_path / "denoiser.onnx"), tmp_path / "probe.onnx")
    onnx.save(probe.cut(TINY / "wan21-tiny" / "denoiser.onnx"), tmp_path / "whole.onnx")
    torch.manual_seed(1)
    # An early time: in halves, angles of late ones are off by more than what is to be seen here.
    given = torch.randn(1, 16, 2, 4, 4), torch.tensor([8.0]), torch.randn(1, 7, 32), torch.ones(1, 7).long()

    told = OnnxModel(tmp_path / "probe.onnx")(*given)

    assert told.dtype == torch.float32
    torch.testing.assert_close(told, OnnxModel(tmp_path / "whole.onnx")(*given), atol=2e-2, rtol=0)


def test_steps_go_on_with_the_last_prediction_until_the_probe_has_changed():
    ran = []

    def predict(x, t, *_):
        ran.append(float(t[0]))
        return x / 2

    cache = StepCache(lambda x, t, *_: t, 0.3, 0.95)
    text = torch.ones(1, 4)
    sample(predict, noise(1, (2, 2, 2, 2)), text, text, 10, 1.0, 1.0, scheduler=EULER, cache=cache)
    # Of the sigmas 1, 0.9, 0.8 … 0.1, from 1 on the first that is smaller by 30 % is 0.7, from there 0.4, and then 0.2.
    assert cache.skipped == [2, 3, 5, 6, 8]
    assert ran == pytest.approx([1000, 700, 400, 200, 100])


@pytest.mark.parametrize(
    ("threshold", "highest"), [(0, 1), (-1, 1), (float("nan"), 1), (float("inf"), 1), (0.1, 0), (0.1, 1.1)]
)
def test_wrong_settings_are_named(tmp_path, threshold, highest):
    with pytest.raises(ValueError, match="--threshold|--highest"):
        probe.write(tmp_path, threshold, highest)
