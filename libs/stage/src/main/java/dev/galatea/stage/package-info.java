/**
 * The runtime around a stage. A stage is one method:
 *
 * <pre>{@code
 * @Incoming("conditioned-prompts")
 * @Outgoing("denoised-latents")
 * @Blocking(value = "denoising", ordered = false)
 * LatentsDenoised denoise(PromptConditioned prompt, Delivery delivery) throws StageException { … }
 * }</pre>
 *
 * <p>The method takes the decoded event of a job that is wanted, and returns the event that follows, which is published
 * before the input is acknowledged. It reports what is particular to it, asks between its steps whether it should go
 * on, and throws a {@link dev.galatea.model.failure.StageException} by what is to be done about a failure. All else is
 * done here, once.
 *
 * @see dev.galatea.stage.Delivery
 */
@NullMarked
package dev.galatea.stage;

import org.jspecify.annotations.NullMarked;
