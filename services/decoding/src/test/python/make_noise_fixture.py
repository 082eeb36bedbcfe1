"""Writes src/test/resources/noise/ltx.safetensors: the latents that LTX-Video's pipeline hands to its decoder.

As in LTXPipeline.__call__ of diffusers: its own denormalisation, and the noise that its generator draws after the clip's
first noise. The latents are in the normalised space, as services exchange them.

Usage: make_noise_fixture.py (needs the packages diffusers, safetensors, torch and transformers).
"""

import pathlib

import torch
from diffusers.pipelines.ltx.pipeline_ltx import LTXPipeline
from diffusers.utils.torch_utils import randn_tensor
from safetensors.torch import save_file

SEED, SCALE, SHAPE = 1234567, 0.025, (1, 8, 3, 5, 7)
TARGET = pathlib.Path(__file__).parent.parent / "resources" / "noise"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    own = torch.Generator().manual_seed(1)
    latents = torch.randn(SHAPE, generator=own)
    mean, std = torch.randn(SHAPE[1], generator=own), torch.rand(SHAPE[1], generator=own) + 0.5
    generator = torch.Generator().manual_seed(SEED)
    randn_tensor(SHAPE, generator=generator, dtype=torch.float32)  # what the clip began with
    decoded = LTXPipeline._denormalize_latents(latents, mean, std, 1.0)
    noise = randn_tensor(decoded.shape, generator=generator, dtype=torch.float32)
    decoded = (1 - SCALE) * decoded + SCALE * noise
    save_file({"latents": latents[0], "mean": mean, "std": std, "decoded": decoded[0].contiguous()},
              TARGET / "ltx.safetensors")


if __name__ == "__main__":
    main()
