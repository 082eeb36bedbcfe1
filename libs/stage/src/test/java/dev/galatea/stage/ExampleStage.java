package dev.galatea.stage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.inject.Singleton;

import io.smallrye.reactive.messaging.annotations.Blocking;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;

import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;

/** A stage that does as its prompt says. */
@Singleton
class ExampleStage {

    final Map<JobId, AtomicInteger> calls = new ConcurrentHashMap<>();

    @Incoming("jobs")
    @Outgoing("results")
    @Blocking(value = "example", ordered = false)
    LatentsDenoised run(PromptConditioned prompt, Delivery delivery) throws StageException, InterruptedException {
        calls.computeIfAbsent(prompt.jobId(), id -> new AtomicInteger()).incrementAndGet();
        switch (prompt.spec().prompt()) {
            case "poison" -> throw new PoisonException("bad_latents", "they are bad");
            case "retry once" -> {
                if (delivery.attempt() == 1) {
                    throw new RetryableException("store_unavailable", "the store does not answer");
                }
            }
            case "fail always" -> throw new IllegalStateException("not expected");
            case "wait" -> {
                while (true) {
                    delivery.requireWanted();
                    Thread.sleep(20);
                }
            }
            default -> delivery.report(new ProgressDetail.Step(1, 2), "step/1");
        }
        return new LatentsDenoised(prompt.jobId(), prompt.spec(), prompt.prompt(), null);
    }
}
