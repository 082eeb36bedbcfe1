"""One scene = the named attributes plus the chosen numbers; sampling is a pure function of a seed."""

import math
import random
from dataclasses import dataclass, replace

from model_lab.aliases import Words
from model_lab.world import vocabulary as v

GROUND = -0.55  # where things stand; the picture spans y = -1 .. 1, upwards
FPS = 24
SECONDS = 2.0  # of a clip whose things move at pace 1
HIGH = 1.05  # what rises, falls, bounces or circles stays below
SPREAD = 0.6  # of the room that a wider picture has at its sides, how much paths use
PAIRS, MOVED = 0.20, 0.06  # shares of the scenes with two things, and of those with a moving camera
# Turns a second, always: so how a thing lies follows from the time, which no caption could say exactly.
SPIN = 0.25
ROLL = {
    "small": 0.5,
    "medium": 0.25,
    "big": 0.25,
    "huge": 0.25,
}  # at pace 1: a turn in a clip, or half a one; without slipping
BEGUN = {
    "bounces": 0.35,
    "orbits": 2.0,
    "zigzags": 0.0,
}  # seconds before the clip at most; zigzags always begin at a turn, likewise
SHARES = {
    "behind": 3,
    "collides": 1,
    "follows": 1,
    "circles": 1,
}  # of the relations; what is hidden for a while is learnt last


@dataclass(frozen=True)
class Thing:
    kind: str
    colour: str
    motion: str
    size: str
    x: float  # start (or centre of the path), in half picture heights
    speed: float  # along the motion: units (negative: to the left), turns or units/s² a second, see motion.py
    height: float  # of a fall, of a bounce's first apex, of a zigzag, or radius of a circle
    drift: float  # sideways speed of a bounce, sideways acceleration of a take-off
    phase: float  # seconds before the clip's first frame at which the motion began
    pace: float = 1.0  # of what lasts as long as the clip; what gravity or a rhythm rules has its own time

    @property
    def radius(self) -> float:
        return v.SIZES[self.size][0]

    @property
    def facing(self) -> int:
        """1 where it looks right, -1 where it looks left, which is where it goes."""
        if self.motion == "left":
            return -1
        return -1 if (self.drift if self.motion == "takes off" else self.speed) < 0 else 1


@dataclass(frozen=True)
class Scene:
    thing: Thing
    place: str
    decor: int  # seed of the clouds, stars, hills, trees and houses
    camera: str = "fixed"
    relation: str = ""
    other: Thing | None = None  # with a relation: what the thing relates to
    aspect: float = 1.0  # width over height of the picture that it is composed for

    @property
    def things(self) -> tuple[Thing, ...]:
        return (self.thing,) if self.other is None else (self.thing, self.other)


def held_out(kind: str, colour: str, motion: str) -> bool:
    """True for the twelfth of the (thing, colour, motion) combinations that training never sees."""
    t, c, m = (list(d).index(k) for d, k in ((v.THINGS, kind), (v.COLOURS, colour), (v.MOTIONS, motion)))
    return (5 * t + 7 * c + 3 * m) % 12 == 1


def possible(kind: str, motion: str) -> bool:
    return not (motion in ("spins", "rolls") and kind in v.ROUND)


def sample(seed: str | int, held: bool = False, words: Words = v.EVERYTHING) -> Scene:
    """A random scene of training; or with `held` one thing of a held-out combination before a fixed camera.

    Of what `words` lists, which has the form of `vocabulary.EVERYTHING`; pairs are always made of everything.
    """
    rng = random.Random(seed)
    draw = rng.random()
    if not held and draw < PAIRS:
        return pair(rng, rng.choices(list(SHARES), list(SHARES.values()))[0])
    while True:
        kind, colour, motion = (rng.choice(words[d]) for d in ("things", "colours", "motions"))
        if possible(kind, motion) and held_out(kind, colour, motion) == held:
            camera = "fixed" if held or draw > PAIRS + MOVED else rng.choice(list(v.CAMERAS)[1:])
            return place(rng, kind, colour, motion, rng.choice(words["places"]), rng.choice(words["sizes"]), camera)


def composed(scene: Scene, frames: int, height: int, width: int) -> Scene:
    """The same scene for clips of another length or shape: it lasts as long, and uses the room at the sides."""
    pace, aspect = SECONDS * FPS / frames, width / height
    reach = 1 + SPREAD * (aspect - 1)

    def spread(thing: Thing) -> Thing:
        along = reach if thing.motion in ("left", "right", "zigzags") else 1.0
        return replace(thing, x=thing.x * reach, speed=thing.speed * along, pace=pace)

    return replace(scene, thing=spread(scene.thing), other=scene.other and spread(scene.other), aspect=aspect)


def place(
    rng: random.Random, kind: str, colour: str, motion: str, where: str, size: str, camera: str = "fixed"
) -> Scene:
    """Chooses the numbers of a scene with one thing whose attributes are given."""
    return Scene(_thing(rng, kind, colour, motion, size), where, rng.randrange(1 << 30), camera)


def pair(rng: random.Random, relation: str, held: bool = False) -> Scene:
    """A scene in which one thing does something with another of another colour and kind."""
    way = rng.choice(["left", "right"])
    first, second = {
        "behind": (way, "still"),
        "collides": (way, "still"),
        "follows": (way, way),
        "circles": ("orbits", "still"),
    }[relation]
    sizes = {
        "behind": ("small", rng.choice(["big", "huge"])),
        "collides": ("medium", "big"),
        "circles": ("small", rng.choice(["medium", "big"])),
        "follows": (rng.choice(["small", "medium"]), rng.choice(["small", "medium"])),
    }[relation]
    while True:
        (kind, other), (colour, others) = (rng.sample(list(d), 2) for d in (v.THINGS, v.COLOURS))
        if not held_out(other, others, second) and held_out(kind, colour, first) == held:
            one, two = _thing(rng, kind, colour, first, sizes[0]), _thing(rng, other, others, second, sizes[1])
            two = replace(two, x=rng.uniform(-0.15, 0.15))  # there is room on both sides
            return Scene(one, rng.choice(list(v.PLACES)), rng.randrange(1 << 30), "fixed", relation, two)


def _thing(rng: random.Random, kind: str, colour: str, motion: str, size: str) -> Thing:
    u, way = rng.uniform, rng.choice([-1, 1])
    speed = {
        "left": -u(0.5, 0.72),
        "right": u(0.5, 0.72),
        "rises": u(0.3, 0.42),
        "spins": u(0.25, 0.45),
        "rolls": way * u(0.5, 0.72),
        "orbits": u(0.45, 0.6),
        "zigzags": way * u(0.4, 0.55),
        "takes off": u(0.45, 0.65),
    }.get(motion, 0.0)
    radius = v.SIZES[size][0]
    # What is steady is drawn all the same, so that the seeds of all other scenes go on meaning these.
    if motion == "spins":
        speed = SPIN
    elif motion == "rolls":
        speed = math.copysign(2 * math.pi * radius * ROLL[size], speed)
    x = -speed + u(-0.12, 0.12) if motion in ("left", "right", "rolls", "zigzags") else u(-0.4, 0.4)
    height = {"falls": u(0.85, 1.05), "bounces": u(0.6, 0.9), "orbits": u(0.25, 0.35), "zigzags": u(0.35, 0.5)}.get(
        motion, 0.0
    )
    drift = {"bounces": u(-0.15, 0.15), "takes off": way * u(0.15, 0.35)}.get(motion, 0.0)
    aloft = HIGH - GROUND - 2 * radius  # how far it can be lifted
    if motion == "rises":
        speed = min(speed, aloft / SECONDS)
    elif motion == "orbits":
        height = min(height, aloft / 2 - 0.05)
        x *= min(1.0, (1.05 - radius - 1.2 * height) / 0.4)
    elif height:
        height = min(height, aloft - 0.05)
    phase = u(0.0, BEGUN[motion]) if motion in BEGUN else 0.0
    return Thing(kind, colour, motion, size, x, speed, height, drift, phase)
