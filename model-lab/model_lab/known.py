"""What a bundle makes of a part of a clip: of its first picture, and of its first half. Held-out scenes, drawn truly
beside.

Prints PSNR of the first frame against the picture, of the second half against the true one, and the step across the
seam as a multiple of the mean step between neighbouring frames.
"""

import argparse

import torch
from torch import Tensor

from model_lab.autoencoder import TEMPORAL
from model_lab.evaluate import truth, usual, words
from model_lab.pipeline import Pipeline
from model_lab.sampler import OnnxModel
from model_lab.sheet import sheet
from model_lab.train_autoencoder import psnr
from model_lab.transformer import KNOWN, PICTURE
from model_lab.world import captions, scene


def first_picture(encoder: OnnxModel, true: Tensor) -> tuple[Tensor, Tensor]:
    """`known` and `known_mask` of a clip [1, 3, F, H, W] of which only the first picture is given."""
    still = encoder(true[:, :, :1].expand(-1, -1, TEMPORAL, -1, -1))[0]
    length = true.shape[2] // TEMPORAL
    known = torch.cat([still, torch.zeros_like(still).repeat(1, length - 1, 1, 1)], 1)
    return known, torch.tensor([PICTURE] + [0] * (length - 1))


def first_half(encoder: OnnxModel, true: Tensor) -> tuple[Tensor, Tensor]:
    """The same of a clip of which the first half is given."""
    latents = encoder(true)[0]
    half = latents.shape[1] // 2
    return latents, torch.tensor([KNOWN] * half + [0] * (latents.shape[1] - half))


def seam(clip: Tensor, at: int) -> float:
    """The step from frame `at - 1` to `at` of a clip [1, 3, F, H, W], over the mean of all steps."""
    steps = (clip[:, :, 1:] - clip[:, :, :-1]).abs().mean((0, 1, 3, 4))
    return (steps[at - 1] / steps.mean()).item()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bundle")
    options.add_argument("--minilm", required=True)
    options.add_argument("--count", type=int, default=6)
    options.add_argument("--out", default="known.png")
    o = options.parse_args()
    pipeline, encoder = Pipeline(o.bundle, o.minilm), OnnxModel(f"{o.bundle}/encoder.onnx")
    rows, labels, shape = [], [], usual(o.bundle)
    for i in range(o.count):
        of = scene.composed(scene.sample(f"still {i}", held=True, words=words(o.bundle)), *shape)
        caption, true = captions.plain(of), truth(of, shape).transpose(0, 1)[None]
        made = []
        for seed, (known, mask) in ((50 + i, first_picture(encoder, true)), (60 + i, first_half(encoder, true))):
            made.append(pipeline.decoder(pipeline.told(caption, seed, known, mask)[None]))
        middle = true.shape[2] // 2
        print(
            f"{caption}: first frame {psnr(made[0][:, :, :1] - true[:, :, :1]):.1f} dB, second half "
            f"{psnr(made[1][:, :, middle:] - true[:, :, middle:]):.1f} dB, seam {seam(made[1], middle):.1f}",
            flush=True,
        )
        rows += [clip[0].transpose(0, 1) for clip in (true, *made)]
        labels += [caption, "from its first picture", "from its first half"]
    sheet(torch.stack(rows), o.out, labels=labels, shrink=2)


if __name__ == "__main__":
    main()
