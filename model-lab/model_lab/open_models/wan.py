"""Wan 2.1 and 2.2: text to video (1.3B, 14B, A14B with two experts), TI2V 5B, and image to video (14B, A14B)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from diffusers.models.transformers.transformer_wan import WanTransformer3DModel
from diffusers.pipelines.wan.pipeline_wan import prompt_clean
from torch import Tensor
from transformers import CLIPVisionModel, UMT5EncoderModel

from model_lab.open_models import clip, schedulers, t5, wan_vae
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Built, Family, Part, Tiny
from model_lab.open_models.manifest import floor
from model_lab.open_models.options import Options
from model_lab.open_models.preview import Autoencoder
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
    components: ClassVar[Mapping[str, Any]] = {
        "text_encoder": UMT5EncoderModel,
        "image_encoder": CLIPVisionModel,
        "transformer": WanTransformer3DModel,
        "transformer_2": WanTransformer3DModel,
        "vae": AutoencoderKLWan,
    }

    def needed(self, checkpoint: Checkpoint) -> Mapping[str, Any]:
        without = () if _looks(checkpoint) else ("image_encoder",)
        return {name: cls for name, cls in self.components.items() if name not in without}

    def check(self, checkpoint: Checkpoint) -> None:
        width = checkpoint.config("transformer", WanTransformer3DModel)["text_dim"]
        t5.check_width(checkpoint, "text_dim of transformer/config.json", width)

    def parts(self, checkpoint: Checkpoint, options: Options) -> Iterator[Part]:
        _checked(checkpoint)
        yield Part("textEncoder", lambda: self._text(checkpoint, options))
        if _looks(checkpoint):
            yield Part("imageEncoder", lambda: _image_encoder(checkpoint))
        yield Part("denoiser", lambda: _denoiser(checkpoint, "transformer", options))
        if checkpoint.has("transformer_2"):
            yield Part("denoiserLowNoise", lambda: _denoiser(checkpoint, "transformer_2", options))
        yield Part("decoder", lambda: wan_vae.build_decoder(_vae(checkpoint)))
        yield Part("encoder", lambda: wan_vae.build_encoder(_vae(checkpoint)))

    def autoencoder(self, checkpoint: Checkpoint) -> Autoencoder:
        vae, (space, time) = _vae(checkpoint), _compression(checkpoint)
        coder = wan_vae.Decoder(vae)  # for mean and deviation

        def encode(frames: Tensor) -> Tensor:
            return (vae.encode(frames).latent_dist.mode() - coder.mean) / coder.std

        def decode(latents: Tensor) -> Tensor:
            return vae.decode(latents * coder.std + coder.mean, return_dict=False)[0]

        return Autoencoder(encode, decode, int(coder.mean.numel()), space, time)

    def tiny(self) -> Sequence[Tiny]:
        from model_lab.open_models.wan_tiny import TINY

        return TINY

    def _text(self, checkpoint: Checkpoint, options: Options) -> Built:
        encoder = checkpoint.load("text_encoder", UMT5EncoderModel, torch.float32)
        tokens = t5.tokenized(self.tokenizer(checkpoint), TOKENS)
        ids: Callable[[str], Sequence[int]] = lambda text: tokens(prompt_clean(text))

        pipeline = t5.pipeline(checkpoint, encoder)

        def embeddings(text: str) -> Tensor:
            """As WanPipeline makes them, with its tokenizer; only the prompt's own tokens are taken, not the zeros."""
            said = pipeline.tokenizer(prompt_clean(text), max_length=TOKENS, truncation=True).input_ids
            cpu = torch.device("cpu")
            found = pipeline._get_t5_prompt_embeds(text, max_sequence_length=TOKENS, device=cpu, dtype=torch.float32)
            return found[:, : len(said)]

        return t5.build(encoder, options, ids, embeddings)

    def manifest(self, checkpoint: Checkpoint, options: Options) -> dict[str, Any]:
        transformer, vae = _checked(checkpoint), _vae_config(checkpoint)
        space, time = _compression(checkpoint)
        patch = transformer["patch_size"][1]
        steps = schedulers.steps_by_itself(checkpoint)
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
                "temporalCompression": time,
                "causalFirstFrame": True,
                "patch": patch,
                "mean": vae["latents_mean"],
                "std": vae["latents_std"],
            },
            "prediction": "flow",
            **steps,
            **_usual(checkpoint, steps["scheduler"]["shift"], (space, time), transformer),
            "decoding": {
                "chunkLatentFrames": 1,
                "tileLatentFrames": 1,
                "tileLatentHeight": max(256 // space, 1),
                "tileLatentWidth": max(256 // space, 1),
                "overlapLatentFrames": 0,
                "overlapLatentHeight": 64 // space,
                "overlapLatentWidth": 64 // space,
            },
            "references": references,
        }
        if channels:
            facts["conditioning"] = "concatenate"
            facts["referenceRequired"] = True
        if _looks(checkpoint):
            seen = clip.config(checkpoint)
            facts["imageEmbeddings"] = {"tokens": clip.tokens(seen), "dim": seen["hidden_size"]}
        if checkpoint.has("transformer_2"):
            low = checkpoint.index.get("boundary_ratio")
            facts["experts"] = {"boundary": low, "lowNoiseGuidance": 3.5 if channels else 3.0}
        return facts


def _checked(checkpoint: Checkpoint) -> dict[str, Any]:
    """The denoiser's configuration, of a checkpoint that can be exported."""
    config = _checked_denoiser(checkpoint, "transformer")
    if checkpoint.has("transformer_2"):
        boundary = checkpoint.index.get("boundary_ratio")
        if boundary is None:
            raise ExportError("model_index.json: boundary_ratio is missing; a checkpoint with transformer_2 has one")
        if not isinstance(boundary, (int, float)) or not 0 < boundary < 1:
            raise ExportError(f"model_index.json: boundary_ratio is {boundary!r}; valid are numbers between 0 and 1")
        if (checkpoint.directory / "transformer_2").is_dir():
            _check_alike(config, _checked_denoiser(checkpoint, "transformer_2"))
    if _looks(checkpoint):
        _check_image_encoder(checkpoint, config)
    vae = _vae_config(checkpoint)
    for name in ("latents_mean", "latents_std"):
        if len(vae[name]) != vae["z_dim"]:
            raise ExportError(f"vae/config.json: {name} has {len(vae[name])} numbers; valid is one for each of z_dim")
    if min(vae["latents_std"]) <= 0:
        raise ExportError(f"vae/config.json: latents_std has {min(vae['latents_std'])}; valid are numbers above 0")
    if wan_vae.compression(vae) != wan_vae.compression(vae, decoding=False):
        raise ExportError(
            f"vae/config.json: temperal_downsample is {vae['temperal_downsample']} for {len(vae['dim_mult'])} levels, "
            "by which encoder and decoder differ; valid is one value less than there are levels"
        )
    if _compression(checkpoint)[1] > 4:
        raise ExportError(
            "vae/config.json: temperal_downsample makes one latent frame of more than 4; valid are up to 4, the "
            "frames that diffusers encodes at once"
        )
    return config


def _check_alike(config: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    for name in ("in_channels", "out_channels", "patch_size", "text_dim", "image_dim"):
        if second[name] != config[name]:
            raise ExportError(
                f"transformer_2/config.json: {name} is {second[name]}; valid is {config[name]}, as transformer has"
            )


def _checked_denoiser(checkpoint: Checkpoint, component: str) -> dict[str, Any]:
    config = checkpoint.config(component, WanTransformer3DModel)
    where = checkpoint.directory / component / "config.json"
    latent = _vae_config(checkpoint)["z_dim"]
    beside = latent + _compression(checkpoint)[1]
    if config["in_channels"] not in (latent, latent + beside) or not _looks_rightly(config, latent):
        raise ExportError(
            f"{where}: in_channels is {config['in_channels']}, image_dim {config['image_dim']}, added_kv_proj_dim "
            f"{config['added_kv_proj_dim']}; valid are in_channels {latent}, or {latent + beside} for a picture as "
            "channels, and with them, for CLIP's embedding of it, image_dim and as added_kv_proj_dim the model's width"
        )
    if config["pos_embed_seq_len"] is not None:
        raise ExportError(
            f"{where}: pos_embed_seq_len is {config['pos_embed_seq_len']}; valid is none: models that look at the "
            "clip's first and last frame (FLF2V) are not exported"
        )
    given = checkpoint.config(component).get("out_channels", latent)
    if given not in (latent, None):
        raise ExportError(f"{where}: out_channels is {given}; valid is {latent}, the channels of the autoencoder")
    patch = config["patch_size"]
    if not isinstance(patch, (list, tuple)) or len(patch) != 3 or patch[0] != 1 or patch[1] != patch[2]:
        raise ExportError(f"{where}: patch_size is {patch}; valid are [1, n, n]")
    return config


def _looks_rightly(config: Mapping[str, Any], latent: int) -> bool:
    """True if a denoiser has all it needs to attend to a picture's embeddings, or nothing of it."""
    image, added = config["image_dim"], config["added_kv_proj_dim"]
    width = config["num_attention_heads"] * config["attention_head_dim"]
    return (image is None and added is None) or (
        image is not None and added == width and config["in_channels"] > latent
    )


def _check_image_encoder(checkpoint: Checkpoint, config: Mapping[str, Any]) -> None:
    """Refuses an encoder of pictures whose embeddings the denoiser can't take, or that sees them another way."""
    if not checkpoint.has("image_encoder"):
        raise ExportError("model_index.json: image_encoder is none; valid is CLIPVisionModel with image_dim")
    width = clip.config(checkpoint)["hidden_size"]
    if width != config["image_dim"]:
        raise ExportError(f"image_encoder/config.json: hidden_size is {width}; valid is {config['image_dim']}")
    clip.preparation(checkpoint)


def _vae_config(checkpoint: Checkpoint) -> dict[str, Any]:
    return checkpoint.config("vae", AutoencoderKLWan)


def _compression(checkpoint: Checkpoint) -> tuple[int, int]:
    """Pixels and frames for a latent position, as the layers make them, or, where those aren't said, as it is said."""
    said, config = checkpoint.config("vae"), _vae_config(checkpoint)
    if "dim_mult" not in said:
        return config["scale_factor_spatial"] or 8, config["scale_factor_temporal"] or 4
    return wan_vae.compression(config)


def _told(checkpoint: Checkpoint) -> bool:
    """True if the denoiser has a time for each token, and so can be told frames (TI2V 5B)."""
    return bool(checkpoint.index.get("expand_timesteps"))


def _concatenates(checkpoint: Checkpoint) -> bool:
    """True if the denoiser takes a picture as channels (2.2 I2V A14B)."""
    config = checkpoint.config("transformer", WanTransformer3DModel)
    return bool(config["in_channels"] > _vae_config(checkpoint)["z_dim"])


def _looks(checkpoint: Checkpoint) -> bool:
    """True if the denoiser is given CLIP's embeddings of a picture (2.1 I2V)."""
    return checkpoint.config("transformer", WanTransformer3DModel)["image_dim"] is not None


def _image_encoder(checkpoint: Checkpoint) -> Built:
    """In float32, as the model's authors run it."""
    encoder = checkpoint.load("image_encoder", CLIPVisionModel, torch.float32)
    return clip.build(encoder, clip.load(checkpoint), clip.preparation(checkpoint))


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


def _usual(
    checkpoint: Checkpoint, shift: float, compression: tuple[int, int], transformer: Mapping[str, Any]
) -> dict[str, Any]:
    """Sizes, steps and guidance as the authors recommend them for the kinds of checkpoint, where the model has them."""
    space, time = compression
    multiple = space * transformer["patch_size"][1]
    places = transformer["rope_max_seq_len"]  # for which there are rotary angles, in each direction
    most = multiple * places
    if _told(checkpoint):
        width, height, frames, steps, guidance, fps = 1280, 704, 121, 50, 5.0, 24
    elif checkpoint.has("transformer_2"):
        width, height, frames, steps, fps = 832, 480, 81, 40, 16
        guidance = 3.5 if _concatenates(checkpoint) else 4.0
    else:
        width, height, frames, steps, guidance, fps = 832, 480, 81, 50, 5.0, 16
    if shift >= 5 and not _told(checkpoint):
        width, height = 1280, 720
    longest = 1 + (places - 1) * time
    return {
        "defaults": {
            "width": floor(min(width, most), multiple),
            "height": floor(min(height, most), multiple),
            "frames": min(frames, longest),
            "steps": steps,
            "guidance": guidance,
            "negativePrompt": NEGATIVE,
        },
        "fps": fps,
        "limits": {
            "minWidth": multiple,
            "maxWidth": floor(min(1280, most), multiple),
            "minHeight": multiple,
            "maxHeight": floor(min(1280, most), multiple),
            "sizeMultiple": multiple,
            "minFrames": 1,
            "maxFrames": min(161, longest),
            "maxSteps": 100,
            "maxGuidance": 20.0,
            "maxPromptChars": 4096,
        },
    }
