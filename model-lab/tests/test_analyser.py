from model_lab.analyser import look
from model_lab.world import scene
from model_lab.world.render import render


def test_analyser_recognises_true_clips():
    right = 0
    for i in range(8):
        s = scene.sample(f"look {i}")
        seen = look(render([s])[0])
        right += sum(getattr(seen, a) == getattr(s, a) for a in ("thing", "colour", "motion", "place"))
    assert right >= 28
