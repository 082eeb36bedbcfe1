"""Where a thing is at a time: exact formulas, no integration, so any frame can be drawn by itself."""

import math

from model_lab.world.scene import GROUND

FALL_GRAVITY = 1.3     # a slow fall, that lasts most of a clip
BOUNCE_GRAVITY = 5.0
RESTITUTION = 0.85     # ratio of the speeds after and before an impact


def bounce_height(height, time):
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


def pose(scene, time):
    """(x, y, radius, angle) of the thing's centre at a time in seconds."""
    x, lift, radius, angle = scene.x, 0.0, scene.radius, 0.0
    match scene.motion:
        case "left":
            x -= scene.speed * time
        case "right":
            x += scene.speed * time
        case "rises":
            lift = scene.speed * time
        case "falls":
            lift = max(0.0, scene.height - FALL_GRAVITY * time * time / 2)
        case "bounces":
            x += scene.drift * time
            lift = bounce_height(scene.height, time + scene.phase)
        case "grows":
            radius *= 0.45 + 0.95 * min(time / 2, 1.0)
        case "shrinks":
            radius *= 1.4 - 0.95 * min(time / 2, 1.0)
        case "spins":
            lift, angle = 0.12, -2 * math.pi * scene.speed * time
    return x, GROUND + radius + lift, radius, angle
