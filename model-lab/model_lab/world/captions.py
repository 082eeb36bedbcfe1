"""Captions by grammar: synonyms, changing order, and at random a word left out (what it named is then free)."""

import random

from model_lab.world import vocabulary as v


def caption(scene, rng):
    """One sentence for a scene, chosen by `rng`."""
    say = lambda share: rng.random() < share
    words = ["a"]
    if say(0.75 if scene.size != "medium" else 0.05):
        words.append(rng.choice(v.SIZES[scene.size][1]))
    if say(0.95):
        words.append(rng.choice(v.COLOURS[scene.colour][1]))
    words.append(rng.choice(v.THINGS[scene.thing]) if say(0.97) else rng.choice(["thing", "shape", "object"]))
    thing = " ".join(words)
    if thing.startswith(("a orange", "a emerald", "a orb", "a object")):
        thing = "an" + thing[1:]
    motion = rng.choice(v.MOTIONS[scene.motion]) if say(0.93) else ""
    where = rng.choice(v.PLACES[scene.place]) if say(0.88) else ""
    return _sentence(thing, motion, where, rng)


def plain(scene):
    """The caption without any variation, for evaluation."""
    size = "" if scene.size == "medium" else scene.size + " "
    thing = f"{size}{scene.colour} {scene.thing}"
    article = "an" if thing[0] in "aeiou" else "a"
    return f"{article} {thing} {v.MOTIONS[scene.motion][0]} {v.PLACES[scene.place][0]}"


def _sentence(thing, motion, where, rng):
    body = f"{thing} {motion}".strip()
    if where and rng.random() < 0.15:
        text = f"{where}, {body}"
    elif where and motion and rng.random() < 0.08:
        text = f"{thing} {where} {motion}"
    else:
        text = f"{body} {where}".strip()
    lead = rng.random()
    if lead < 0.05:
        text = f"a video of {text}"
    elif lead < 0.15:
        text = text[0].upper() + text[1:] + "."
    return text


def captions(scene, seed, count):
    rng = random.Random(f"caption {seed}")
    return [caption(scene, rng) for _ in range(count)]
