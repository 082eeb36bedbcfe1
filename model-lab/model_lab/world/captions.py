"""Captions by grammar: synonyms, changing order, and at random a word left out (what it named is then free)."""

import random

from model_lab.world import vocabulary as v
from model_lab.world.scene import Scene, Thing


def caption(scene: Scene, rng: random.Random) -> str:
    """One sentence for a scene, chosen by `rng`."""

    def say(share: float) -> bool:
        return rng.random() < share

    first, other = scene.thing, scene.other
    where = rng.choice(v.PLACES[scene.place]) if say(0.88) else ""
    if other:
        return _sentence(
            _name(first, rng), f"{rng.choice(v.RELATIONS[scene.relation])} {_name(other, rng)}", where, "", rng
        )
    motions = v.ROLLING.get(first.motion) if first.kind in v.ROUND and say(0.3) else None
    motion = rng.choice(motions or v.MOTIONS[first.motion]) if say(0.93) else ""
    if motion and first.motion in v.HEADED and say(0.85):
        motion = f"{motion} {rng.choice(v.HEADINGS[first.facing])}"
    camera = rng.choice(v.CAMERAS[scene.camera]) if scene.camera != "fixed" and say(0.95) else ""
    return _sentence(_name(first, rng), motion, where, camera, rng)


def plain(scene: Scene) -> str:
    """The caption without any variation, for evaluation."""
    thing = scene.thing
    doing = f"{v.RELATIONS[scene.relation][0]} {_plainly(scene.other)}" if scene.other else v.MOTIONS[thing.motion][0]
    heading = f" {v.HEADINGS[thing.facing][0]}" if thing.motion in v.HEADED else ""
    return f"{_plainly(thing)} {doing}{heading} {v.PLACES[scene.place][0]}"


def _plainly(thing: Thing) -> str:
    return _with_article(f"{'' if thing.size == 'medium' else thing.size + ' '}{thing.colour} {thing.kind}")


def _name(thing: Thing, rng: random.Random) -> str:

    def say(share: float) -> bool:
        return rng.random() < share

    words = []
    if say(0.9 if thing.size != "medium" else 0.05):
        words.append(rng.choice(v.SIZES[thing.size][1]))
    if say(0.95):
        words.append(rng.choice(v.COLOURS[thing.colour][1]))
    words.append(rng.choice(v.THINGS[thing.kind]) if say(0.97) else rng.choice(["thing", "shape", "object"]))
    return _with_article(" ".join(words))


def _with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _sentence(thing: str, motion: str, where: str, camera: str, rng: random.Random) -> str:
    body = f"{thing} {motion}".strip()
    if where and rng.random() < 0.15:
        text = f"{where}, {body}"
    elif where and motion and not camera and rng.random() < 0.08:
        text = f"{thing} {where} {motion}"
    else:
        text = f"{body} {where}".strip()
    if camera:
        text = f"{text}, {camera}"
    lead = rng.random()
    if lead < 0.05:
        text = f"a video of {text}"
    elif lead < 0.15:
        text = text[0].upper() + text[1:] + "."
    return text


def captions(scene: Scene, seed: int, count: int) -> list[str]:
    rng = random.Random(f"caption {seed}")
    return [caption(scene, rng) for _ in range(count)]
