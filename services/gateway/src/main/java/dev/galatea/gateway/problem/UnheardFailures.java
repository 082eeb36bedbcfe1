package dev.galatea.gateway.problem;

import java.util.concurrent.TimeoutException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.jboss.logging.Logger;

/**
 * Looks after failures that nobody hears of any more. Most of them are answers to clients that have left meanwhile:
 * what is wrong with a request, or that something took too long. Those are no defect; whatever else is dropped is
 * logged, as it is without this.
 */
@ApplicationScoped
class UnheardFailures {

    private static final Logger LOG = Logger.getLogger(UnheardFailures.class);

    void start(@Observes StartupEvent event) {
        Infrastructure.setDroppedExceptionHandler(UnheardFailures::dropped);
    }

    private static void dropped(Throwable failure) {
        boolean isAnswer = failure instanceof ProblemException
                || failure instanceof TimeoutException
                || failure instanceof io.smallrye.mutiny.TimeoutException;
        LOG.log(isAnswer ? Logger.Level.DEBUG : Logger.Level.ERROR, "nobody hears of this failure any more", failure);
    }
}
