import argparse
import itertools
import json
import random

import pytest
import torch

from model_lab import clips, distill, fade, parity, train_autoencoder, train_transformer, transformer
from model_lab.autoencoder import Decoder, Encoder
from model_lab.bundle import grid
from model_lab.checkpoint import from_bundle, load, random_models, save
from model_lab.clips import only, shaped
from model_lab.evaluate import usual
from model_lab.export import export
from model_lab.sampler import DPM, EULER, Solver, noise, padded, sample, schedule, together
from model_lab.train_transformer import THING_WEIGHT, batches, flow_loss, strips, told
from model_lab.transformer import KNOWN, PICTURE, PLACES, Transformer, attention, places
from model_lab.upscaler import Upscaler
from model_lab.world import scene
from model_lab.world import vocabulary as v
from model_lab.world.motion import seen

GIVEN = {"version": "0.0.0", "textEncoder": {}, "tokenizer": {}}


def stirred(seed=0):
    """Random models without the zeros of a fresh initialisation."""
    torch.manual_seed(seed)
    models = random_models()
    models.upscaler = Upscaler()
    for module in (models.encoder, models.decoder, models.denoiser, models.upscaler):
        for parameter in module.parameters():
            parameter.data.add_(0.02 * torch.randn_like(parameter))
    return models


def test_exported_graphs_compute_what_pytorch_computes(tmp_path, monkeypatch):
    models = stirred()
    export(models, tmp_path, GIVEN)
    assert max(parity.differences(tmp_path, steps=3, shape=(16, 3, 4, 6)).values()) < parity.TOLERANCE
    stored = from_bundle(tmp_path)
    for given, read in ((models.denoiser, stored.denoiser), (models.upscaler, stored.upscaler)):
        for name, value in given.state_dict().items():
            assert torch.allclose(read.state_dict()[name], value, atol=1e-3), name
    monkeypatch.setattr(transformer, "PLACES", PLACES + 1)
    with pytest.raises(ValueError, match="denoiser.onnx is of another transformer: place.weight"):
        from_bundle(tmp_path)


def test_autoencoder_shapes_and_locality():
    encoder, decoder = Encoder(), Decoder()
    clip = torch.randn(1, 3, 16, 32, 48)
    latents = encoder(clip)
    assert latents.shape == (1, 16, 2, 4, 6)
    assert decoder(latents).shape == clip.shape


def test_an_autoencoder_that_grew_begins_as_what_it_was():
    torch.manual_seed(3)
    for small, grown, given in (
        (Decoder(blocks=(2, 1, 0)), Decoder(), torch.randn(1, 16, 2, 4, 6)),
        (Encoder(blocks=(0, 2)), Encoder(), torch.randn(1, 3, 16, 32, 48)),
    ):
        for name, weight in small.named_parameters():
            if name.endswith("space.weight"):
                torch.nn.init.normal_(weight, std=0.02)
        assert not grown.load_state_dict(small.state_dict(), strict=False).unexpected_keys
        assert torch.allclose(grown(given), small(given), atol=1e-5)


def test_an_autoencoder_is_as_large_as_its_weights(tmp_path):
    encoder, decoder = Encoder(blocks=(0, 1)), Decoder(blocks=(1, 2, 0))
    save(
        tmp_path / "small.pt",
        {"enc": encoder.state_dict(), "dec": decoder.state_dict(), "mean": [0.0] * 16, "std": [1.0] * 16},
    )
    models = load(tmp_path / "small.pt")
    assert [len(stage) for stage in (models.encoder.fine, models.encoder.coarse)] == [0, 1]
    assert [len(stage) for stage in (models.decoder.coarse, models.decoder.fine, models.decoder.sharp)] == [1, 2, 0]


def test_pixels_around_things_count_more():
    of = scene.place(random.Random(1), "ball", "red", "still", "day", "small")
    ((x, y, radius, _),) = seen(of, 0)
    count = train_autoencoder.weights(of, (0, 0, 128, 128), 0, 2)
    middle = count[0, 0, :, round(64 * (1 - y)), round(64 * (1 + x))]
    assert count.mean().item() == pytest.approx(1, abs=1e-4)
    assert torch.allclose(middle, count.min() * train_autoencoder.THING_WEIGHT) and middle.min() > 1
    assert (count > 1).float().mean().item() == pytest.approx(3.14 * (1.2 * radius + 0.03) ** 2 / 4, rel=0.05)


def test_a_decoder_that_is_trained_alone_keeps_the_latents_statistics(tmp_path):
    models, old, new = random_models(), tmp_path / "old.pt", tmp_path / "new.pt"
    save(
        old,
        {"enc": models.encoder.state_dict(), "dec": models.decoder.state_dict(), "mean": [0.5] * 16, "std": [2.0] * 16},
    )
    train_autoencoder.main(
        ["--out", str(new), "--resume", str(old), "--decoder-only", "--steps", "1", "--batch", "1", "--crop", "32"]
    )
    kept = load(new)
    assert kept.mean.unique().tolist() == [0.5] and kept.std.unique().tolist() == [2.0]
    assert all(
        torch.equal(value, models.encoder.state_dict()[name]) for name, value in kept.encoder.state_dict().items()
    )
    assert not torch.equal(kept.decoder.picture.weight, models.decoder.picture.weight)


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


def test_only_within_the_interval_there_is_guidance():
    asked = []

    def predict(latents, timestep, context, mask):
        asked.append((timestep.item(), context.sum().item()))
        return torch.full_like(latents, context.sum().item())

    start = torch.zeros(1, 2, 2, 2)
    found = sample(predict, start, torch.ones(1, 1), torch.zeros(1, 1), 4, 3.0, 1.0, (0.5, 0.75))
    assert asked == [(1000, 1), (750, 1), (750, 0), (500, 1), (500, 0), (250, 1)]
    assert found.unique().tolist() == [-0.25 * (1 + 3 + 3 + 1)]


def test_a_batch_is_sampled_as_its_clips_are_by_themselves():
    model, starts = stirred().denoiser, torch.randn(2, 16, 3, 4, 6)
    texts, empty = [torch.randn(5, 384), torch.randn(9, 384)], torch.randn(2, 384)
    both = together(model, starts, texts, empty, steps=3)
    for i in range(2):
        assert torch.allclose(both[i], sample(model, starts[i], texts[i], empty, steps=3), atol=1e-4)
    assert not torch.allclose(both[0], sample(model, starts[0], texts[1], empty, steps=3), atol=1e-2)


def test_attention_on_a_gpu_and_of_onnx_runtime_is_the_attention_on_a_cpu():
    q, k, v = torch.randn(3, 2, 7, 4, 64)
    mask = torch.zeros(2, 1, 1, 7)
    mask[1, ..., 5:] = -1e4
    heads = [x.transpose(1, 2) for x in (q, k, v)]
    on_gpu = torch.nn.functional.scaled_dot_product_attention(*heads, mask).transpose(1, 2).flatten(2)
    assert torch.allclose(attention(q, k, v, mask), on_gpu, atol=1e-5)
    assert torch.allclose(attention(q, k, v, mask), transformer._fused(q, k, v, mask), atol=1e-5)


def test_a_transformer_is_as_large_as_its_weights():
    small = Transformer(width=64, depth=3)
    again = Transformer.like(small.state_dict())
    again.load_state_dict(small.state_dict())
    assert (again.width, len(again.layers)) == (64, 3)
    with pytest.raises(ValueError, match="100.*64"):
        Transformer(width=100)


def test_a_widened_transformer_begins_as_what_it_was_and_uses_what_is_new():
    torch.manual_seed(1)
    small = Transformer(width=64, depth=2)
    for p in small.parameters():
        torch.nn.init.normal_(p, std=0.2)
    wide = Transformer.like(small.widened(300).state_dict())
    assert [layer.up.out_features for layer in wide.layers] == [300, 300]
    wide.load_state_dict(small.widened(300).state_dict())
    inputs = (
        torch.randn(2, 16, 2, 4, 4),
        torch.tensor([300.0, 900.0]),
        torch.randn(2, 5, 384),
        torch.ones(2, 5, dtype=torch.int64),
    )
    assert torch.allclose(wide(*inputs), small(*inputs), atol=1e-4)
    wide(*inputs).square().mean().backward()
    assert all(layer.down.weight.grad[:, 256:].abs().max() > 0 for layer in wide.layers)
    with pytest.raises(ValueError, match="hidden is 200.*256"):
        small.widened(200)


def test_a_training_batch_has_its_clips_captions_or_the_empty_one(tmp_path, monkeypatch):
    monkeypatch.setattr(clips, "SHARD", 4)
    shard = {
        "latents": torch.arange(4.0).reshape(4, 1, 1, 1, 1),
        "embeddings": torch.zeros(4, 3, clips.TOKENS, 2),
        "lengths": torch.tensor([[3, 4, 5]] * 4),
        **{key: torch.zeros(4, 1) for key in ("things", "outlines", "stills")},
    }
    for clip in range(4):
        for saying in range(3):
            shard["embeddings"][clip, saying, : 3 + saying] = torch.tensor([clip, saying])
    save(tmp_path / "0.pt", shard)
    found, empty, dropped = clips.Clips(tmp_path), torch.full((2, 2), 9.0), 0
    for n in range(50):
        latents, context, mask, *_ = found.batch([3, 1], empty, random.Random(n), dropout=0.5)
        assert latents.flatten().tolist() == [3, 1]
        for clip, text, many in zip((3, 1), context, mask.sum(1).tolist()):
            assert text[many:].abs().max() == 0
            if many == 2:
                dropped += 1
                assert (text[:2] == 9).all()
            else:
                assert text[:many].tolist() == [[clip, many - 3]] * many
    assert 30 < dropped < 70


def test_an_excerpt_is_the_same_part_of_all_and_knows_where_it_lies(tmp_path, monkeypatch):
    monkeypatch.setattr(clips, "SHARD", 2)
    for length in (2, 6, 9):
        time = torch.arange(2.0 * length).reshape(2, length)
        save(
            tmp_path / f"{length}.pt",
            {
                "latents": time[:, None, :, None, None],
                "things": time[..., None, None],
                "outlines": time[..., None, None],
                "stills": torch.zeros(2, 2),
                "embeddings": torch.zeros(2, 3, clips.TOKENS, 2),
                "lengths": torch.ones(2, 3, dtype=int),
            },
        )
    found = clips.Clips(tmp_path)
    assert found.by_shape(3) == {(2, 1, 1): [0, 1], (3, 1, 1): [2, 3, 4, 5]}
    begins = set()
    for n in range(40):
        latents, _, _, things, drawn, stills, spans = found.batch(
            [3, 4], torch.zeros(1, 2), random.Random(n), longest=3
        )
        assert stills is None
        assert spans[:, 1].tolist() == [6, 9]
        begins.update(spans.T[0].tolist())
        for clip, (begin, whole), *parts in zip((1, 0), spans.tolist(), latents, things, drawn):
            for part in parts:
                assert part.flatten().tolist() == [clip * whole + begin + i for i in range(3)]
    assert begins == set(range(7))
    latents, *_, stills, spans = found.batch([0, 1], torch.zeros(1, 2), random.Random(0), longest=3)
    assert (
        latents.shape[2] == 2 and stills.shape == (2, 2) and spans.tolist() == [[0, 2]] * 2
    )  # shorter than an excerpt: whole


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


def test_places_say_where_a_token_is():
    square, wide = places(6, 8, 8), places(12, 9, 16)
    assert square.shape == (1, 384, PLACES) and wide.shape == (1, 12 * 9 * 16, PLACES)
    assert len(torch.unique(square[0].round(decimals=4), dim=0)) == 384
    middle = lambda p, t, h, w: p.reshape(t, h, w, -1)[:, h // 2 - 1 : h // 2 + 1, w // 2 - 1 : w // 2 + 1, 17:].mean(
        (0, 1, 2)
    )
    assert middle(square, 6, 8, 8)[6::8].abs().max() < 1e-5  # the middle of the picture is the middle of any picture
    cut = places(6, 8, 16).reshape(6, 8, 16, -1)[:, :, 4:12].flatten(0, 2)
    assert torch.allclose(cut, square[0], atol=1e-5)  # a wider one goes on at the sides
    clocks = [p.reshape(-1, 64, PLACES)[:6, 0, 8:16] for p in (square, places(12, 8, 8))]
    assert torch.allclose(*clocks, atol=1e-5)  # a second is as long in any clip
    excerpts = places(2, 8, 8, span=torch.tensor([[0, 6], [3, 6]]))
    assert torch.allclose(
        excerpts.reshape(2, 2, 64, -1), square.reshape(6, 64, -1)[[0, 1, 3, 4]].reshape(2, 2, 64, -1), atol=1e-5
    )


def test_shapes_of_clips():
    assert shaped("96x144x256") == (96, 144, 256)
    for wrong in ("96", "97x128x128", "96x120x128", "0x128x128", "96x128x"):
        with pytest.raises(argparse.ArgumentTypeError, match=wrong):
            shaped(wrong)


def test_clips_of_only_some_words():
    words = only("motions=spins,rolls;sizes=small")
    assert words["motions"] == ["spins", "rolls"] and words["things"] == v.EVERYTHING["things"]
    singles = [s for s in (scene.sample(f"only {i}", words=words) for i in range(40)) if not s.other]
    assert {(s.thing.motion, s.thing.size) for s in singles} == {("spins", "small"), ("rolls", "small")}
    with pytest.raises(argparse.ArgumentTypeError, match="sizes=tiny: known are .*'small'"):
        only("motions=spins;sizes=tiny")
    with pytest.raises(argparse.ArgumentTypeError, match="moods=glad: known are .*'motions'"):
        only("moods=glad")


def test_batches_are_of_one_shape_and_of_about_as_many_latents(tmp_path, monkeypatch):
    monkeypatch.setattr(clips, "SHARD", 8)
    (tmp_path / "wide").mkdir()
    save(tmp_path / "0.pt", {"latents": torch.zeros(8, 16, 2, 4, 4)})
    save(tmp_path / "wide" / "0.pt", {"latents": torch.zeros(8, 16, 4, 4, 8)})
    found = clips.Clips(tmp_path)
    once, rng = [], random.Random(1)
    for batch in batches(found, 4, rng):
        once.append(batch)
        if len(once) == 2 + 8:
            break
    assert sorted(map(len, once)) == [1] * 8 + [4] * 2
    assert sorted(i for batch in once for i in batch) == list(range(16))
    assert {len(batch) == 1 for batch in once if min(batch) >= 8} == {True}


def test_batches_wait_for_the_first_clips(tmp_path, monkeypatch):
    monkeypatch.setattr(clips, "SHARD", 4)
    monkeypatch.setattr("time.sleep", lambda _: save(tmp_path / "0.pt", {"latents": torch.zeros(4, 16, 2, 4, 4)}))
    assert sorted(next(batches(clips.Clips(tmp_path), 4, random.Random(1)))) == [0, 1, 2, 3]


def test_a_small_thing_weighs_as_much_in_the_loss_as_a_large_one(monkeypatch):
    monkeypatch.setattr(train_transformer, "TOLD", 1e-9)  # nothing is told
    t, side, off = 12, 8, 1000.0
    things = torch.zeros(2, t, side, side, dtype=torch.bool)
    things[0, :, :1], things[1, :, :4] = True, True  # an eighth and a half of each picture
    latents = off * things[:, None].float().expand(-1, 16, -1, -1, -1)
    outlines = torch.zeros(2, t, 2 * side, 2 * side)
    batch = latents, None, None, things, outlines, None, None
    says_nothing = lambda noisy, *_: (torch.zeros_like(noisy), torch.zeros(2, t * side * side // 4, 4))
    loss, _ = flow_loss(says_nothing, torch.nn.Linear(4, 16), batch, None, "cpu")
    shares = [THING_WEIGHT * area / (1 + (THING_WEIGHT - 1) * area) for area in (1 / 8, 1 / 2)]
    assert loss.item() == pytest.approx(off**2 * sum(shares) / 2, rel=1e-3)


def test_strips_are_half_of_the_tokens_and_keep_to_the_thing():
    for height, width in ((8, 8), (6, 12)):
        things = torch.zeros(40, 3, height, width, dtype=torch.bool)
        things[:, :, 0:2, 0:2] = True
        route = strips(things, 2, torch.Generator().manual_seed(1))
        assert route.shape == (40, 3 * (height // 2) * (width // 2) // 2)
        assert (route == 0).any(1).float().mean() > 0.7


def test_training_tells_parts_of_a_clip():
    latents, stills = torch.randn(400, 16, 6, 2, 2), torch.randn(400, 2, 16, 2, 2)
    known, mask = told(latents, stills, torch.Generator().manual_seed(1))
    assert torch.equal(
        known[mask.eq(KNOWN)[:, None].expand_as(known[..., 0, 0])],
        latents[mask.eq(KNOWN)[:, None].expand_as(known[..., 0, 0])],
    )
    first = mask[:, 0] == PICTURE
    assert torch.equal(known[first, :, 0], stills[first, 0])
    assert known.transpose(1, 2)[mask == 0].abs().max() == 0
    assert not (told(latents, None, torch.Generator().manual_seed(1))[1] == PICTURE).any()
    untold = (mask == 0).all(1).float().mean()
    assert 0.6 < untold < 0.8
    assert {tuple(m) for m in mask.tolist()} == {
        (0,) * 6,
        (2, 0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0, 2),
        (2, 0, 0, 0, 0, 2),
        (1, 0, 0, 0, 0, 0),
        (1, 1, 0, 0, 0, 0),
        (1, 1, 1, 0, 0, 0),
    }


def test_only_small_differences_fade():
    clip, made = torch.zeros(48, 3, 2, 2), torch.zeros(48, 3, 2, 2)
    made[:, 0], made[:, 1] = 0.1, 1.0
    both = fade.joined(clip, made, 0.25)
    assert len(both) == 56 and both[:40].abs().max() == 0
    assert torch.allclose(both[40:48, 0, 0, 0], 0.1 * torch.arange(1, 9) / 9)
    assert torch.allclose(both[40:48, 1, 0, 0], 1 - 0.25 * torch.arange(8, 0, -1) / 9)
    assert torch.equal(both[48:], made[24:32])


def test_a_bundle_without_an_upscaler_has_none(tmp_path):
    models = stirred()
    models.upscaler = None
    export(models, tmp_path, GIVEN)
    assert from_bundle(tmp_path).upscaler is None
    assert usual(tmp_path) == (96, 128, 128)


def test_the_bundle_of_a_student_goes_its_steps_on_the_prompt_alone(tmp_path):
    export(stirred(), tmp_path, GIVEN | {"steps": 4})
    manifest = json.loads((tmp_path / "bundle.json").read_text())
    assert manifest["name"] == "pebble-turbo"
    assert manifest["scheduler"] == {
        "name": EULER,
        "shift": 6.0,
        "trainTimesteps": 1000,
        "sigmas": [1.0, 0.75, 0.5, 0.25],
    }
    assert (manifest["defaults"]["steps"], manifest["defaults"]["guidance"]) == (4, 1.0)
    assert manifest["references"] == []
    assert "encoder" not in manifest["files"]
    assert not (tmp_path / "encoder.onnx").exists()


def test_clips_of_a_bundle_with_an_upscaler_are_made_at_the_size_before_it(tmp_path):
    export(stirred(), tmp_path, GIVEN)
    manifest = json.loads((tmp_path / "bundle.json").read_text())
    assert (manifest["defaults"]["width"], usual(tmp_path)) == (512, (96, 128, 128))
    assert [grid(manifest, *size) for size in ((144, 256), (720, 1280), (288, 512))] == [(144, 256)] * 3
    with pytest.raises(ValueError, match="1600x720 is larger"):
        grid(manifest, 720, 1600)


def test_the_second_order_solver_goes_along_a_straight_flow_as_euler_does():
    clean, noise_ = torch.randn(2, 4), torch.randn(2, 4)
    for scheduler, steps in ((EULER, 3), (DPM, 1), (DPM, 5)):
        sigmas, solver = schedule(steps, 6.0, scheduler), Solver(scheduler)
        x = (1 - sigmas[0]) * clean + sigmas[0] * noise_
        for now, after in itertools.pairwise(sigmas):
            x = solver.step(x, noise_ - clean, now, after)
        assert torch.allclose(x, clean, atol=1e-5), scheduler


def test_a_sampler_that_the_reference_lacks_is_refused():
    with pytest.raises(ValueError, match="scheduler is unipc-flow; this sampler has"):
        Solver("unipc-flow")


def test_a_student_is_taught_to_arrive_where_the_guided_teacher_does():
    settings = {"shift": 6.0, "scheduler": DPM, "guidance": 5.0, "guided": (0.5, 1.0)}
    start, text = torch.randn(2, 16, 2, 4, 4), torch.randn(3, 8)

    def predict(x, t, context, mask):
        return (x * t[:, None, None, None, None] / 1000 + context.mean((1, 2))[:, None, None, None, None]).float()

    teacher = distill.Teacher(predict, lambda _: torch.zeros(2, 8), settings, steps=1, finer=6)
    group = distill.Group(start, padded([text] * 2, "cpu"))

    end, decided = teacher.arrive(group)
    assert torch.allclose(end, together(predict, start, [text] * 2, torch.zeros(2, 8), 6, **settings), atol=1e-2)
    assert torch.allclose(decided, torch.ones(2, 1, 2, 4, 4))

    def taught(x, *_):
        return (end - start) / (0 - teacher.sigmas[0])

    error, own, target = distill.loss(taught, teacher, group)
    assert error < 1e-6 and torch.allclose(own, target, atol=1e-3)
    assert distill.loss(predict, teacher, group)[0] > 0.1
