"""LTX-Video 0.9.5 to 0.9.8, of 2B and 13B parameters, distilled or not, from diffusers' checkpoint directories.

What is particular to the family:

- In LTXPipeline, T5 sees 128 tokens, pads included, and isn't told which are pads. Padding is the services' by the
  manifest (`text.encoderPadding`): the graph takes ids and mask as they come, and the services keep the embeddings of
  the prompt's own tokens. LTXConditionPipeline does tell T5 of its pads (256 tokens), so that they change nothing, and
  the services don't pad. The transformer looks at no pads in either.
- Rotary places count seconds, so the manifest's frames per second are baked into the transformer's graph.
- The decoder takes a little noise out, at a time that is baked into its graph; the services add the noise.
- Distilled checkpoints were trained for a list of noise levels and no guidance. Nothing in a checkpoint says that it is
  one but its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import torch
from diffusers import AutoencoderKLLTXVideo, LTXVideoTransformer3DModel
from safetensors import safe_open
from torch import Tensor
from transformers import T5EncoderModel

from model_lab.open_models import ltx_parts, schedulers, t5
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Family, Part, Tiny
from model_lab.open_models.ltx_parts import CONDITION, DISTILLED, FPS, RESCALE, STEPS, TOKENS, compression
from model_lab.open_models.ltx_transformer import Coordinates
from model_lab.open_models.manifest import floor
from model_lab.open_models.options import Options
from model_lab.open_models.preview import Autoencoder

DECODE_NOISE = 0.025  # before decoding, as diffusers' documentation says for all decoders that know time
NEGATIVE = "worst quality, inconsistent motion, blurry, jittery, distorted"


class Ltx(Family):
    """LTX-Video."""

    pipelines: ClassVar[tuple[str, ...]] = ("LTXPipeline", CONDITION)
    components: ClassVar[Mapping[str, Any]] = {
        "text_encoder": T5EncoderModel,
        "transformer": LTXVideoTransformer3DModel,
        "vae": AutoencoderKLLTXVideo,
    }

    def check(self, checkpoint: Checkpoint) -> None:
        config = checkpoint.config("transformer", LTXVideoTransformer3DModel)
        t5.check_width(checkpoint, "caption_channels of transformer/config.json", config["caption_channels"])
        channels = _vae_config(checkpoint)["latent_channels"]
        width = config["num_attention_heads"] * config["attention_head_dim"]
        for name, valid, what in (
            ("in_channels", channels, "the channels of the autoencoder"),
            ("out_channels", channels, "the channels of the autoencoder"),
            ("cross_attention_dim", width, "num_attention_heads times attention_head_dim"),
        ):
            if config[name] not in (valid, None):
                raise ExportError(f"transformer/config.json: {name} is {config[name]}; valid is {valid}, {what}")

    def parts(self, checkpoint: Checkpoint, options: Options) -> Iterator[Part]:
        text = (checkpoint, options, self.tokenizer(checkpoint), padding(checkpoint))
        yield Part("textEncoder", partial(ltx_parts.text_encoder, *text))
        yield Part("denoiser", partial(ltx_parts.denoiser, checkpoint, options, coordinates(checkpoint)))
        yield Part("decoder", partial(ltx_parts.decoder, checkpoint))
        yield Part("encoder", partial(ltx_parts.encoder, checkpoint))

    def manifest(self, checkpoint: Checkpoint, options: Options) -> dict[str, Any]:
        transformer, vae = checkpoint.config("transformer", LTXVideoTransformer3DModel), _vae_config(checkpoint)
        _check_transformer(checkpoint.config("transformer"))
        _check_vae(vae)
        scheduler, steps = _scheduler(checkpoint, options)
        distilled = is_distilled(checkpoint, options)
        tokens = TOKENS[checkpoint.pipeline]
        facts: dict[str, Any] = {
            "version": checkpoint.directory.resolve().name,
            "license": "LicenseRef-LTXV-Open-Weights",
            "description": f"LTX-Video, exported from {checkpoint.pipeline} of diffusers.",
            "text": {
                "maxTokens": tokens,
                "dim": transformer["caption_channels"],
                "inputs": ["input_ids", "attention_mask"],
                "output": "embeddings",
                **padding(checkpoint),
            },
            "latent": _latent(checkpoint, vae),
            "prediction": "flow",
            "scheduler": scheduler,
            "defaults": _defaults(checkpoint, vae, steps, distilled),
            "fps": FPS,
            "limits": _limits(vae, steps if "sigmas" in scheduler else 100),
            "decoding": {
                "tileLatentFrames": 33,
                "tileLatentHeight": 16,
                "tileLatentWidth": 16,
                "overlapLatentFrames": 4,
                "overlapLatentHeight": 4,
                "overlapLatentWidth": 4,
            },
            "references": ["first_frame"],
        }
        if vae.get("timestep_conditioning"):
            facts["decoding"]["noise"] = DECODE_NOISE
        if checkpoint.pipeline == CONDITION and not distilled:
            facts["guidanceRescale"] = RESCALE
        return facts

    def autoencoder(self, checkpoint: Checkpoint) -> Autoencoder:
        return ltx_parts.autoencoder(checkpoint)

    def tiny(self) -> Sequence[Tiny]:
        from model_lab.open_models import ltx_tiny

        return ltx_tiny.TINIES


def padding(checkpoint: Checkpoint) -> dict[str, Any]:
    """How the services pad a text for the encoder: not at all where the encoder doesn't look at pads."""
    if checkpoint.pipeline == CONDITION:
        return {}
    pad = checkpoint.config("text_encoder").get("pad_token_id", 0)
    return {"encoderPadding": {"to": TOKENS[checkpoint.pipeline], "id": pad, "masked": False}}


def is_distilled(checkpoint: Checkpoint, options: Options) -> bool:
    """True if the checkpoint's or the bundle's name says so; nothing else does."""
    names = (checkpoint.directory.resolve().name, options.name, str(checkpoint.index.get("_name_or_path")))
    return any("distilled" in name.lower() for name in names)


def coordinates(checkpoint: Checkpoint) -> Coordinates:
    """Where the rotary embedding has the clip's latent positions."""
    spatial, temporal = compression(_vae_config(checkpoint))
    return Coordinates(FPS, spatial, temporal, causal=checkpoint.pipeline == CONDITION)


def _vae_config(checkpoint: Checkpoint) -> dict[str, Any]:
    return checkpoint.config("vae", AutoencoderKLLTXVideo)


def _check_transformer(config: dict[str, Any]) -> None:
    where = "transformer/config.json"
    for name in ("patch_size", "patch_size_t"):
        if config.get(name, 1) != 1:
            raise ExportError(f"{where}: {name} is {config[name]}; valid is 1, as all LTX-Video models have")


def _check_vae(config: dict[str, Any]) -> None:
    if any(config["decoder_inject_noise"]):
        raise ExportError(
            "vae/config.json: decoder_inject_noise has true; valid is false: such a decoder (version 0.9.1) draws "
            "noise, so that no two decodings are the same"
        )


def _scheduler(checkpoint: Checkpoint, options: Options) -> tuple[dict[str, Any], int]:
    """The manifest's scheduler and the default number of steps."""
    config = checkpoint.config("scheduler")
    where = "scheduler/scheduler_config.json"
    kind = checkpoint.class_of("scheduler")
    if checkpoint.has("scheduler") and kind != "FlowMatchEulerDiscreteScheduler":
        raise ExportError(f"model_index.json: scheduler is {kind}; valid is FlowMatchEulerDiscreteScheduler")
    schedulers.follow(config, schedulers.EULER)
    train = config.get("num_train_timesteps", 1000)
    shift, terminal = config.get("shift", 1.0), config.get("shift_terminal") or None  # diffusers takes 0 for none
    steps = STEPS[checkpoint.pipeline]
    levels = _levels(checkpoint, options, steps)
    if config.get("use_dynamic_shifting") and not is_distilled(checkpoint, options):
        dynamic: dict[str, Any] = {
            "name": "flow-match-euler-dynamic",
            "trainTimesteps": train,
            "baseTokens": config.get("base_image_seq_len", 256),
            "maxTokens": config.get("max_image_seq_len", 4096),
            "baseShift": config.get("base_shift", 0.5),
            "maxShift": config.get("max_shift", 1.15),
        }
        return (dynamic if terminal is None else {**dynamic, "terminal": terminal}), steps
    if terminal is not None and not config.get("use_dynamic_shifting"):
        raise ExportError(f"{where}: shift_terminal is {terminal}; valid is none without use_dynamic_shifting")
    if levels is None:
        return {"name": "flow-match-euler", "shift": shift, "trainTimesteps": train}, steps
    if shift != 1.0 and not config.get("use_dynamic_shifting"):
        raise ExportError(f"{where}: shift is {shift}; valid is 1.0 where noise levels are given one by one")
    return {"name": "flow-match-euler", "shift": 1.0, "trainTimesteps": train, "sigmas": levels}, len(levels)


def _levels(checkpoint: Checkpoint, options: Options, steps: int) -> list[float] | None:
    """The noise levels where a pipeline doesn't take them from its scheduler."""
    if is_distilled(checkpoint, options):
        return [level / 1000 for level in DISTILLED]
    if checkpoint.pipeline != CONDITION:
        return None
    from diffusers.pipelines.ltx.pipeline_ltx_condition import linear_quadratic_schedule

    return [float(level) for level in linear_quadratic_schedule(steps).double()]


def _latent(checkpoint: Checkpoint, vae: dict[str, Any]) -> dict[str, Any]:
    spatial, temporal = compression(vae)
    channels = vae["latent_channels"]
    statistics = _statistics(checkpoint.directory / "vae", channels)
    factor = vae.get("scaling_factor", 1.0)
    return {
        "channels": channels,
        "spatialCompression": spatial,
        "temporalCompression": temporal,
        "causalFirstFrame": True,
        "patch": 1,
        "mean": [round(value, 6) for value in statistics["latents_mean"].tolist()],
        "std": [round(value / factor, 6) for value in statistics["latents_std"].tolist()],
    }


def _statistics(directory: Path, channels: int) -> dict[str, Tensor]:
    """Mean and deviation of the latents, which stand among the weights."""
    found = {"latents_mean": torch.zeros(channels), "latents_std": torch.ones(channels)}
    for path in sorted(directory.glob("*.safetensors")):
        with safe_open(str(path), "pt") as file:
            for name in found.keys() & set(file.keys()):
                found[name] = file.get_tensor(name).float()
    return found


def _defaults(checkpoint: Checkpoint, vae: dict[str, Any], steps: int, distilled: bool) -> dict[str, Any]:
    condition = checkpoint.pipeline == CONDITION
    spatial, temporal = compression(vae)
    return {
        "width": floor(704, spatial),
        "height": floor(512, spatial),
        "frames": 1 + floor(120 if condition else 160, temporal),
        "steps": steps,
        "guidance": 1.0 if distilled else 5.0 if condition else 3.0,
        "negativePrompt": "" if distilled else NEGATIVE,
    }


def _limits(vae: dict[str, Any], steps: int) -> dict[str, Any]:
    spatial, temporal = compression(vae)
    return {
        "minWidth": spatial,
        "maxWidth": floor(1280, spatial),
        "minHeight": spatial,
        "maxHeight": floor(736, spatial),
        "sizeMultiple": spatial,
        "minFrames": 1 + temporal,
        "maxFrames": 1 + floor(256, temporal),
        "maxSteps": steps,
        "maxGuidance": 20.0,
        "maxPromptChars": 2000,
    }
