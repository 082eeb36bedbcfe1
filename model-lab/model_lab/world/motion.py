"""Where things are at a time: exact formulas, no integration, so any frame can be drawn by itself."""

import math

from model_lab.aliases import Pose
from model_lab.world.scene import GROUND, SECONDS, Scene, Thing

FALL_GRAVITY = 1.3  # a slow fall, that lasts most of a clip
BOUNCE_GRAVITY = 5.0
RESTITUTION = 0.85  # ratio of the speeds after and before an impact
ZIGZAGS = 1.25  # a second
PAN, ZOOM = 0.22, 0.35  # speed of a pan; a zoom's share of magnification over a clip
HALFWAY = SECONDS / 2  # when two things meet, at pace 1


def bounce_height(height: float, time: float) -> float:
    """Height of a ball dropped at time 0 from `height`: parabolas, each apex RESTITUTION² times the one before."""
    fall = math.sqrt(2 * height / BOUNCE_GRAVITY)
    if time < fall:
        return height - BOUNCE_GRAVITY * time * time / 2
    time -= fall
    up = BOUNCE_GRAVITY * fall * RESTITUTION
    while up > 0.05:
        flight = 2 * up / BOUNCE_GRAVITY
        if time < flight:
            return up * time - BOUNCE_GRAVITY * time * time / 2
        time -= flight
        up *= RESTITUTION
    return 0.0


def pose(thing: Thing, time: float) -> Pose:
    """(x, y, radius, angle) of the centre of a thing that is alone, at a time in seconds."""
    x, lift, radius, angle, slow = thing.x, 0.0, thing.radius, 0.0, thing.pace * time
    match thing.motion:
        case "left" | "right":
            x += thing.speed * slow
        case "rises":
            lift = thing.speed * slow
        case "falls":
            lift = max(0.0, thing.height - FALL_GRAVITY * time * time / 2)
        case "bounces":
            x += thing.drift * slow
            lift = bounce_height(thing.height, time + thing.phase)
        case "grows":
            radius *= 0.45 + 0.95 * min(slow / SECONDS, 1.0)
        case "shrinks":
            radius *= 1.4 - 0.95 * min(slow / SECONDS, 1.0)
        case "spins":
            lift, angle = 0.12, -2 * math.pi * thing.speed * time
        case "rolls":
            x += thing.speed * slow
            angle = -thing.speed * slow / radius
        case "orbits":
            turn = 2 * math.pi * thing.speed * (time + thing.phase)
            x += 1.2 * thing.height * math.cos(turn)
            lift = 0.1 + thing.height * (1 + math.sin(turn))
        case "zigzags":
            x += thing.speed * slow
            lift = 0.05 + thing.height * abs(2 * ((ZIGZAGS * (time + thing.phase)) % 1) - 1)
        case "takes off":
            aloft = max(0.0, slow - 0.3)
            x += thing.drift * aloft * aloft / 2
            lift = thing.speed * aloft * aloft / 2
    return x, GROUND + radius + lift, radius, angle


def poses(scene: Scene, time: float) -> tuple[list[Pose], bool]:
    """The poses of all things of a scene, and whether the second is before the first: ([(x, y, radius, angle)],
    bool).
    """
    if scene.other is None:
        return [pose(scene.thing, time)], True
    first, second = pose(scene.thing, time), pose(scene.other, time)
    _x, y, radius, angle = first
    ox, oy, wide, _ = second
    slow = scene.thing.pace * time
    match scene.relation:
        case "behind":
            return [(ox + scene.thing.speed * (slow - HALFWAY), y, radius, angle), second], True
        case "collides":
            return _collide(scene, slow, first, second), True
        case "follows":
            gap = math.copysign(radius + wide + 0.16, scene.other.speed)
            middle = scene.other.speed * (slow - HALFWAY)
            return [(middle - gap / 2, y, radius, angle), (middle + gap / 2, *second[1:])], False
        case "circles":
            turn = 2 * math.pi * scene.thing.speed * (time + scene.thing.phase)
            away = wide + radius + 0.1
            return [(ox + away * math.cos(turn), oy + 0.12 + 0.2 * math.sin(turn), radius, angle), second], math.sin(
                turn
            ) > 0
    raise ValueError(f"relation is {scene.relation}, not one of behind, collides, follows, circles")


def _collide(scene: Scene, time: float, first: Pose, second: Pose) -> list[Pose]:
    """Central and elastic; masses go with the area, and the second is at rest before."""
    speed, masses = scene.thing.speed, [r[2] ** 2 for r in (first, second)]
    total, time = sum(masses), time - 0.8 * HALFWAY
    touch = second[0] - math.copysign(0.9 * (first[2] + second[2]), speed)
    if time > 0:
        after = speed * (masses[0] - masses[1]) / total, speed * 2 * masses[0] / total
        return [(touch + after[0] * time, *first[1:]), (second[0] + after[1] * time, *second[1:])]
    return [(touch + speed * time, *first[1:]), second]


def camera(scene: Scene, time: float) -> tuple[float, float, float]:
    """(x, y, magnification): the point that is in the middle of the picture, and how many times larger all is."""
    time *= scene.thing.pace
    near = ZOOM * time / SECONDS
    match scene.camera:
        case "pans left":
            return -PAN * (time - HALFWAY), 0.0, 1.0
        case "pans right":
            return PAN * (time - HALFWAY), 0.0, 1.0
        case "zooms in":
            return 0.0, -0.2 * near, 1 + near
        case "zooms out":
            return 0.0, -0.2 * (ZOOM - near), 1 + ZOOM - near
    return 0.0, 0.0, 1.0


def seen(scene: Scene, time: float) -> list[Pose]:
    """The poses in the picture, after the camera."""
    cx, cy, scale = camera(scene, time)
    return [
        ((x - cx) * scale, (y - cy) * scale, radius * scale, angle) for x, y, radius, angle in poses(scene, time)[0]
    ]
