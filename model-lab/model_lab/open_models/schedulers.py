"""What checkpoints say of their schedulers, as manifests say it.

Settings that change what a scheduler of diffusers does must be those that the services' own one of that kind follows;
any other is refused, because a clip sampled in another way looks worse and nothing tells why.
"""

from collections.abc import Mapping
from typing import Any

from model_lab.open_models.checkpoint import Checkpoint
from model_lab.open_models.errors import ExportError

_FLOW = {
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "time_shift_type": "exponential",
}
EULER = _FLOW | {"invert_sigmas": False, "stochastic_sampling": False}
_FIXED = {"use_dynamic_shifting": False, "shift_terminal": None}
_SOLVER = _FLOW | {
    **_FIXED,
    "prediction_type": "flow_prediction",
    "use_flow_sigmas": True,
    "solver_order": 2,
    "lower_order_final": True,
    "final_sigmas_type": "zero",
    "thresholding": False,
    "rescale_betas_zero_snr": False,
}
_UNIPC = _SOLVER | {"solver_type": "bh2", "predict_x0": True, "disable_corrector": [], "solver_p": None}
_DPM = _SOLVER | {
    "algorithm_type": "dpmsolver++",
    "solver_type": "midpoint",
    "euler_at_final": False,
    "use_lu_lambdas": False,
    "variance_type": None,
}
_KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "UniPCMultistepScheduler": (_UNIPC, "unipc-flow"),
    "FlowMatchEulerDiscreteScheduler": (EULER | _FIXED, "flow-match-euler"),
    "DPMSolverMultistepScheduler": (_DPM, "dpm-solver++-2m-flow"),
}
_OTHERS = ("unipc-flow", "flow-match-euler")


def follow(config: Mapping[str, Any], valid: Mapping[str, Any]) -> None:
    """Refuses a configuration with another value than the valid one."""
    for name, value in valid.items():
        if config.get(name, value) != value:
            raise ExportError(
                f"scheduler/scheduler_config.json: {name} is {config[name]}; valid is {value}: no scheduler of the "
                "services does it"
            )


def steps_by_itself(checkpoint: Checkpoint) -> dict[str, Any]:
    """The fields `scheduler` and `otherSchedulers` for pipelines that let the scheduler make its own steps."""
    kind = checkpoint.class_of("scheduler")
    if kind not in _KINDS:
        raise ExportError(f"model_index.json: scheduler is {kind}; valid are {', '.join(_KINDS)}")
    valid, name = _KINDS[kind]
    config = checkpoint.config("scheduler")
    follow(config, valid)
    euler = name == "flow-match-euler"
    shift = float(config.get("shift" if euler else "flow_shift", 1.0))
    train = int(config.get("num_train_timesteps", 1000))
    common = {"shift": shift, "trainTimesteps": train}
    own = {"name": name, **common} | ({"lastSigma": _last(shift, train)} if euler else {})
    return {"scheduler": own, "otherSchedulers": [{"name": other, **common} for other in _OTHERS if other != name]}


def _last(shift: float, train: int) -> float:
    """Where FlowMatchEulerDiscreteScheduler's own steps begin their last one, before the shift.

    It takes even steps down to its lowest noise level, to which it has applied the shift already.
    """
    lowest = 1 / train
    return shift * lowest / (1 + (shift - 1) * lowest)
