package dev.galatea.workqueue;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;

/** Rejects failed records at once. */
@ApplicationScoped
@Identifier(RejectStrategy.NAME)
class RejectStrategy implements FailureStrategy {

    static final String NAME = "reject";

    @Override
    public Uni<Settlement> settle(FailedDelivery failed) {
        return Uni.createFrom().item(Settlement.reject());
    }
}
