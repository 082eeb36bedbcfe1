"""The graphs of an LTX-Video bundle, and what diffusers' own classes give for them."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.export import Dim

from model_lab.open_models import graph, t5
from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.family import Built, Check, Graph, Run
from model_lab.open_models.ltx_transformer import LED, Coordinates, LtxDenoiser
from model_lab.open_models.ltx_vae import LtxDecoder, LtxEncoder
from model_lab.open_models.options import Options
from model_lab.open_models.preview import Autoencoder

CONDITION = "LTXConditionPipeline"
FPS = 25  # the pipelines' own default
TOKENS = {"LTXPipeline": 128, CONDITION: 256}  # the pipelines' max_sequence_length
STEPS = {"LTXPipeline": 50, CONDITION: 40}
RESCALE = 0.7  # of CONDITION's guidance, as diffusers' documentation says
DECODE_TIME = 0.05  # as diffusers' documentation says for all decoders that know time
# diffusers' documentation of LTX-Video, for the distilled checkpoints; in thousandths.
DISTILLED = (1000.0, 993.0, 987.0, 981.0, 975.0, 909.0, 725.0, 0.03)

SHAPES = ((1, 1, 1, 2, 1), (2, 1, 2, 3, 7), (1, 3, 2, 4, 64), (2, 5, 4, 3, 9))  # B, T, H, W, L
CLIPS = ((2, 1, 2, 2), (1, 3, 2, 3), (2, 2, 3, 2), (1, 5, 1, 2))  # B, T, H, W of latents

_HALF = 4e-3  # of the largest value: either side, diffusers in halves and the graph, may be 2e-3 from float32


def compression(vae: dict[str, Any]) -> tuple[int, int]:
    """Pixels and frames per latent position, as AutoencoderKLLTXVideo counts them."""
    halvings = 2 ** sum(vae["spatio_temporal_scaling"])
    spatial = vae.get("spatial_compression_ratio") or vae.get("patch_size", 4) * halvings
    temporal = vae.get("temporal_compression_ratio") or vae.get("patch_size_t", 1) * halvings
    return spatial, temporal


def text_encoder(checkpoint: Checkpoint, options: Options, tokenizer: bytes, padding: dict[str, Any]) -> Built:
    """The text encoder, checked with texts as the services give them: padded or not by the manifest's `padding`."""
    from transformers import T5EncoderModel

    encoder = checkpoint.load("text_encoder", T5EncoderModel, torch.float32)
    most = TOKENS[checkpoint.pipeline]
    tokenize = t5.tokenized(tokenizer, most)
    pipeline = t5.pipeline(checkpoint, encoder)
    checks = []
    for case, text in t5.PROMPTS.items():
        ids = tokenize(text)
        with torch.no_grad():
            expected, mask = pipeline._get_t5_prompt_embeds(
                text, max_sequence_length=most, device=torch.device("cpu"), dtype=torch.float32
            )
        checks.append(_text_check(case, ids, padding, expected[mask][None], options))
    return Built(t5.graph(encoder, options), tuple(checks))


def _text_check(case: str, ids: Sequence[int], padding: dict[str, Any], expected: Tensor, options: Options) -> Check:
    """A prompt as the services give it to the graph: padded by the manifest, with a mask of ones; its tokens stay."""
    to = padding["encoderPadding"] if padding else {"to": 0, "id": 0}
    tokens = torch.tensor([[*ids, *[to["id"]] * (to["to"] - len(ids))]])

    def run(encoder: Run) -> Tensor:
        found = encoder({"input_ids": tokens, "attention_mask": torch.ones_like(tokens)})
        return found["embeddings"][:, : len(ids)]

    exact = options.text == "fp32"
    return Check(f"{case} ({len(ids)} tokens)", expected, run, t5.LIMITS[options.text], relative=not exact)


def denoiser(checkpoint: Checkpoint, options: Options, where: Coordinates) -> Built:
    """The transformer, checked with and without known frames."""
    from diffusers import LTXVideoTransformer3DModel

    model = checkpoint.load("transformer", LTXVideoTransformer3DModel, options.torch_dtype)
    train = checkpoint.config("scheduler").get("num_train_timesteps", 1000)
    wrapped = LtxDenoiser(model, where, train)
    with torch.no_grad():
        checks = [_denoiser_check(wrapped, shape, options, told=False) for shape in SHAPES]
        checks += [_denoiser_check(wrapped, shape, options, told=True) for shape in SHAPES[2:]]
    return Built(denoiser_graph(wrapped), tuple(checks))


def denoiser_graph(wrapped: LtxDenoiser) -> Graph:
    """The graph of a denoiser."""
    b, t, h, w, tokens = Dim("B"), Dim("T"), Dim("H"), Dim("W"), Dim("L")
    inputs = _inputs(wrapped.model.config, (2, 3, 2, 4, 5), told=True)
    clip = {0: b, 2: t, 3: h, 4: w}
    dynamic = {
        "latents": clip,
        "timestep": {0: b},
        "context": {0: b, 1: tokens},
        "context_mask": {0: b, 1: tokens},
        "known": clip,
        "known_mask": {0: b, 1: t},
    }
    return Graph(wrapped, inputs, ("prediction",), dynamic, opset=23, surgery=(graph.expand_known,))


def _inputs(config: Any, shape: tuple[int, int, int, int, int], told: bool) -> dict[str, Tensor]:
    batch, frames, height, width, tokens = shape
    random = torch.Generator().manual_seed(sum(shape))
    clip = (batch, config.in_channels, frames, height, width)
    mask = torch.ones(batch, tokens, dtype=torch.int64)
    mask[-1, (tokens + 1) // 2 :] = 0
    known_mask = torch.zeros(batch, frames, dtype=torch.int64)
    known_mask[:, 0] = LED
    known_mask[-1, -1] = 1
    return {
        "latents": torch.randn(clip, generator=random),
        "timestep": torch.rand(batch, generator=random) * 900 + 50,
        "context": torch.randn(batch, tokens, config.caption_channels, generator=random),
        "context_mask": mask,
        "known": torch.randn(clip, generator=random) if told else torch.zeros(1, 1, 1, 1, 1),
        "known_mask": known_mask if told else torch.zeros(1, 1, dtype=torch.int64),
    }


def _denoiser_check(
    denoiser: LtxDenoiser, shape: tuple[int, int, int, int, int], options: Options, told: bool
) -> Check:
    inputs = _inputs(denoiser.model.config, shape, told)
    expected = predicted(denoiser, inputs)
    exact = options.dtype == "fp32"
    batch, frames, height, width, tokens = shape
    case = f"B={batch} T={frames} H={height} W={width} L={tokens}" + (", told a part" if told else "")
    return Check(case, expected, lambda run: run(inputs)["prediction"], 1e-5 if exact else _HALF, relative=not exact)


def predicted(denoiser: LtxDenoiser, inputs: dict[str, Tensor]) -> Tensor:
    """What diffusers' own transformer predicts, called as its pipelines call it: with a time for each token."""
    latents, known, mask = inputs["latents"], inputs["known"], inputs["known_mask"]
    model, dtype = denoiser.model, denoiser.model.dtype
    batch, _, frames, height, width = latents.shape
    told = (mask != 0).expand(batch, frames)
    by_token = told.repeat_interleave(height * width, dim=1)
    shown = torch.where(told[:, None, :, None, None], known, latents)
    time = torch.where(by_token, 0.0, inputs["timestep"][:, None])
    flow = model(
        hidden_states=shown.flatten(2).transpose(1, 2).to(dtype),
        encoder_hidden_states=inputs["context"].to(dtype),
        timestep=time,
        encoder_attention_mask=inputs["context_mask"],
        return_dict=False,
        **_places(denoiser.coordinates, batch, (frames, height, width)),
    )[0]
    flow = flow.float().transpose(1, 2).reshape(latents.shape)
    sigma = (inputs["timestep"] / denoiser.train_timesteps)[:, None, None, None, None]
    return torch.where((mask == LED)[:, None, :, None, None], (latents - known) / sigma, flow)


def _places(where: Coordinates, batch: int, grid: tuple[int, int, int]) -> dict[str, Any]:
    """The arguments by which diffusers' pipelines tell the transformer where tokens lie."""
    if not where.causal:
        scale = (where.temporal / where.fps, where.spatial, where.spatial)
        return {"num_frames": grid[0], "height": grid[1], "width": grid[2], "rope_interpolation_scale": scale}
    from diffusers import LTXConditionPipeline

    ids = LTXConditionPipeline._prepare_video_ids(batch, *grid)
    coords = LTXConditionPipeline._scale_video_ids(ids, where.spatial, where.temporal, 0).float()
    coords[:, 0] = coords[:, 0] * (1.0 / where.fps)
    return {"video_coords": coords}


def _vae(checkpoint: Checkpoint) -> Any:
    from diffusers import AutoencoderKLLTXVideo

    return checkpoint.load("vae", AutoencoderKLLTXVideo, torch.float32)


def decoder(checkpoint: Checkpoint) -> Built:
    """The decoder, checked against `vae.decode` without noise."""
    vae = _vae(checkpoint)
    time = DECODE_TIME if vae.config.timestep_conditioning else None
    with torch.no_grad():
        checks = tuple(_decoder_check(vae, time, shape) for shape in CLIPS)
    example = torch.randn(2, vae.config.latent_channels, 3, 2, 3, generator=torch.Generator().manual_seed(1))
    dims = {0: Dim("B"), 2: Dim("T"), 3: Dim("H"), 4: Dim("W")}
    return Built(Graph(LtxDecoder(vae, time), {"latents": example}, ("frames",), {"latents": dims}), checks)


def _decoder_check(vae: Any, time: float | None, shape: tuple[int, int, int, int]) -> Check:
    batch, *grid = shape
    random = torch.Generator().manual_seed(sum(shape))
    latents = torch.randn(batch, vae.config.latent_channels, *grid, generator=random)
    mean, std = (x.view(1, -1, 1, 1, 1) for x in (vae.latents_mean, vae.latents_std))
    temb = None if time is None else torch.full((batch,), time)
    expected = vae.decode(latents * std / vae.config.scaling_factor + mean, temb, return_dict=False)[0]
    return Check(_clip_case(shape), expected, lambda run: run({"latents": latents})["frames"], _limit(expected))


def autoencoder(checkpoint: Checkpoint) -> Autoencoder:
    """diffusers' own autoencoder between frames and normalised latents, without noise."""
    vae = _vae(checkpoint)
    space, time = compression(dict(vae.config))
    moment = torch.full((1,), DECODE_TIME) if vae.config.timestep_conditioning else None
    mean, std = (x.view(1, -1, 1, 1, 1) for x in (vae.latents_mean, vae.latents_std / vae.config.scaling_factor))

    def encode(frames: Tensor) -> Tensor:
        return (vae.encode(frames).latent_dist.mode() - mean) / std

    def decode(latents: Tensor) -> Tensor:
        return vae.decode(latents * std + mean, moment, return_dict=False)[0]

    return Autoencoder(encode, decode, vae.config.latent_channels, space, time)


def encoder(checkpoint: Checkpoint) -> Built:
    """The encoder, checked against the mode of what `vae.encode` gives."""
    vae = _vae(checkpoint)
    spatial, temporal = compression(dict(vae.config))
    with torch.no_grad():
        checks = tuple(_encoder_check(vae, (spatial, temporal), shape) for shape in CLIPS)
    random = torch.Generator().manual_seed(1)
    example = torch.rand(2, 3, 1 + 2 * temporal, 2 * spatial, 3 * spatial, generator=random) * 2 - 1
    # Work-around 11: with free sizes the exporter doesn't come to an end; these are the ones that there are.
    k, h, w = Dim("k"), Dim("h"), Dim("w")
    dims = {0: Dim("B"), 2: temporal * k + 1, 3: spatial * h, 4: spatial * w}
    return Built(Graph(LtxEncoder(vae), {"frames": example}, ("latents",), {"frames": dims}), checks)


def _encoder_check(vae: Any, compressions: tuple[int, int], shape: tuple[int, int, int, int]) -> Check:
    spatial, temporal = compressions
    batch, frames, height, width = shape
    random = torch.Generator().manual_seed(sum(shape))
    size = (1 + (frames - 1) * temporal, height * spatial, width * spatial)
    clip = torch.rand(batch, 3, *size, generator=random) * 2 - 1
    mean, std = (x.view(1, -1, 1, 1, 1) for x in (vae.latents_mean, vae.latents_std))
    expected = (vae.encode(clip).latent_dist.mode() - mean) * vae.config.scaling_factor / std
    return Check(_clip_case(shape), expected, lambda run: run({"frames": clip})["latents"], _limit(expected))


def _limit(expected: Tensor) -> float:
    """1e-5, or that part of the largest value: of those beyond 1, which nothing cuts off here, float32 itself is off by
    more, in diffusers as in the graph.
    """
    return 1e-5 * max(1.0, expected.abs().max().item())


def _clip_case(shape: tuple[int, int, int, int]) -> str:
    return "B={} T={} H={} W={}".format(*shape)
