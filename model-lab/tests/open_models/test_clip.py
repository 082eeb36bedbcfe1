"""CLIP's view of a picture, from bytes to embeddings, against transformers' classes on Pillow."""

import json

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import torch
from transformers import CLIPVisionConfig, CLIPVisionModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from model_lab.open_models import clip, graph, parity
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Graph
from model_lab.open_models.fixtures import randomise

SIZES = ((832, 480), (480, 832), (1280, 720), (224, 224), (224, 400), (48, 32), (17, 331), (333, 223), (1, 1), (7, 300))


def processor(side=224, **more):
    return CLIPImageProcessorPil(
        **{"size": {"shortest_edge": side}, "crop_size": {"height": side, "width": side}} | more
    )


def encoder(side=28, seed=3, **more):
    settings = {"hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 2, "num_attention_heads": 3}
    model = CLIPVisionModel(CLIPVisionConfig(image_size=side, **settings | {"patch_size": 7} | more))
    randomise(model, seed)
    return model.eval().requires_grad_(False)


def prepared(made):
    return clip.Prepared(clip.Preparation.of(made, "here"))


@pytest.mark.parametrize(
    "made",
    [
        processor(),
        processor(resample=2),
        processor(resample=1),
        processor(side=56, image_mean=[0.5, 0.4, 0.3], image_std=[0.1, 0.2, 0.3]),
        processor(side=30, size={"shortest_edge": 45}),
    ],
    ids=["CLIP's", "bilinear", "lanczos", "another side", "cut on all sides"],
)
def test_a_picture_is_prepared_as_pillow_does_it(made):
    """The same bits, enlarged or made smaller, upright or not, of one side as it is."""
    module = prepared(made)
    for seed, size in enumerate(SIZES):
        image = clip.picture(*size, seed)
        expected = made(images=image, return_tensors="pt")["pixel_values"]
        assert torch.equal(module(clip.values(image)), expected), size


@pytest.mark.parametrize("resample", [1, 2, 3])
def test_the_graph_prepares_a_picture_as_pillow_does_it(tmp_path, resample):
    made = processor(resample=resample)
    sizes = {0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    example = {"pictures": torch.rand(2, 3, 40, 52) * 2 - 1}
    path = graph.write(Graph(prepared(made), example, ("out",), {"pictures": sizes}), tmp_path / "p.onnx", 1 << 30)[0]
    run = parity.opened(path, threads=1)
    for seed, size in enumerate(SIZES):
        image = clip.picture(*size, seed)
        expected = made(images=image, return_tensors="pt")["pixel_values"]
        assert torch.equal(run({"pictures": clip.values(image)})["out"], expected), size


@pytest.mark.parametrize(
    "config",
    [
        {"side": 28, "hidden_act": "gelu"},
        {"side": 28, "num_hidden_layers": 1},
        {"side": 42, "patch_size": 14, "hidden_size": 16, "num_attention_heads": 1, "num_hidden_layers": 4},
        {"side": 30, "patch_size": 8, "hidden_size": 40, "num_attention_heads": 5, "layer_norm_eps": 1e-3},
    ],
    ids=["as Wan's", "of one layer", "larger patches", "of a side that is no multiple of the patch"],
)
def test_encoder_agrees_with_what_the_pipeline_takes(tmp_path, config):
    made = processor(config["side"])
    built = clip.build(encoder(**config), made, clip.Preparation.of(made, "here"))
    path = graph.write(built.graph, tmp_path / "encoder.onnx", 1 << 30)[0]
    rows = parity.rows("imageEncoder", built.checks, parity.opened(path, threads=1))
    print(parity.table(rows))
    assert len(rows) == 4 and all(row.good for row in rows)
    assert built.checks[0].expected.shape[1] == clip.tokens(encoder(**config).config.to_dict())


def checkpoint(directory, **settings):
    """The configuration of an encoder of 28x28 and of its processor."""
    for name, file, model in (
        ("image_encoder", "config.json", {"image_size": 28, "patch_size": 7, "hidden_size": 24}),
        ("image_processor", "preprocessor_config.json", {"size": 28, "crop_size": 28} | settings),
    ):
        (directory / name).mkdir()
        (directory / name / file).write_text(json.dumps(model))
    said = {"image_processor": ["transformers", "CLIPImageProcessor"]}
    (directory / "model_index.json").write_text(json.dumps(said))
    return Checkpoint(directory)


def test_a_processor_of_an_earlier_version_is_understood(tmp_path):
    """Sizes as one number, and what isn't said as CLIP has it."""
    found = clip.preparation(checkpoint(tmp_path))
    assert (found.edge, found.crop, found.filter) == (28, (28, 28), "bicubic")
    assert found.mean[0] == pytest.approx(0.48145466)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"do_resize": False}, "do_resize is False; valid is True"),
        ({"do_center_crop": False}, "do_center_crop is False; valid is True"),
        ({"do_normalize": False}, "do_normalize is False; valid is True"),
        ({"resample": 0}, "resample is 0; valid is 1 or 2 or 3"),
        ({"size": {"shortest_edge": 20}}, "crop_size is .28, 28.; valid is up to size, 20"),
        ({"size": {"shortest_edge": 28, "longest_edge": 40}}, "size is .*40.*; valid is a shortest_edge alone"),
        ({"size": {"height": 28, "width": 28}}, "size is .*28.*; valid is a shortest_edge alone"),
        ({"crop_size": 14}, "crop_size is .14, 14.; valid is .28, 28., which image_encoder takes"),
        ({"image_mean": [0.5]}, "image_mean is .*0.5.*; valid are three numbers"),
        ({"image_std": "x"}, "image_std is 'x'; valid are three numbers"),
        ({"image_std": [0.2, 0, 0.2]}, "image_std is .*; valid are numbers other than 0"),
    ],
)
def test_what_the_graph_does_not_do_is_refused(tmp_path, settings, why):
    with pytest.raises(ExportError, match=why):
        clip.preparation(checkpoint(tmp_path, **settings))


def test_a_missing_processor_is_named(tmp_path):
    found = checkpoint(tmp_path)
    (tmp_path / "image_processor/preprocessor_config.json").unlink()
    with pytest.raises(ExportError, match=r"preprocessor_config.json is missing; component image_processor has one"):
        clip.preparation(found)
