"""LTX-Video: what its manifest says, and that the modules that are exported compute what diffusers computes."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")

from diffusers import AutoencoderKLLTXVideo, LTXVideoTransformer3DModel

from model_lab.open_models import graph, ltx_parts, parity
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.families import family_of
from model_lab.open_models.fixtures import randomise
from model_lab.open_models.ltx_parts import CONDITION, DISTILLED
from model_lab.open_models.ltx_transformer import Coordinates, LtxDenoiser
from model_lab.open_models.ltx_vae import LtxDecoder, LtxEncoder
from model_lab.open_models.options import Options

EULER = {"num_train_timesteps": 1000, "shift": 1.0, "use_dynamic_shifting": False, "shift_terminal": None}
DYNAMIC = {
    **EULER,
    "use_dynamic_shifting": True,
    "base_shift": 0.95,
    "max_shift": 2.05,
    "base_image_seq_len": 1024,
    "max_image_seq_len": 4096,
    "shift_terminal": 0.1,
}


def checkpoint(directory: Path, pipeline: str = "LTXPipeline", scheduler: dict[str, Any] | None = None) -> Checkpoint:
    """The configuration of a checkpoint of 0.9.5, without weights."""
    vae = {
        "latent_channels": 4,
        "spatio_temporal_scaling": [True, True, True, True],
        "spatial_compression_ratio": 32,
        "temporal_compression_ratio": 8,
        "timestep_conditioning": True,
    }
    parts: dict[str, dict[str, Any]] = {
        "transformer": {"caption_channels": 4096, "patch_size": 1, "patch_size_t": 1},
        "vae": vae,
        "text_encoder": {"pad_token_id": 0},
    }
    for name, config in parts.items():
        (directory / name).mkdir(parents=True)
        (directory / name / "config.json").write_text(json.dumps(config))
    (directory / "scheduler").mkdir()
    (directory / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler or EULER))
    (directory / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))
    return Checkpoint(directory)


def manifest(found: Checkpoint, name: str = "ltx") -> dict[str, Any]:
    return family_of(found).manifest(found, Options(found.directory, name))


def test_manifest_takes_the_even_steps_of_the_pipeline(tmp_path: Path) -> None:
    facts = manifest(checkpoint(tmp_path / "LTX-Video-0.9.5"))
    assert facts["scheduler"] == {"name": "flow-match-euler", "shift": 1.0, "trainTimesteps": 1000}
    assert facts["text"]["encoderPadding"] == {"to": 128, "id": 0, "masked": False}
    assert (facts["text"]["maxTokens"], facts["text"]["dim"]) == (128, 4096)
    assert facts["decoding"]["noise"] == 0.025
    assert (facts["latent"]["spatialCompression"], facts["latent"]["temporalCompression"]) == (32, 8)
    assert facts["latent"]["causalFirstFrame"]
    assert facts["defaults"]["guidance"] == 3.0
    assert facts["version"] == "LTX-Video-0.9.5"


@pytest.mark.parametrize(
    ("component", "fields", "why"),
    [
        ("transformer", {"caption_channels": 24}, "d_model is 4096; valid is 24, the caption_channels of transformer"),
        ("transformer", {"in_channels": 8}, "in_channels is 8; valid is 4, the channels of the autoencoder"),
        ("transformer", {"out_channels": 8}, "out_channels is 8; valid is 4, the channels of the autoencoder"),
        ("transformer", {"cross_attention_dim": 64}, "cross_attention_dim is 64; valid is 2048, num_attention_heads"),
        ("vae", {"latent_channels": 128}, "in_channels is 4; valid is 128"),
    ],
)
def test_components_that_do_not_fit_are_refused(
    tmp_path: Path, component: str, fields: dict[str, Any], why: str
) -> None:
    found = checkpoint(tmp_path)
    for name, own in (("text_encoder", {"d_model": 4096}), ("transformer", {"in_channels": 4, "out_channels": 4})):
        path = tmp_path / name / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | own))
    family_of(found).check(found)
    path = tmp_path / component / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
    with pytest.raises(ExportError, match=why):
        family_of(found).check(found)


def test_manifest_takes_the_dynamic_shift_of_the_checkpoint(tmp_path: Path) -> None:
    assert manifest(checkpoint(tmp_path, scheduler=DYNAMIC))["scheduler"] == {
        "name": "flow-match-euler-dynamic",
        "trainTimesteps": 1000,
        "baseTokens": 1024,
        "maxTokens": 4096,
        "baseShift": 0.95,
        "maxShift": 2.05,
        "terminal": 0.1,
    }


def test_manifest_of_the_condition_pipeline_lists_its_noise_levels_and_pads_nothing(tmp_path: Path) -> None:
    facts = manifest(checkpoint(tmp_path, CONDITION))
    sigmas = facts["scheduler"]["sigmas"]
    assert len(sigmas) == facts["defaults"]["steps"] == facts["limits"]["maxSteps"]
    assert sigmas[0] == 1.0
    assert all(a > b > 0 for a, b in zip(sigmas, sigmas[1:]))
    assert "encoderPadding" not in facts["text"]
    assert facts["text"]["maxTokens"] == 256
    assert facts["guidanceRescale"] == 0.7


@pytest.mark.parametrize("scheduler", [EULER, DYNAMIC])
@pytest.mark.parametrize("pipeline", ["LTXPipeline", CONDITION])
def test_manifest_of_a_distilled_checkpoint_has_its_levels_and_no_guidance(
    tmp_path: Path, pipeline: str, scheduler: dict[str, Any]
) -> None:
    facts = manifest(checkpoint(tmp_path / "LTX-Video-0.9.8-13B-distilled", pipeline, scheduler))
    assert facts["scheduler"]["sigmas"] == [level / 1000 for level in DISTILLED]
    assert facts["defaults"]["steps"] == len(DISTILLED)
    assert facts["defaults"]["guidance"] == 1.0
    assert "guidanceRescale" not in facts


def test_name_of_the_bundle_can_say_that_it_is_distilled(tmp_path: Path) -> None:
    assert manifest(checkpoint(tmp_path), name="ltx-distilled")["defaults"]["guidance"] == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stochastic_sampling": True}, "stochastic_sampling is True; valid is False"),
        ({"use_karras_sigmas": True}, "use_karras_sigmas is True; valid is False"),
        ({"time_shift_type": "linear"}, "time_shift_type is linear; valid is exponential"),
        ({"shift_terminal": 0.1}, "shift_terminal is 0.1; valid is none"),
    ],
)
def test_scheduler_that_the_services_have_not_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ExportError, match=message):
        manifest(checkpoint(tmp_path, scheduler={**EULER, **change}))


@pytest.mark.parametrize("name", ["LTX-Video-0.9.7-dev", "LTX-Video-0.9.7-distilled"])
def test_a_stretch_is_refused_where_levels_are_listed(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match="shift_terminal is 0.1; valid is none"):
        manifest(checkpoint(tmp_path / name, CONDITION, {**EULER, "shift_terminal": 0.1}))
    none = checkpoint(tmp_path / "0" / name, CONDITION, {**EULER, "shift_terminal": 0.0})
    assert manifest(none)["scheduler"]["sigmas"]


def test_shift_is_refused_where_levels_are_listed(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="shift is 3.0; valid is 1.0"):
        manifest(checkpoint(tmp_path, CONDITION, {**EULER, "shift": 3.0}))


def transformer(heads: int, width: int, layers: int = 2) -> LTXVideoTransformer3DModel:
    torch.manual_seed(0)
    model = LTXVideoTransformer3DModel(
        in_channels=6,
        out_channels=6,
        num_attention_heads=heads,
        attention_head_dim=width,
        cross_attention_dim=heads * width,
        num_layers=layers,
        caption_channels=12,
    ).eval()
    randomise(model, 1)
    return model


@pytest.mark.parametrize(("heads", "width"), [(1, 12), (2, 10), (3, 16), (4, 8)])
@pytest.mark.parametrize("causal", [False, True])
@torch.no_grad()
def test_denoiser_is_diffusers_transformer(heads: int, width: int, causal: bool) -> None:
    denoiser = LtxDenoiser(transformer(heads, width), Coordinates(24, 32, 8, causal), 1000)
    for shape in ltx_parts.SHAPES:
        for told in (False, True):
            given = ltx_parts._inputs(denoiser.model.config, shape, told)
            expected = ltx_parts.predicted(denoiser, given)
            mask = torch.zeros(shape[:2], dtype=torch.int64)
            full = given if told else {**given, "known": torch.zeros_like(given["latents"]), "known_mask": mask}
            assert torch.allclose(denoiser(**full), expected, atol=1e-5, rtol=0)


@torch.no_grad()
def test_denoiser_in_half_precision_is_near_the_whole_one(tmp_path: Path) -> None:
    model, where = transformer(4, 32), Coordinates(25, 32, 8, True)
    given = ltx_parts._inputs(model.config, (2, 3, 4, 6, 9), told=False)
    whole = ltx_parts.predicted(LtxDenoiser(model, where, 1000), given)
    built = ltx_parts.denoiser_graph(LtxDenoiser(model.half(), where, 1000))
    half = parity.opened(graph.write(built, tmp_path / "denoiser.onnx", 1 << 30)[0], threads=1)(given)["prediction"]
    assert half.dtype == torch.float32
    difference = ((half - whole).abs().max() / whole.abs().max()).item()
    print(f"{difference:.1e}")
    assert 0 < difference <= 2e-3


@torch.no_grad()
def test_denoiser_says_of_frames_that_the_sampler_sets_what_the_transformer_does() -> None:
    """The spread of all that diffusers' transformer predicts is what guidance is rescaled by."""
    denoiser = LtxDenoiser(transformer(2, 12), Coordinates(24, 32, 8, True), 1000)
    given = ltx_parts._inputs(denoiser.model.config, (1, 3, 2, 4, 5), told=True)
    given["known_mask"] = torch.tensor([[1, 0, 0]])
    led = denoiser(**{**given, "known_mask": torch.tensor([[2, 0, 0]])})
    found = denoiser(**given)
    assert torch.equal(found[:, :, 1:], led[:, :, 1:])
    other = given["latents"].clone()
    other[:, :, 0] += 1
    assert torch.equal(denoiser(**{**given, "latents": other}), found)


@torch.no_grad()
def test_denoiser_leads_known_frames_to_what_they_are() -> None:
    denoiser = LtxDenoiser(transformer(2, 12), Coordinates(24, 32, 8, True), 1000)
    given = ltx_parts._inputs(denoiser.model.config, (1, 3, 2, 4, 5), told=True)
    sigma = given["timestep"] / 1000
    arrived = given["latents"] - sigma * denoiser(**given)
    assert torch.allclose(arrived[:, :, 0], given["known"][:, :, 0], atol=1e-5)
    assert not torch.allclose(arrived[:, :, 1], given["known"][:, :, 1], atol=1e-2)


def test_exported_denoiser_runs_at_other_shapes(tmp_path: Path) -> None:
    denoiser = LtxDenoiser(transformer(2, 8, layers=1), Coordinates(25, 32, 8, False), 1000)
    path = graph.write(ltx_parts.denoiser_graph(denoiser), tmp_path / "denoiser.onnx", 1 << 30)[0]
    run = parity.opened(path, threads=1)
    with torch.no_grad():
        for shape in ltx_parts.SHAPES:
            given = ltx_parts._inputs(denoiser.model.config, shape, told=shape[1] > 1)
            found = run(given)["prediction"]
            assert torch.allclose(found, ltx_parts.predicted(denoiser, given), atol=1e-5, rtol=0)


def autoencoder(timestep_conditioning: bool = True) -> AutoencoderKLLTXVideo:
    vae = AutoencoderKLLTXVideo(
        latent_channels=6,
        block_out_channels=(8, 8, 16),
        down_block_types=("LTXVideo095DownBlock3D",) * 2,
        layers_per_block=(1, 1, 1),
        spatio_temporal_scaling=(True, True),
        downsample_type=("spatial", "spatiotemporal"),
        decoder_block_out_channels=(8, 16),
        decoder_layers_per_block=(1, 1, 1),
        decoder_spatio_temporal_scaling=(True, True),
        decoder_inject_noise=(False, False, False),
        upsample_residual=(True, True),
        upsample_factor=(1, 2),
        timestep_conditioning=timestep_conditioning,
        spatial_compression_ratio=16,
        temporal_compression_ratio=4,
    ).eval()
    randomise(vae, 2)
    return vae.requires_grad_(False)


@pytest.mark.parametrize("time", [0.05, None])
@torch.no_grad()
def test_decoder_is_diffusers_decoder_at_its_time(time: float | None) -> None:
    vae = autoencoder(time is not None)
    vae.latents_mean.copy_(torch.linspace(-1, 1, 6))
    vae.latents_std.copy_(torch.linspace(0.5, 2, 6))
    checks = [ltx_parts._decoder_check(vae, time, shape) for shape in ltx_parts.CLIPS]
    decoder = LtxDecoder(vae, time)
    for check in checks:
        found = check.run(lambda given: {"frames": decoder(given["latents"])})
        assert torch.allclose(found, check.expected, atol=2e-5, rtol=0)


@torch.no_grad()
def test_encoder_gives_the_middle_of_the_distribution() -> None:
    vae = autoencoder()
    checks = [ltx_parts._encoder_check(vae, (16, 4), shape) for shape in ltx_parts.CLIPS]
    encoder = LtxEncoder(vae)
    for check in checks:
        assert torch.allclose(check.run(lambda given: {"latents": encoder(given["frames"])}), check.expected, atol=1e-5)


def test_compression_is_counted_where_the_configuration_does_not_say_it() -> None:
    assert ltx_parts.compression({"spatio_temporal_scaling": [True, True, True, False]}) == (32, 8)
    assert ltx_parts.compression({"spatio_temporal_scaling": [True], "spatial_compression_ratio": 16}) == (16, 2)
