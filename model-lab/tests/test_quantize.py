import hashlib
import json
import shutil

import numpy as np
import onnx
import pytest
import torch

from model_lab import quantize
from model_lab.checkpoint import random_models
from model_lab.export import export
from model_lab.sampler import OnnxModel

GIVEN = {"version": "0.0.0", "textEncoder": {"classpath": "text.onnx"}, "tokenizer": {"classpath": "tokenizer.json"}}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    directory = tmp_path_factory.mktemp("exported")
    torch.manual_seed(0)
    models = random_models()
    for parameter in models.denoiser.parameters():
        parameter.data.add_(0.02 * torch.randn_like(parameter))
    export(models, directory, GIVEN)
    return directory


@pytest.fixture
def bundle(exported, tmp_path):
    return shutil.copytree(exported, tmp_path / "bundle")


def entry(bundle, role):
    return json.loads((bundle / "bundle.json").read_text())["files"][role]


def off(first, second):
    models = [OnnxModel(path) for path in (first, second)]
    assert models[0].names == models[1].names
    given = quantize.inputs(models[0].session)
    a, b = (model.session.run(None, given)[0] for model in models)
    assert a.dtype == b.dtype == np.float32
    return np.linalg.norm(a - b) / np.linalg.norm(a)


@pytest.mark.parametrize("to, provider, limit", [("int8", "cpu", 0.1), ("fp16", "cuda", 0.02)])
def test_a_variant_is_listed_and_computes_about_the_same(bundle, to, provider, limit):
    quantize.main([str(bundle), "--to", to, "--roles", "denoiser"])
    path = bundle / f"denoiser.{to}.onnx"
    assert entry(bundle, "denoiser")["variants"] == [
        {
            "providers": [provider],
            "path": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
            "precision": to,
        }
    ]
    assert 0 < off(bundle / "denoiser.onnx", path) < limit


def test_what_no_block_repeats_stays_floats(bundle):
    model = quantize.folded(onnx.load(bundle / "denoiser.onnx"))
    wanted = {f"/layers.{i}/{name}/MatMul" for i in range(8) for name in ("qkv", "mix", "up", "down")}
    assert {*quantize.repeated(model, [])} == wanted
    quantize.main([str(bundle), "--to", "int8", "--roles", "denoiser", "--keep", "/down", "layers.0/"])
    nodes = onnx.load(bundle / "denoiser.int8.onnx").graph.node
    integers = [node.name for node in nodes if node.op_type == "MatMulInteger"]
    assert len(integers) == 3 * 7 and not any("down" in name or "layers.0" in name for name in integers)


def test_one_provider_has_one_variant_and_others_keep_theirs(bundle):
    quantize.main([str(bundle), "--to", "fp16", "--roles", "denoiser", "decoder"])
    quantize.main([str(bundle), "--to", "int8", "--roles", "denoiser"])
    quantize.main([str(bundle), "--to", "int8", "--roles", "denoiser", "--seven"])
    assert [v["precision"] for v in entry(bundle, "denoiser")["variants"]] == ["fp16", "int8"]
    assert [v["precision"] for v in entry(bundle, "decoder")["variants"]] == ["fp16"]
    assert off(bundle / "decoder.onnx", bundle / "decoder.fp16.onnx") < 0.02


def test_large_models_keep_their_weights_beside_the_graph(bundle):
    path = bundle / "denoiser.onnx"
    onnx.save_model(onnx.load(path), path, save_as_external_data=True, location="denoiser.onnx.data")
    for to in ("int8", "fp16"):
        quantize.main([str(bundle), "--to", to, "--roles", "denoiser"])
        data = f"denoiser.{to}.onnx.data"
        assert entry(bundle, f"denoiser{to.capitalize()}Data")["path"] == data
        assert (bundle / data).stat().st_size > (bundle / f"denoiser.{to}.onnx").stat().st_size
        assert off(path, bundle / f"denoiser.{to}.onnx") < 0.1


def test_convolutions_become_integers_by_samples(bundle, tmp_path):
    samples = tmp_path / "latents.npz"
    np.savez(samples, latents=np.random.default_rng(0).standard_normal((2, 1, 16, 2, 4, 4)).astype(np.float32))
    quantize.main([str(bundle), "--to", "int8", "--roles", "decoder", "--samples", str(samples), "--keep", "first"])
    path = bundle / "decoder.int8.onnx"
    assert entry(bundle, "decoder")["variants"][0]["bytes"] == path.stat().st_size < entry(bundle, "decoder")["bytes"]
    assert 0 < off(bundle / "decoder.onnx", path) < 0.2
    inputs = {node.name: node.input[0] for node in onnx.load(path).graph.node if node.op_type == "Conv"}
    floats = [name for name, given in inputs.items() if not given.endswith("DequantizeLinear_Output")]
    assert floats == ["/decoder/first/Conv"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--to", "int8", "--roles", "painter"], "has no painter; valid are denoiser, decoder, encoder"),
        (["--to", "int8", "--roles", "textEncoder"], "--classpath: textEncoder is text.onnx on the class path"),
        (["--to", "int8", "--roles", "decoder"], "decoder has no matrices that blocks repeat"),
    ],
)
def test_what_cannot_be_made_is_refused_by_name_and_changes_nothing(bundle, arguments, message):
    before = (bundle / "bundle.json").read_text()
    with pytest.raises(SystemExit, match=message):
        quantize.main([str(bundle), *arguments])
    assert (bundle / "bundle.json").read_text() == before
    assert not list(bundle.glob("*.int8.*"))
