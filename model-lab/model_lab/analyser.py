"""Looks at a clip without any neural network: which thing, which colour, which motion, and does it hold together?

The place is the one whose empty backgrounds, drawn by the renderer, are nearest; the thing is what differs from all
of them, connected to the densest spot. Its colour is the one nearest to most of its pixels, its kind the one whose
outlines (of all of it, and of what has its colour) overlap most, its motion a rule on path, size and outline.
`evaluate` reports how often this is right on true clips, too: that is the most it can say of generated ones.
"""

import functools
import math
import random
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from model_lab.world import scene
from model_lab.world import vocabulary as v
from model_lab.world.render import LAYOUTS, background, grid
from model_lab.world.scene import Scene
from model_lab.world.sdf import DETAILS, SHAPES

RATE = 12  # frames looked at of each second
DIFFERENT = 0.13  # from all backgrounds, in at least one channel
DIM = {"night": 0.10, "sunset": 0.11, "forest": 0.11}  # the same where all is darker
DARK = 0.5  # of a colour's brightness: what is below is a tyre or a pane, not the colour in the shade
SHADOW = 0.2  # how far from the ground's line, in half picture heights, shadows are
PRESENT = 30  # pixels of a picture 128 high that a thing has at least
DECORS = 16
LEFT_OVER = 0.75  # at most, of what an outline changes, where it is turned back: else it does not turn
SIDE = 32  # outlines are compared at this size
ASPECTS = ("thing", "colour", "motion", "place", "size")


@dataclass(frozen=True)
class Seen:
    thing: str
    colour: str
    motion: str
    place: str
    size: str
    presence: float  # share of the frames with a thing of that colour in them
    colour_drift: float  # mean distance of a frame's colour from the clip's, in [0, 1] for each channel
    size_drift: float  # standard deviation of the thing's width over its mean
    flicker: float  # mean change from frame to frame where nothing moves, of 255
    path: torch.Tensor  # [F, 3]: x, y, area in every frame looked at, see `measure`

    @property
    def heading(self) -> int:
        """1 if it ends further to the right than it begins, else -1."""
        return 1 if _way(self.path[:, 0]) > 0 else -1


def look(clip: Tensor) -> Seen:
    """Analyses a clip [F, 3, H, W] in [-1, 1]."""
    picture = looked_at(clip)
    place, strange = foreground(picture)
    masks = torch.stack([blob(f) for f in strange])
    path = torch.tensor([measure(m) for m in masks])
    hue = colour(picture, masks)
    kind = shape(masks, torch.stack([m * _coloured(p, hue) for p, m in zip(picture, masks)]), hue)
    there = masks.flatten(1).sum(1) >= PRESENT * (picture.shape[2] / 128) ** 2
    shades = (
        torch.stack([_median(p, m) for p, m in zip(picture[there], masks[there])]) if there.any() else torch.zeros(1, 3)
    )
    alike = torch.tensor([colour(p[None], m[None]) == hue for p, m in zip(picture, masks)])
    width = path[:, 2].sqrt()
    return Seen(
        kind,
        hue,
        motion(path, masks),
        place,
        size(kind, path, picture.shape[2]),
        (there & alike).float().mean().item(),
        (shades - shades.median(0).values).abs().mean().item(),
        (width.std() / width.mean().clamp(min=1)).item(),
        _flicker(picture, strange),
        path,
    )


def looked_at(clip: Tensor) -> Tensor:
    """The frames that the analyser looks at, in [0, 1]."""
    return (clip[:: scene.FPS // RATE].float().clamp(-1, 1) + 1) / 2


def agreement(scene_: Scene, seen: Seen) -> dict[str, bool | None]:
    """For each aspect, whether a clip shows what the scene says; None where the scene leaves it open.

    A motion of `HEADED` must go to the scene's side, too.
    """
    thing = scene_.thing
    changing = thing.motion in ("grows", "shrinks") or scene_.camera.startswith("zooms")
    moves = thing.motion == seen.motion and (thing.motion not in v.HEADED or thing.facing == seen.heading)
    return {
        "thing": thing.kind == seen.thing,
        "colour": thing.colour == seen.colour,
        "motion": moves,
        "place": scene_.place == seen.place,
        "size": None if changing else thing.size == seen.size,
    }


@functools.cache
def backgrounds(place: str, height: int, width: int) -> Tensor:
    """What a place looks like without a thing, with different clouds, hills and suns: [DECORS, 3, H, W]."""
    x, y = grid(height, width)
    empty = replace(scene.place(random.Random(0), "ball", "red", "still", place, "small"), aspect=width / height)
    return torch.stack(
        [background(replace(empty, decor=i), x, y, 2 / height) for i in range(LAYOUTS, LAYOUTS + DECORS)]
    )


def foreground(picture: Tensor) -> tuple[str, Tensor]:
    """The likeliest place, and the mask [F, H, W] of what is in none of its backgrounds, nor in their shade."""
    apart = {place: _apart(picture[::4], backgrounds(place, *picture.shape[-2:])) for place in v.PLACES}
    place = min(apart, key=lambda p: apart[p].clamp(max=0.3).mean())
    return place, (_apart(picture, backgrounds(place, *picture.shape[-2:])) > DIM.get(place, DIFFERENT)).float()


def _apart(picture: Tensor, known: Tensor) -> Tensor:
    """How far each pixel is from the nearest background, which may lie in a shadow where things stand."""
    least = torch.full_like(picture[:, 0], 9.0)
    y = grid(*picture.shape[-2:])[1]
    darkest = torch.where((y - scene.GROUND).abs() < SHADOW, 0.55, 0.9)
    for back in known:
        shade = ((picture * back).sum(1) / (back * back).sum(0)).clamp(max=1.05).maximum(darkest)
        least = torch.minimum(least, (picture - shade[:, None] * back).abs().amax(1))
    return least


def _flicker(picture: Tensor, strange: Tensor) -> float:
    """Where neither of two neighbouring frames has something strange nearby, how much changes."""
    near = F.max_pool2d(strange[:, None], 13, 1, 6)[:, 0] > 0
    calm = ~(near[1:] | near[:-1])[:, None].expand(-1, 3, -1, -1)
    change = (picture[1:] - picture[:-1]).abs()
    return 255 * change[calm].mean().item() if calm.any() else 0.0


def blob(fore: Tensor) -> Tensor:
    """The part of a mask [H, W] that is connected to its densest spot, over gaps of two pixels."""
    if not fore.any():
        return fore
    grown = torch.zeros_like(fore)
    grown.view(-1)[(F.avg_pool2d(fore[None, None], 9, 1, 4)[0, 0] * (0.01 + fore)).argmax()] = 1
    while True:
        wider = F.max_pool2d(grown[None, None], 7, 1, 3)[0, 0] * fore
        if wider.sum() == grown.sum():
            return grown
        grown = wider


def measure(mask: Tensor) -> tuple[float, float, float]:
    """(x, y, area): centre in half picture heights, y upwards; area in pixels."""
    h, w = mask.shape
    area = mask.sum().clamp(min=1)
    x = (mask.sum(0) * torch.linspace(-w / h, w / h, w)).sum() / area
    y = (mask.sum(1) * torch.linspace(1, -1, h)).sum() / area
    return x.item(), y.item(), area.item()


def _inside(picture: Tensor, masks: Tensor) -> Tensor:
    """The thing's pixels [N, 3] without its rim, if that leaves any."""
    core = 1 - F.max_pool2d(1 - masks[:, None], 5, 1, 2)
    chosen = core if core.sum() >= 10 else masks[:, None]
    return picture.permute(0, 2, 3, 1)[chosen[:, 0] > 0]


def _median(picture: Tensor, mask: Tensor) -> Tensor:
    pixels = _inside(picture[None], mask[None])
    return pixels.median(0).values if len(pixels) else torch.zeros(3)


def colour(picture: Tensor, masks: Tensor) -> str:
    """The colour nearest to most pixels of frames [F, 3, H, W]. Dark ones, white ones and glass may be wheels, sails
    or panes.
    """
    pixels = _inside(picture, masks)
    if not len(pixels):
        return next(iter(v.COLOURS))
    nearest = torch.stack([_distance(pixels, torch.tensor(rgb)) for rgb, _ in v.COLOURS.values()], 1).argmin(1)
    votes = torch.bincount(nearest[pixels.amax(1) > 0.2], minlength=len(v.COLOURS)).float()
    votes[list(v.COLOURS).index("white")] *= 0.5
    return list(v.COLOURS)[votes.argmax()]


def _distance(pixels: Tensor, rgb: Tensor) -> Tensor:
    """By hue more than by brightness, of pixels [N, 3] in any light."""
    strongest = pixels.amax(1, keepdim=True).clamp(min=0.1)
    hue = ((pixels / strongest - rgb / rgb.max()) ** 2).sum(1)
    return hue + 0.6 * (strongest[:, 0] - 0.85 * rgb.max()) ** 2


def motion(path: Tensor, masks: Tensor) -> str:
    """A rule on centre, area and outline over time; ways back of more than a little mean a bounce, a zigzag or a
    circle.
    """
    x, y, area = path.T
    width = area.sqrt()
    few = _few(x)
    dx, dy = _way(x), _way(y)
    growth = (width[-few:].mean() / width[:few].mean()).item()
    up, down = (d.clamp(min=0).sum().item() for d in (y[1:] - y[:-1], y[:-1] - y[1:]))
    swings = min(up, down) > 0.25 and (y.max() - y.min()).item() > 0.33
    if abs(dx) > 0.5 and abs(dx) > abs(dy) and abs(dx) > 0.5 * (x[1:] - x[:-1]).abs().sum().item():
        return "zigzags" if swings else "rolls" if _turning(masks) else "right" if dx > 0 else "left"
    if not swings and growth > 1.4:
        return "grows"
    if not swings and growth < 0.7:
        return "shrinks"
    if swings:
        return "orbits" if (x.max() - x.min()).item() > 0.45 else "bounces"
    if dy > 0.3:
        half = len(y) // 2
        return "takes off" if (y[-1] - y[half]) > 2 * (y[half] - y[0]) else "rises"
    if dy < -0.3:
        return "falls"
    return "spins" if _turning(masks) else "still"


def _few(values: Tensor) -> int:
    """How many frames are a clip's beginning, and its end."""
    return max(1, len(values) // 6)


def _way(values: Tensor) -> float:
    """How far they go: from their mean at a clip's beginning to that at its end."""
    few = _few(values)
    return values[-few:].mean().item() - values[:few].mean().item()


def _turning(masks: Tensor) -> bool:
    """Whether the outline turns on by more than a quarter in all, and steadily: an outline that only changes does
    not.

    From one frame to another a third of a second later at most; of a longer clip, which may turn more slowly, to a
    later one, too.
    """
    twelfth = max(1, len(masks) // RATE)
    return any(
        _turns_on(torch.stack([outline(m) for m in masks[::step]])) for step in {min(RATE // 3, twelfth), twelfth}
    )


def _turns_on(outlines: Tensor) -> bool:
    turns = list(range(-45, 50, 5))
    change = (_turned_outlines(outlines[:-1], turns) - outlines[1:]).abs().mean((1, 2, 3))
    best = int(change.argmin())
    return (
        abs(turns[best]) * (len(outlines) - 1) >= 90 and change[best].item() < LEFT_OVER * change[turns.index(0)].item()
    )


def _turned_outlines(outlines: Tensor, degrees: list[int]) -> Tensor:
    """Outlines [N, SIDE, SIDE] turned by each of the degrees: [D, N, SIDE, SIDE]."""
    angles = torch.tensor(degrees).deg2rad()
    cos, sin, none = angles.cos(), angles.sin(), torch.zeros(len(angles))
    turns = torch.stack([torch.stack([cos, -sin, none], 1), torch.stack([sin, cos, none], 1)], 1)
    grids = F.affine_grid(turns, [len(angles), 1, SIDE, SIDE], align_corners=False)
    return F.grid_sample(outlines.expand(len(angles), -1, -1, -1), grids, align_corners=False)


def size(kind: str, path: Tensor, height: int) -> str:
    """The nearest of the sizes, of a thing of that kind in the middle of the clip."""
    third = len(path) // 3
    area = path[third : len(path) - third, 2].median().item()
    radius = math.sqrt(max(area, 1) / _unit_area(kind)) / (height / 2)
    return min(v.SIZES, key=lambda name: abs(math.log(radius / v.SIZES[name][0])))


@functools.cache
def _unit_area(kind: str) -> float:
    x, y = _canvas()
    return (SHAPES[kind](x, y) < 0).float().mean().item() * 2.6**2


def outline(mask: Tensor) -> Tensor:
    """The mask, moved to the middle and scaled so that its area is always the same: [SIDE, SIDE]."""
    x, y, area = measure(mask)
    h, w = mask.shape
    half = 1.7 * (area / 3.14) ** 0.5 / (h / 2)
    line = torch.linspace(-half, half, SIDE)
    spots = torch.stack([(x + line)[None, :].expand(SIDE, -1) * h / w, -(y - line)[:, None].expand(-1, SIDE)], -1)
    return F.grid_sample(mask[None, None], spots[None], align_corners=False)[0, 0]


def _canvas() -> tuple[Tensor, Tensor]:
    line = torch.linspace(-1.3, 1.3, 96)
    return line[None, :].expand(96, -1), -line[:, None].expand(-1, 96)


@functools.cache
def templates(hue: str) -> dict[str, Tensor]:
    """Outlines of all things and of their parts of a colour, turned by steps of ten degrees: name → [2, 72, SIDE,
    SIDE].

    The first two look right and left and stand upright.
    """
    x, y = _canvas()
    turns = [(facing, math.radians(a)) for a in range(0, 360, 10) for facing in (1, -1)]
    return {
        name: torch.stack(
            [
                torch.stack([outline(part(*_turned(facing * x, y, a)).float()) for facing, a in turns])
                for part in (functools.partial(_whole, name), functools.partial(_plain, name, hue))
            ]
        )
        for name in SHAPES
    }


def _whole(name: str, x: Tensor, y: Tensor) -> Tensor:
    return SHAPES[name](x, y) < 0


def _plain(name: str, hue: str, x: Tensor, y: Tensor) -> Tensor:
    """Where a thing of a colour has it, or parts that pass for it: white sails on a white boat."""
    inside = _whole(name, x, y)
    for part, rgb in DETAILS.get(name, ()):
        if not _coloured(torch.tensor(rgb)[:, None, None], hue):
            inside &= part(x, y) >= 0
    return inside


def _turned(x: Tensor, y: Tensor, turn: float) -> tuple[Tensor, Tensor]:
    cos, sin = math.cos(turn), math.sin(turn)
    return cos * x + sin * y, cos * y - sin * x


def shape(masks: Tensor, coloured: Tensor, hue: str) -> str:
    """The thing whose outlines are nearest to those of masks [F, H, W] and of their parts in the thing's colour.

    Only of what turns are turned outlines compared.
    """
    errors, poses = dict.fromkeys(v.THINGS, 0.0), 72 if _turning(masks) else 2
    whole = masks[:, [0, -1]].sum((1, 2)) + masks[:, :, [0, -1]].sum((1, 2)) == 0  # not cut by the picture's edge
    chosen = whole if whole.any() else torch.ones_like(whole)
    for mask, part in zip(masks[chosen][::3], coloured[chosen][::3]):
        if part.sum() > 20:
            seen = torch.stack([outline(mask), outline(part)])[:, None]
            for name, known in templates(hue).items():
                errors[name] += (known[:, :poses] - seen).abs().mean((2, 3)).sum(0).min().item()
    return min(errors, key=lambda name: errors[name])


def came_out_again(clip: Tensor, hue: str) -> bool:
    """Whether what has that colour is seen at the clip's start and at its end, on the other side and at least half as
    large.
    """
    picture = looked_at(clip)
    strange = foreground(picture)[1]
    ends = []
    for part in (slice(0, 4), slice(-4, None)):
        mask = torch.stack([blob(f * _coloured(p, hue)) for p, f in zip(picture[part], strange[part])])
        ends.append(torch.tensor([measure(m) for m in mask]).mean(0))
    (before, _, area), (after, _, left) = (e.tolist() for e in ends)
    return area >= PRESENT and left >= 0.5 * area and abs(after - before) > 0.5


def _coloured(picture: Tensor, hue: str) -> Tensor:
    pixels = picture.flatten(1).T
    distances = torch.stack([_distance(pixels, torch.tensor(rgb)) for rgb, _ in v.COLOURS.values()], 1)
    lit = pixels.amax(1) > DARK * max(v.COLOURS[hue][0])
    return (lit & (distances.argmin(1) == list(v.COLOURS).index(hue))).float().reshape(picture.shape[1:])


@dataclass(frozen=True)
class Bounce:
    fit: float  # share of the height's variance that parabolas explain, between impacts
    gains: bool  # an apex is higher than the one before by more than a tenth
    sinks: bool  # it goes deeper than the ground by more than a tenth of half the picture


def bounce(path: Tensor) -> Bounce | None:
    """How ballistic a bounce [F, 3] is; None where there is no arc of five frames."""
    y = path[:, 1].double()
    floors = [i for i in range(1, len(y) - 1) if y[i] <= y[i - 1] and y[i] < y[i + 1] and y[i] < y.median()]
    cuts = [0, *floors, len(y) - 1]
    arcs = [y[a : b + 1] for a, b in zip(cuts, cuts[1:]) if b - a >= 4]
    if not arcs:
        return None
    left = spread = 0.0
    for arc in arcs:
        t = torch.arange(len(arc), dtype=torch.float64)
        design = torch.stack([torch.ones_like(t), t, t * t], 1)
        found = torch.linalg.lstsq(design, arc[:, None]).solution
        left += (arc - (design @ found)[:, 0]).square().sum().item()
        spread += (arc - y.mean()).square().sum().item()
    apexes = [arc.max().item() - y.min().item() for arc in arcs]
    gains = any(b > 1.1 * a for a, b in zip(apexes[1:], apexes[2:]))
    radius = (path[:, 2].median() / math.pi).sqrt().item() / 64
    return Bounce(1 - left / max(spread, 1e-9), gains, (y.min().item() - radius) < scene.GROUND - 0.1)
