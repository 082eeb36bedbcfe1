"""Names for the types that go from one module to another."""

from collections.abc import Callable

from torch import Tensor

Shape = tuple[int, int, int]  # frames, height and width
Pose = tuple[float, float, float, float]  # x, y, radius and angle
Rgb = tuple[float, float, float]
Window = tuple[int, int, int, int]  # top, left, rows and columns
Words = dict[str, list[str]]  # things, colours, motions, places and sizes
Predict = Callable[..., Tensor]  # a denoiser, see `Transformer.forward`
Weights = dict[str, Tensor]
