"""The linear map of previews, fitted to autoencoders that have one and to one that hasn't."""

from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="needs model-lab/requirements-open-models.txt")
pytest.importorskip("transformers", reason="needs model-lab/requirements-open-models.txt")

import torch
import torch.nn.functional as F

from model_lab.open_models import parity, preview
from model_lab.open_models.preview import Autoencoder

PEBBLE = Path(__file__).parents[3] / "models" / "pebble"


def linear(channels, causal, space=4, time=2):
    """An autoencoder whose latents are a linear map of mean colours, so that the way back is one, too."""
    draw = torch.Generator().manual_seed(1)
    forward = torch.randn(channels, 3, generator=draw)
    back = torch.linalg.pinv(forward)

    def encode(frames):
        if causal:
            frames = torch.cat([frames[:, :, :1]] * (time - 1) + [frames], 2)
        means = F.avg_pool3d(frames, (time, space, space))
        return torch.einsum("kc,bcthw->bkthw", forward, means) + 0.3

    def decode(latents):
        colours = torch.einsum("ck,bkthw->bcthw", back, latents - 0.3)
        frames = F.interpolate(colours, scale_factor=(time, space, space), mode="nearest")
        return frames[:, :, time - 1 :] if causal else frames

    return Autoencoder(encode, decode, channels, space, time, causal)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("channels", [3, 16, 128])
def test_a_linear_autoencoder_is_explained_wholly(channels, causal):
    autoencoder = linear(channels, causal)
    fitted = preview.fit(autoencoder)
    assert fitted.explained > 0.999
    said = fitted.manifest()
    assert len(said["latentToRgb"]) == channels and {len(row) for row in said["latentToRgb"]} == {3}
    latents = autoencoder.encode(torch.full((1, 3, 1 + autoencoder.time * (not causal) + 2, 4, 4), 0.4))
    colour = latents[0, :, 0, 0, 0] @ torch.tensor(said["latentToRgb"]) + torch.tensor(said["bias"])
    torch.testing.assert_close(colour, torch.full((3,), 0.4), atol=0.02, rtol=0)


def test_a_trained_autoencoder_is_explained_for_the_most_part():
    """pebble's: eight pixels by eight frames in 16 channels."""
    encoder, decoder = (parity.opened(PEBBLE / f"{name}.onnx", threads=1) for name in ("encoder", "decoder"))
    autoencoder = Autoencoder(
        lambda frames: encoder({"frames": frames})["latents"],
        lambda latents: decoder({"latents": latents})["frames"],
        channels=16,
        space=8,
        time=8,
        causal=False,
    )
    fitted = preview.fit(autoencoder)
    print(f"{fitted.explained:.3f}")
    assert fitted.explained > 0.8


def test_noise_is_not_explained():
    draw = torch.Generator().manual_seed(2)
    autoencoder = Autoencoder(
        lambda frames: torch.randn(1, 4, 3, 8, 8, generator=draw),
        lambda latents: torch.randn(1, 3, 6, 32, 32, generator=draw),
        channels=4,
        space=4,
        time=2,
        causal=False,
    )
    assert preview.fit(autoencoder).explained < preview.EXPLAINED / 2


def test_it_is_the_same_each_time():
    assert preview.fit(linear(5, True)).manifest() == preview.fit(linear(5, True)).manifest()
