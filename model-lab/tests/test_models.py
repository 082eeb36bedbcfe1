import torch

from model_lab import parity
from model_lab.autoencoder import Decoder, Encoder
from model_lab.checkpoint import from_bundle, random_models
from model_lab.export import export
from model_lab.sampler import noise, sample, schedule
from model_lab.train_transformer import told
from model_lab.transformer import KNOWN, PICTURE

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
    clip = torch.randn(1, 3, 16, 32, 48)
    latents = encoder(clip)
    assert latents.shape == (1, 16, 2, 4, 6)
    assert decoder(latents).shape == clip.shape


def test_a_decoder_that_grew_begins_as_what_it_was():
    torch.manual_seed(3)
    small, grown = Decoder(blocks=(2, 1, 0)), Decoder()
    for block in (*small.coarse, *small.fine):
        torch.nn.init.normal_(block.space.weight, std=0.02)
    assert not grown.load_state_dict(small.state_dict(), strict=False).unexpected_keys
    latents = torch.randn(1, 16, 2, 4, 6)
    assert torch.allclose(grown(latents), small(latents), atol=1e-5)


def test_schedule_and_exact_flow():
    assert schedule(4, 1.0) == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert schedule(2, 2.0)[1] == 2 * 0.5 / 1.5
    goal = torch.full((1, 2, 2, 2), 3.0)
    start = noise(7, goal.shape)
    straight = lambda *_: (start - goal)[None]
    texts = torch.zeros(3, 4), torch.zeros(2, 4)
    assert torch.allclose(sample(straight, start, *texts), goal, atol=1e-5)
    known, mask = torch.full_like(goal, 7.0), torch.tensor([KNOWN, PICTURE])
    found = sample(straight, start, *texts, known=known, known_mask=mask)
    assert torch.allclose(found[:, 0], known[:, 0], atol=1e-5) and torch.allclose(found[:, 1], goal[:, 1], atol=1e-5)


def test_what_is_not_marked_as_known_is_not_seen():
    model, (x, known) = stirred().denoiser, torch.randn(2, 1, 16, 3, 4, 6)
    torch.nn.init.normal_(model.known.weight)
    text = torch.tensor([500.0]), torch.randn(1, 5, 384), torch.ones(1, 5, dtype=torch.int64)
    nothing = torch.zeros(1, 3, dtype=torch.int64)
    assert torch.allclose(model(x, *text), model(x, *text, known, nothing), atol=1e-5)
    first = torch.tensor([[PICTURE, 0, 0]])
    hidden = torch.cat([known[:, :, :1], torch.randn(1, 16, 2, 4, 6)], 2)
    assert torch.allclose(model(x, *text, known, first), model(x, *text, hidden, first), atol=1e-5)
    assert not torch.allclose(model(x, *text, known, first), model(x, *text, known, (first > 0) * KNOWN), atol=1e-3)


def test_training_tells_parts_of_a_clip():
    latents, stills = torch.randn(400, 16, 6, 2, 2), torch.randn(400, 2, 16, 2, 2)
    known, mask = told(latents, stills, torch.Generator().manual_seed(1))
    assert torch.equal(known[mask.eq(KNOWN)[:, None].expand_as(known[..., 0, 0])],
                       latents[mask.eq(KNOWN)[:, None].expand_as(known[..., 0, 0])])
    first = mask[:, 0] == PICTURE
    assert torch.equal(known[first, :, 0], stills[first, 0])
    assert known.transpose(1, 2)[mask == 0].abs().max() == 0
    untold = (mask == 0).all(1).float().mean()
    assert 0.5 < untold < 0.7
    assert {tuple(m) for m in mask.tolist()} == {
        (0,) * 6, (2, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 2), (2, 0, 0, 0, 0, 2),
        (1, 0, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 1, 0, 0, 0)}
