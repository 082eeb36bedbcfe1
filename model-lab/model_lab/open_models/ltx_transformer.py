"""LTX-Video's transformer behind the canonical interface of denoisers."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from model_lab.open_models.attention import attend, rotate

LED = 2  # in the mask of what is known: a picture that the prediction leads to
_BASE_FRAMES, _BASE_SIDE, _THETA = 20, 2048, 10_000.0  # as LTXVideoTransformer3DModel builds its rotary embedding


@dataclass(frozen=True)
class Coordinates:
    """Where a latent position lies in the clip: the rotary embedding counts in seconds and pixels.

    `causal` says whose coordinates they are: those of LTXConditionPipeline, for which the first latent frame is one
    frame long and the others begin right after it, or those of LTXPipeline, for which all latent frames are equally
    long.
    """

    fps: int
    spatial: int  # pixels per latent position
    temporal: int  # frames per latent frame
    causal: bool

    def frames(self, positions: Tensor) -> Tensor:
        """The time of latent frames, as parts of the transformer's base length."""
        if self.causal:
            first = (positions * self.temporal + (1 - self.temporal)).clamp(min=0)
            return first * (1.0 / self.fps) / _BASE_FRAMES
        return positions * (self.temporal / self.fps) / _BASE_FRAMES

    def sides(self, positions: Tensor) -> Tensor:
        """The place of latent rows or columns, as parts of the transformer's base side."""
        return positions * self.spatial / _BASE_SIDE


class LtxDenoiser(nn.Module):
    """The transformer over [B, C, T, H, W], with times that differ from frame to frame for what is known (ADR 0006).

    Frames that are known get time 0 and are put in as they are. Of pictures that nothing imposes (2 in the mask), the
    prediction is (latents − known) / sigma, by which every sampler arrives at them. Of frames that the sampler sets
    itself (1), it is the transformer's own, because guidance's rescale goes by the spread of all that it predicts.
    diffusers has a time for each token; modulation by frame is the same, and takes
    the memory of T instead of T·H·W rows.
    """

    frequencies: Tensor
    time_frequencies: Tensor

    def __init__(self, model: Any, coordinates: Coordinates, train_timesteps: int) -> None:
        super().__init__()
        self.model = model
        self.coordinates = coordinates
        self.train_timesteps = train_timesteps
        width = model.config.num_attention_heads * model.config.attention_head_dim
        exponents = torch.linspace(math.log(1.0, _THETA), math.log(_THETA, _THETA), width // 6, dtype=torch.float32)
        self.register_buffer("frequencies", _THETA**exponents * math.pi / 2.0, persistent=False)
        half = model.time_embed.emb.time_proj.num_channels // 2
        exponents = -math.log(10_000) * torch.arange(half, dtype=torch.float32) / half
        self.register_buffer("time_frequencies", torch.exp(exponents), persistent=False)
        self.unrotated = width % 6 // 2  # pairs that are left over when a third of the width goes to each direction

    def forward(
        self,
        latents: Tensor,
        timestep: Tensor,
        context: Tensor,
        context_mask: Tensor,
        known: Tensor,
        known_mask: Tensor,
    ) -> Tensor:
        batch, channels, frames, height, width = latents.shape
        for tied in (timestep, context, context_mask, known, known_mask):  # work-around 3
            torch._check(tied.shape[0] == batch)
        torch._check(context_mask.shape[1] == context.shape[1])
        told = known_mask != 0
        shown = torch.where(told[:, None, :, None, None], known, latents)
        time = torch.where(told, torch.zeros_like(timestep)[:, None], timestep[:, None])  # [B, T]
        tokens = shown.flatten(2).transpose(1, 2)
        flow = self._transformer(tokens, time, context, context_mask, (frames, height, width))
        flow = flow.transpose(1, 2).reshape(batch, channels, frames, height, width)
        sigma = (timestep / self.train_timesteps)[:, None, None, None, None]
        return torch.where((known_mask == LED)[:, None, :, None, None], (latents - known) / sigma, flow)

    def _transformer(
        self, tokens: Tensor, time: Tensor, context: Tensor, context_mask: Tensor, grid: tuple[int, int, int]
    ) -> Tensor:
        """LTXVideoTransformer3DModel.forward, by frames."""
        model, dtype = self.model, self.model.proj_in.weight.dtype
        batch, frames = time.shape
        rotary = self._rotary(*grid)
        hidden = model.proj_in(tokens.to(dtype))  # work-around 10: halves begin and end inside
        embedded = self._time(time.flatten(), dtype)
        modulation = model.time_embed.linear(model.time_embed.silu(embedded)).reshape(batch, frames, 6, -1)
        embedded = embedded.reshape(batch, frames, 1, -1)
        text = model.caption_projection(context.to(dtype))
        mask = context_mask.to(torch.int32)
        for block in model.transformer_blocks:
            hidden = _block(block, hidden, text, modulation, rotary, mask)
        shift, scale = (model.scale_shift_table[None, None] + embedded).unbind(dim=2)
        hidden = _modulated(model.norm_out(hidden), shift, scale)
        return model.proj_out(hidden).float()

    def _time(self, time: Tensor, dtype: torch.dtype) -> Tensor:
        """The embedding of times [N]. Frequencies are baked in: times go up to 1,000, so that a frequency that another
        exponential function gives in its last bit alone turns an angle by 1e-4."""
        angles = time[:, None] * self.time_frequencies
        waves = torch.cat((angles.cos(), angles.sin()), dim=-1)
        return self.model.time_embed.emb.timestep_embedder(waves.to(dtype))

    def _rotary(self, frames: int, height: int, width: int) -> tuple[Tensor, Tensor]:
        """Cosines and sines of [1, T·H·W, D/2], in float32: the three directions take turns.

        Sums of ranges instead of a grid (work-around 4): a meshgrid of variable sizes isn't exported.
        """
        along = self.coordinates.frames(torch.arange(frames, dtype=torch.float32))[:, None, None]
        rows = self.coordinates.sides(torch.arange(height, dtype=torch.float32))[None, :, None]
        columns = self.coordinates.sides(torch.arange(width, dtype=torch.float32))[None, None, :]
        nothing = torch.zeros((frames, height, width), dtype=torch.float32)
        places = torch.stack((along + nothing, rows + nothing, columns + nothing), dim=-1).reshape(-1, 1, 3)
        angles = (self.frequencies[:, None] * (places * 2 - 1)).flatten(1)[None]
        cos, sin = angles.cos(), angles.sin()
        if self.unrotated:
            cos = torch.nn.functional.pad(cos, (self.unrotated, 0), value=1.0)
            sin = torch.nn.functional.pad(sin, (self.unrotated, 0), value=0.0)
        return cos, sin


def _block(
    block: Any, hidden: Tensor, text: Tensor, modulation: Tensor, rotary: tuple[Tensor, Tensor], mask: Tensor
) -> Tensor:
    """LTXVideoTransformerBlock.forward, by frames."""
    ada = block.scale_shift_table[None, None] + modulation
    shift_msa, scale_msa, gate_msa, shift_mlp, scale_mlp, gate_mlp = ada.unbind(dim=2)
    seen = _modulated(block.norm1(hidden), shift_msa, scale_msa)
    hidden = hidden + _by_frame(_attention(block.attn1, seen, seen, rotary), gate_msa)
    hidden = hidden + _attention(block.attn2, hidden, text, mask=mask)
    seen = _modulated(block.norm2(hidden), shift_mlp, scale_mlp)
    return hidden + _by_frame(block.ff(seen), gate_mlp)


def _attention(
    attention: Any,
    hidden: Tensor,
    others: Tensor,
    rotary: tuple[Tensor, Tensor] | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    query, key = attention.norm_q(attention.to_q(hidden)), attention.norm_k(attention.to_k(others))
    if rotary is not None:
        query, key = (rotate(x.float(), *rotary).to(x.dtype) for x in (query, key))
    return attention.to_out[0](attend(query, key, attention.to_v(others), attention.heads, mask))


def _modulated(hidden: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    batch, frames, channels = scale.shape
    by_frame = hidden.reshape(batch, frames, -1, channels)
    return (by_frame * (1 + scale[:, :, None]) + shift[:, :, None]).reshape(batch, -1, channels)


def _by_frame(hidden: Tensor, gate: Tensor) -> Tensor:
    batch, frames, channels = gate.shape
    return (hidden.reshape(batch, frames, -1, channels) * gate[:, :, None]).reshape(batch, -1, channels)
