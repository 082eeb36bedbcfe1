"""Exports open video models as bundles, verifies bundles, and makes tiny ones for tests."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model_lab.open_models.errors import ExportError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model_lab.open_models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    export = commands.add_parser("export", help="make a bundle of a diffusers checkpoint directory")
    export.add_argument("--from", dest="source", type=Path, required=True, help="the directory with model_index.json")
    export.add_argument("--out", type=Path, required=True, help="the bundle's directory, such as models/wan")
    export.add_argument("--name", help="the bundle's name; if absent, that of its directory")
    export.add_argument("--dtype", choices=["fp16", "bf16", "fp32"], default="fp16", help="the denoiser's type")
    export.add_argument("--text", choices=["int8", "fp16", "fp32"], default="fp16", help="the text encoder's weights")
    _add_lora(export)

    verify = commands.add_parser("verify", help="check a bundle's digests, graphs and attention")
    verify.add_argument("bundle", type=Path)
    verify.add_argument("--from", dest="source", type=Path, help="compare with this checkpoint, too")
    _add_lora(verify)

    tiny = commands.add_parser("tiny", help="make tiny random checkpoints of the real architectures, and their bundles")
    tiny.add_argument("--out", type=Path, required=True)
    tiny.add_argument("--only", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    tiny.add_argument("--against", type=Path, metavar="DIR", help="say what differs from the bundles in this directory")
    return parser


def _add_lora(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lora",
        action="append",
        default=[],
        metavar="[COMPONENT=]FILE[:SCALE]",
        help="an adapter to merge; may be repeated; COMPONENT is transformer or transformer_2, both if absent",
    )


def _export(given: argparse.Namespace) -> int:
    from model_lab.open_models import parity
    from model_lab.open_models.exporting import export
    from model_lab.open_models.options import Options

    checkpoint = _checkpoint(given)
    options = Options(given.out, given.name or given.out.resolve().name, given.dtype, given.text)
    rows = export(checkpoint, options, say=lambda line: print(line, flush=True))
    print(parity.table(rows))
    return int(not all(row.good for row in rows))


def _checkpoint(given: argparse.Namespace) -> Any:
    from model_lab.open_models.checkpoint import Checkpoint
    from model_lab.open_models.lora import Lora

    return Checkpoint(given.source, tuple(Lora.parse(text) for text in given.lora))


def _verify(given: argparse.Namespace) -> int:
    from model_lab.open_models.verify import verify

    source = _checkpoint(given) if given.source else None
    return verify(given.bundle, source, say=lambda line: print(line, flush=True))


def _tiny(given: argparse.Namespace) -> int:
    from model_lab.open_models.tiny import make_all

    return make_all(given.out, given.only, given.against, say=lambda line: print(line, flush=True))


def _quiet() -> None:
    """Leaves the progress to this program: diffusers and transformers draw bars and name other hardware."""
    from diffusers.utils import logging as of_diffusers
    from transformers.utils import logging as of_transformers

    for logging in (of_diffusers, of_transformers):
        logging.disable_progress_bar()
        logging.set_verbosity_error()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status.

    0; 1 if something is beyond a limit, 2 if it can't be done, 130 if it was interrupted.
    """
    given = _parser().parse_args(arguments)
    try:
        _quiet()
        return {"export": _export, "verify": _verify, "tiny": _tiny}[given.command](given)
    except ExportError as e:
        if sys.flags.dev_mode:  # python -X dev
            raise
        print(e, file=sys.stderr)
    except ModuleNotFoundError as e:
        print(f"{e}: pip install -r model-lab/requirements-open-models.txt", file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
