"""Draws scenes as clips in [-1, 1]: a still background, one soft shadow, one shaded thing, all antialiased."""

import random

import torch

from model_lab.world import vocabulary as v
from model_lab.world.motion import pose
from model_lab.world.scene import FPS, GROUND
from model_lab.world.sdf import SHAPES

# place: sky top, sky at the horizon, ground at the horizon, ground near, height of hills, light of the scene
_LOOK = {
    "day": ((0.25, 0.55, 0.95), (0.72, 0.88, 1.00), (0.50, 0.78, 0.36), (0.30, 0.62, 0.24), 0.05, 1.00),
    "sunset": ((0.36, 0.22, 0.50), (1.00, 0.60, 0.32), (0.42, 0.30, 0.26), (0.26, 0.20, 0.22), 0.04, 0.92),
    "night": ((0.02, 0.03, 0.12), (0.12, 0.15, 0.36), (0.10, 0.17, 0.20), (0.05, 0.09, 0.12), 0.05, 0.80),
    "snow": ((0.62, 0.71, 0.80), (0.82, 0.88, 0.93), (0.95, 0.97, 1.00), (0.84, 0.89, 0.96), 0.07, 1.00),
    "desert": ((0.45, 0.72, 0.85), (0.97, 0.90, 0.74), (0.91, 0.75, 0.48), (0.80, 0.60, 0.34), 0.11, 1.00),
}
# place: disc x, y, radius, colour of the sun or moon, width of its glow
_DISC = {
    "day": (0.68, 0.70, 0.13, (1.00, 0.95, 0.60), 0.25),
    "sunset": (0.45, -0.10, 0.22, (1.00, 0.82, 0.40), 0.45),
    "night": (-0.62, 0.66, 0.14, (0.95, 0.94, 0.82), 0.15),
    "desert": (-0.60, 0.66, 0.15, (1.00, 0.97, 0.80), 0.30),
}
HORIZON = -0.28


def grid(height, width, window=None, device="cpu"):
    """Pixel centres (x, y up) of a picture two units high, or of its window (top, left, rows, columns)."""
    top, left, rows, columns = window or (0, 0, height, width)
    y = 1 - 2 * (torch.arange(top, top + rows, device=device) + 0.5) / height
    x = (2 * (torch.arange(left, left + columns, device=device) + 0.5) - width) / height
    return x[None, :].expand(rows, -1), y[:, None].expand(-1, columns)


def background(scene, x, y, pixel):
    """The place without the thing: [3, H, W]."""
    rng = random.Random(scene.decor)
    top, low, far, near, hills, _ = _LOOK[scene.place]
    line = HORIZON + hills * torch.sin(2.3 * x + rng.uniform(0, 6.28))
    sky = _mix(low, top, ((y - line) / 1.2).clamp(0, 1))
    if scene.place in _DISC:
        dx, dy, radius, colour, glow = _DISC[scene.place]
        away = torch.hypot(x - dx - rng.uniform(-0.1, 0.1), y - dy) - radius
        sky = _over(sky, colour, 0.5 * torch.exp(-away.clamp(min=0) / glow))
        sky = _over(sky, colour, _cover(away, pixel))
    if scene.place == "day":
        for cy, size in ((rng.uniform(0.35, 0.5), 0.11), (rng.uniform(0.6, 0.78), 0.08)):
            cx = rng.uniform(-0.85, 0.45)
            puffs = [torch.hypot((x - cx - o * size) * 0.8, y - cy - u * size) - size * s
                     for o, u, s in ((-1.3, 0, 0.7), (0, 0.25, 1.0), (1.3, 0, 0.75))]
            cloud = torch.minimum(torch.minimum(puffs[0], puffs[1]), puffs[2])
            sky = _over(sky, (1, 1, 1), 0.85 * (0.5 - cloud / 0.06).clamp(0, 1))
    if scene.place == "night":
        for _ in range(14):
            sx, sy, size = rng.uniform(-1, 1), rng.uniform(-0.05, 0.95), rng.uniform(0.012, 0.022)
            sky = _over(sky, (1, 1, 0.9), (1.5 - torch.hypot(x - sx, y - sy) / size).clamp(0, 1))
    land = _mix(far, near, ((line - y) / 0.7).clamp(0, 1))
    return torch.lerp(sky, land, _cover(y - line, pixel))


def render(scenes, frames=48, height=128, width=128, windows=None, device="cpu", start=0):
    """Clips [B, F, 3, H, W] in [-1, 1]; `windows` draws only a part of each clip (all of one size)."""
    clips = []
    for i, scene in enumerate(scenes):
        x, y = grid(height, width, windows[i] if windows else None, device)
        clips.append(_draw(scene, x, y, 2 / height, range(start, start + frames)))
    return torch.stack(clips) * 2 - 1


def cover(scene, pose_of, x, y, pixel):
    """The share of each pixel that the thing covers in one pose."""
    cx, cy, radius, angle = (torch.tensor(value, device=x.device) for value in pose_of)
    ux, uy, cos, sin = (x - cx) / radius, (y - cy) / radius, torch.cos(angle), torch.sin(angle)
    return _cover(SHAPES[scene.thing](cos * ux + sin * uy, cos * uy - sin * ux) * radius, pixel)


def _draw(scene, x, y, pixel, frames):
    poses = torch.tensor([pose(scene, f / FPS) for f in frames], device=x.device)
    cx, cy, radius, angle = (poses[:, i, None, None] for i in range(4))
    light = _LOOK[scene.place][5]
    picture = background(scene, x, y, pixel)[None]

    lift = cy - radius - GROUND
    width = radius * (0.95 + 0.4 * lift)
    away = ((x - cx) / width) ** 2 + ((y - GROUND + 0.02) / (0.24 * width)) ** 2
    shadow = 0.42 * torch.exp(-1.6 * lift) * torch.exp(-away * away)
    picture = picture * (1 - shadow[:, None])

    ux, uy = (x - cx) / radius, (y - cy) / radius
    cos, sin = torch.cos(angle), torch.sin(angle)
    distance = SHAPES[scene.thing](cos * ux + sin * uy, cos * uy - sin * ux)
    shade = (0.86 + 0.2 * (0.75 * uy - 0.6 * ux)).clamp(0.55, 1.12) - 0.3 * (1 + distance / 0.22).clamp(0, 1) ** 2
    shine = 0.4 * torch.exp(-6 * ((ux + 0.35) ** 2 + (uy - 0.4) ** 2))
    paint = torch.tensor(v.COLOURS[scene.colour][0], device=x.device)[None, :, None, None]
    body = (light * (paint * shade[:, None] + shine[:, None])).clamp(0, 1)
    return torch.lerp(picture.expand_as(body), body, _cover(distance * radius, pixel)[:, None])


def _cover(distance, pixel):
    """The share of a pixel that lies inside."""
    return (0.5 - distance / pixel).clamp(0, 1)


def _mix(low, high, t):
    low, high = (torch.tensor(c, device=t.device)[:, None, None] for c in (low, high))
    return low + (high - low) * t


def _over(picture, colour, cover):
    return torch.lerp(picture, torch.tensor(colour, device=cover.device, dtype=cover.dtype)[:, None, None], cover)
