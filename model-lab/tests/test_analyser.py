import random

import torch

from model_lab import evaluate
from model_lab.analyser import agreement, bounce, came_out_again, look, measure
from model_lab.evaluate import report, retrieval, ssim
from model_lab.world import scene
from model_lab.world.motion import pose
from model_lab.world.render import render


def test_analyser_recognises_true_clips():
    scenes = [scene.sample(f"look {i}", held=True) for i in range(8)]
    seen = [look(render([s])[0]) for s in scenes]
    judged = [agreement(s, w) for s, w in zip(scenes, seen)]
    right = {a: sum(j[a] is not False for j in judged) for a in judged[0]}
    assert right["place"] == 8 and right["colour"] >= 7 and right["motion"] >= 7 and right["thing"] >= 7, right
    assert sum(w.presence for w in seen) > 7.8 and sum(w.flicker for w in seen) < 8
    figures = report(scenes, seen)
    assert figures["place"] == 100 and figures["floor"]["thing"] < 50
    assert retrieval(scenes, seen)["right one first"] > 50


def test_analyser_sees_what_is_wrong():
    s = scene.place(random.Random(1), "ball", "red", "still", "day", "big")
    clip = render([s])[0]
    empty = render([scene.place(random.Random(1), "ball", "green", "still", "day", "big")])[0]
    gone = look(torch.cat([clip[:24], empty[24:]]))
    assert 0.4 < gone.presence < 0.6
    noisy = look((clip + 0.05 * torch.randn(clip.shape, generator=torch.Generator().manual_seed(1))).clamp(-1, 1))
    assert noisy.flicker > 3 > look(clip).flicker


def test_settings_are_chosen_by_other_scenes_than_those_of_the_figures():
    for made in (evaluate.tasks, evaluate.hidden):
        figures, others = (([s for s, _, _ in made(6, others=name)]) for name in ("", "tuning"))
        assert figures == [s for s, _, _ in made(6)] and not set(figures) & set(others)


def test_white_in_the_snow_is_seen_as_it_is():
    for kind in ("ball", "car", "heart"):
        seen = look(render([scene.place(random.Random(4), kind, "white", "still", "snow", "medium")])[0])
        assert (seen.thing, seen.colour, seen.size) == (kind, "white", "medium") and seen.presence == 1, kind


def test_a_circle_that_ends_elsewhere_is_no_zigzag():
    for seed in ("tuning 4", "tuning 280"):
        s = scene.composed(scene.sample(seed, held=True), 96, 128, 128)
        assert (s.thing.motion, look(render([s], frames=96)[0]).motion) == ("orbits", "orbits"), seed


def test_what_rolls_turns_on_and_does_not_only_change_its_outline():
    moves = {
        motion: [
            scene.composed(scene.place(random.Random(3), kind, "red", motion, "day", "big"), 96, 128, 128)
            for kind in ("heart", "star")
        ]
        for motion in ("right", "rolls")
    }
    slowest = scene.composed(moves["rolls"][0], 192, 128, 128)
    assert (
        look(render([slowest], frames=192)[0]).motion
        == look(render(moves["rolls"][:1], frames=96)[0]).motion
        == "rolls"
    )
    heart, star = (render([s], frames=96)[0] for s in moves["right"])
    now_and_then = (torch.arange(96) // 8 % 2 == 1)[:, None, None, None]
    assert look(torch.where(now_and_then, star, heart)).motion == "right"


def test_what_rolls_to_the_other_side_does_not_do_what_was_asked():
    way = {}
    for seed in range(9):
        s = scene.composed(scene.place(random.Random(seed), "star", "red", "rolls", "day", "big"), 96, 128, 128)
        way[s.thing.facing] = s
    seen = {facing: look(render([s], frames=96)[0]) for facing, s in way.items()}
    assert {w.motion for w in seen.values()} == {"rolls"}
    assert {(a, b): agreement(way[a], seen[b])["motion"] for a in way for b in way} == {
        (1, 1): True,
        (-1, -1): True,
        (1, -1): False,
        (-1, 1): False,
    }


def test_a_parabola_fits_a_bounce_and_not_a_zigzag():
    paths = []
    for motion in ("bounces", "zigzags"):
        thing = scene.place(random.Random(2), "ball", "red", motion, "day", "medium").thing
        paths.append(torch.tensor([[*pose(thing, f / 12)[:2], 800.0] for f in range(24)]))
    assert bounce(paths[0]).fit > 0.98 > bounce(paths[1]).fit
    assert not bounce(paths[0]).gains and not bounce(paths[0]).sinks


def test_what_stays_behind_did_not_come_out():
    out = stuck = 0
    for seed in range(5):
        s = scene.pair(random.Random(seed), "behind")
        clip = render([s])[0]
        out += came_out_again(clip, s.thing.colour)
        stuck += came_out_again(torch.cat([clip[:24], clip[23:24].expand(24, -1, -1, -1)]), s.thing.colour)
    assert out >= 3 and stuck == 0


def test_similarity_of_pictures():
    clip = render([scene.sample("ssim")], frames=2).transpose(1, 2)
    assert ssim(clip, clip) > 0.9999 > ssim(clip, clip + 0.1 * torch.randn_like(clip))


def test_the_middle_of_a_mask():
    mask = torch.zeros(32, 32)
    mask[8:12, 20:24] = 1
    x, y, area = measure(mask)
    assert x > 0 and y > 0 and area == 16
