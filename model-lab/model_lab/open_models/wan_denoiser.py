"""Wan's transformer by Galatea's interface of a denoiser.

The weights are diffusers' own modules; the way through them is written out here, so that a time is given per frame
instead of per token (six vectors for each token of a 720p clip would take 2 GB), and attention is one operator.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim

from model_lab.open_models.attention import attend, rotate
from model_lab.open_models.family import Built, Check, Graph
from model_lab.open_models.graph import expand_known

Shape = tuple[int, int, int, int, int]

CONTEXT = 512
TRAIN = 1000.0
SHAPES = ((1, 1, 4, 6, 5), (2, 3, 4, 4, 512), (1, 2, 6, 4, 1), (2, 1, 4, 6, 77))  # B, T, H, W, L, for patches of two


class Denoiser(nn.Module):
    """latents f32 [B,C,T,H,W], timestep f32 [B], context f32 [B,L,D], context_mask i64 [B,L] to the flow [B,C,T,H,W].

    If `told`, also known [B,C,T,H,W] and known_mask i64 [B,T]: frames whose mask isn't 0 are put in with time 0, and
    what is predicted of them leads from their noise to what they are.

    If the transformer takes more channels than it gives, it `concatenates`: `known` is the whole clip of which frames
    are given, encoded, and goes beside the latents with channels that say which frames those are.

    If it `looks`, also image_embeddings f32 [B,N,E]: of the picture that the clip begins with, CLIP's.
    """

    cos: Tensor  # [positions, D/2]: diffusers' tables hold each value twice
    sin: Tensor
    frequencies: Tensor

    def __init__(self, transformer: Any, told: bool) -> None:
        super().__init__()
        self.transformer = transformer
        self.told = told
        self.concatenates = concatenates(transformer)
        self.looks = looks(transformer)
        self.dtype = transformer.patch_embedding.weight.dtype
        rope, projection = transformer.rope, transformer.condition_embedder.timesteps_proj
        self.axes = [rope.t_dim // 2, rope.h_dim // 2, rope.w_dim // 2]
        self.register_buffer("cos", rope.freqs_cos[:, 0::2].clone())
        self.register_buffer("sin", rope.freqs_sin[:, 1::2].clone())
        # As a constant: an exponential that differs in its last bit turns the phase of timestep 1000 by 1e-4.
        half = projection.num_channels // 2
        self.register_buffer("frequencies", torch.exp(-math.log(10000) * torch.arange(half).float() / half))

    def forward(
        self,
        latents: Tensor,
        timestep: Tensor,
        context: Tensor,
        context_mask: Tensor,
        known: Tensor | None = None,
        known_mask: Tensor | None = None,
        image_embeddings: Tensor | None = None,
    ) -> Tensor:
        # Work-around 3: batches are of one size; torch.export would take them for independent ones.
        pictures = () if image_embeddings is None else (image_embeddings,)
        for other in (timestep, context, context_mask, *pictures):
            torch._check(other.shape[0] == latents.shape[0])
        torch._check(context_mask.shape[1] == context.shape[1])
        text = self._padded(context, context_mask)
        if known is None or known_mask is None:
            return self._predicted(latents, timestep[:, None], text)
        given = known_mask != 0
        if self.concatenates:
            beside = torch.cat([latents, self._marks(given, latents), known], 1)
            return self._predicted(beside, timestep[:, None], text, image_embeddings)
        times = torch.where(given, 0.0, timestep[:, None])
        at = given[:, None, :, None, None]
        flow = self._predicted(torch.where(at, known, latents), times, text)
        # The true flow: the noise in `latents` at this level is (latents − known) / sigma + known.
        sigma = (timestep / TRAIN).clamp(min=1e-4)[:, None, None, None, None]
        return torch.where(at, (latents - known) / sigma, flow)

    def _marks(self, given: Tensor, latents: Tensor) -> Tensor:
        """A channel for each frame that a latent frame stands for. The clip's first one stands for its picture alone;
        of a later one, a picture is the last frame.
        """
        config = self.transformer.config
        count = config.in_channels - 2 * channels(self.transformer)
        b, _, t, h, w = latents.shape
        last = torch.arange(count)[:, None] == count - 1
        at = (torch.arange(t) == 0)[None] | last
        return (at[None] & given[:, None]).float()[..., None, None].expand(b, count, t, h, w)

    def _padded(self, context: Tensor, mask: Tensor) -> Tensor:
        """Work-around 6: Wan looks at all 512 places of its context; those without a token are zeros."""
        own = (context * mask[..., None]).to(self.dtype)
        return torch.cat([own, own.new_zeros(own.shape[0], CONTEXT, own.shape[2])], 1)[:, :CONTEXT]

    def _predicted(self, latents: Tensor, times: Tensor, text: Tensor, pictures: Tensor | None = None) -> Tensor:
        """`times` f32 [B, F]: F is T, or 1 for a time that all frames share."""
        model = self.transformer
        b, _, t, h, w = latents.shape
        pt, ph, pw = model.config.patch_size
        rotary = self._rotary(t // pt, h // ph, w // pw)
        x = model.patch_embedding(latents.to(self.dtype)).flatten(2).transpose(1, 2)
        time, shifts = self._timed(times)
        text = model.condition_embedder.text_embedder(text)
        seen = None if pictures is None else model.condition_embedder.image_embedder(pictures.to(self.dtype))
        for block in model.blocks:
            x = _block(block, x, text, seen, shifts, rotary)
        shift, scale = (model.scale_shift_table + time).chunk(2, 2)
        x = model.proj_out(_modulated(model.norm_out(x.float()), scale, shift).to(self.dtype))
        x = x.reshape(b, t // pt, h // ph, w // pw, pt, ph, pw, -1).permute(0, 7, 1, 4, 2, 5, 3, 6)
        return x.reshape(b, -1, t, h, w).float()

    def _timed(self, times: Tensor) -> tuple[Tensor, Tensor]:
        """What a time [B, F] does to the end [B, F, 1, C] and to each block [B, F, 6, C]."""
        embedder = self.transformer.condition_embedder
        phases = times[..., None].float() * self.frequencies
        time = embedder.time_embedder(torch.cat([phases.cos(), phases.sin()], -1)).to(self.dtype)
        return time[:, :, None], embedder.time_proj(embedder.act_fn(time)).unflatten(2, (6, -1))

    def _rotary(self, t: int, h: int, w: int) -> tuple[Tensor, Tensor]:
        """Cosines and sines [1, N, 1, D/2]."""
        made = []
        for table in (self.cos, self.sin):
            of_t, of_h, of_w = table.split(self.axes, 1)
            axes = (of_t[:t, None, None], of_h[None, :h, None], of_w[None, None, :w])
            made.append(torch.cat([axis.expand(t, h, w, -1) for axis in axes], -1).reshape(1, t * h * w, 1, -1))
        return made[0], made[1]


def concatenates(transformer: Any) -> bool:
    """True if a picture reaches a transformer as channels."""
    return bool(transformer.config.in_channels > channels(transformer))


def looks(transformer: Any) -> bool:
    """True if a transformer attends to embeddings of a picture, too."""
    return transformer.condition_embedder.image_embedder is not None


def channels(transformer: Any) -> int:
    """The channels of the latents."""
    return int(transformer.config.out_channels or transformer.config.in_channels)


def _modulated(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """[B, N, C] by [B, F, 1, C]: each frame's tokens by the frame's vectors."""
    b, n, c = x.shape
    return (x.reshape(b, scale.shape[1], -1, c) * (1 + scale) + shift).reshape(b, n, c)


def _gated(x: Tensor, gate: Tensor) -> Tensor:
    b, n, c = x.shape
    return (x.reshape(b, gate.shape[1], -1, c) * gate).reshape(b, n, c)


def _block(
    block: Any, x: Tensor, text: Tensor, seen: Tensor | None, shifts: Tensor, rotary: tuple[Tensor, Tensor]
) -> Tensor:
    """One transformer block, in the order and the types of diffusers'."""
    kind = x.dtype
    parts = (block.scale_shift_table + shifts.float()).chunk(6, 2)
    shift, scale, gate, ff_shift, ff_scale, ff_gate = parts
    normed = _modulated(block.norm1(x.float()), scale, shift).to(kind)
    x = (x.float() + _gated(_attention(block.attn1, normed, normed, rotary), gate)).to(kind)
    x = x + _attention(block.attn2, block.norm2(x.float()).to(kind), text, None, seen)
    normed = _modulated(block.norm3(x.float()), ff_scale, ff_shift).to(kind)
    return (x.float() + _gated(_fed_forward(block.ffn, normed).float(), ff_gate)).to(kind)


def _fed_forward(layer: Any, x: Tensor) -> Tensor:
    """Half of the tokens after the other: the hidden features, five times as wide, are the most that a block holds."""
    half = (x.shape[1] + 1) // 2
    return torch.cat([layer(x[:, :half]), layer(x[:, half:])], 1)


def _attention(
    layer: Any, x: Tensor, context: Tensor, rotary: tuple[Tensor, Tensor] | None, seen: Tensor | None = None
) -> Tensor:
    """Of tokens to a context and, beside it and with keys and values of its own, to what is `seen` of a picture."""
    query, key = layer.norm_q(layer.to_q(x)), layer.norm_k(layer.to_k(context))
    if rotary is not None:
        query, key = (rotate(y.unflatten(2, (layer.heads, -1)), *rotary).flatten(2).to(y.dtype) for y in (query, key))
    value = layer.to_v(context)
    if rotary is None:
        # Most of a text's places are padding, all alike, and ONNX Runtime's sums over hundreds of equal values are off
        # by 2e-5 of them. Weights add up to 1, so that a value can be taken out before and put back after.
        last = value[:, -1:]
        found = attend(query, key, value - last, layer.heads) + last
    else:
        found = attend(query, key, value, layer.heads)
    if seen is not None:
        own = layer.norm_added_k(layer.add_k_proj(seen))
        found = found + attend(query, own, layer.add_v_proj(seen), layer.heads)
    return layer.to_out[0](found)


def inputs(shape: Shape, count: int, dim: int, told: bool, seed: int = 1, image: int = 0) -> dict[str, Tensor]:
    """Inputs of a shape (B, T, H, W, L); of the last text of a batch, half is padding; the first frame is known.

    `image`: the width of a picture's embeddings, of which there are some.
    """
    b, t, h, w, length = shape
    draw = torch.Generator().manual_seed(seed)
    mask = torch.ones(b, length, dtype=torch.int64)
    if length > 1:
        mask[-1, length // 2 :] = 0
    given = {
        "latents": torch.randn(b, count, t, h, w, generator=draw),
        "timestep": torch.tensor([937.0, 312.0][:b]),
        "context": torch.randn(b, length, dim, generator=draw) * 0.3,
        "context_mask": mask,
    }
    if told:
        given["known"] = torch.randn(b, count, t, h, w, generator=draw)
        given["known_mask"] = torch.zeros(b, t, dtype=torch.int64)
        given["known_mask"][:, 0] = 1
    if image:
        given["image_embeddings"] = torch.randn(b, 5 + seed, image, generator=draw)
    return given


def graph(model: Any, told: bool) -> Graph:
    """The transformer's graph, at opset 23, whose RMSNormalization is one operator."""
    config = model.config
    # Heights and widths are multiples of the patch; said so, their quotients are known to agree.
    ph, pw = config.patch_size[1:]
    names = inputs((2, 3, 2 * ph, 3 * pw, 9), channels(model), config.text_dim, told, image=config.image_dim or 0)
    volume = {0: Dim("B"), 2: Dim("T"), 3: ph * Dim("H"), 4: pw * Dim("W")}
    tokens = {0: volume[0], 1: Dim("L")}
    dynamic: dict[str, dict[int, Any]] = {
        "latents": volume,
        "timestep": {0: volume[0]},
        "context": tokens,
        "context_mask": tokens,
        "known": volume,
        "known_mask": {0: volume[0], 1: volume[2]},
        "image_embeddings": {0: volume[0], 1: Dim("N")},
    }
    surgery = (expand_known,) if told else ()
    return Graph(Denoiser(model, told), names, ("prediction",), dynamic, opset=23, surgery=surgery)


@torch.no_grad()
def build_denoiser(model: Any, told: bool, dtype: str = "fp32", shapes: Sequence[Shape] | None = None) -> Built:
    """A denoiser, checked against diffusers' own forward at these shapes (B, T, H, W, L)."""
    config = model.config
    _, ph, pw = config.patch_size
    shapes = shapes or [(b, t, h * ph // 2, w * pw // 2, length) for b, t, h, w, length in SHAPES]
    checks = []
    for seed, shape in enumerate(shapes):
        for tell in (False, True) if told else (False,):
            given = inputs(shape, channels(model), config.text_dim, told, seed, config.image_dim or 0)
            expected = _expected(model, given, tell)
            if told and not tell:
                given["known"], given["known_mask"] = torch.zeros(1, 1, 1, 1, 1), torch.zeros(1, 1, dtype=torch.int64)
            case = "B={} T={} H={} W={} L={}".format(*shape) + (", first frame known" if tell else "")
            run = lambda run, given=given: run(given)["prediction"]
            limit, relative = (1e-5, False) if dtype == "fp32" else (2e-3, True)
            checks.append(Check(case, expected, run, limit, relative))
    return Built(graph(model, told), tuple(checks))


def _expected(model: Any, given: Mapping[str, Tensor], tell: bool) -> Tensor:
    """diffusers' forward with the inputs that its pipelines make: zeros to 512 places, and a time for each token."""
    kind = model.patch_embedding.weight.dtype
    latents, time = given["latents"], given["timestep"]
    own = given["context"] * given["context_mask"][..., None]
    text = torch.cat([own, own.new_zeros(own.shape[0], CONTEXT - own.shape[1], own.shape[2])], 1).to(kind)
    if concatenates(model):
        beside = torch.cat([latents, *_condition(model, given, tell)], 1)
        seen = given["image_embeddings"].to(kind) if looks(model) else None
        return model(beside.to(kind), time, text, seen, return_dict=False)[0].float()
    if not tell:
        return model(latents.to(kind), time, text, return_dict=False)[0].float()
    known, first = given["known"], given["known_mask"][:, None, :, None, None] != 0
    mask = (~first).float().expand(latents.shape)
    _, ph, pw = model.config.patch_size
    times = (mask[:, 0, :, ::ph, ::pw] * time[:, None, None, None]).flatten(1)
    flow = model(torch.where(first, known, latents).to(kind), times, text, return_dict=False)[0].float()
    truth = (latents - known) / (time / TRAIN)[:, None, None, None, None]
    return torch.where(first, truth, flow)


def _condition(model: Any, given: Mapping[str, Tensor], tell: bool) -> tuple[Tensor, Tensor]:
    """The channels beside the latents, made as WanImageToVideoPipeline makes them for a first frame."""
    latents = given["latents"]
    b, _, t, h, w = latents.shape
    count = model.config.in_channels - 2 * channels(model)
    if not tell:
        return latents.new_zeros(b, count, t, h, w), torch.zeros_like(latents)
    mask = torch.ones(b, 1, 1 + count * (t - 1), h, w)
    mask[:, :, 1:] = 0
    mask = torch.cat([mask[:, :, :1].repeat_interleave(count, 2), mask[:, :, 1:]], 2)
    return mask.view(b, -1, count, h, w).transpose(1, 2), given["known"]
