"""Tiny random checkpoints of Wan, and what diffusers' pipelines make of them."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan import WanTransformer3DModel
from diffusers.pipelines.wan.pipeline_wan import WanPipeline
from diffusers.pipelines.wan.pipeline_wan_i2v import WanImageToVideoPipeline
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from PIL import Image
from torch import Tensor
from transformers import AutoTokenizer, UMT5Config, UMT5EncoderModel

from model_lab.open_models.family import Tiny
from model_lab.open_models.fixtures import NEGATIVE, PROMPT, randomise, tokenizer, write_reference

FRAMES, SEED = 17, 7
TEXT_DIM = 32


def _text_encoder(words: int) -> UMT5EncoderModel:
    return UMT5EncoderModel(
        UMT5Config(
            vocab_size=words,
            d_model=TEXT_DIM,
            d_kv=16,
            d_ff=64,
            num_layers=2,
            num_heads=2,
            feed_forward_proj="gated-gelu",
        )
    )


def _transformer(channels: int, head: int) -> WanTransformer3DModel:
    return WanTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=head,
        in_channels=channels,
        out_channels=channels,
        text_dim=TEXT_DIM,
        freq_dim=32,
        ffn_dim=4 * head,
        num_layers=2,
    )


def _vae21() -> AutoencoderKLWan:
    return AutoencoderKLWan(base_dim=4, dim_mult=[1, 2, 2, 2], num_res_blocks=1)


def _vae22() -> AutoencoderKLWan:
    """Wan 2.2's: patches of two, averaging shortcuts, 48 channels."""
    draw = torch.Generator().manual_seed(48)
    return AutoencoderKLWan(
        base_dim=4,
        decoder_base_dim=5,
        z_dim=48,
        dim_mult=[1, 2, 2, 2],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=(torch.randn(48, generator=draw) * 0.3).tolist(),
        latents_std=(0.5 + torch.rand(48, generator=draw)).tolist(),
        is_residual=True,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        scale_factor_temporal=4,
        scale_factor_spatial=16,
    )


def _make(
    directory: Path, vae: AutoencoderKLWan, shift: float, seed: int, head: int, experts: int = 1, **own: Any
) -> None:
    tokenizer(directory / "tokenizer")
    tokens = AutoTokenizer.from_pretrained(directory / "tokenizer")
    transformers = [_transformer(vae.config.z_dim, head) for _ in range(experts)]
    text = _text_encoder(len(tokens))
    for i, model in enumerate((text, vae, *transformers)):
        randomise(model, seed + i)
    with torch.no_grad():
        vae.decoder.conv_out.weight.mul_(0.3)  # frames that reach −1 and 1 here and there, as real ones do
    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=shift
    )
    pipeline = WanPipeline(
        tokenizer=tokens,
        text_encoder=text,
        vae=vae,
        scheduler=scheduler,
        transformer=transformers[0],
        transformer_2=transformers[1] if experts > 1 else None,
        **own,
    )
    pipeline.save_pretrained(directory)


def _pixels(frames: Tensor, vae: AutoencoderKLWan) -> Tensor:
    """Frames [3, F, H, W] in [-1, 1] of normalised latents [C, T, H, W]."""
    mean, std = (torch.tensor(x).reshape(-1, 1, 1, 1) for x in (vae.config.latents_mean, vae.config.latents_std))
    return vae.decode((frames * std + mean)[None], return_dict=False)[0][0]


@torch.no_grad()
def _reference(directory: Path, out: Path, size: tuple[int, int], guidance: tuple[float, float | None]) -> None:
    """Text to video by WanPipeline, with the checkpoint's own scheduler."""
    pipeline: Any = WanPipeline.from_pretrained(directory)
    pipeline.set_progress_bar_config(disable=True)
    width, height = size
    noise = _noise(pipeline, size)
    context, negative = pipeline.encode_prompt(PROMPT, NEGATIVE, max_sequence_length=512)
    tensors = {"noise": noise[0], "context": _own(context), "negative_context": _own(negative)}
    for steps in (6, 20):
        latents = pipeline(
            PROMPT,
            NEGATIVE,
            height=height,
            width=width,
            num_frames=FRAMES,
            num_inference_steps=steps,
            guidance_scale=guidance[0],
            guidance_scale_2=guidance[1],
            latents=noise,
            output_type="latent",
        ).frames
        tensors[f"latents.{steps}"] = latents[0]
    tensors["frames.6"] = _pixels(tensors["latents.6"], pipeline.vae)
    facts = _facts(size, guidance)
    write_reference(out, "text-to-video", tensors, facts)


@torch.no_grad()
def _first_frame(directory: Path, out: Path, size: tuple[int, int], guidance: float) -> None:
    """Image to video by WanImageToVideoPipeline of the same weights."""
    text: Any = WanPipeline.from_pretrained(directory)
    pipeline: Any = WanImageToVideoPipeline(
        tokenizer=text.tokenizer,
        text_encoder=text.text_encoder,
        vae=text.vae,
        scheduler=text.scheduler,
        transformer=text.transformer,
        expand_timesteps=True,
    )
    pipeline.set_progress_bar_config(disable=True)
    image = picture(size)
    image.save(out / "first-frame.png")
    noise = _noise(pipeline, size)
    context, negative = pipeline.encode_prompt(PROMPT, NEGATIVE, max_sequence_length=512)
    tensors = {"noise": noise[0], "context": _own(context), "negative_context": _own(negative)}
    for steps in (6, 20):
        latents = pipeline(
            image,
            PROMPT,
            NEGATIVE,
            height=size[1],
            width=size[0],
            num_frames=FRAMES,
            num_inference_steps=steps,
            guidance_scale=guidance,
            latents=noise,
            output_type="latent",
        ).frames
        tensors[f"latents.{steps}"] = latents[0]
    tensors["known"] = tensors["latents.6"][:, :1]
    tensors["frames.6"] = _pixels(tensors["latents.6"], pipeline.vae)
    write_reference(out, "first-frame-to-video", tensors, _facts(size, (guidance, None)) | {"image": "first-frame.png"})


def picture(size: tuple[int, int]) -> Image.Image:
    """A picture with a smooth and a sharp part."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    red, green = x * 255 // (width - 1), y * 255 // (height - 1)
    blue = np.where((x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2, 255, 30)
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))


def _noise(pipeline: Any, size: tuple[int, int]) -> Tensor:
    space = pipeline.vae_scale_factor_spatial
    shape = (1, pipeline.vae.config.z_dim, 1 + (FRAMES - 1) // 4, size[1] // space, size[0] // space)
    return torch.randn(shape, generator=torch.Generator().manual_seed(SEED))


def _own(context: Tensor) -> Tensor:
    """A text's own tokens [L, D] of [1, 512, D], without the zeros behind them."""
    return context[0, context[0].abs().sum(-1) > 0]


def _facts(size: tuple[int, int], guidance: tuple[float, float | None]) -> dict[str, Any]:
    facts = {
        "prompt": PROMPT,
        "negativePrompt": NEGATIVE,
        "seed": SEED,
        "width": size[0],
        "height": size[1],
        "frames": FRAMES,
        "steps": [6, 20],
        "guidance": guidance[0],
    }
    return facts if guidance[1] is None else facts | {"lowNoiseGuidance": guidance[1]}


def _usual(size: tuple[int, int]) -> dict[str, Any]:
    """What a job gets that says nothing: small enough for tests."""
    width, height = size
    defaults = {"width": width, "height": height, "frames": FRAMES, "steps": 6, "guidance": 5.0, "negativePrompt": ""}
    return {"version": "random", "description": "Random weights for tests.", "defaults": defaults}


SMALL, LARGE = (48, 32), (64, 32)
TINY = (
    Tiny(
        "wan21-tiny",
        lambda directory: _make(directory, _vae21(), 3.0, 100, head=24),
        lambda directory, out: _reference(directory, out, SMALL, (5.0, None)),
        _usual(SMALL),
    ),
    Tiny(
        "wan22-tiny",
        lambda directory: _make(directory, _vae22(), 5.0, 200, head=12, expand_timesteps=True),
        lambda directory, out: (
            _reference(directory, out, LARGE, (5.0, None)),
            _first_frame(directory, out, LARGE, 5.0),
        )[1],
        _usual(LARGE),
    ),
    Tiny(
        "wan22-a14b-tiny",
        lambda directory: _make(directory, _vae21(), 3.0, 300, head=12, experts=2, boundary_ratio=0.875),
        lambda directory, out: _reference(directory, out, SMALL, (4.0, 3.0)),
        _usual(SMALL),
    ),
)
