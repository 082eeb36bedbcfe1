package dev.galatea.workqueue;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;

/** Has failed records delivered again after a pause; rejects them at the delivery limit. */
@ApplicationScoped
@Identifier(ReleaseStrategy.NAME)
class ReleaseStrategy implements FailureStrategy {

    static final String NAME = "release";

    @Override
    public Uni<Settlement> settle(FailedDelivery failed) {
        return Uni.createFrom().item(failed.mayBeRepeated() ? failed.releaseAfterPause() : Settlement.reject());
    }
}
