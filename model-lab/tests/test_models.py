import torch

from model_lab import parity
from model_lab.autoencoder import Decoder, Encoder
from model_lab.checkpoint import from_bundle, random_models
from model_lab.export import export
from model_lab.sampler import noise, sample, schedule

GIVEN = {"version": "0.0.0", "textEncoder": {}, "tokenizer": {}}


def stirred(seed=0):
    """Random models without the zeros of a fresh initialisation."""
    torch.manual_seed(seed)
    models = random_models()
    for module in (models.encoder, models.decoder, models.denoiser):
        for parameter in module.parameters():
            parameter.data.add_(0.02 * torch.randn_like(parameter))
    return models


def test_exported_graphs_compute_what_pytorch_computes(tmp_path):
    models = stirred()
    export(models, tmp_path, GIVEN)
    assert max(parity.differences(tmp_path, steps=3, shape=(16, 3, 4, 6)).values()) < parity.TOLERANCE
    stored = from_bundle(tmp_path)
    for name, value in models.denoiser.state_dict().items():
        assert torch.allclose(stored.denoiser.state_dict()[name], value, atol=1e-3), name


def test_autoencoder_shapes_and_locality():
    encoder, decoder = Encoder(), Decoder()
    clip = torch.randn(1, 3, 8, 32, 48)
    latents = encoder(clip)
    assert latents.shape == (1, 16, 2, 4, 6)
    assert decoder(latents).shape == clip.shape


def test_schedule_and_exact_flow():
    assert schedule(4, 1.0) == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert schedule(2, 2.0)[1] == 2 * 0.5 / 1.5
    goal = torch.full((1, 2, 2, 2), 3.0)
    start = noise(7, goal.shape)
    straight = lambda x, t, context, mask: (start - goal)[None]
    assert torch.allclose(sample(straight, start, torch.zeros(3, 4), torch.zeros(2, 4)), goal, atol=1e-5)
