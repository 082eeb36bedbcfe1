package dev.galatea.denoising.diffusion;

import dev.galatea.model.tensor.Tensor;

/** Euler's method along the flow from noise to the clip, for models that predict the velocity {@code noise − clip}. */
final class FlowMatchEuler implements Scheduler {

    private final NoiseSchedule schedule;

    FlowMatchEuler(NoiseSchedule schedule) {
        this.schedule = schedule;
    }

    @Override
    public int steps() {
        return schedule.steps();
    }

    @Override
    public float timestep(int index) {
        return schedule.timestep(index);
    }

    @Override
    public Tensor step(int index, Tensor latents, Tensor prediction) {
        return Arithmetic.plus(latents, schedule.sigma(index + 1) - schedule.sigma(index), prediction);
    }

    @Override
    public Tensor noised(int index, Tensor clean, Tensor noise) {
        return Arithmetic.lerp(clean, noise, schedule.sigma(index));
    }

    @Override
    public Tensor estimate(int index, Tensor latents, Tensor prediction) {
        return Arithmetic.plus(latents, -schedule.sigma(index), prediction);
    }
}
