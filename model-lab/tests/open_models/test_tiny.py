"""The committed tiny bundles are what `open_models tiny` makes.

Exporting all of them takes minutes; that is `tiny --out OUT --against DIR`. Here the checkpoints are made anew, and
what stands in the committed graphs, tokenizers and manifests is held to them.
"""

import json
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.torch import load_file, save_file

from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.families import FAMILIES, family_of
from model_lab.open_models.options import Options
from model_lab.open_models.tiny import differing

BUNDLES = Path(__file__).parents[3] / "libs/test-support/src/main/resources/open-models"
TINY = {tiny.name: tiny for family in FAMILIES for tiny in family.tiny()}
PARTS = {
    "textEncoder": "text_encoder",
    "imageEncoder": "image_encoder",
    "denoiser": "transformer",
    "denoiserLowNoise": "transformer_2",
    "decoder": "vae",
    "encoder": "vae",
}


def test_each_is_committed():
    assert {path.name for path in BUNDLES.iterdir() if path.is_dir()} == TINY.keys()


@pytest.mark.parametrize("name", TINY)
def test_committed_bundle_is_of_the_checkpoint_that_is_made(tmp_path, name):
    """Otherwise: python -m model_lab.open_models tiny --out OUT, and copy what it writes."""
    TINY[name].make(tmp_path)
    checkpoint, bundle = Checkpoint(tmp_path), BUNDLES / name
    family = family_of(checkpoint)
    said = json.loads((bundle / "bundle.json").read_text())
    files, preview = said.pop("files"), said.pop("preview", None)
    facts = family.manifest(checkpoint, Options(bundle, name, dtype="fp32", text="fp32")) | TINY[name].facts
    assert said == {"format": "galatea-bundle/2", "name": name, **json.loads(json.dumps(facts))}
    assert preview is None or len(preview["latentToRgb"]) == said["latent"]["channels"]
    assert (bundle / "tokenizer.json").read_bytes() == family.tokenizer(checkpoint)
    for role, component in PARTS.items():
        if role in files:
            weights = {
                k: v for path in (tmp_path / component).glob("*.safetensors") for k, v in load_file(path).items()
            }
            assert compared(bundle / files[role]["path"], weights) >= 5, role
    assert sum(entry["bytes"] for entry in files.values()) <= 1_000_000


def compared(graph, weights):
    """The number of the graph's weights that still have a name of the checkpoint's; each is the same."""
    count = 0
    for tensor in onnx.load(graph).graph.initializer:
        own = next((weights[n] for n in (tensor.name, tensor.name.partition(".")[2]) if n in weights), None)
        if own is not None and list(own.shape) == list(tensor.dims):
            assert np.array_equal(numpy_helper.to_array(tensor), own.numpy()), tensor.name
            count += 1
    return count


def test_what_differs_is_said(tmp_path):
    import torch

    for directory, value, text in (("made", 0.0, "a"), ("before", 1e-3, "b")):
        (tmp_path / directory).mkdir()
        save_file({"x": torch.full((2,), value)}, tmp_path / directory / "r.safetensors")
        (tmp_path / directory / "bundle.json").write_text(text)
    (tmp_path / "before" / "old.onnx").write_text("")
    said = differing(tmp_path / "made", tmp_path / "before")
    assert [line.rpartition("/")[2] for line in said] == [
        "bundle.json: is made with other bytes now",
        "old.onnx: is made no longer",
        "r.safetensors: is made with other values now, 1.0e-03 away",
    ]
    assert differing(tmp_path / "made", tmp_path / "made") == []
