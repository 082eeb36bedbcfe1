"""Wan's causal autoencoders as graphs that take a clip in chunks of any length and carry their state along.

diffusers walks frame by frame and keeps a cache of features before each causal convolution. Here that cache is inputs
(`state.0` …) and outputs (`next.0` …): [B, C_k, 2, H·s_k, W·s_k], the last two frames that a convolution saw, zeros at
a clip's start. So any cut gives the same frames, and memory doesn't grow with the clip. (Without state, the decoder
of an 81-frame clip looks 38 latent frames back: overlapping tiles in time give 16 to 22 dB.)

Work-around 8: the first latent frame stands for one frame, all others for `t`. Shapes can't depend on the value of
`first`, so the graphs treat all alike: of a clip's first chunk, frames before the clip lie in front, t − 1 of them.
They are blanked before everything that looks back in time, as if nothing were there; the consumer of the decoder drops
them, and that of the encoder puts t − 1 frames of any content in front.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan, patchify, unpatchify
from torch import Tensor, nn
from torch.export import Dim

from model_lab.open_models.attention import attend
from model_lab.open_models.family import Built, Check, Graph, Run

_KEPT = 2  # frames: the kernels are three frames long


class Tape:
    """Hands each causal convolution its state, in the order in which they run, and keeps the next ones."""

    def __init__(self, first: Tensor, states: Sequence[Tensor] | None, rate: int) -> None:
        self.first = first.bool()
        self.states = None if states is None else list(states)
        self.rate = rate  # frames here for a latent frame
        self.next: list[Tensor] = []

    def before(self, x: Tensor, count: int) -> Tensor:
        """Where the first `count` frames of a clip's first chunk are, as bool [1, 1, T, 1, 1]."""
        return ((torch.arange(x.shape[2]) < count) & self.first)[None, None, :, None, None]

    def blanked(self, x: Tensor) -> Tensor:
        """With zeros for what lies before the clip."""
        return x if self.rate == 1 else torch.where(self.before(x, self.rate - 1), 0.0, x)

    def joined(self, x: Tensor) -> Tensor:
        """With the two frames before it in front; keeps the last two."""
        states = self.states
        state = x.new_zeros(*x.shape[:2], _KEPT, *x.shape[3:]) if states is None else states[len(self.next)]
        joined = torch.cat([state, x], 2)
        self.next.append(joined[:, :, -_KEPT:])
        return joined


def _causal(conv: Any, x: Tensor, tape: Tape) -> Tensor:
    if conv.kernel_size[0] == 1:
        return conv(x)
    joined = tape.joined(tape.blanked(x))
    top, left = conv._padding[2], conv._padding[0]
    return F.conv3d(joined, conv.weight, conv.bias, conv.stride, (0, top, left))


def _residual(block: Any, x: Tensor, tape: Tape) -> Tensor:
    kept = block.conv_shortcut(x)
    x = _causal(block.conv1, block.nonlinearity(block.norm1(x)), tape)
    return _causal(block.conv2, block.nonlinearity(block.norm2(x)), tape) + kept


def _attention(block: Any, x: Tensor) -> Tensor:
    """Within each frame, one head."""
    b, c, t, h, w = x.shape
    frames = _frames(x)
    query, key, value = block.to_qkv(block.norm(frames)).flatten(2).transpose(1, 2).chunk(3, -1)
    seen = attend(query, key, value, 1).transpose(1, 2).reshape(b * t, c, h, w)
    return _clip(block.proj(seen), b) + x


def _middle(block: Any, x: Tensor, tape: Tape) -> Tensor:
    x = _residual(block.resnets[0], x, tape)
    for attention, residual in zip(block.attentions, block.resnets[1:]):
        x = _residual(residual, _attention(attention, x), tape)
    return x


def _frames(x: Tensor) -> Tensor:
    b, c, t, h, w = x.shape
    return x.transpose(1, 2).reshape(b * t, c, h, w)


def _clip(x: Tensor, batch: int) -> Tensor:
    return x.reshape(batch, -1, *x.shape[1:]).transpose(1, 2)


def _twice(x: Tensor) -> Tensor:
    """Each frame twice."""
    b, c, t, h, w = x.shape
    return x[:, :, :, None].expand(b, c, t, 2, h, w).reshape(b, c, 2 * t, h, w)


def _up(sampler: Any, x: Tensor, tape: Tape) -> Tensor:
    if sampler.mode == "upsample3d":
        # diffusers passes the first frame on without `time_conv`, which sees zeros in its place afterwards.
        b, c, t, h, w = x.shape
        lead = tape.before(x, tape.rate)
        conv = sampler.time_conv
        pair = F.conv3d(tape.joined(torch.where(lead, 0.0, x)), conv.weight, conv.bias)
        pair = pair.reshape(b, 2, c, t, h, w).permute(0, 2, 3, 1, 4, 5).reshape(b, c, 2 * t, h, w)
        x = torch.where(tape.before(pair, 2 * tape.rate), _twice(x), pair)
        tape.rate *= 2
    # Nearest-exact by two is nearest by two, for which there is an operator.
    grown = F.interpolate(_frames(x), scale_factor=2.0, mode="nearest")
    return _clip(sampler.resample[1](grown), x.shape[0])


def _down(sampler: Any, x: Tensor, tape: Tape) -> Tensor:
    x = _clip(sampler.resample(_frames(x)), x.shape[0])
    if sampler.mode == "downsample3d":
        # Frame k of the output sees frames 2k − 2, 2k − 1 and 2k; frame 0 is passed on.
        conv = sampler.time_conv
        seen = F.conv3d(tape.joined(tape.blanked(x))[:, :, 1:], conv.weight, conv.bias, conv.stride)
        tape.rate //= 2
        x = torch.where(tape.before(seen, tape.rate), x[:, :, 1::2], seen)
    return x


def _averaged(shortcut: Any, x: Tensor, tape: Tape) -> Tensor:
    """The mean over groups of channels and places; a missing frame before the clip counts as zeros."""
    if shortcut.factor_t > 1:
        x = tape.blanked(x)
    b, c, t, h, w = x.shape
    ft, fs = shortcut.factor_t, shortcut.factor_s
    x = x.reshape(b, c, t // ft, ft, h // fs, fs, w // fs, fs).permute(0, 1, 3, 5, 7, 2, 4, 6)
    return x.reshape(b, shortcut.out_channels, shortcut.group_size, t // ft, h // fs, w // fs).mean(2)


def _duplicated(shortcut: Any, x: Tensor) -> Tensor:
    b, c, t, h, w = x.shape
    ft, fs, repeats = shortcut.factor_t, shortcut.factor_s, shortcut.repeats
    x = x[:, :, None].expand(b, c, repeats, t, h, w).reshape(b, shortcut.out_channels, ft, fs, fs, t, h, w)
    return x.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(b, shortcut.out_channels, t * ft, h * fs, w * fs)


def _decode(decoder: Any, x: Tensor, tape: Tape) -> Tensor:
    x = _middle(decoder.mid_block, _causal(decoder.conv_in, x, tape), tape)
    for block in decoder.up_blocks:
        short = getattr(block, "avg_shortcut", None)
        kept = None if short is None else _duplicated(short, x)
        for residual in block.resnets:
            x = _residual(residual, x, tape)
        sampler = block.upsampler if hasattr(block, "upsampler") else (block.upsamplers or [None])[0]
        x = x if sampler is None else _up(sampler, x, tape)
        x = x if kept is None else x + kept
    return _causal(decoder.conv_out, decoder.nonlinearity(decoder.norm_out(x)), tape)


def _encode(encoder: Any, x: Tensor, tape: Tape) -> Tensor:
    x = _causal(encoder.conv_in, x, tape)
    for block in encoder.down_blocks:
        x = _encoded(block, x, tape)
    x = _middle(encoder.mid_block, x, tape)
    return _causal(encoder.conv_out, encoder.nonlinearity(encoder.norm_out(x)), tape)


def _encoded(block: Any, x: Tensor, tape: Tape) -> Tensor:
    """A block of Wan 2.2, or a single layer, as Wan 2.1 lists them."""
    if hasattr(block, "avg_shortcut"):
        at = tape.rate
        kept = _averaged(block.avg_shortcut, x, Tape(tape.first, None, at))
        for residual in block.resnets:
            x = _residual(residual, x, tape)
        return kept + (x if block.downsampler is None else _down(block.downsampler, x, tape))
    if hasattr(block, "resample"):
        return _down(block, x, tape)
    if hasattr(block, "to_qkv"):
        return _attention(block, x)
    return _residual(block, x, tape)


def compression(config: Mapping[str, Any], decoding: bool = True) -> tuple[int, int]:
    """Pixels, in each direction, and frames for a latent position, as an autoencoder's layers make them.

    A list of more levels than there are counts from its end for the decoder and from its beginning for the encoder.
    """
    levels, halved = len(config["dim_mult"]) - 1, config["temperal_downsample"]
    return 2**levels * (config["patch_size"] or 1), 2 ** sum((halved[::-1] if decoding else halved)[:levels])


class _Coder(nn.Module):
    """Either direction, with normalised latents: mean and deviation are inside the graph."""

    mean: Tensor
    std: Tensor

    def __init__(self, vae: AutoencoderKLWan) -> None:
        super().__init__()
        config: Any = vae.config
        self.vae = vae
        self.space, self.compression = compression(dict(config), isinstance(self, Decoder))
        self.patch = config.patch_size or 1
        self.register_buffer("mean", torch.tensor(config.latents_mean).reshape(1, -1, 1, 1, 1))
        self.register_buffer("std", torch.tensor(config.latents_std).reshape(1, -1, 1, 1, 1))

    def whole(self, x: Tensor, tape: Tape) -> Tensor:
        raise NotImplementedError

    def forward(self, x: Tensor, first: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        torch._check(states[0].shape[0] == x.shape[0])
        tape = self.tape(first, states)
        return self.whole(x, tape), *tape.next

    def tape(self, first: Tensor, states: Sequence[Tensor] | None) -> Tape:
        raise NotImplementedError


class Decoder(_Coder):
    """latents [B, C, T, H, W] to frames [B, 3, t·T, H·s, W·s] in [-1, 1]."""

    def tape(self, first: Tensor, states: Sequence[Tensor] | None) -> Tape:
        return Tape(first, states, 1)

    def whole(self, x: Tensor, tape: Tape) -> Tensor:
        x = _decode(self.vae.decoder, self.vae.post_quant_conv(x * self.std + self.mean), tape)
        return unpatchify(x, self.patch).clamp(-1, 1)


class Encoder(_Coder):
    """frames [B, 3, t·T, H·s, W·s] in [-1, 1] to latents [B, C, T, H, W], the mean of their distribution."""

    def tape(self, first: Tensor, states: Sequence[Tensor] | None) -> Tape:
        return Tape(first, states, self.compression)

    def whole(self, x: Tensor, tape: Tape) -> Tensor:
        x = self.vae.quant_conv(_encode(self.vae.encoder, patchify(x, self.patch), tape))
        return (x.chunk(2, 1)[0] - self.mean) / self.std


@torch.no_grad()
def _example(coder: _Coder, decoding: bool) -> tuple[Tensor, list[Tensor], list[int]]:
    """An input of a batch of two, its states, and the states' sizes as multiples of the latents'."""
    h, w, t = 2, 3, 2
    channels = int(coder.mean.numel())
    shape = (2, channels, t, h, w) if decoding else (2, 3, t * coder.compression, h * coder.space, w * coder.space)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1)) * 0.5
    tape = coder.tape(torch.zeros(1, dtype=torch.int64), None)
    coder.whole(x, tape)
    return x, tape.next, [state.shape[3] // h for state in tape.next]


def graph(coder: _Coder) -> Graph:
    """The graph of a coder; its dimensions are named so that a consumer can make the states: `H`, `8*H`."""
    decoding = isinstance(coder, Decoder)
    x, states, scales = _example(coder, decoding)
    name, out = ("latents", "frames") if decoding else ("frames", "latents")
    b, t, h, w = Dim("B"), Dim("T"), Dim("H"), Dim("W")
    if decoding:
        dims = {0: b, 2: t, 3: h, 4: w}
    else:
        dims = {0: b, 2: coder.compression * t, 3: coder.space * h, 4: coder.space * w}
    inputs = {name: x, "first": torch.ones(1, dtype=torch.int64)}
    inputs |= {f"state.{i}": state for i, state in enumerate(states)}
    dynamic: dict[str, dict[int, Any]] = {name: dims}
    for i, s in enumerate(scales):
        dynamic[f"state.{i}"] = {0: b, 3: s * h if s > 1 else h, 4: s * w if s > 1 else w}
    outputs = (out, *(f"next.{i}" for i in range(len(states))))
    return Graph(coder, inputs, outputs, dynamic, opset=20)


def decoded(run: Run, latents: Tensor, cuts: Sequence[int], compression: int, states: Mapping[str, Tensor]) -> Tensor:
    """A whole clip through a decoder's graph in chunks of these lengths."""
    parts = []
    for chunk, first in _chunks(latents, cuts):
        out = run({"latents": chunk, "first": first, **states})
        parts.append(out["frames"][:, :, compression - 1 if first.item() else 0 :])
        states = _following(out)
    return torch.cat(parts, 2)


def encoded(run: Run, frames: Tensor, cuts: Sequence[int], compression: int, states: Mapping[str, Tensor]) -> Tensor:
    """A whole clip of 1 + k·t frames through an encoder's graph in chunks of these lengths, in latent frames."""
    padded = torch.cat([torch.full_like(frames[:, :, :1], 0.7).repeat(1, 1, compression - 1, 1, 1), frames], 2)
    parts = []
    for chunk, first in _chunks(padded, [cut * compression for cut in cuts]):
        out = run({"frames": chunk, "first": first, **states})
        parts.append(out["latents"])
        states = _following(out)
    return torch.cat(parts, 2)


def _chunks(x: Tensor, cuts: Sequence[int]) -> Iterator[tuple[Tensor, Tensor]]:
    if sum(cuts) != x.shape[2]:
        raise ValueError(f"cuts {list(cuts)} make {sum(cuts)} frames; the clip has {x.shape[2]}")
    for i, chunk in enumerate(x.split(list(cuts), 2)):
        yield chunk, torch.tensor([int(i == 0)])


def _following(out: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.replace("next.", "state."): value for name, value in out.items() if name.startswith("next.")}


def zeros(coder: _Coder, batch: int, height: int, width: int) -> dict[str, Tensor]:
    """The states at the start of a clip of this size in latents."""
    _, states, scales = _example(coder, isinstance(coder, Decoder))
    return {
        f"state.{i}": torch.zeros(batch, state.shape[1], _KEPT, height * s, width * s)
        for i, (state, s) in enumerate(zip(states, scales))
    }


CUTS = {"in one piece": (5,), "frame by frame": (1, 1, 1, 1, 1), "cut 2, 3": (2, 3)}


@torch.no_grad()
def build_decoder(
    vae: AutoencoderKLWan, cuts: Mapping[str, Sequence[int]] = CUTS, size: tuple[int, int] = (4, 6)
) -> Built:
    """The decoder, checked against `vae.decode` of the whole clip."""
    coder = Decoder(vae)
    compression = coder.compression
    checks = []
    for case, lengths in cuts.items():
        batch = 2 if len(lengths) == 1 else 1
        latents = _noise(batch, int(coder.mean.numel()), sum(lengths), *size)
        expected = vae.decode(latents * coder.std + coder.mean, return_dict=False)[0]
        start = zeros(coder, batch, *size)
        run = lambda graph, x=latents, c=lengths, s=start: decoded(graph, x, c, compression, s)
        checks.append(Check(f"B={batch}, {case}", expected, run))
    return Built(graph(coder), tuple(checks))


@torch.no_grad()
def build_encoder(
    vae: AutoencoderKLWan, cuts: Mapping[str, Sequence[int]] = CUTS, size: tuple[int, int] = (4, 6)
) -> Built:
    """The encoder, checked against `vae.encode` of the whole clip, and of a still."""
    coder = Encoder(vae)
    compression = coder.compression
    checks = []
    for case, lengths in {"a still": (1,), **cuts}.items():
        batch = 2 if len(lengths) == 1 else 1
        frames = 1 + compression * (sum(lengths) - 1)
        clip = _noise(batch, 3, frames, size[0] * coder.space, size[1] * coder.space).clamp(-1, 1)
        expected = (vae.encode(clip).latent_dist.mode() - coder.mean) / coder.std
        start = zeros(coder, batch, *size)
        run = lambda graph, x=clip, c=lengths, s=start: encoded(graph, x, c, compression, s)
        checks.append(Check(f"B={batch}, {case}", expected, run))
    return Built(graph(coder), tuple(checks))


def _noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3))
