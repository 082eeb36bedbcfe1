"""Looks at a clip without any neural network: which thing, which colour, which motion?

The place is the one whose empty backgrounds, drawn by the renderer, are nearest; the thing is what differs from all of
them, connected to the densest spot.
Its colour is the nearest of the eight, its shape the outline that overlaps most, its motion a rule on path and size.
`evaluate` reports how often this is right on true clips, too: that is the most it can say of generated ones.
"""

import functools
import math
import random
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from model_lab.world import scene, vocabulary as v
from model_lab.world.render import background, grid
from model_lab.world.sdf import SHAPES

DIFFERENT = 0.16
DECORS = 16
SIDE = 32  # outlines are compared at this size


@dataclass(frozen=True)
class Seen:
    thing: str
    colour: str
    motion: str
    place: str


def look(clip):
    """Analyses a clip [F, 3, H, W] in [-1, 1], twelve frames of each second."""
    picture = (clip[::scene.FPS // 12].float().clamp(-1, 1) + 1) / 2
    place, strange = foreground(picture)
    masks = torch.stack([blob(f) for f in strange])
    path = torch.tensor([measure(m) for m in masks])
    return Seen(shape(masks), colour(picture, masks), motion(path, masks), place)


@functools.cache
def backgrounds(place, height, width):
    """What a place looks like without a thing, with different clouds, hills and suns: [DECORS, 3, H, W]."""
    x, y = grid(height, width)
    empty = [scene.place(random.Random(i), "ball", "red", "still", place, "small") for i in range(DECORS)]
    return torch.stack([background(s, x, y, 2 / height) for s in empty])


def foreground(picture):
    """The likeliest place, and the mask [F, H, W] of what is in none of its backgrounds, nor in their shade."""
    apart = {place: _apart(picture, backgrounds(place, *picture.shape[-2:])) for place in v.PLACES}
    place = min(apart, key=lambda p: apart[p].clamp(max=0.3).mean())
    return place, (apart[place] > DIFFERENT).float()


def _apart(picture, known):
    least = torch.full_like(picture[:, 0], 9.0)
    for back in known:
        shade = ((picture * back).sum(1) / (back * back).sum(0)).clamp(0.55, 1.05)
        least = torch.minimum(least, (picture - shade[:, None] * back).abs().amax(1))
    return least


def blob(fore):
    """The part of a mask [H, W] that is connected to its densest spot."""
    if not fore.any():
        return fore
    grown = torch.zeros_like(fore)
    grown.view(-1)[(F.avg_pool2d(fore[None, None], 9, 1, 4)[0, 0] * (0.01 + fore)).argmax()] = 1
    while True:
        wider = F.max_pool2d(grown[None, None], 3, 1, 1)[0, 0] * fore
        if wider.sum() == grown.sum():
            return grown
        grown = wider


def measure(mask):
    """(x, y, area): centre in half picture heights, y upwards; area in pixels."""
    h, w = mask.shape
    area = mask.sum().clamp(min=1)
    x = (mask.sum(0) * torch.linspace(-w / h, w / h, w)).sum() / area
    y = (mask.sum(1) * torch.linspace(1, -1, h)).sum() / area
    return x.item(), y.item(), area.item()


def colour(picture, masks):
    """The nearest of the eight to the median colour of the thing's inside, by hue more than by brightness."""
    inside = 1 - F.max_pool2d(1 - masks[:, None], 5, 1, 2)
    if inside.sum() < 10:
        inside = masks[:, None]
    pixels = picture.permute(0, 2, 3, 1)[inside[:, 0] > 0]
    median = pixels.median(0).values if len(pixels) else torch.zeros(3)
    distance = lambda name: _hue(median, torch.tensor(v.COLOURS[name][0]))
    return min(v.COLOURS, key=distance)


def _hue(a, b):
    a, b = a / a.max().clamp(min=0.1), b / b.max()
    return ((a - b) ** 2).sum().item()


def motion(path, masks):
    """A rule on centre and area over time; jumps back of more than a little mean a bounce."""
    x, y, area = path.T
    size = area.sqrt()
    third = max(1, len(x) // 6)
    dx, dy = (c[-third:].mean().item() - c[:third].mean().item() for c in (x, y))
    growth = (size[-third:].mean() / size[:third].mean()).item()
    up = (y[1:] - y[:-1]).clamp(min=0).sum().item()
    down = (y[:-1] - y[1:]).clamp(min=0).sum().item()
    if abs(dx) > 0.5 and abs(dx) > abs(dy):
        return "right" if dx > 0 else "left"
    if growth > 1.4:
        return "grows"
    if growth < 0.7:
        return "shrinks"
    if min(up, down) > 0.25:
        return "bounces"
    if abs(dy) > 0.3:
        return "rises" if dy > 0 else "falls"
    outlines = [outline(m) for m in masks[::4]]
    change = sum((a - b).abs().mean().item() for a, b in zip(outlines, outlines[1:])) / max(1, len(outlines) - 1)
    return "spins" if change > 0.07 else "still"


def outline(mask):
    """The mask, moved to the middle and scaled so that its area is always the same: [SIDE, SIDE]."""
    x, y, area = measure(mask)
    h, w = mask.shape
    half = 1.7 * (area / 3.14) ** 0.5 / (h / 2)
    line = torch.linspace(-half, half, SIDE)
    spots = torch.stack([(x + line)[None, :].expand(SIDE, -1) * h / w, -(y - line)[:, None].expand(-1, SIDE)], -1)
    return F.grid_sample(mask[None, None], spots[None], align_corners=False)[0, 0]


@functools.cache
def templates():
    """Outlines of all things, turned by steps of ten degrees: name → [36, SIDE, SIDE]."""
    line = torch.linspace(-1.3, 1.3, 96)
    x, y = line[None, :].expand(96, -1), -line[:, None].expand(-1, 96)
    turns = [math.radians(a) for a in range(0, 360, 10)]
    return {name: torch.stack([outline((inside(x, y, shape_of, a) < 0).float()) for a in turns])
            for name, shape_of in SHAPES.items()}


def inside(x, y, shape_of, turn):
    cos, sin = math.cos(turn), math.sin(turn)
    return shape_of(cos * x + sin * y, cos * y - sin * x)


def shape(masks):
    """The thing whose outline is nearest, by majority of the frames; upright ones are preferred a little."""
    votes = dict.fromkeys(v.THINGS, 0)
    for mask in masks[::3]:
        if 20 < mask.sum():
            seen = outline(mask)
            errors = {n: (t - seen).abs().mean((1, 2)) for n, t in templates().items()}
            votes[min(errors, key=lambda n: min(errors[n][0], errors[n].min() + 0.02))] += 1
    return max(votes, key=votes.get)
