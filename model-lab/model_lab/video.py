"""Clips [F, 3, H, W] in [-1, 1] as MP4: written as the decoding service does, read as players show them."""

import tempfile
from pathlib import Path

import imageio_ffmpeg
import torch
from torch import Tensor

from model_lab.world.scene import FPS

# The service's conversion and encoder (`FfmpegEncoder`, `H264Encoder`, `galatea.decoding.video.quantizer`).
WRITTEN = [
    "-vf",
    "scale=in_range=pc:out_range=tv:out_color_matrix=bt709:out_h_chr_pos=128:out_v_chr_pos=128"
    ":flags=lanczos+accurate_rnd+full_chroma_int+bitexact,"
    "format=yuv420p,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709",
    "-rc_mode",
    "quality",
    "-qmin",
    "12",
    "-qmax",
    "12",
    "-b:v",
    "20M",
    "-coder",
    "cabac",
    "-profile:v",
    "high",
    "-g",
    str(2 * FPS),
    "-bsf:v",
    "h264_metadata=chroma_sample_loc_type=1",
]
# By itself FFmpeg repeats each chroma sample for its four pixels; interpolated as players do, frames are 2 to 4 dB
# nearer.
INTERPOLATED = ["-sws_flags", "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"]


def write(clip: Tensor, path: str | Path) -> None:
    """Writes a clip of an even height and width; frames are rounded to whole steps of 255, values outside [-1, 1]
    cut.
    """
    height, width = clip.shape[2:]
    writer = imageio_ffmpeg.write_frames(
        str(path),
        (width, height),
        fps=FPS,
        codec="libopenh264",
        quality=None,
        macro_block_size=2,
        ffmpeg_log_level="error",
        output_params=WRITTEN,
    )
    writer.send(None)
    for frame in ((clip.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1):
        writer.send(frame.contiguous().numpy())
    writer.close()


def read(path: str | Path) -> Tensor:
    """The clip that a video holds."""
    stream = imageio_ffmpeg.read_frames(str(path), output_params=INTERPOLATED)
    width, height = next(stream)["size"]
    data = bytearray(b"".join(stream))
    return torch.frombuffer(data, dtype=torch.uint8).reshape(-1, height, width, 3).permute(0, 3, 1, 2) / 127.5 - 1


def shown(clip: Tensor) -> Tensor:
    """A clip as its video shows it."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "clip.mp4"
        write(clip, path)
        return read(path)
