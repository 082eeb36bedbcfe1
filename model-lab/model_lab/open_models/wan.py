"""Wan 2.1 and 2.2: text to video (1.3B, 14B, A14B with two experts), TI2V 5B, and 2.2's image to video (A14B)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan import WanTransformer3DModel
from diffusers.pipelines.wan.pipeline_wan import prompt_clean
from torch import Tensor
from transformers import UMT5EncoderModel

from model_lab.open_models import t5, wan_vae
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Built, Family, Part, Tiny
from model_lab.open_models.options import Options
from model_lab.open_models.wan_denoiser import build_denoiser

TOKENS = 512  # of the context, whatever a prompt has
NEGATIVE = (
    "Bright tones, overexposed, static, blurred details, subtitles, style, works, paintings, images, static, overall "
    "gray, worst quality, low quality, JPEG compression residue, ugly, incomplete, extra fingers, poorly drawn hands, "
    "poorly drawn faces, deformed, disfigured, misshapen limbs, fused fingers, still picture, messy background, three "
    "legs, many people in the background, walking backwards"
)  # as diffusers' example has it


class Wan(Family):
    """The family. What a checkpoint is follows from its configuration, not from its name."""

    pipelines: ClassVar[tuple[str, ...]] = ("WanPipeline", "WanImageToVideoPipeline")

    def parts(self, checkpoint: Checkpoint, options: Options) -> Iterator[Part]:
        _checked(checkpoint)
        yield Part("textEncoder", lambda: self._text(checkpoint, options))
        yield Part("denoiser", lambda: _denoiser(checkpoint, "transformer", options))
        if checkpoint.has("transformer_2"):
            yield Part("denoiserLowNoise", lambda: _denoiser(checkpoint, "transformer_2", options))
        yield Part("decoder", lambda: wan_vae.build_decoder(_vae(checkpoint)))
        yield Part("encoder", lambda: wan_vae.build_encoder(_vae(checkpoint)))

    def tiny(self) -> Sequence[Tiny]:
        from model_lab.open_models.wan_tiny import TINY

        return TINY

    def _text(self, checkpoint: Checkpoint, options: Options) -> Built:
        encoder = checkpoint.load("text_encoder", UMT5EncoderModel, torch.float32)
        tokens = t5.tokenized(self.tokenizer(checkpoint), TOKENS)
        ids: Callable[[str], Sequence[int]] = lambda text: tokens(prompt_clean(text))

        def embeddings(text: str) -> Tensor:
            """As WanPipeline does: padded and masked, and only the prompt's own tokens taken."""
            own = list(ids(text))
            padded = torch.tensor([own + [0] * (TOKENS - len(own))])
            mask = (torch.arange(TOKENS) < len(own)).long()[None]
            return encoder(padded, mask).last_hidden_state[:, : len(own)]

        return t5.build(encoder, options, ids, embeddings)

    def manifest(self, checkpoint: Checkpoint, options: Options) -> dict[str, Any]:
        transformer, vae = _checked(checkpoint), checkpoint.config("vae")
        scheduler = checkpoint.config("scheduler")
        space = vae.get("scale_factor_spatial") or 8
        patch = transformer["patch_size"][1]
        names = ["unipc-flow", "flow-match-euler"]
        unipc = checkpoint.class_of("scheduler") == "UniPCMultistepScheduler"
        shift = float(scheduler.get("flow_shift" if unipc else "shift", 1.0))
        train = int(scheduler.get("num_train_timesteps", 1000))
        own, other = names if unipc else reversed(names)
        told, channels = _told(checkpoint), _concatenates(checkpoint)
        references = ["first_frame"] if channels else ["first_frame", "video"] if told else ["video"]
        facts: dict[str, Any] = {
            "version": checkpoint.directory.resolve().name,
            "license": "Apache-2.0",
            "description": _described(checkpoint, transformer),
            "text": {
                "maxTokens": TOKENS,
                "dim": transformer["text_dim"],
                "inputs": ["input_ids", "attention_mask"],
                "output": "embeddings",
                "cleaning": "wan",
                "contextPadding": {"to": TOKENS, "masked": False},
            },
            "latent": {
                "channels": vae["z_dim"],
                "spatialCompression": space,
                "temporalCompression": vae.get("scale_factor_temporal") or 4,
                "causalFirstFrame": True,
                "patch": patch,
                "mean": vae["latents_mean"],
                "std": vae["latents_std"],
            },
            "prediction": "flow",
            "scheduler": {"name": own, "shift": shift, "trainTimesteps": train},
            "otherSchedulers": [{"name": other, "shift": shift, "trainTimesteps": train}],
            **_usual(checkpoint, shift, space, patch),
            "decoding": {
                "chunkLatentFrames": 1,
                "tileLatentFrames": 1,
                "tileLatentHeight": 256 // space,
                "tileLatentWidth": 256 // space,
                "overlapLatentFrames": 0,
                "overlapLatentHeight": 64 // space,
                "overlapLatentWidth": 64 // space,
            },
            "references": references,
        }
        if channels:
            facts["conditioning"] = "concatenate"
        if checkpoint.has("transformer_2"):
            low = checkpoint.index.get("boundary_ratio")
            facts["experts"] = {"boundary": low, "lowNoiseGuidance": 3.5 if channels else 3.0}
        return facts


def _checked(checkpoint: Checkpoint) -> dict[str, Any]:
    """The denoiser's configuration, of a checkpoint that can be exported."""
    config = checkpoint.config("transformer")
    where = checkpoint.directory / "transformer" / "config.json"
    latent = checkpoint.config("vae")["z_dim"]
    beside = latent + (checkpoint.config("vae").get("scale_factor_temporal") or 4)
    if config.get("image_dim") is not None or config["in_channels"] not in (latent, latent + beside):
        raise ExportError(
            f"{where}: in_channels is {config['in_channels']}, image_dim {config.get('image_dim')}; valid are "
            f"in_channels {latent}, or {latent + beside} for a picture as channels, and no image_dim: models that "
            "also look at CLIP's embedding of a picture (Wan 2.1 image to video) are not exported"
        )
    if checkpoint.has("transformer_2") and checkpoint.index.get("boundary_ratio") is None:
        raise ExportError("model_index.json: boundary_ratio is missing; a checkpoint with transformer_2 has one")
    scheduler = checkpoint.class_of("scheduler")
    if scheduler not in ("UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler"):
        raise ExportError(
            f"model_index.json: scheduler is {scheduler}; valid are UniPCMultistepScheduler, "
            "FlowMatchEulerDiscreteScheduler"
        )
    return config


def _told(checkpoint: Checkpoint) -> bool:
    """True if the denoiser has a time for each token, and so can be told frames (TI2V 5B)."""
    return bool(checkpoint.index.get("expand_timesteps"))


def _concatenates(checkpoint: Checkpoint) -> bool:
    """True if the denoiser takes a picture as channels (2.2 I2V A14B)."""
    return bool(checkpoint.config("transformer")["in_channels"] > checkpoint.config("vae")["z_dim"])


def _vae(checkpoint: Checkpoint) -> Any:
    """In float32, as the model's authors run it."""
    return checkpoint.load("vae", AutoencoderKLWan, torch.float32)


def _denoiser(checkpoint: Checkpoint, component: str, options: Options) -> Built:
    model = checkpoint.load(component, WanTransformer3DModel, options.torch_dtype)
    told = _told(checkpoint) or _concatenates(checkpoint)
    return build_denoiser(model, told=told, dtype=options.dtype)


def _described(checkpoint: Checkpoint, transformer: Mapping[str, Any]) -> str:
    what = "text to video"
    if _told(checkpoint) or _concatenates(checkpoint):
        what = (
            "first frame and text to video" if _concatenates(checkpoint) else "text, and first frame and text, to video"
        )
    experts = ", two experts" if checkpoint.has("transformer_2") else ""
    width = transformer["num_attention_heads"] * transformer["attention_head_dim"]
    return f"Wan, {what}: {transformer['num_layers']} layers, {width} wide{experts}."


def _usual(checkpoint: Checkpoint, shift: float, space: int, patch: int) -> dict[str, Any]:
    """Sizes, steps and guidance as the authors recommend them for the kinds of checkpoint."""
    multiple = space * patch
    if _told(checkpoint):
        width, height, frames, steps, guidance, fps = 1280, 704, 121, 50, 5.0, 24
    elif checkpoint.has("transformer_2"):
        width, height, frames, steps, fps = 832, 480, 81, 40, 16
        guidance = 3.5 if _concatenates(checkpoint) else 4.0
    else:
        width, height, frames, steps, guidance, fps = 832, 480, 81, 50, 5.0, 16
    if shift >= 5 and not _told(checkpoint):
        width, height = 1280, 720
    return {
        "defaults": {
            "width": width,
            "height": height,
            "frames": frames,
            "steps": steps,
            "guidance": guidance,
            "negativePrompt": NEGATIVE,
        },
        "fps": fps,
        "limits": {
            "minWidth": multiple,
            "maxWidth": 1280,
            "minHeight": multiple,
            "maxHeight": 1280,
            "sizeMultiple": multiple,
            "minFrames": 1,
            "maxFrames": 161,
            "maxSteps": 100,
            "maxGuidance": 20.0,
            "maxPromptChars": 4096,
        },
    }
