"""Does a bundle follow its prompts, and do its clips hold together? Held-out combinations, judged by the analyser.

Each figure comes with its ceiling (the same analyser on true clips of the same scenes) and its floor (each clip
judged by another one's caption). With `--through` true clips are judged as the autoencoder shows them, too: what that
loses, no denoiser can draw. Clips are of the manifest's default size and length unless `--shape` says otherwise. With
`--clips` it judges clips that something else has made of the same prompts and seeds, say the services (see `served`);
with `--video` its own clips as such videos show them, which tells what the video costs from what else differs.
"""

import argparse
import functools
import json
import random
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from model_lab import analyser, video
from model_lab.aliases import Shape, Words
from model_lab.analyser import ASPECTS, Seen, agreement, look
from model_lab.bundle import grid
from model_lab.checkpoint import from_bundle
from model_lab.clips import SHAPE, frames, shaped
from model_lab.export import scaled
from model_lab.pipeline import Pipeline, Settings
from model_lab.sampler import DPM, EULER, OnnxModel
from model_lab.sheet import sheet
from model_lab.train_autoencoder import psnr
from model_lab.train_upscaler import measure
from model_lab.world import captions, scene
from model_lab.world import vocabulary as v
from model_lab.world.render import render
from model_lab.world.scene import Scene

FOUR = ASPECTS[:4]
LINEUP = 100  # captions of which retrieval must find the right one

Task = tuple[Scene, str, int]  # with its prompt and its seed


@dataclass(frozen=True)
class Options:
    """What to judge, and how; see `main`."""

    bundle: str
    minilm: str
    count: int
    hidden: int
    clips: str | None
    video: bool
    through: bool
    shape: Shape | None
    steps: int | None
    guidance: float | None
    shift: float | None
    scheduler: str | None
    guided: list[float] | None
    scenes: str
    device: str | None
    processes: int
    out: str


def words(directory: str | Path) -> Words:
    """What the model of a bundle was taught: `vocabulary.json` beside its manifest."""
    return json.loads((Path(directory) / "vocabulary.json").read_text())


def usual(directory: str | Path) -> Shape:
    """Frames, height and width of the clips that a bundle makes when nothing is said, before an upscaler."""
    manifest = json.loads((Path(directory) / "bundle.json").read_text())
    defaults = manifest["defaults"]
    return defaults["frames"], *grid(manifest, defaults["height"], defaults["width"])


def tasks(
    count: int, known: Words = v.EVERYTHING, shape: Shape = SHAPE, others: str = "", first_seed: int = 1000
) -> list[Task]:
    """Held-out scenes with one thing, of the words that are known, each with its prompt and seed: the same for
    everyone.

    `others` names scenes apart from these, to choose settings by.
    """
    scenes = [
        scene.composed(scene.sample(f"{others}evaluation {i}", held=True, words=known), *shape) for i in range(count)
    ]
    return [(s, captions.plain(s), first_seed + i) for i, s in enumerate(scenes)]


def hidden(count: int, shape: Shape = SHAPE, others: str = "", first_seed: int = 5000) -> list[Task]:
    """The same of scenes in which a thing passes behind another."""
    scenes = [
        scene.composed(scene.pair(random.Random(f"{others}hidden {i}"), "behind", held=True), *shape)
        for i in range(count)
    ]
    return [(s, captions.plain(s), first_seed + i) for i, s in enumerate(scenes)]


def report(scenes: list[Scene], seen: list[Seen]) -> dict[str, Any]:
    """All figures of clips as the analyser saw them, in percent where not said otherwise."""
    judged = [agreement(s, w) for s, w in zip(scenes, seen)]
    others = [agreement(s, w) for s, w in zip(scenes[1:] + scenes[:1], seen)]
    figures = {a: _share([j[a] for j in judged]) for a in ASPECTS}
    figures["all but size"] = _share([all(j[a] for a in FOUR) for j in judged])
    floor = {a: _share([j[a] for j in others]) for a in ASPECTS}
    staying = [w for s, w in zip(scenes, seen) if s.thing.motion != "takes off"]
    steady = [w for s, w in zip(scenes, seen) if s.thing.motion not in ("grows", "shrinks", "takes off")]

    def mean(values: list[float]) -> float:
        return round(sum(values) / max(1, len(values)), 4)

    return figures | {
        "floor": floor,
        "presence": round(100 * mean([w.presence for w in staying]), 1),
        "colour drift": mean([w.colour_drift for w in seen]),
        "size drift": mean([w.size_drift for w in steady]),
        "flicker, of 255": mean([w.flicker for w in seen]),
        "bounces": bounces([w for s, w in zip(scenes, seen) if s.thing.motion == "bounces"]),
        "retrieval": retrieval(scenes, seen),
        "of": len(scenes),
    }


def bounces(seen: list[Seen]) -> dict[str, float]:
    """Physics of the clips that should bounce."""
    found = [b for b in (analyser.bounce(w.path) for w in seen) if b]
    return {
        "of": len(seen),
        "with an arc": len(found),
        "gain height": sum(b.gains for b in found),
        "sink into the ground": sum(b.sinks for b in found),
        "fit of parabolas": round(sum(b.fit for b in found) / max(1, len(found)), 3),
    }


def retrieval(scenes: list[Scene], seen: list[Seen]) -> dict[str, float]:
    """How often the right caption agrees best among LINEUP, ties shared, and the mean rank of it."""
    size = min(LINEUP, len(scenes))
    first, ranks = 0.0, []
    for i, w in enumerate(seen):
        score = [sum(bool(a) for a in agreement(scenes[(i + k) % len(scenes)], w).values()) for k in range(size)]
        better, equal = sum(s > score[0] for s in score), sum(s == score[0] for s in score)
        first += 0 if better else 1 / equal
        ranks.append(1 + better + (equal - 1) / 2)
    return {
        "captions": size,
        "right one first": round(100 * first / len(seen), 1),
        "mean rank": round(sum(ranks) / len(ranks), 1),
    }


def _share(values: Sequence[bool | None]) -> float:
    known = [x for x in values if x is not None]
    return round(100 * sum(known) / max(1, len(known)), 1)


@functools.cache
def _autoencoder(directory: str) -> list[OnnxModel]:
    return [OnnxModel(f"{directory}/{n}.onnx") for n in ("encoder", "decoder")]


def reconstruction(directory: str, known: Words, shape: Shape = SHAPE, count: int = 8) -> dict[str, float]:
    """Mean PSNR and SSIM of held-out clips through the stored encoder and decoder."""
    encoder, decoder = _autoencoder(directory)
    scenes = [scene.composed(scene.sample(f"psnr {i}", held=True, words=known), *shape) for i in range(count)]
    clips = [frames([s], frames=shape[0], height=shape[1], width=shape[2]) for s in scenes]
    again = [decoder(encoder(c)).clamp(-1, 1) for c in clips]
    return {
        "PSNR": round(sum(psnr(a - c) for a, c in zip(again, clips)) / count, 2),
        "SSIM": round(sum(ssim(a, c) for a, c in zip(again, clips)) / count, 4),
    }


def upscaled(directory: str, height: int, width: int) -> dict[str, dict[str, float]]:
    """What the upscalers draw of held-out clips that went through the autoencoder at a size, against true renders:
    PSNR, and the energy of gradients around the things as a share of the true one.
    """
    models, found = from_bundle(directory), {}
    for scale, one in scaled(models).items():
        near, share, _ = measure(models, one, scale, height, width)
        found[f"{width * scale}x{height * scale}"] = {"PSNR": round(near, 2), "steepness": round(share, 3)}
    return found


def ssim(first: Tensor, second: Tensor) -> float:
    """Mean structural similarity of clips [B, 3, F, H, W] in [-1, 1]: grey, windows of 8×8 (Wang et al., 2004)."""
    a, b = (((c.mean(1) + 1) / 2).flatten(0, 1)[:, None] for c in (first, second))

    def mean(x: Tensor) -> Tensor:
        return torch.nn.functional.avg_pool2d(x, 8, 1)

    ma, mb = mean(a), mean(b)
    va, vb, both = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    return (((2 * ma * mb + c1) * (2 * both + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2))).mean().item()


_pipeline: Pipeline | None = None


def _open(*arguments: Any) -> None:
    global _pipeline
    torch.set_num_threads(1)
    _pipeline = Pipeline(*arguments) if arguments else None


def _make(prompt: str, seed: int, settings: Settings) -> Tensor:
    assert _pipeline is not None, "processes without a bundle make no clips"
    return _pipeline([prompt], [seed], settings)[0].half()


def truth(of: Scene, shape: Shape) -> Tensor:
    """The clip [F, 3, H, W] of a scene, drawn."""
    return render([of], frames=shape[0], height=shape[1], width=shape[2])[0]


def _look_at_truth(of: Scene, shape: Shape) -> Seen:
    return look(truth(of, shape))


def _look_through(directory: str, of: Scene, shape: Shape) -> Seen:
    encoder, decoder = _autoencoder(directory)
    return look(decoder(encoder(truth(of, shape).transpose(0, 1)[None]))[0].transpose(0, 1))


def shrunk(clip: Tensor, shape: Shape) -> Tensor:
    """A clip [F, 3, H, W] that an upscaler drew larger, as large as the analyser looks at it: means over squares."""
    return clip if clip.shape[-2:] == shape[1:] else F.interpolate(clip, shape[1:], mode="area")


def generate(pool: Executor, chosen: list[Task], settings: Settings) -> list[Tensor]:
    """The clips of the chosen tasks, by a bundle in Python, one by one in many processes."""
    made = [pool.submit(_make, prompt, seed, settings) for _, prompt, seed in chosen]
    return [m.result().float() for m in made]


def generate_together(pipeline: Pipeline, chosen: list[Task], settings: Settings, size: int = 16) -> list[Tensor]:
    """The same in batches, for a GPU."""
    parts = [chosen[i : i + size] for i in range(0, len(chosen), size)]
    return [
        clip
        for part in parts
        for clip in pipeline([prompt for _, prompt, _ in part], [seed for *_, seed in part], settings)
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    options.add_argument("--minilm", required=True)
    options.add_argument("--count", type=int, default=200)
    options.add_argument(
        "--hidden", type=int, default=24, help="scenes in which a thing passes behind another; 0 for none"
    )
    source = options.add_mutually_exclusive_group()
    source.add_argument("--clips", help="directory with clips made elsewhere, SEED.mp4, instead of making them")
    source.add_argument(
        "--video", action="store_true", help="judges the made clips as MP4s that are written as the services' are"
    )
    options.add_argument(
        "--through", action="store_true", help="also judges true clips that went through the autoencoder"
    )
    options.add_argument("--shape", type=shaped, help="FRAMESxHEIGHTxWIDTH")
    options.add_argument("--steps", type=int)
    options.add_argument("--guidance", type=float)
    options.add_argument("--shift", type=float)
    options.add_argument("--scheduler", choices=(EULER, DPM))
    options.add_argument(
        "--guided", type=float, nargs=2, metavar=("LOWEST", "HIGHEST"), help="sigmas at which there is guidance"
    )
    options.add_argument(
        "--scenes", default="", help="a name for other scenes than those of the figures, to choose settings by"
    )
    options.add_argument("--device", help="makes the clips by PyTorch on this device instead of by ONNX Runtime")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--out", default="evaluation")
    o = Options(**vars(options.parse_args()))
    known, shape = words(o.bundle), o.shape or usual(o.bundle)
    settings = Settings(o.steps, o.guidance, o.shift, o.scheduler, o.guided, *shape)
    single, pairs = tasks(o.count, known, shape, o.scenes), hidden(o.hidden, shape, o.scenes)
    scenes = [s for s, _, _ in single]

    def out_again(clips: list[Tensor]) -> float | None:
        judged = [analyser.came_out_again(c, s.thing.colour) for (s, _, _), c in zip(pairs, clips)]
        return _share(judged) if judged else None

    needed = () if o.clips or o.device else (o.bundle, o.minilm, 1)
    with ProcessPoolExecutor(o.processes, get_context("spawn"), _open, needed) as pool:
        if o.clips:
            made = [shrunk(video.read(f"{o.clips}/{seed}.mp4"), shape) for *_, seed in single + pairs]
        elif o.device:
            made = generate_together(Pipeline(o.bundle, o.minilm, device=o.device), single + pairs, settings)
        else:
            made = generate(pool, single + pairs, settings)
        if o.video:
            made = list(pool.map(video.shown, made))
        clips, behind = made[: o.count], made[o.count :]
        sheet(torch.stack(clips[:48]), f"{o.out}.png", columns=6, labels=[p for _, p, _ in single[:48]], shrink=2)
        seen, real = list(pool.map(look, clips)), list(pool.map(_look_at_truth, scenes, repeat(shape)))
        through = list(pool.map(_look_through, repeat(o.bundle), scenes, repeat(shape))) if o.through else []
    found = {
        "settings": settings.given(),
        "generated": report(scenes, seen) | {"came out again": out_again(behind)},
        "true clips": report(scenes, real) | {"came out again": out_again([truth(s, shape) for s, _, _ in pairs])},
        **({"true clips through the autoencoder": report(scenes, through)} if through else {}),
        "autoencoder, held-out": reconstruction(o.bundle, known, shape),
        "upscaled, held-out": upscaled(o.bundle, *shape[1:]),
        "prompts": {
            p: [a for a, good in agreement(s, w).items() if good is False] for (s, p, _), w in zip(single, seen)
        },
    }
    Path(f"{o.out}.json").write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps({k: v for k, v in found.items() if k != "prompts"}, indent=1))


if __name__ == "__main__":
    main()
