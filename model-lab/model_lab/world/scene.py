"""One scene = the named attributes plus the chosen numbers; sampling is a pure function of a seed."""

import random
from dataclasses import dataclass

from model_lab.world import vocabulary as v

GROUND = -0.55  # where things stand; the picture spans y = -1 .. 1, upwards
FPS = 24


@dataclass(frozen=True)
class Scene:
    thing: str
    colour: str
    place: str
    motion: str
    size: str
    x: float           # start (or centre of the path), in half picture heights
    speed: float       # along the motion: units, turns or doublings a second, see motion.py
    height: float      # of a fall or of a bounce's first apex, above rest
    drift: float       # sideways speed of a bounce
    phase: float       # seconds before the clip's first frame at which a bounce began
    decor: int         # seed of the clouds, stars and hills

    @property
    def radius(self):
        return v.SIZES[self.size][0]


def held_out(thing, colour, motion):
    """True for the twelfth of the (thing, colour, motion) combinations that training never sees."""
    t, c, m = (list(d).index(k) for d, k in ((v.THINGS, thing), (v.COLOURS, colour), (v.MOTIONS, motion)))
    return (5 * t + 7 * c + 3 * m) % 12 == 1


def possible(thing, motion):
    return not (motion == "spins" and thing in v.ROUND)


def sample(seed, held=False):
    """A random scene; `held` chooses between the held-out combinations and all the others."""
    rng = random.Random(seed)
    while True:
        thing, colour, motion = (rng.choice(list(d)) for d in (v.THINGS, v.COLOURS, v.MOTIONS))
        if possible(thing, motion) and held_out(thing, colour, motion) == held:
            return place(rng, thing, colour, motion, rng.choice(list(v.PLACES)), rng.choice(list(v.SIZES)))


def place(rng, thing, colour, motion, where, size):
    """Chooses the numbers of a scene whose attributes are given."""
    u = rng.uniform
    speeds = {"left": u(0.5, 0.72), "right": u(0.5, 0.72), "rises": u(0.3, 0.42), "spins": u(0.25, 0.45)}
    speed = speeds.get(motion, 0.0)
    x = {"left": speed + u(-0.12, 0.12), "right": -speed + u(-0.12, 0.12)}.get(motion, u(-0.4, 0.4))
    height = {"falls": u(0.85, 1.05), "bounces": u(0.6, 0.9)}.get(motion, 0.0)
    drift = u(-0.15, 0.15) if motion == "bounces" else 0.0
    phase = u(0.0, 0.35) if motion == "bounces" else 0.0
    return Scene(thing, colour, where, motion, size, x, speed, height, drift, phase, rng.randrange(1 << 30))
