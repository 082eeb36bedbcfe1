"""Tiny random checkpoints of Wan, and what diffusers' pipelines make of them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan import WanTransformer3DModel
from diffusers.pipelines.wan.pipeline_wan import WanPipeline
from diffusers.pipelines.wan.pipeline_wan_i2v import WanImageToVideoPipeline
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from PIL import Image
from torch import Tensor
from transformers import AutoTokenizer, CLIPVisionConfig, CLIPVisionModel, UMT5Config, UMT5EncoderModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

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


def _image_encoder() -> CLIPVisionModel:
    """A picture of 28x28 to 17 embeddings; of the three layers, two count."""
    return CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=20,
            intermediate_size=40,
            num_hidden_layers=3,
            num_attention_heads=2,
            image_size=28,
            patch_size=7,
            hidden_act="gelu",
        )
    )


def _transformer(channels: int, head: int, beside: int = 0, image: int | None = None) -> WanTransformer3DModel:
    """`beside`: channels by which it is given a picture; `image`: width of the embeddings that it looks at."""
    return WanTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=head,
        in_channels=channels + beside,
        out_channels=channels,
        text_dim=TEXT_DIM,
        freq_dim=32,
        ffn_dim=4 * head,
        num_layers=2,
        image_dim=image,
        added_kv_proj_dim=None if image is None else 2 * head,
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
    directory: Path,
    vae: AutoencoderKLWan,
    shift: float,
    seed: int,
    head: int,
    experts: int = 1,
    beside: int = 0,
    image_encoder: CLIPVisionModel | None = None,
    **own: Any,
) -> None:
    tokenizer(directory / "tokenizer")
    tokens = AutoTokenizer.from_pretrained(directory / "tokenizer")
    image = None if image_encoder is None else image_encoder.config.hidden_size
    transformers = [_transformer(vae.config.z_dim, head, beside, image) for _ in range(experts)]
    text = _text_encoder(len(tokens))
    for i, model in enumerate((text, vae, *transformers, *([] if image_encoder is None else [image_encoder]))):
        randomise(model, seed + i)
    with torch.no_grad():
        vae.decoder.conv_out.weight.mul_(0.3)  # frames that reach −1 and 1 here and there, as real ones do
    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=shift
    )
    if image_encoder is not None:
        side = image_encoder.config.image_size
        crop = {"height": side, "width": side}
        own |= {"image_encoder": image_encoder}
        own |= {"image_processor": CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size=crop)}
    kind = WanImageToVideoPipeline if beside else WanPipeline
    pipeline = kind(
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


def _reference(directory: Path, out: Path, size: tuple[int, int], guidance: tuple[float, float | None]) -> None:
    """Text to video by WanPipeline, with the checkpoint's own scheduler."""
    _text_to_video(WanPipeline.from_pretrained(directory), out, size, guidance, "text-to-video")


def _euler_reference(directory: Path, out: Path, size: tuple[int, int]) -> None:
    """The same with Euler's method, whose scheduler makes steps of its own."""
    pipeline: Any = WanPipeline.from_pretrained(directory)
    pipeline.scheduler = FlowMatchEulerDiscreteScheduler(shift=pipeline.scheduler.config.flow_shift)
    _text_to_video(pipeline, out, size, (5.0, None), "text-to-video-euler", scheduler="flow-match-euler")


@torch.no_grad()
def _text_to_video(
    pipeline: Any, out: Path, size: tuple[int, int], guidance: tuple[float, float | None], name: str, **more: Any
) -> None:
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
    write_reference(out, name, tensors, _facts(size, guidance) | more)


def _first_frame(directory: Path, out: Path, size: tuple[int, int]) -> None:
    """Image to video by WanImageToVideoPipeline of the same weights, which has times for each token."""
    text: Any = WanPipeline.from_pretrained(directory)
    pipeline: Any = WanImageToVideoPipeline(
        tokenizer=text.tokenizer,
        text_encoder=text.text_encoder,
        vae=text.vae,
        scheduler=text.scheduler,
        transformer=text.transformer,
        expand_timesteps=True,
    )
    _image_to_video(pipeline, out, size, (5.0, None))


def _concatenated(directory: Path, out: Path, size: tuple[int, int], guidance: tuple[float, float | None]) -> None:
    """Image to video by WanImageToVideoPipeline, which takes the picture as channels."""
    _image_to_video(WanImageToVideoPipeline.from_pretrained(directory), out, size, guidance)


@torch.no_grad()
def _image_to_video(pipeline: Any, out: Path, size: tuple[int, int], guidance: tuple[float, float | None]) -> None:
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
            guidance_scale=guidance[0],
            guidance_scale_2=guidance[1],
            latents=noise,
            output_type="latent",
        ).frames
        tensors[f"latents.{steps}"] = latents[0]
    tensors["known"] = _known(pipeline, image, noise)
    if pipeline.image_encoder is not None:
        tensors["image_embeddings"] = pipeline.encode_image(image)[0]
    tensors["frames.6"] = _pixels(tensors["latents.6"], pipeline.vae)
    write_reference(out, "first-frame-to-video", tensors, _facts(size, guidance) | {"image": "first-frame.png"})


def _known(pipeline: Any, image: Image.Image, noise: Tensor) -> Tensor:
    """What the pipeline tells its transformer of the picture: a latent frame, or a clip without the marks beside it."""
    height, width = image.height, image.width
    pixels = pipeline.video_processor.preprocess(image, height=height, width=width)
    told = pipeline.prepare_latents(
        pixels, 1, noise.shape[1], height, width, FRAMES, torch.float32, torch.device("cpu"), None, noise
    )[1]
    return told[0] if pipeline.config.expand_timesteps else told[0, -noise.shape[1] :]


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


def _both(*references: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
    def write(directory: Path, out: Path) -> None:
        for reference in references:
            reference(directory, out)

    return write


SMALL, LARGE = (48, 32), (64, 32)
# As diffusers' scheduler steps by itself, which is what a checkpoint gets that comes with it.
_EULER = {"name": "flow-match-euler", "shift": 3.0, "trainTimesteps": 1000, "lastSigma": 3 / 1000 / (1 + 2 / 1000)}
TINY = (
    Tiny(
        "wan21-tiny",
        lambda directory: _make(directory, _vae21(), 3.0, 100, head=16),
        _both(partial(_reference, size=SMALL, guidance=(5.0, None)), partial(_euler_reference, size=SMALL)),
        _usual(SMALL) | {"otherSchedulers": [_EULER]},
    ),
    Tiny(
        "wan22-tiny",
        lambda directory: _make(directory, _vae22(), 5.0, 200, head=12, expand_timesteps=True),
        _both(partial(_reference, size=LARGE, guidance=(5.0, None)), partial(_first_frame, size=LARGE)),
        _usual(LARGE),
    ),
    Tiny(
        "wan22-a14b-tiny",
        lambda directory: _make(directory, _vae21(), 3.0, 300, head=12, experts=2, boundary_ratio=0.875),
        lambda directory, out: _reference(directory, out, SMALL, (4.0, 3.0)),
        _usual(SMALL),
    ),
    Tiny(
        "wan22-i2v-tiny",
        lambda directory: _make(directory, _vae21(), 5.0, 400, head=12, experts=2, beside=20, boundary_ratio=0.9),
        lambda directory, out: _concatenated(directory, out, SMALL, (4.0, 3.5)),
        _usual(SMALL),
    ),
    Tiny(
        "wan21-i2v-tiny",
        lambda directory: _make(directory, _vae21(), 3.0, 500, head=12, beside=20, image_encoder=_image_encoder()),
        lambda directory, out: _concatenated(directory, out, SMALL, (5.0, None)),
        _usual(SMALL),
    ),
)
