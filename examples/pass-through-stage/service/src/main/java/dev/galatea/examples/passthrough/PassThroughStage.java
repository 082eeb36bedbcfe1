package dev.galatea.examples.passthrough;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.reactive.messaging.annotations.Blocking;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;

import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.failure.StageException;
import dev.galatea.stage.Delivery;

/** Takes clean latents, and gives them as they are. */
@ApplicationScoped
class PassThroughStage {

    private static final int PARTS = 4;

    @Incoming("pass-through-requests")
    @Outgoing("passed-latents")
    @Blocking(value = "pass-through", ordered = false)
    LatentsDenoised pass(PassThroughRequested request, Delivery delivery) throws StageException {
        for (int part = 1; part <= PARTS; part++) {
            delivery.requireWanted();
            delivery.report(new ProgressDetail.Step(part, PARTS), "step/" + part);
        }
        return new LatentsDenoised(request.jobId(), request.spec(), request.latents(), request.source());
    }
}
