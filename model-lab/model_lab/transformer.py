"""The diffusion transformer: space-time patches and text tokens in one sequence, modulated by the timestep.

Rotary positions in t, y and x, so that other sizes and lengths than the trained ones can work; RMS-normalised queries
and keys; adaptive layer norm with one shared projection of the timestep plus a table per layer. What is known of a clip
(its first latent frames, or a picture that it begins or ends with) comes in beside the noisy latents.
"""

from __future__ import annotations

import math
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_lab.aliases import Weights
from model_lab.autoencoder import TEMPORAL
from model_lab.world.scene import FPS

# What `known` holds in a latent frame: its latents, or those of a still that it begins or ends with.
KNOWN, PICTURE = 1, 2
AXES = (16, 24, 24)  # dimensions of a head that rotate with t, y and x; their sum is the head's width
PLACES = 31  # numbers that say where a token is, see `places`
RHYTHMS = (0.125, 0.25, 0.5, 1.0)  # turns a second of the clocks in `places`
RATE = FPS / TEMPORAL  # latent frames a second


def modulate(x: Tensor, width: int, shift: Tensor, scale: Tensor) -> Tensor:
    return F.layer_norm(x, (width,)) * (1 + scale) + shift


def rms(x: Tensor) -> Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


def rotary(
    frames: int, height: int, width: int, text: int, device: torch.device | None = None
) -> tuple[Tensor, Tensor]:
    """Cosines and sines [text + frames·height·width, head/2]; text tokens do not rotate."""
    t = torch.arange(frames, device=device).reshape(-1, 1, 1).expand(frames, height, width).reshape(-1)
    y = torch.arange(height, device=device).reshape(1, -1, 1).expand(frames, height, width).reshape(-1)
    x = torch.arange(width, device=device).reshape(1, 1, -1).expand(frames, height, width).reshape(-1)
    angles = []
    for position, size in zip((t, y, x), AXES):
        steps = torch.exp(-math.log(100.0) * torch.arange(size // 2, device=device) / (size // 2))
        angles.append(position[:, None].float() * steps[None])
    angle = torch.cat(angles, 1)
    angle = torch.cat([torch.zeros_like(angle[:1]).expand(text, -1), angle], 0)
    return torch.cos(angle), torch.sin(angle)


def places(
    frames: int, height: int, width: int, device: torch.device | None = None, span: Tensor | None = None
) -> Tensor:
    """Where each of the video tokens is, absolutely: [B, frames·height·width, PLACES]; rotary positions only say how
    far apart.

    Its part of the clip, the clip's length, the point of the picture in half picture heights from its middle, and the
    time in seconds, on clocks: what gravity or a rhythm rules takes as long in any clip. Of an excerpt, `span` [B, 2]
    says at which latent frame of its clip it begins, and how many the clip has.
    """
    t, y, x = (torch.arange(n, device=device).float() for n in (frames, height, width))
    begin, whole = (0, t[None, -1:] + 1) if span is None else span.float().split(1, 1)
    middle = begin + t[None] + 0.5
    part, length, seconds = middle / whole, torch.log2(whole / 6), middle / RATE
    y, x = ((2 * line + 1 - many) / (y[-1:] + 1) for line, many in ((y, y[-1:] + 1), (x, x[-1:] + 1)))
    angles = [math.pi * k * part for k in range(1, 5)] + [2 * math.pi * k * seconds for k in RHYTHMS]
    time = torch.stack([f(angle) for angle in angles for f in (torch.sin, torch.cos)] + [length.expand_as(part)], 2)
    down = torch.stack([f(math.pi / 2 * k * y) for k in range(1, 4) for f in (torch.sin, torch.cos)], 1)
    along = torch.stack([f(math.pi / 4 * k * x) for k in range(1, 5) for f in (torch.sin, torch.cos)], 1)
    spots = (len(time), frames, height, width, -1)
    grid = [time[:, :, None, None].expand(spots), down[:, None].expand(spots), along.expand(spots)]
    return torch.cat(grid, 4).flatten(1, 3)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x [B, N, heads, size] by angles [N, 1, size/2], or [B, N, 1, size/2] where each sample has its own tokens."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Multi-head attention of [B, N, heads, size], flattened to [B, N, heads·size]; the mask [B, 1, 1, N] is added."""
    if torch.onnx.is_in_onnx_export():
        return _fused(q, k, v, mask)
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    y = (F.scaled_dot_product_attention if q.is_cuda else _written_out)(q, k, v, mask)
    return y.transpose(1, 2).flatten(2)


def _written_out(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Faster on CPUs than PyTorch's fused kernel."""
    return torch.softmax(q * q.shape[-1] ** -0.5 @ k.transpose(-1, -2) + mask, -1) @ v


def _fused(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """The operator of ONNX Runtime that never builds the matrix of all tokens by all tokens.

    On the CPU it does so without a mask only. So the mask is one more dimension of the keys, in which queries have 1.
    """
    heads, size = int(v.shape[2]), int(v.shape[3])
    masked = mask[:, 0, 0, :, None, None].expand(-1, -1, heads, -1)
    q, k = torch.cat([q, torch.ones_like(q[..., :1])], -1), torch.cat([k, masked], -1)
    attended: Tensor = _MultiHeadAttention.apply(q.flatten(2), k.flatten(2), v.flatten(2), heads, size**-0.5)
    return attended


class _MultiHeadAttention(torch.autograd.Function):
    """For export only: com.microsoft.MultiHeadAttention of [B, N, heads·size]; values may have a size of their own."""

    @staticmethod
    def forward(_: Any, q: Tensor, k: Tensor, v: Tensor, heads: int, scale: float) -> Tensor:
        q, k, v = (x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (q, k, v))
        return F.scaled_dot_product_attention(q, k, v, scale=scale).transpose(1, 2).flatten(2)

    @staticmethod
    def symbolic(g: Any, q: Any, k: Any, v: Any, heads: int, scale: float) -> Any:
        attended = g.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=heads, scale_f=scale)
        attended.setType(v.type())
        return attended


class Layer(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.width, self.heads = width, heads
        self.table = nn.Parameter(torch.zeros(6, width))
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.mix = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)
        nn.init.zeros_(self.mix.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor, modulation: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        b, n, _ = x.shape
        s1, c1, g1, s2, c2, g2 = (modulation + self.table).unsqueeze(2).unbind(1)
        q, k, v = self.qkv(modulate(x, self.width, s1, c1)).reshape(b, n, 3, self.heads, -1).unbind(2)
        q, k = rotate(rms(q), cos, sin).to(v.dtype), rotate(rms(k), cos, sin).to(v.dtype)
        x = x + g1 * self.mix(attention(q, k, v, mask))
        return x + g2 * self.down(F.gelu(self.up(modulate(x, self.width, s2, c2)), approximate="tanh"))


class Transformer(nn.Module):
    """Predicts the velocity noise − x0 of normalised latents; `hidden` is the width inside the layers' feed-forward
    parts.
    """

    def __init__(
        self,
        width: int = 384,
        depth: int = 8,
        channels: int = 16,
        text: int = 384,
        patch: int = 2,
        hidden: int | None = None,
    ) -> None:
        super().__init__()
        heads, rest = divmod(width, sum(AXES))
        if rest:
            raise ValueError(f"width is {width}, not a multiple of {sum(AXES)}, the width of a head")
        self.channels, self.patch, self.width, self.hidden = channels, patch, width, hidden or 4 * width
        self.enter = nn.Linear(channels * patch * patch, width)
        self.known = nn.Linear(channels * patch * patch + 2, width, bias=False)
        self.place = nn.Linear(PLACES, width, bias=False)
        self.words = nn.Sequential(nn.Linear(text, width), nn.SiLU(), nn.Linear(width, width))
        self.time = nn.Sequential(nn.Linear(128, width), nn.SiLU(), nn.Linear(width, width))
        self.pool = nn.Linear(text, width, bias=False)
        self.modulation = nn.Linear(width, 6 * width)
        self.layers = nn.ModuleList([Layer(width, heads, self.hidden) for _ in range(depth)])
        self.final = nn.Linear(width, 2 * width)
        self.leave = nn.Linear(width, channels * patch * patch)
        for layer in (self.modulation, self.final, self.leave):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.pool.weight)
        nn.init.zeros_(self.known.weight)
        nn.init.zeros_(self.place.weight)
        with torch.no_grad():
            self.modulation.bias.reshape(6, width)[[2, 5]] = 1.0

    @classmethod
    def like(cls, weights: Weights) -> Self:
        """A transformer of the widths and depth of these named weights; it has others."""
        layers = {name.split(".")[1] for name in weights if name.startswith("layers.")}
        return cls(len(weights["enter.bias"]), len(layers), hidden=len(weights["layers.0.up.weight"]))

    def widened(self, hidden: int) -> Transformer:
        """One that computes the same, with wider feed-forward parts: what is new of them has no effect until it is
        trained.
        """
        if hidden < (now := self.hidden):
            raise ValueError(f"hidden is {hidden}; it can only grow, and is {now}")
        wide = Transformer(self.width, len(self.layers), hidden=hidden)
        weights = self.state_dict()
        for name, begun in wide.state_dict().items():
            old = weights[name]
            if old.shape != begun.shape:
                begun[tuple(map(slice, old.shape))] = old
                weights[name] = begun
        wide.load_state_dict(weights)
        return wide

    def forward(
        self,
        latents: Tensor,
        timestep: Tensor,
        context: Tensor,
        context_mask: Tensor,
        known: Tensor | None = None,
        known_mask: Tensor | None = None,
        route: Tensor | None = None,
        watch: int | None = None,
        span: Tensor | None = None,
    ) -> Any:
        """latents [B, C, T, H, W], timestep [B] in 0..1000, context [B, L, D], mask [B, L] → [B, C, T, H, W].

        `known` [B, C, T, H, W] holds what is given of the clip, `known_mask` [B, T] (int64) what that is: KNOWN where
        it holds the latent frame itself, PICTURE where it holds a still that the clip begins (first frame) or ends
        with (last frame), else 0; both may have dimensions of size 1 instead. What is predicted for a frame that is
        KNOWN means nothing.

        For training only: `route` [B, K] names the video tokens that pass the middle layers; the others skip them,
        which makes a step cheaper and learning faster (TREAD, Krause et al., 2025). `watch` asks for the hidden video
        tokens [B, K, width] after that many layers, too. `span` [B, 2] says of which part of their clips the latents
        are, see `places`.
        """
        b, c, t, h, w = latents.shape
        p = self.patch
        x = self.enter(self._patches(latents)) + self.place(places(t, h // p, w // p, latents.device, span))
        if known is not None and known_mask is not None:
            x = x + self.known(self._told(known.expand_as(latents), known_mask.expand(b, t)))
        words = self.words(context)
        length = context.shape[1]
        x = torch.cat([words, x], 1)

        frequencies = torch.exp(-math.log(10000.0) * torch.arange(64, device=x.device) / 64)
        angle = timestep[:, None].float() * frequencies[None]
        # The mean over the text's tokens is the sentence embedding that MiniLM was trained for: it steers all layers.
        words_mask = (context_mask > 0).to(context.dtype)[..., None]
        sentence = (context * words_mask).sum(1) / words_mask.sum(1)
        condition = F.silu(self.time(torch.cat([torch.cos(angle), torch.sin(angle)], 1)) + self.pool(sentence))
        modulation = self.modulation(condition).reshape(b, 6, self.width)

        cos, sin = (angles[:, None] for angles in rotary(t, h // p, w // p, length, x.device))
        visible = (context_mask > 0).to(x.dtype)
        visible = torch.cat([visible, torch.ones_like(x[:, length:, 0])], 1)
        mask = ((visible - 1) * 1e4)[:, None, None, :].to(x.dtype)
        if route is None:
            hidden: Tensor | None = None
            for i, layer in enumerate(self.layers):
                x = layer(x, modulation, cos, sin, mask)
                hidden = x if i + 1 == watch else hidden
        else:
            x, hidden = self._routed(x, modulation, cos, sin, mask, route, length, watch)

        shift, scale = self.final(condition).unsqueeze(1).chunk(2, -1)
        x = self.leave(modulate(x[:, length:], self.width, shift, scale))
        x = x.reshape(b, t, h // p, w // p, c, p, p).permute(0, 4, 1, 2, 5, 3, 6)
        x = x.reshape(b, c, t, h, w)
        return x if hidden is None else (x, hidden[:, length:])

    def _told(self, known: Tensor, mask: Tensor) -> Tensor:
        """What is known, as tokens [B, T·H/p·W/p, C·p·p + 2]; the last two say which kind it is."""
        tokens = self._patches(known * (mask > 0).to(known.dtype)[:, None, :, None, None])
        kinds = torch.stack([(mask == kind).to(known.dtype) for kind in (KNOWN, PICTURE)], -1)
        spots = tokens.shape[1] // mask.shape[1]
        return torch.cat([tokens, kinds[:, :, None].expand(-1, -1, spots, -1).flatten(1, 2)], 2)

    def _patches(self, latents: Tensor) -> Tensor:
        """[B, C, T, H, W] → tokens [B, T·H/p·W/p, C·p·p]."""
        b, c, t, h, w = latents.shape
        p = self.patch
        x = latents.reshape(b, c, t, h // p, p, w // p, p).permute(0, 2, 3, 5, 1, 4, 6)
        return x.reshape(b, t * (h // p) * (w // p), c * p * p)

    def _routed(
        self,
        x: Tensor,
        modulation: Tensor,
        cos: Tensor,
        sin: Tensor,
        mask: Tensor,
        route: Tensor,
        length: int,
        watch: int | None,
    ) -> tuple[Tensor, Tensor | None]:
        x = self.layers[0](x, modulation, cos, sin, mask)
        words = torch.arange(length, device=x.device).expand(len(x), -1)
        kept = torch.cat([words, length + route], 1)
        places = kept[..., None].expand(-1, -1, self.width)
        y, hidden = x.gather(1, places), None
        ours = [angles[kept] for angles in (cos, sin)]
        seen = mask.gather(-1, kept[:, None, None])
        for i, layer in enumerate(self.layers[1:-1], 1):
            y = layer(y, modulation, *ours, seen)
            hidden = y if i + 1 == watch else hidden
        x = x.scatter(1, places, y.to(x.dtype))
        return self.layers[-1](x, modulation, cos, sin, mask), hidden
