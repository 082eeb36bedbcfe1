import math
import random

import pytest
import torch

from model_lab.world import captions, scene
from model_lab.world import vocabulary as v
from model_lab.world.motion import BOUNCE_GRAVITY, RESTITUTION, bounce_height, pose, poses, seen
from model_lab.world.render import render


def placed(motion, thing="ball", seed=0):
    return scene.place(random.Random(seed), thing, "red", motion, "day", "medium").thing


def paired(relation, seed=0):
    return scene.pair(random.Random(seed), relation)


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
        for thing in scene.sample(f"train {i}").things:
            assert not scene.held_out(thing.kind, thing.colour, thing.motion)
        h = scene.sample(f"test {i}", held=True)
        assert len(h.things) == 1 and scene.held_out(h.thing.kind, h.thing.colour, h.thing.motion)


def test_what_no_caption_says_exactly_follows_from_the_frame():
    spun = {pose(placed("spins", "heart", seed), 1.5)[3] for seed in range(40)}
    assert len(spun) == 1 and spun.pop() == pytest.approx(-2 * math.pi * 0.25 * 1.5)
    assert {placed("zigzags", "heart", seed).phase for seed in range(40)} == {0.0}


def test_what_rolls_does_not_slip_and_turns_half_round_in_a_clip_or_all_where_it_is_small():
    for size in v.SIZES:
        sides = set()
        for seed in range(40):
            of = scene.place(random.Random(seed), "heart", "red", "rolls", "day", size)
            for shape in ((48, 128, 128), (96, 128, 128), (192, 144, 256)):
                thing = scene.composed(of, *shape).thing
                (x, *_), (end, _, radius, angle) = (pose(thing, time) for time in (0, shape[0] / scene.FPS))
                assert end - x == pytest.approx(-angle * radius)
                assert abs(angle) == pytest.approx(2 * math.pi if size == "small" else math.pi)
            sides.add(angle > 0)
        assert sides == {True, False}


def test_only_known_words_are_drawn():
    known = v.EVERYTHING | {"things": ["ball", "box"], "places": ["snow"]}
    drawn = [scene.sample(f"known {i}", held=True, words=known) for i in range(50)]
    assert {s.thing.kind for s in drawn} == {"ball", "box"} and {s.place for s in drawn} == {"snow"}


def test_a_longer_clip_goes_as_far_in_all_its_time_but_falls_as_fast():
    for i in range(200):
        of = scene.sample(f"longer {i}")
        longer = scene.composed(of, 192, 128, 128)
        motions = {"orbits", "zigzags", "spins", "falls", "bounces"} & {t.motion for t in of.things}
        for k in range(5):
            if not motions:
                assert sum(seen(longer, 2.0 * k), ()) == pytest.approx(sum(seen(of, 0.5 * k), ())), of
            elif motions == {"falls"} and of.camera == "fixed":
                assert seen(longer, 0.5 * k) == seen(of, 0.5 * k), of


def test_a_wider_picture_shows_more_and_the_same_size_of_things():
    of = scene.place(random.Random(4), "car", "red", "right", "night", "medium")
    wide = scene.composed(of, 48, 144, 256)
    assert seen(wide, 2.0)[0][0] - seen(wide, 0.0)[0][0] > 1.3 * (seen(of, 2.0)[0][0] - seen(of, 0.0)[0][0])
    assert seen(wide, 1.0)[0][2] == seen(of, 1.0)[0][2]
    assert scene.composed(of, 48, 128, 128) == of
    stars = (render([wide], frames=1, height=144, width=256)[0, 0].amin(0) > 0).float()
    assert stars[:70, :50].any() and stars[:70, -50:].any()


def test_only_some_frames_of_a_clip():
    of = scene.sample("step")
    assert torch.equal(
        render([of], frames=9, height=32, width=32, step=4), render([of], frames=9, height=32, width=32)[:, ::4]
    )


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
    off = placed("takes off")
    assert pose(off, 2.0)[1] - pose(off, 1.0)[1] > 2 * (pose(off, 1.0)[1] - pose(off, 0.0)[1])


def test_what_is_lifted_stays_in_the_picture():
    for motion in ("rises", "falls", "bounces", "orbits", "zigzags"):
        for seed in range(20):
            thing = scene.place(random.Random(seed), "car", "red", motion, "day", "huge").thing
            for x, y, radius, _ in (pose(thing, t / 10) for t in range(21)):
                assert y + radius < 1.06 and (motion != "orbits" or abs(x) + radius < 1.06), (motion, seed)


def test_what_passes_behind_is_hidden_midway_and_comes_out_again():
    for seed in range(5):
        s = paired("behind", seed)
        (first, second), covers = poses(s, 1.0)
        assert covers and abs(first[0] - second[0]) < 0.01 and first[2] < second[2]
        apart = [abs(a[0] - b[0]) > 0.4 for a, b in (poses(s, t)[0] for t in (0.0, 2.0))]
        assert all(apart)


def test_collisions_are_elastic():
    for seed in range(5):
        s = paired("collides", seed)
        speeds = [[(b[0] - a[0]) * 100 for a, b in zip(poses(s, t)[0], poses(s, t + 0.01)[0])] for t in (0.1, 1.5)]
        masses = [thing.radius**2 for thing in s.things]
        for power in (1, 2):  # momentum and energy
            before, after = (sum(m * v**power for m, v in zip(masses, each)) for each in speeds)
            assert after == pytest.approx(before, rel=1e-3)
        assert speeds[0][0] * speeds[1][0] < 0


def test_what_circles_is_before_and_behind():
    assert {poses(paired("circles"), t / 10)[1] for t in range(20)} == {True, False}


def test_what_follows_keeps_its_distance():
    gaps = [a[0] - b[0] for a, b in (poses(paired("follows"), t)[0] for t in (0.0, 1.0, 2.0))]
    assert gaps == pytest.approx([gaps[0]] * 3)


def test_cameras_move_what_is_seen():
    of = lambda camera: scene.place(random.Random(1), "car", "red", "still", "city", "small", camera)
    begin, end = (seen(of("pans left"), t)[0] for t in (0.0, 2.0))
    assert end[0] - begin[0] > 0.3
    assert seen(of("zooms in"), 2.0)[0][2] == pytest.approx(1.35 * seen(of("zooms in"), 0.0)[0][2])
    first, last = (render([of("zooms out")], frames=1, start=f)[0, 0] for f in (0, 47))
    assert (first - last).abs().mean() > 0.02


def test_everything_can_be_drawn():
    rng = random.Random(5)
    for kind in v.THINGS:
        for where in v.PLACES:
            clip = render([scene.place(rng, kind, "red", "left", where, "huge")], frames=2, height=32, width=32)
            assert clip.isfinite().all() and clip.std() > 0.05


def test_captions_name_only_what_is_there():
    spoken = {
        kind: {word: name for name, entry in table.items() for word in words(entry)}
        for kind, table in (("motion", v.MOTIONS), ("place", v.PLACES))
    }
    for i in range(200):
        s = scene.sample(f"caption {i}")
        for text in captions.captions(s, i, 3):
            assert text and text == " ".join(text.split())
            low = text.lower().rstrip(".").split(", the camera")[0].split(", as the camera")[0]
            for phrase, name in spoken["motion"].items():
                if low.endswith(f" {phrase}"):
                    assert name == s.thing.motion, text
            for phrase, name in spoken["place"].items():
                if low.endswith(f" {phrase}"):
                    assert name == s.place, text


def test_captions_say_to_which_side_a_thing_goes():
    said = 0
    for i in range(300):
        s = scene.sample(f"caption {i}")
        for text in [captions.plain(s), *captions.captions(s, i, 3)]:
            named = {side for side, ways in v.HEADINGS.items() if any(f" {way}" in text for way in ways)}
            if not s.other and s.thing.motion in v.HEADED:
                assert named <= {s.thing.facing}, text
                said += bool(named)
        if not s.other and s.thing.motion in v.HEADED:
            assert v.HEADINGS[s.thing.facing][0] in captions.plain(s)
    assert said > 100


def words(entry):
    return entry[1] if isinstance(entry, tuple) else entry
