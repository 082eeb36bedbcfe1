"""The same clip by Galatea's pipeline, by ONNX Runtime alone and by PyTorch, with the same weights on the same cores.

All take turns in one run. Galatea is a running system (`./galatea serve`) that is asked over HTTP; its seconds are
those of its stages, with all that they do besides: events, checkpoints, previews, the store. Encoding alone is FFmpeg
with the service's options, fed with frames that are there already.
"""

import argparse
import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from model_lab import video
from model_lab.aliases import Predict
from model_lab.bundle import grid
from model_lab.checkpoint import from_bundle
from model_lab.export import NormalisedDecoder, scaled
from model_lab.pipeline import DEFAULTS, Pipeline
from model_lab.sampler import OnnxModel, noise, sample

PROMPT, SEED = "a red ball bounces under a blue sky", 7
GALATEA, ONNX = "Galatea", "ONNX Runtime alone"
FRAMES = 8  # that PyTorch upscales at a time

Seconds = dict[str, float]


@dataclass(frozen=True)
class Options:
    """What to measure; see `main`."""

    bundle: str
    minilm: str
    server: str
    rounds: int
    threads: int
    compiled: bool


@dataclass(frozen=True)
class Contestant:
    """Somebody's denoiser, decoder [1, C, T, H, W] → [1, 3, F, H, W], and upscaler [N, 3, H, W] → larger."""

    predict: Predict
    decode: Callable[[Tensor], Tensor]
    upscale: Callable[[Tensor], Tensor]
    frames: int  # that are upscaled at a time
    within: Callable[[], AbstractContextManager[Any]] = nullcontext


@dataclass(frozen=True)
class Task:
    """The clip that everybody makes."""

    pipeline: Pipeline
    text: Tensor
    empty: Tensor
    start: Tensor

    @torch.no_grad()
    def run(self, one: Contestant) -> Seconds:
        """Seconds of each part, and the clip's encoding by FFmpeg alone."""
        begin = time.perf_counter()
        with one.within():
            latents = sample(one.predict, self.start, self.text, self.empty, **self.pipeline.sampling(DEFAULTS))
            denoised = time.perf_counter()
            pictures = one.decode(latents[None].float())[0].transpose(0, 1)
            clip = torch.cat([one.upscale(some).float() for some in pictures.split(one.frames)])
        decoded = time.perf_counter()
        with tempfile.TemporaryDirectory() as directory:
            video.write(clip, Path(directory) / "clip.mp4")
        return {"denoise": denoised - begin, "decode": decoded - denoised, "encode": time.perf_counter() - decoded}


def onnx(bundle: str, scale: int, threads: int) -> Contestant:
    """The bundle's graphs, without anything around them."""
    denoiser, decoder = (OnnxModel(f"{bundle}/{n}.onnx", threads) for n in ("denoiser", "decoder"))
    upscaler = OnnxModel(f"{bundle}/upscalerX{scale}.onnx", threads)
    return Contestant(denoiser, decoder, upscaler, 1)


def pytorch(bundle: str, scale: int, half: bool, compiled: bool) -> Contestant:
    """The bundle's weights in PyTorch; `half` computes in bfloat16 where autocast does."""
    models = from_bundle(bundle)
    modules = (models.denoiser, NormalisedDecoder(models.decoder, models.mean, models.std), scaled(models)[scale])
    denoiser, decoder, upscaler = (torch.compile(m.eval()) if compiled else m.eval() for m in modules)
    return Contestant(
        denoiser, decoder, upscaler, FRAMES, partial(torch.autocast, "cpu", torch.bfloat16) if half else nullcontext
    )


def galatea(server: str, seed: int) -> Seconds:
    """The seconds of a running system's stages for the clip; decoding and encoding go on at the same time there."""
    body = json.dumps({"prompt": PROMPT, "seed": seed}).encode()
    request = urllib.request.Request(f"{server}/v1/videos/sync", body, {"Content-Type": "application/json"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        answer.read()
        stages = json.loads(answer.headers["x-stage-durations"])
    whole = time.perf_counter() - begin
    return {"denoise": stages["denoising"], "decode and encode": stages["decoding"], "whole job": whole}


def contestants(o: Options, scale: int) -> Iterator[tuple[str, Contestant]]:
    yield ONNX, onnx(o.bundle, scale, o.threads)
    for compiled in (False, True) if o.compiled else (False,):
        for half in (False, True):
            name = f"PyTorch {'compiled' if compiled else 'eager'}, {'bfloat16' if half else 'float32'}"
            yield name, pytorch(o.bundle, scale, half, compiled)


def total(seconds: Seconds) -> float:
    """Everything once: a whole job is all of its parts again."""
    return sum(value for part, value in seconds.items() if part != "whole job")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    options.add_argument("--minilm", required=True)
    options.add_argument("--server", default="http://127.0.0.1:8080", help="of `./galatea serve` with the same bundle")
    options.add_argument("--rounds", type=int, default=5, help="after one that does not count")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--compiled", action="store_true", help="PyTorch's compiler, too; needs a C++ compiler")
    o = Options(**vars(options.parse_args()))
    torch.set_num_threads(o.threads)
    pipeline = Pipeline(o.bundle, o.minilm, o.threads)
    defaults, latent = pipeline.manifest["defaults"], pipeline.manifest["latent"]
    small = grid(pipeline.manifest, defaults["height"], defaults["width"])
    shape = (
        latent["channels"],
        defaults["frames"] // latent["temporalCompression"],
        *(size // latent["spatialCompression"] for size in small),
    )
    text, empty = (torch.from_numpy(pipeline.text(t)) for t in (PROMPT, defaults["negativePrompt"]))
    task = Task(pipeline, text, empty, noise(SEED, shape))
    others = dict(contestants(o, defaults["width"] // small[1]))
    seen: dict[str, list[Seconds]] = {GALATEA: [], **{name: [] for name in others}}
    for turn in range(o.rounds + 1):
        seconds = {GALATEA: galatea(o.server, SEED + turn)} | {name: task.run(one) for name, one in others.items()}
        if turn:
            for name, parts in seconds.items():
                seen[name].append(parts)
        print(
            f"round {turn}: " + ", ".join(f"{name} {total(parts):.2f} s" for name, parts in seconds.items()), flush=True
        )
    medians = {
        name: {part: round(statistics.median(one[part] for one in rounds), 3) for part in rounds[0]}
        for name, rounds in seen.items()
    }
    print(json.dumps(medians, indent=1))
    ours, bare = medians[GALATEA], medians[ONNX]
    best = min(medians[name]["denoise"] + medians[name]["decode"] for name in others if name != ONNX)
    print(f"denoise: ONNX Runtime alone / Galatea = {bare['denoise'] / ours['denoise']:.2f}")
    print(f"denoise + decode: the best PyTorch / ONNX Runtime alone = {best / (bare['denoise'] + bare['decode']):.2f}")
    print(f"all: the best PyTorch and FFmpeg alone / Galatea = {(best + bare['encode']) / total(ours):.2f}")
    both, apart = ours["decode and encode"], bare["decode"] + bare["encode"]
    print(f"decode + encode: ONNX Runtime alone, then FFmpeg alone / Galatea = {apart / both:.2f}")
    print(f"decode + encode: FFmpeg alone / Galatea = {bare['encode'] / both:.2f}")


if __name__ == "__main__":
    main()
