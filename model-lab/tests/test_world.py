import random

import pytest
import torch

from model_lab.world import captions, scene, vocabulary as v
from model_lab.world.motion import BOUNCE_GRAVITY, RESTITUTION, bounce_height, pose
from model_lab.world.render import render


def placed(motion, thing="ball", seed=0):
    return scene.place(random.Random(seed), thing, "red", motion, "day", "medium")


def test_same_seed_draws_the_same_clip():
    first, second = (render([scene.sample("seed 3")], frames=2, height=32, width=32) for _ in range(2))
    assert torch.equal(first, second)
    assert first.shape == (1, 2, 3, 32, 32) and first.abs().max() <= 1


def test_window_is_a_part_of_the_whole():
    s = scene.sample("window")
    whole = render([s], frames=2)
    part = render([s], frames=2, windows=[(16, 32, 64, 48)])
    assert torch.allclose(part, whole[..., 16:80, 32:80], atol=1e-5)


def test_training_never_sees_held_out_combinations():
    for i in range(300):
        s = scene.sample(f"train {i}")
        assert not scene.held_out(s.thing, s.colour, s.motion)
        h = scene.sample(f"test {i}", held=True)
        assert scene.held_out(h.thing, h.colour, h.motion)


def test_bounce_is_ballistic():
    height, step = 0.8, 1e-3
    fall = (2 * height / BOUNCE_GRAVITY) ** 0.5
    flying = [bounce_height(height, fall * 1.2 + i * step) for i in range(3)]
    assert (flying[0] - 2 * flying[1] + flying[2]) / step**2 == pytest.approx(-BOUNCE_GRAVITY, rel=1e-3)
    apex = max(bounce_height(height, fall * (1 + RESTITUTION * i / 500)) for i in range(1000))
    assert apex == pytest.approx(height * RESTITUTION**2, rel=1e-3)
    assert all(bounce_height(height, i / 100) >= 0 for i in range(1000))


def test_directions():
    for motion, axis, sign in (("left", 0, -1), ("right", 0, 1), ("rises", 1, 1), ("falls", 1, -1)):
        begin, end = pose(placed(motion), 0.0), pose(placed(motion), 2.0)
        assert (end[axis] - begin[axis]) * sign > 0.5, motion
    assert pose(placed("grows"), 2.0)[2] > 2 * pose(placed("grows"), 0.0)[2]
    assert pose(placed("still"), 2.0) == pose(placed("still"), 0.0)


def test_captions_name_only_what_is_there():
    spoken = {kind: {word: name for name, entry in table.items() for word in words(entry)}
              for kind, table in (("colour", v.COLOURS), ("motion", v.MOTIONS), ("place", v.PLACES))}
    for i in range(200):
        s = scene.sample(f"caption {i}")
        for text in captions.captions(s, i, 3):
            assert text and text == " ".join(text.split())
            low = text.lower().rstrip(".")
            for phrase, name in spoken["motion"].items():
                if low.endswith(f" {phrase}"):
                    assert name == s.motion, text
            for phrase, name in spoken["place"].items():
                if low.endswith(f" {phrase}"):
                    assert name == s.place, text


def words(entry):
    return entry[1] if isinstance(entry, tuple) else entry
