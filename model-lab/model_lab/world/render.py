"""Draws scenes as clips in [-1, 1]: a still place, soft shadows, shaded things, a camera, all antialiased."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from model_lab.aliases import Rgb, Window
from model_lab.world import vocabulary as v
from model_lab.world.motion import camera, poses, seen
from model_lab.world.scene import FPS, GROUND, Scene, Thing
from model_lab.world.sdf import DETAILS, SHAPES

# Chosen so that all colours of things stand out, in the shade too: white in bluish snow, brown on a slate street.
# place: sky top, sky at the horizon, ground at the horizon, ground near, height of hills, light of the scene
_LOOK = {
    "day": ((0.22, 0.52, 0.95), (0.52, 0.77, 1.00), (0.64, 0.84, 0.44), (0.46, 0.74, 0.32), 0.05, 1.00),
    "sunset": ((0.28, 0.30, 0.58), (1.00, 0.62, 0.36), (0.30, 0.34, 0.38), (0.18, 0.22, 0.28), 0.04, 0.96),
    "night": ((0.02, 0.03, 0.12), (0.12, 0.15, 0.36), (0.06, 0.12, 0.16), (0.02, 0.05, 0.08), 0.05, 0.88),
    "snow": ((0.28, 0.44, 0.72), (0.48, 0.64, 0.88), (0.66, 0.79, 1.00), (0.54, 0.69, 0.98), 0.07, 1.00),
    "desert": ((0.25, 0.60, 0.80), (0.66, 0.84, 0.88), (0.93, 0.77, 0.48), (0.82, 0.62, 0.34), 0.11, 1.00),
    "sea": ((0.33, 0.62, 0.92), (0.62, 0.84, 0.98), (0.09, 0.38, 0.52), (0.03, 0.22, 0.36), 0.00, 1.00),
    "forest": ((0.46, 0.74, 0.80), (0.80, 0.90, 0.72), (0.30, 0.47, 0.38), (0.18, 0.33, 0.27), 0.03, 0.98),
    "city": ((0.30, 0.56, 0.92), (0.62, 0.82, 0.98), (0.38, 0.38, 0.48), (0.25, 0.25, 0.34), 0.00, 1.00),
}
# place: disc x, y, radius, colour of the sun or moon, width of its glow
_DISC = {
    "day": (0.68, 0.70, 0.13, (1.00, 0.95, 0.60), 0.25),
    "sunset": (0.45, -0.10, 0.22, (1.00, 0.82, 0.40), 0.45),
    "night": (-0.62, 0.66, 0.14, (0.95, 0.94, 0.82), 0.15),
    "desert": (-0.60, 0.66, 0.15, (1.00, 0.97, 0.80), 0.30),
    "sea": (0.50, 0.62, 0.14, (1.00, 0.97, 0.75), 0.30),
}
HORIZON = -0.28
LAYOUTS = 4  # woods, and skylines


def grid(
    height: int, width: int, window: Window | None = None, device: str | torch.device = "cpu"
) -> tuple[Tensor, Tensor]:
    """Pixel centres (x, y up) of a picture two units high, or of its window (top, left, rows, columns)."""
    top, left, rows, columns = window or (0, 0, height, width)
    y = 1 - 2 * (torch.arange(top, top + rows, device=device) + 0.5) / height
    x = (2 * (torch.arange(left, left + columns, device=device) + 0.5) - width) / height
    return x[None, :].expand(rows, -1), y[:, None].expand(-1, columns)


def background(scene: Scene, x: Tensor, y: Tensor, pixel: float | Tensor) -> Tensor:
    """The place without the thing: [3, H, W]."""
    rng = random.Random(scene.decor)
    top, low, far, near, hills, _ = _LOOK[scene.place]
    line = HORIZON + hills * torch.sin(2.3 * x + rng.uniform(0, 6.28))
    sky = _mix(low, top, ((y - line) / 1.2).clamp(0, 1))
    if scene.place in _DISC:
        dx, dy, radius, colour, glow = _DISC[scene.place]
        away = torch.hypot(x - dx * scene.aspect - rng.uniform(-0.1, 0.1), y - dy) - radius
        sky = _over(sky, colour, 0.5 * torch.exp(-away.clamp(min=0) / glow))
        sky = _over(sky, colour, _cover(away, pixel))
    if scene.place == "day":
        for cy, size in ((rng.uniform(0.35, 0.5), 0.11), (rng.uniform(0.6, 0.78), 0.08)):
            cx = scene.aspect * rng.uniform(-0.85, 0.45)
            puffs = [
                torch.hypot((x - cx - o * size) * 0.8, y - cy - u * size) - size * s
                for o, u, s in ((-1.3, 0, 0.7), (0, 0.25, 1.0), (1.3, 0, 0.75))
            ]
            cloud = torch.minimum(torch.minimum(puffs[0], puffs[1]), puffs[2])
            sky = _over(sky, (1, 1, 1), 0.85 * (0.5 - cloud / 0.06).clamp(0, 1))
    if scene.place == "night":
        for _ in range(round(14 * scene.aspect)):
            sx, sy, size = scene.aspect * rng.uniform(-1, 1), rng.uniform(-0.05, 0.95), rng.uniform(0.012, 0.022)
            sky = _over(sky, (1, 1, 0.9), (1.5 - torch.hypot(x - sx, y - sy) / size).clamp(0, 1))
    layout = random.Random(f"{scene.place} {scene.decor % LAYOUTS}")
    if scene.place == "forest":
        sky = _woods(sky, x, y, pixel, layout)
    if scene.place == "city":
        sky = _skyline(sky, x, y, pixel, layout)
    land = _mix(far, near, ((line - y) / 0.7).clamp(0, 1))
    if scene.place == "sea":
        land = _waves(land, x, y, pixel, rng)
    return torch.lerp(sky, land, _cover(y - line, pixel))


def _woods(sky: Tensor, x: Tensor, y: Tensor, pixel: float | Tensor, rng: random.Random) -> Tensor:
    """Two rows of firs, the farther one paler."""
    for row, (colour, high) in enumerate((((0.48, 0.66, 0.58), 0.95), ((0.16, 0.36, 0.36), 0.70))):
        for i in range(-6, 7):
            cx, top = 0.31 * (i + 0.5 * row) + rng.uniform(-0.08, 0.08), HORIZON + high * rng.uniform(0.75, 1.1)
            fir = (
                torch.minimum(
                    *(
                        (x - cx).abs() - wide * (top - drop - y).clamp(min=-1)
                        for wide, drop in ((0.20, 0.30 * high), (0.34, 0.0))
                    )
                )
                if row
                else (x - cx).abs() - 0.22 * (top - y)
            )
            sky = _over(sky, colour, _cover(torch.maximum(fir, y - top), pixel))
    return sky


def _skyline(sky: Tensor, x: Tensor, y: Tensor, pixel: float | Tensor, rng: random.Random) -> Tensor:
    """Two rows of houses of different heights, the nearer ones in the shade; some are lit."""
    for row, (wall, high) in enumerate((((0.92, 0.74, 0.56), 0.85), ((0.50, 0.46, 0.68), 0.50))):
        for i in range(-5, 6):
            cx, half = 0.40 * (i + 0.5 * row) + rng.uniform(-0.05, 0.05), rng.uniform(0.11, 0.16)
            top, tone = HORIZON + high * rng.uniform(0.5, 1.2), rng.uniform(0.92, 1.06)
            house = torch.maximum((x - cx).abs() - half, y - top)
            sky = _over(sky, (tone * wall[0], tone * wall[1], tone * wall[2]), _cover(house, pixel))
            if row and i % 2:
                light = torch.maximum((x - cx).abs() - 0.4 * half, (y - top + 0.16).abs() - 0.07)
                sky = _over(sky, (0.96, 0.86, 0.60), 0.8 * _cover(light, pixel))
    return sky


def _waves(land: Tensor, x: Tensor, y: Tensor, pixel: float | Tensor, rng: random.Random) -> Tensor:
    """Crests, nearer ones longer; they stand still like the rest of the place."""
    for row in range(6):
        depth = HORIZON - 0.05 - 0.022 * (row + 1) * (row + 2)
        crest = (y - depth - 0.008 * torch.sin((17 - 2 * row) * x + rng.uniform(0, 6.28))).abs() - 0.006
        broken = (0.5 + 1.5 * torch.sin((9 - row) * x + rng.uniform(0, 6.28))).clamp(0, 1)
        land = _over(land, (0.72, 0.90, 0.95), 0.7 * broken * _cover(crest, pixel))
    return land


def render(
    scenes: Sequence[Scene],
    frames: int = 48,
    height: int = 128,
    width: int = 128,
    windows: Sequence[Window] | None = None,
    device: str = "cpu",
    start: int = 0,
    step: int = 1,
) -> Tensor:
    """Clips [B, F, 3, H, W] in [-1, 1] with each `step`th of `frames` frames; `windows` draws only a part of each
    clip (all of one size).
    """
    clips = []
    for i, scene in enumerate(scenes):
        x, y = grid(height, width, windows[i] if windows else None, device)
        clips.append(_draw(scene, x, y, 2 / height, range(start, start + frames, step)))
    return torch.stack(clips) * 2 - 1


def cover(scene: Scene, time: float, x: Tensor, y: Tensor, pixel: float) -> Tensor:
    """The share of each pixel that the things cover at a time, as the camera sees it."""
    covers = []
    for thing, pose in zip(scene.things, seen(scene, time)):
        cx, cy, radius, angle = (torch.tensor(value, device=x.device) for value in pose)
        covers.append(_cover(SHAPES[thing.kind](*_own(thing, x, y, cx, cy, radius, angle)) * radius, pixel))
    return torch.stack(covers).amax(0)


def _own(
    thing: Thing, x: Tensor, y: Tensor, cx: Tensor, cy: Tensor, radius: Tensor, angle: Tensor
) -> tuple[Tensor, Tensor]:
    """Points of the picture in a thing's own coordinates."""
    ux, uy, cos, sin = (x - cx) / radius, (y - cy) / radius, torch.cos(angle), torch.sin(angle)
    return (cos * ux + sin * uy) * thing.facing, cos * uy - sin * ux


def _draw(scene: Scene, x: Tensor, y: Tensor, pixel: float | Tensor, frames: range) -> Tensor:
    times = [f / FPS for f in frames]
    if scene.camera == "fixed":
        picture = background(scene, x, y, pixel)[None].expand(len(times), -1, -1, -1)
    else:
        cx, cy, scale = torch.tensor([camera(scene, t) for t in times], device=x.device).T[..., None, None]
        x, y, pixels = x / scale + cx, y / scale + cy, pixel / scale
        picture = torch.stack([background(scene, *view) for view in zip(x, y, pixels)])
        pixel = pixels
    placed = [poses(scene, t) for t in times]
    things = [
        (thing, torch.tensor([of[i] for of, _ in placed], device=x.device)) for i, thing in enumerate(scene.things)
    ]
    for _, pose in things:
        picture = _shade(picture, pose, x, y)
    layers = [_painted(thing, pose, x, y, pixel, _LOOK[scene.place][5]) for thing, pose in things]
    if len(layers) == 1:
        return _lay(picture, *layers[0])
    before = torch.tensor([second for _, second in placed], device=x.device)[:, None, None, None]
    first, second = layers
    return torch.where(before, _lay(_lay(picture, *first), *second), _lay(_lay(picture, *second), *first))


def _lay(picture: Tensor, body: Tensor, share: Tensor) -> Tensor:
    return torch.lerp(picture.expand_as(body), body, share)


def _shade(picture: Tensor, poses_of: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The picture under the shadow of a thing with these poses [F, 4]."""
    cx, cy, radius, _ = poses_of.T[..., None, None]
    lift = cy - radius - GROUND
    width = radius * (0.95 + 0.4 * lift)
    away = ((x - cx) / width) ** 2 + ((y - GROUND + 0.02) / (0.24 * width)) ** 2
    shadow = 0.42 * torch.exp(-1.6 * lift) * torch.exp(-away * away)
    return picture * (1 - shadow[:, None])


def _painted(
    thing: Thing, poses_of: Tensor, x: Tensor, y: Tensor, pixel: float | Tensor, light: float
) -> tuple[Tensor, Tensor]:
    """A thing's colours [F, 3, H, W], and the share of each pixel that it covers [F, 1, H, W]."""
    cx, cy, radius, angle = poses_of.T[..., None, None]
    ux, uy = (x - cx) / radius, (y - cy) / radius
    own = _own(thing, x, y, cx, cy, radius, angle)
    distance = SHAPES[thing.kind](*own)
    shade = (0.86 + 0.2 * (0.75 * uy - 0.6 * ux)).clamp(0.55, 1.12) - 0.3 * (1 + distance / 0.22).clamp(0, 1) ** 2
    shine = 0.4 * torch.exp(-6 * ((ux + 0.35) ** 2 + (uy - 0.4) ** 2))
    paint = torch.tensor(v.COLOURS[thing.colour][0], device=x.device)[None, :, None, None]
    for part, rgb in DETAILS.get(thing.kind, ()):
        colour = torch.tensor(rgb, device=x.device)[None, :, None, None]
        share = _cover(part(*own) * radius, pixel)
        paint = torch.lerp(paint, colour, share[:, None])
        shine = shine * (1 - share)  # only the thing's own colour shines
    body = (light * (paint * shade[:, None] + shine[:, None])).clamp(0, 1)
    return body, _cover(distance * radius, pixel)[:, None]


def _cover(distance: Tensor, pixel: float | Tensor) -> Tensor:
    """The share of a pixel that lies inside."""
    return (0.5 - distance / pixel).clamp(0, 1)


def _mix(low: Rgb, high: Rgb, t: Tensor) -> Tensor:
    begin, end = (torch.tensor(c, device=t.device)[:, None, None] for c in (low, high))
    return begin + (end - begin) * t


def _over(picture: Tensor, colour: Rgb, cover: Tensor) -> Tensor:
    return torch.lerp(picture, torch.tensor(colour, device=cover.device, dtype=cover.dtype)[:, None, None], cover)
