"""Writes the probe of a tiny model's denoiser, and what Python's sampler does with it, for StepCacheParityTest.

    pip install -r model-lab/requirements.txt
    PYTHONPATH=model-lab python services/denoising/src/test/python/make_step_cache.py \
        libs/test-support/src/main/resources/open-models/wan21-tiny
"""

import sys
from pathlib import Path

import onnx
import torch
from model_lab.probe import cut
from model_lab.sampler import EULER, OnnxModel, StepCache, noise, sample
from safetensors.torch import load_file, save_file

STEPS, SHIFT, GUIDANCE, SEED, ROWS = 20, 3.0, 5.0, 11, 512
THRESHOLD, HIGHEST = 0.22, 0.95
TARGET = Path(__file__).parents[1] / "resources" / "step-cache"

bundle = Path(sys.argv[1])
TARGET.mkdir(exist_ok=True)
onnx.save(cut(bundle / "denoiser.onnx"), TARGET / "probe.onnx")
reference = load_file(bundle / "text-to-video.safetensors")
texts = [reference[name] for name in ("context", "negative_context")]
context, negative = (torch.cat([text, torch.zeros(ROWS - len(text), text.shape[1])]) for text in texts)
start = noise(SEED, reference["noise"].shape)
probe, denoiser = OnnxModel(TARGET / "probe.onnx"), OnnxModel(bundle / "denoiser.onnx")
cache = StepCache(probe, THRESHOLD, HIGHEST)
arguments = (denoiser, start, context, negative, STEPS, GUIDANCE, SHIFT)
latents = sample(*arguments, scheduler=EULER, cache=cache)
print("steps without the denoiser:", cache.skipped)
print("change of the latents:", (latents - sample(*arguments, scheduler=EULER)).abs().max().item())
save_file(
    {"latents": latents.contiguous(), "cachedSteps": torch.tensor(cache.skipped)}, TARGET / "reference.safetensors"
)
