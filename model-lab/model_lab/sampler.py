"""The reference sampler: what the Java side does, in as few lines as possible."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from model_lab.aliases import Predict
from model_lab.transformer import KNOWN

EULER, DPM = "flow-match-euler", "dpm-solver++-2m-flow"
TRAINED = 1000  # the timestep of noise alone


def schedule(steps: int, shift: float, scheduler: str = EULER) -> list[float]:
    """Sigmas from 1, or one training timestep below it, down to 0, steps + 1 of them: a flow with a static shift."""
    if scheduler == EULER:
        s = torch.linspace(1, 1 / steps, steps, dtype=torch.float64)
    else:
        s = torch.arange(steps, 0, -1, dtype=torch.float64) * ((1 - 1 / TRAINED) / steps)
    return [*(shift * s / (1 + (shift - 1) * s)).tolist(), 0.0]


class Solver:
    """Steps along a flow: Euler's, or those of DPM-Solver++(2M) (Lu et al., 2022), by the estimate of the clean latents
    and the one before it; its first and last are of first order. One clip, or one batch.
    """

    def __init__(self, scheduler: str) -> None:
        if scheduler not in (EULER, DPM):
            raise ValueError(f"scheduler is {scheduler}; this sampler has {EULER} and {DPM}")
        self.euler = scheduler == EULER
        self.before: tuple[Tensor, float] | None = None  # the last estimate, and the length of the step from it

    def timestep(self, sigma: float) -> float:
        """What the denoiser is told."""
        return sigma * TRAINED if self.euler else math.floor(sigma * TRAINED)

    def step(self, x: Tensor, velocity: Tensor, now: float, after: float) -> Tensor:
        """The latents at noise level `after`."""
        if self.euler:
            return x + (after - now) * velocity
        estimate = x - now * velocity
        if after == 0:
            return estimate
        length, target = _log_ratio(after) - _log_ratio(now), estimate
        if self.before:
            target = torch.lerp(self.before[0], estimate, 1 + length / self.before[1] / 2)
        self.before = estimate, length
        return after / now * x - (1 - after) * math.expm1(-length) * target


def _log_ratio(sigma: float) -> float:
    """Half of the signal-to-noise ratio's logarithm."""
    return math.log((1 - sigma) / sigma)


def noise(seed: int, shape: Sequence[int]) -> Tensor:
    """Standard normal [C, T, H, W] of a seed, by torch's CPU generator."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


class StepCache:
    """Decides which steps of one clip go on with the last prediction, see `probe`: those up to which the probe has
    changed by less than `threshold` since the denoiser ran. The last step, the first with or without guidance, and
    those at sigmas above `highest` have the denoiser.
    """

    def __init__(self, probe: Predict, threshold: float, highest: float = 1) -> None:
        self.probe, self.threshold, self.highest = probe, threshold, highest
        self.ran: tuple[Tensor, bool, Tensor] | None = None  # the probe, whether it was guided, and the prediction
        self.skipped: list[int] = []  # numbers of steps, from 1

    def prediction(self, step: int, sigma: float, guided: bool, last: bool, now: Tensor) -> Tensor | None:
        """What to go on with at a step, if the denoiser need not run; `now` is the probe at it."""
        if self.ran is None or last or sigma > self.highest or guided != self.ran[1]:
            return None
        before = self.ran[0]
        if (now - before).abs().double().sum() / before.abs().double().sum() >= self.threshold:
            return None
        self.skipped.append(step)
        return self.ran[2]

    def keep(self, now: Tensor, guided: bool, prediction: Tensor) -> None:
        self.ran = now, guided, prediction


@torch.no_grad()
def sample(
    predict: Predict,
    start: Tensor,
    context: Tensor,
    empty: Tensor,
    steps: int = 24,
    guidance: float = 5.0,
    shift: float = 6.0,
    guided: tuple[float, float] = (0.0, 1.0),
    known: Tensor | None = None,
    known_mask: Tensor | None = None,
    scheduler: str = EULER,
    cache: StepCache | None = None,
) -> Tensor:
    """Steps from noise [C, T, H, W] to latents, guided away from the encoding `empty` of the negative text.

    It is guided at sigmas within `guided` only (Kynkäänniemi et al., 2024): below, the text has little left to decide.
    `predict(latents [B, ...], timestep [B], context [B, L, D], mask [B, L])` is the denoiser; context and empty are
    [L, D], without padding. With `known` [C, T, H, W] and `known_mask` [T], see `Transformer.forward`, it gets both as
    well, and the frames that are KNOWN go straight from their noise to what they are.
    """
    return together(
        predict, start[None], [context], empty, steps, guidance, shift, guided, known, known_mask, scheduler, cache
    )[0]


@torch.no_grad()
def together(
    predict: Predict,
    start: Tensor,
    contexts: Sequence[Tensor],
    empty: Tensor,
    steps: int = 24,
    guidance: float = 5.0,
    shift: float = 6.0,
    guided: tuple[float, float] = (0.0, 1.0),
    known: Tensor | None = None,
    known_mask: Tensor | None = None,
    scheduler: str = EULER,
    cache: StepCache | None = None,
) -> Tensor:
    """The same of a batch: start [B, C, T, H, W] with as many contexts; what is known is known of each. A step cache
    decides for one clip.
    """
    x, sigmas, solver = start, schedule(steps, shift, scheduler), Solver(scheduler)
    texts = [padded(many, start.device) for many in (contexts, [empty] * len(start))]
    told = () if known is None or known_mask is None else (known[None], known_mask[None])
    for step, (now, after) in enumerate(zip(sigmas, sigmas[1:]), 1):
        timestep = torch.full((len(x),), solver.timestep(now), dtype=torch.float32, device=x.device)
        both = guidance > 1 and guided[0] <= now <= guided[1]
        seen = cache.probe(x, timestep, *texts[0], *told) if cache else None
        cached = cache.prediction(step, now, both, after == 0, seen) if cache and seen is not None else None
        if cached is not None:
            velocity = cached
        else:
            velocity = predict(x, timestep, *texts[0], *told)
            if both:
                free = predict(x, timestep, *texts[1], *told)
                velocity = free + guidance * (velocity - free)
            if cache and seen is not None:
                cache.keep(seen, both, velocity)
        if known is not None and known_mask is not None:
            velocity = torch.where((known_mask == KNOWN)[None, :, None, None], start - known, velocity)
        x = solver.step(x, velocity, now, after)
    return x


def padded(texts: Sequence[Tensor], device: torch.device | str) -> tuple[Tensor, Tensor]:
    """Embeddings [B, L, D] and their mask [B, L]."""
    masks = [torch.ones(len(text), dtype=torch.int64) for text in texts]
    embeddings, mask = (pad_sequence(many, batch_first=True).to(device) for many in (list(texts), masks))
    return embeddings, mask


NOTHING_KNOWN: dict[str, NDArray[Any]] = {
    "known": np.zeros((1, 1, 1, 1, 1), np.float32),
    "known_mask": np.zeros((1, 1), np.int64),
}


class OnnxModel:
    """One graph of a bundle as a function of tensors."""

    def __init__(self, path: str | Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.names = [i.name for i in self.session.get_inputs()]

    def __call__(self, *inputs: Tensor) -> Tensor:
        feed = {name: np.ascontiguousarray(value.numpy()) for name, value in zip(self.names, inputs)}
        feed |= {name: nothing for name, nothing in NOTHING_KNOWN.items() if name in self.names and name not in feed}
        return torch.from_numpy(self.session.run(None, feed)[0])
