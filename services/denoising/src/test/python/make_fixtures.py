"""Writes what PyTorch and diffusers compute, for the tests of the diffusion package to agree with.

    pip install torch diffusers numpy
    python services/denoising/src/test/python/make_fixtures.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    CogVideoXDDIMScheduler,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
)
from diffusers.pipelines.ltx.pipeline_ltx import calculate_shift as shift_of_tokens
from diffusers.pipelines.ltx.pipeline_ltx import rescale_noise_cfg

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


def synthetic_denoiser(latents: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
    """A prediction that depends on its input, so that deviations can grow; the tests compute the same."""
    return 1.5 * latents / (1 + latents.abs()) - 0.4 + float(timestep) / 2000


def unipc_case(steps: int, shift: float, prediction: str) -> dict:
    """UniPC as Wan's checkpoints configure it, along predictions of its own latents."""
    scheduler = UniPCMultistepScheduler(
        prediction_type=prediction, use_flow_sigmas=True, flow_shift=shift, solver_order=2, solver_type="bh2"
    )
    scheduler.set_timesteps(steps)
    # As in a pipeline's batch of one clip: UniPC takes the first dimension for the batch.
    latents = torch.randn(1, 2, 3, generator=torch.Generator().manual_seed(steps))
    start, path = latents, []
    for timestep in scheduler.timesteps:
        latents = scheduler.step(synthetic_denoiser(latents, timestep), timestep, latents).prev_sample
        path.append(floats(latents.flatten()))
    return {
        "steps": steps,
        "shift": shift,
        "prediction": {"flow_prediction": "flow"}.get(prediction, prediction),
        "sigmas": floats(scheduler.sigmas),
        "timesteps": floats(scheduler.timesteps),
        "start": floats(start.flatten()),
        "path": path,
    }


def along_given_predictions(scheduler, generator: torch.Generator) -> dict:
    latents = torch.randn(4, generator=generator)
    start, predictions, path = latents, [], []
    for timestep in scheduler.timesteps:
        prediction = torch.randn(4, generator=generator)
        latents = scheduler.step(prediction, timestep, latents).prev_sample
        predictions.append(floats(prediction))
        path.append(floats(latents))
    return {
        "timesteps": floats(scheduler.timesteps),
        "start": floats(start),
        "predictions": predictions,
        "path": path,
    }


def euler_sigmas_case(sigmas: list[float], shift: float) -> dict:
    """The list of a distilled model."""
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)
    scheduler.set_timesteps(sigmas=sigmas)
    run = along_given_predictions(scheduler, torch.Generator().manual_seed(len(sigmas)))
    return {"list": sigmas, "shift": shift, "sigmas": floats(scheduler.sigmas), **run}


def euler_own_case(steps: int, shift: float) -> dict:
    """The steps that the scheduler makes itself, down to its lowest noise level, as Wan's pipelines let it."""
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)
    last = scheduler.sigma_min  # moved by the shift already; the steps are moved again
    scheduler.set_timesteps(steps)
    run = along_given_predictions(scheduler, torch.Generator().manual_seed(steps))
    return {"steps": steps, "shift": shift, "last": last, "sigmas": floats(scheduler.sigmas), **run}


def euler_dynamic_case(
    steps: int, tokens: int, line: tuple[int, int, float, float], terminal: float | None
) -> dict:
    """A shift along a line of the checkpoint's own, and a stretch to its last noise level, as LTX-Video has them."""
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=terminal)
    mu = shift_of_tokens(tokens, *line)
    scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
    run = along_given_predictions(scheduler, torch.Generator().manual_seed(steps))
    return {
        "steps": steps,
        "tokens": tokens,
        "line": list(line),
        "terminal": terminal,
        "sigmas": floats(scheduler.sigmas),
        **run,
    }


def renoising_case(seed: int, sigmas: list[float], shift: float) -> dict:
    """Each step goes to the clip and back to the next noise level with the next noise of the run's generator."""
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift, stochastic_sampling=True)
    scheduler.set_timesteps(sigmas=sigmas)
    torch.manual_seed(seed)
    latents = torch.randn(24)
    path = []
    for timestep in scheduler.timesteps:
        latents = scheduler.step(synthetic_denoiser(latents, timestep), timestep, latents).prev_sample
        path.append(floats(latents))
    return {"seed": seed, "list": sigmas, "shift": shift, "path": path}


def ddim_case(steps: int, prediction: str, **settings) -> dict:
    """DDIM as CogVideoX has it."""
    scheduler = CogVideoXDDIMScheduler(prediction_type=prediction, clip_sample=False, **settings)
    scheduler.set_timesteps(steps)
    run = along_given_predictions(scheduler, torch.Generator().manual_seed(steps))
    products = scheduler.alphas_cumprod[scheduler.timesteps]
    return {
        "steps": steps,
        "prediction": {"v_prediction": "v"}.get(prediction, prediction),
        **{name: scheduler.config[name] for name in DDIM_SETTINGS},
        "alphas": floats(products**0.5),
        "sigmas": floats((1 - products) ** 0.5),
        **run,
    }


DDIM_SETTINGS = [
    "num_train_timesteps",
    "beta_start",
    "beta_end",
    "beta_schedule",
    "snr_shift_scale",
    "rescale_betas_zero_snr",
    "timestep_spacing",
]


def rescale_case(scale: float, rescale: float, spread: float) -> dict:
    generator = torch.Generator().manual_seed(int(10 * scale))
    prompt = torch.randn(1, 2, 3, 2, 2, generator=generator) * spread
    negative = torch.randn(1, 2, 3, 2, 2, generator=generator)
    guided = negative + scale * (prompt - negative)
    return {
        "scale": scale,
        "rescale": rescale,
        "prompt": floats(prompt.flatten()),
        "negative": floats(negative.flatten()),
        "guided": floats(rescale_noise_cfg(guided, prompt, rescale).flatten()),
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
write(
    "unipc-flow.json",
    [
        unipc_case(n, shift, "flow_prediction")
        for n in [1, 2, 3, 4, 6, 10, 20, 30, 50]
        for shift in [1.0, 3.0, 5.0, 8.0, 16.0]
    ]
    + [unipc_case(n, 3.0, "sample") for n in [1, 2, 7, 25]],
)
write(
    "flow-match-euler-sigmas.json",
    [
        euler_sigmas_case(sigmas, shift)
        for sigmas, shift in [
            ([1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875], 1.0),
            ([1.0, 0.993, 0.987, 0.981, 0.975, 0.909, 0.725, 0.03], 1.0),
            ([1.0, 0.75, 0.5, 0.25], 5.0),
            ([0.9], 3.0),
        ]
    ],
)
write(
    "flow-match-euler-own.json",
    [euler_own_case(n, shift) for n in [1, 2, 6, 20, 50] for shift in [1.0, 3.0, 5.0]],
)
write(
    "flow-match-euler-dynamic.json",
    [
        euler_dynamic_case(n, tokens, line, terminal)
        for n, tokens in [(2, 384), (8, 5280), (25, 1024), (40, 13376), (50, 4096)]
        for line, terminal in [
            ((1024, 4096, 0.95, 2.05), 0.1),
            ((1024, 4096, 0.95, 2.05), None),
            ((256, 4096, 0.5, 1.15), 0.02),
        ]
    ],
)
write(
    "flow-match-renoise.json",
    [
        renoising_case(7, [1.0, 0.75, 0.5, 0.25], 5.0),
        renoising_case(2**32 + 8, [1.0, 0.6, 0.1], 1.0),
        renoising_case(9, [1.0], 1.0),
    ],
)
write(
    "ddim.json",
    [
        ddim_case(n, "v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True)
        for n in [1, 2, 7, 10, 30, 50]
    ]
    + [
        ddim_case(20, "v_prediction", timestep_spacing=spacing, rescale_betas_zero_snr=zero, snr_shift_scale=shift)
        for spacing in ["trailing", "leading", "linspace"]
        for zero, shift in [(True, 1.0), (False, 3.0)]
    ]
    + [ddim_case(12, kind, timestep_spacing="trailing", snr_shift_scale=1.0) for kind in ["epsilon", "sample"]]
    + [
        ddim_case(
            15,
            "v_prediction",
            timestep_spacing="trailing",
            beta_schedule="linear",
            beta_start=0.0001,
            beta_end=0.02,
            snr_shift_scale=1.0,
        )
    ],
)
write(
    "guidance-rescale.json",
    [
        rescale_case(scale, rescale, spread)
        for scale, rescale, spread in [(3.0, 0.7, 1.0), (7.5, 1.0, 0.5), (1.5, 0.1, 2.0), (20.0, 0.7, 1.0)]
    ],
)
