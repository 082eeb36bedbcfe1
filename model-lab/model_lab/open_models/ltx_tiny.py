"""Tiny random checkpoints of LTX-Video, and what diffusers' pipelines make of them."""

from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import AutoencoderKLLTXVideo, FlowMatchEulerDiscreteScheduler, LTXVideoTransformer3DModel
from torch import Tensor
from transformers import AutoTokenizer, T5Config, T5EncoderModel

from model_lab.open_models.family import Tiny
from model_lab.open_models.fixtures import NEGATIVE, PROMPT, randomise, tokenizer, write_reference
from model_lab.open_models.ltx_parts import CONDITION, DECODE_TIME, DISTILLED, FPS, RESCALE, STEPS, TOKENS
from model_lab.open_models.wan_tiny import picture

FRAMES, SEED = 17, 7
SIZE = (64, 32)
CHANNELS, TEXT_DIM, TEXT_HEADS = 8, 24, 3

# As the converter of diffusers writes it for 0.9.0, 0.9.1 and 0.9.8.
DYNAMIC = {
    "use_dynamic_shifting": True,
    "base_shift": 0.95,
    "max_shift": 2.05,
    "base_image_seq_len": 1024,
    "max_image_seq_len": 4096,
    "shift_terminal": 0.1,
}


def _text_encoder(words: int) -> T5EncoderModel:
    return T5EncoderModel(
        T5Config(
            vocab_size=words,
            d_model=TEXT_DIM,
            d_kv=8,
            d_ff=48,
            num_layers=2,
            num_heads=TEXT_HEADS,
            feed_forward_proj="gated-gelu",
        )
    )


def _transformer() -> LTXVideoTransformer3DModel:
    """Two heads of ten: a third of the width isn't whole, as in no trained model, and a pair stays unrotated."""
    return LTXVideoTransformer3DModel(
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        num_attention_heads=2,
        attention_head_dim=10,
        cross_attention_dim=20,
        num_layers=2,
        caption_channels=TEXT_DIM,
    )


def _vae() -> AutoencoderKLLTXVideo:
    """The autoencoder of 0.9.5 and later: 32×32×8, a decoder that knows time, shortcuts that keep the mean."""
    return AutoencoderKLLTXVideo(
        latent_channels=CHANNELS,
        block_out_channels=(4, 8, 8, 8, 8),
        down_block_types=("LTXVideo095DownBlock3D",) * 4,
        layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, True, True),
        downsample_type=("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
        decoder_block_out_channels=(8, 8, 16),
        decoder_layers_per_block=(1, 1, 1, 1),
        decoder_spatio_temporal_scaling=(True, True, True),
        decoder_inject_noise=(False, False, False, False),
        upsample_residual=(True, True, True),
        upsample_factor=(1, 1, 2),
        timestep_conditioning=True,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    )


def _make(directory: Path, pipeline: str, seed: int) -> None:
    tokenizer(directory / "tokenizer", most=TOKENS[pipeline])
    tokens = AutoTokenizer.from_pretrained(directory / "tokenizer")
    text, transformer, vae = _text_encoder(len(tokens)), _transformer(), _vae()
    for i, model in enumerate((text, transformer, vae)):
        randomise(model, seed + i, TEXT_HEADS)
    draw = torch.Generator().manual_seed(seed + 3)
    vae.latents_mean.copy_(torch.randn(CHANNELS, generator=draw) * 0.3)
    vae.latents_std.copy_(torch.rand(CHANNELS, generator=draw) + 0.5)
    with torch.no_grad():
        vae.decoder.timestep_scale_multiplier.fill_(1000.0)  # what it is in all checkpoints
    made = getattr(diffusers, pipeline)(
        tokenizer=tokens,
        text_encoder=text,
        transformer=transformer,
        vae=vae,
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
    made.save_pretrained(directory)


@torch.no_grad()
def _reference(directory: Path, out: Path) -> None:
    """Text to video by LTXPipeline, with the checkpoint's own scheduler and with the one of 0.9.8."""
    pipeline: Any = diffusers.LTXPipeline.from_pretrained(directory)
    for name, settings in {"text-to-video": {}, "text-to-video-dynamic": DYNAMIC}.items():
        pipeline.scheduler = FlowMatchEulerDiscreteScheduler(**settings)
        tensors = _texts(pipeline, {"noise": _noise(pipeline)[0]}, NEGATIVE)
        for steps in (6, 20):
            packed = pipeline(
                PROMPT,
                NEGATIVE,
                num_inference_steps=steps,
                guidance_scale=3.0,
                latents=pipeline._pack_latents(_noise(pipeline)),
                output_type="latent",
                **_clip(),
            ).frames
            tensors[f"latents.{steps}"] = pipeline._unpack_latents(packed, *_grid(pipeline))[0]
        if not settings:
            tensors["frames.6"] = _pixels(tensors["latents.6"], pipeline.vae)
        facts = _facts([6, 20], 3.0)
        write_reference(out, name, tensors, facts | ({"scheduler": "flow-match-euler-dynamic"} if settings else {}))


def _ways(out: Path) -> list[tuple[str, dict[str, Any]]]:
    """What the condition pipeline is tried with, by the name of the reference; its picture is written to `out`."""
    image = picture(SIZE)
    image.save(out / "first-frame.png")
    return [("text-to-video", {}), ("first-frame-to-video", {"image": image, "image_cond_noise_scale": 0.0})]


@torch.no_grad()
def _condition_reference(directory: Path, out: Path) -> None:
    """Text and image to video by LTXConditionPipeline, with the distilled noise levels and without guidance."""
    pipeline: Any = diffusers.LTXConditionPipeline.from_pretrained(directory)
    steps = len(DISTILLED)
    for name, extra in _ways(out):
        tensors = _texts(pipeline, {"noise": _noise(pipeline)[0]}, "")
        latents = pipeline(
            prompt=PROMPT,
            negative_prompt="",
            timesteps=list(DISTILLED),
            num_inference_steps=None,
            guidance_scale=1.0,
            generator=torch.Generator().manual_seed(SEED),
            output_type="latent",
            **_clip(),
            **extra,
        ).frames
        tensors[f"latents.{steps}"] = latents[0]
        facts = _facts([steps], 1.0) | {"negativePrompt": ""}
        if not extra:
            tensors[f"frames.{steps}"] = _pixels(latents[0], pipeline.vae)
        else:
            # What the pipeline took for the picture: a sample of the encoder's distribution.
            tensors["known"] = latents[0][:, :1]
            facts["image"] = "first-frame.png"
        write_reference(out, name, tensors, facts)


@torch.no_grad()
def _guided_reference(directory: Path, out: Path) -> None:
    """Text and image to video by LTXConditionPipeline as checkpoints that aren't distilled have it: by the pipeline's
    own noise levels, and with guidance that is brought back to the spread of what is predicted, given frames included.
    """
    pipeline: Any = diffusers.LTXConditionPipeline.from_pretrained(directory)
    steps = STEPS[CONDITION]
    for name, extra in _ways(out):
        tensors = _texts(pipeline, {"noise": _noise(pipeline)[0]}, NEGATIVE)
        latents = pipeline(
            prompt=PROMPT,
            negative_prompt=NEGATIVE,
            num_inference_steps=steps,
            guidance_scale=5.0,
            guidance_rescale=RESCALE,
            generator=torch.Generator().manual_seed(SEED),
            output_type="latent",
            **_clip(),
            **extra,
        ).frames
        tensors[f"latents.{steps}"] = latents[0]
        facts = _facts([steps], 5.0)
        if extra:
            tensors["known"] = latents[0][:, :1]
            facts["image"] = "first-frame.png"
        else:
            tensors[f"frames.{steps}"] = _pixels(latents[0], pipeline.vae)
        write_reference(out, name, tensors, facts)


def _texts(pipeline: Any, tensors: dict[str, Tensor], negative: str) -> dict[str, Tensor]:
    """Adds the embeddings of the texts' own tokens [L, D]."""
    pipeline.set_progress_bar_config(disable=True)
    most = TOKENS[type(pipeline).__name__]
    found, mask, other, other_mask = pipeline.encode_prompt(PROMPT, negative, max_sequence_length=most)
    return {**tensors, "context": found[0][mask[0].bool()], "negative_context": other[0][other_mask[0].bool()]}


def _clip() -> dict[str, int]:
    return {"width": SIZE[0], "height": SIZE[1], "num_frames": FRAMES, "frame_rate": FPS}


def _grid(pipeline: Any) -> tuple[int, int, int]:
    space, time = pipeline.vae_spatial_compression_ratio, pipeline.vae_temporal_compression_ratio
    return 1 + (FRAMES - 1) // time, SIZE[1] // space, SIZE[0] // space


def _noise(pipeline: Any) -> Tensor:
    return torch.randn((1, CHANNELS, *_grid(pipeline)), generator=torch.Generator().manual_seed(SEED))


def _pixels(latents: Tensor, vae: AutoencoderKLLTXVideo) -> Tensor:
    """Frames [3, F, H, W] of normalised latents [C, T, H, W], without noise before decoding."""
    mean, std = (x.view(1, -1, 1, 1, 1) for x in (vae.latents_mean, vae.latents_std))
    return vae.decode(latents[None] * std + mean, torch.tensor([DECODE_TIME]), return_dict=False)[0][0]


def _facts(steps: list[int], guidance: float) -> dict[str, Any]:
    return {
        "prompt": PROMPT,
        "negativePrompt": NEGATIVE,
        "seed": SEED,
        "width": SIZE[0],
        "height": SIZE[1],
        "frames": FRAMES,
        "steps": steps,
        "guidance": guidance,
    }


def _usual(steps: int, guidance: float, **own: Any) -> dict[str, Any]:
    """What a job gets that says nothing: small enough for tests."""
    width, height = SIZE
    defaults = {"width": width, "height": height, "frames": FRAMES, "steps": steps, "guidance": guidance}
    return {
        "version": "random",
        "license": "Apache-2.0",
        "description": "Random weights for tests.",
        "defaults": {**defaults, "negativePrompt": ""},
        **own,
    }


_OTHER = {
    "name": "flow-match-euler-dynamic",
    "trainTimesteps": 1000,
    "baseTokens": DYNAMIC["base_image_seq_len"],
    "maxTokens": DYNAMIC["max_image_seq_len"],
    "baseShift": DYNAMIC["base_shift"],
    "maxShift": DYNAMIC["max_shift"],
    "terminal": DYNAMIC["shift_terminal"],
}
TINIES = (
    Tiny(
        "ltx-tiny",
        lambda directory: _make(directory, "LTXPipeline", 400),
        _reference,
        _usual(6, 3.0, otherSchedulers=[_OTHER]),
    ),
    Tiny(
        "ltx-distilled-tiny",
        lambda directory: _make(directory, CONDITION, 500),
        _condition_reference,
        _usual(len(DISTILLED), 1.0),
    ),
    Tiny(
        "ltx-condition-tiny",
        lambda directory: _make(directory, CONDITION, 600),
        _guided_reference,
        _usual(STEPS[CONDITION], 5.0),
    ),
)
