"""The registry of families. A new family is a module with a `Family` and a line here."""

from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError
from model_lab.open_models.family import Family
from model_lab.open_models.ltx import Ltx
from model_lab.open_models.wan import Wan

FAMILIES: tuple[Family, ...] = (Wan(), Ltx())


def family_of(checkpoint: Checkpoint) -> Family:
    """The family that exports a checkpoint, by the pipeline class that its model_index.json names."""
    for family in FAMILIES:
        if checkpoint.pipeline in family.pipelines:
            return family
    valid = ", ".join(sorted(name for family in FAMILIES for name in family.pipelines))
    raise ExportError(
        f"{checkpoint.directory / 'model_index.json'}: _class_name is {checkpoint.pipeline!r}; valid are {valid}"
    )
