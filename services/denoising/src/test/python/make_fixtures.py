"""Writes what PyTorch and diffusers compute, for the tests of the diffusion package to agree with.

    pip install torch diffusers numpy
    python services/denoising/src/test/python/make_fixtures.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import DPMSolverMultistepScheduler, FlowMatchEulerDiscreteScheduler

TARGET = Path(__file__).parents[1] / "resources" / "fixtures"


def floats(values) -> list[float]:
    return [float(v) for v in values]


def calculate_shift(tokens: int) -> float:
    """As in diffusers' pipelines, with their defaults."""
    slope = (1.15 - 0.5) / (4096 - 256)
    return tokens * slope + 0.5 - slope * 256


def euler_case(steps: int, shift: float | None, tokens: int | None) -> dict:
    """The schedule, and one pass of four latents along given predictions."""
    scheduler = FlowMatchEulerDiscreteScheduler(
        shift=1.0 if shift is None else shift, use_dynamic_shifting=tokens is not None
    )
    mu = None if tokens is None else calculate_shift(tokens)
    scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
    generator = torch.Generator().manual_seed(steps)
    latents = torch.randn(4, generator=generator)
    start, predictions, path = latents, [], []
    for timestep in scheduler.timesteps:
        prediction = torch.randn(4, generator=generator)
        latents = scheduler.step(prediction, timestep, latents).prev_sample
        predictions.append(floats(prediction))
        path.append(floats(latents))
    return {
        "steps": steps,
        "shift": shift,
        "tokens": tokens,
        "mu": mu,
        "sigmas": floats(scheduler.sigmas),
        "timesteps": floats(scheduler.timesteps),
        "start": floats(start),
        "predictions": predictions,
        "path": path,
    }


def dpm_solver_case(steps: int, shift: float, prediction: str) -> dict:
    """DPM-Solver++(2M) along a flow, fed with given predictions."""
    scheduler = DPMSolverMultistepScheduler(
        use_flow_sigmas=True, flow_shift=shift, prediction_type=prediction
    )
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(steps)
    latents = torch.randn(4, generator=generator)
    start, predictions, path = latents, [], []
    for timestep in scheduler.timesteps:
        predicted = torch.randn(4, generator=generator)
        latents = scheduler.step(predicted, timestep, latents).prev_sample
        predictions.append(floats(predicted))
        path.append(floats(latents))
    return {
        "steps": steps,
        "shift": shift,
        "prediction": {"flow_prediction": "flow"}.get(prediction, prediction),
        "sigmas": floats(scheduler.sigmas),
        "timesteps": floats(scheduler.timesteps),
        "start": floats(start),
        "predictions": predictions,
        "path": path,
    }


def conversion_case(prediction: str, step: int) -> dict:
    """What a prediction says of the clean latents, at one noise level."""
    flow = prediction == "flow_prediction"
    scheduler = DPMSolverMultistepScheduler(
        prediction_type=prediction, use_flow_sigmas=flow, flow_shift=3.0 if flow else 1.0
    )
    scheduler.set_timesteps(10)
    scheduler._init_step_index(scheduler.timesteps[step])
    alpha, sigma = scheduler._sigma_to_alpha_sigma_t(scheduler.sigmas[step])
    generator = torch.Generator().manual_seed(step)
    noisy = torch.randn(4, generator=generator)
    predicted = torch.randn(4, generator=generator)
    return {
        "prediction": {"flow_prediction": "flow", "v_prediction": "v"}.get(prediction, prediction),
        "alpha": float(alpha),
        "sigma": float(sigma),
        "noisy": floats(noisy),
        "predicted": floats(predicted),
        "clean": floats(scheduler.convert_model_output(predicted, sample=noisy)),
    }


def write(name: str, content) -> None:
    text = json.dumps(content, indent=None, separators=(",", ":")).replace("},{", "},\n{")
    (TARGET / name).write_text(text + "\n")


write(
    "flow-match-euler.json",
    [euler_case(n, shift, None) for n, shift in [(1, 3.0), (2, 1.0), (4, 2.0), (24, 2.0), (25, 3.0), (50, 5.0)]]
    + [euler_case(n, None, tokens) for n, tokens in [(1, 384), (8, 256), (24, 384), (30, 4096), (50, 9360)]],
)
write(
    "dpm-solver++-2m-flow.json",
    [
        dpm_solver_case(n, shift, prediction)
        for prediction in ["flow_prediction", "sample"]
        for n, shift in [(1, 3.0), (2, 1.0), (3, 5.0), (8, 3.0), (14, 1.0), (15, 3.0), (20, 5.0), (50, 16.0)]
    ],
)
write(
    "predictions.json",
    [
        conversion_case(prediction, step)
        for prediction in ["flow_prediction", "epsilon", "v_prediction", "sample"]
        for step in [0, 4, 9]
    ],
)
