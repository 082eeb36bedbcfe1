"""Does a bundle follow its prompts? Samples held-out combinations and counts what the analyser recognises."""

import argparse
import json
from pathlib import Path

import torch

from model_lab.analyser import look
from model_lab.clips import frames
from model_lab.pipeline import Pipeline
from model_lab.sampler import OnnxModel
from model_lab.sheet import sheet
from model_lab.train_autoencoder import psnr
from model_lab.world import captions, scene
from model_lab.world.render import render

ASPECTS = ("thing", "colour", "motion", "place")


def compare(scenes, clips):
    """For each scene, which aspects the analyser finds in its clip."""
    seen = [look(clip) for clip in clips]
    return [{a: getattr(s, a) == getattr(w, a) for a in ASPECTS} for s, w in zip(scenes, seen)]


def totals(results):
    return {a: sum(r[a] for r in results) for a in ASPECTS} | {
        "all four": sum(all(r.values()) for r in results), "of": len(results)}


def reconstruction(directory, count=8):
    """Mean PSNR of held-out clips through the stored encoder and decoder."""
    encoder, decoder = (OnnxModel(f"{directory}/{n}.onnx") for n in ("encoder", "decoder"))
    clips = [frames([scene.sample(f"psnr {i}", held=True)]) for i in range(count)]
    return round(sum(psnr(decoder(encoder(c)) - c) for c in clips) / count, 2)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    options.add_argument("--minilm", required=True)
    options.add_argument("--count", type=int, default=40)
    options.add_argument("--first-seed", type=int, default=1000)
    options.add_argument("--steps", type=int)
    options.add_argument("--guidance", type=float)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--out", default="evaluation")
    o = options.parse_args()
    settings = {k: getattr(o, k) for k in ("steps", "guidance") if getattr(o, k) is not None}
    pipeline = Pipeline(o.bundle, o.minilm, o.threads)
    scenes = [scene.sample(f"evaluation {i}", held=True) for i in range(o.count)]
    clips = []
    for i, s in enumerate(scenes):
        clips.append(pipeline(captions.plain(s), o.first_seed + i, **settings))
    sheet(torch.stack(clips), f"{o.out}.png", columns=6, labels=[captions.plain(s) for s in scenes], shrink=2)
    found = compare(scenes, clips)
    report = {"settings": settings, "generated": totals(found),
              "true clips": totals(compare(scenes, [render([s])[0] for s in scenes])),
              "autoencoder PSNR, held-out": reconstruction(o.bundle),
              "prompts": {captions.plain(s): [a for a in ASPECTS if not f[a]] for s, f in zip(scenes, found)}}
    Path(f"{o.out}.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps({k: report[k] for k in list(report)[:4]}))


if __name__ == "__main__":
    main()
