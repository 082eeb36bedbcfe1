package dev.galatea.stage;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.jboss.logging.Logger;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.model.event.Failure;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;
import dev.galatea.workqueue.FailedDelivery;
import dev.galatea.workqueue.FailureStrategy;
import dev.galatea.workqueue.Settlement;

/**
 * Settles failed runs of stages: cancelled ones are accepted and reported, released ones released at once, poison and
 * what failed too often goes to the dead letters and fails its job, all else is tried again after a pause. A record is
 * rejected only when its dead letter and the report of its failure are published; until then it is delivered again.
 * Thread-safe.
 */
@ApplicationScoped
@Identifier(StageFailureStrategy.NAME)
class StageFailureStrategy implements FailureStrategy {

    static final String NAME = "galatea-stage";

    private static final Logger LOG = Logger.getLogger(StageFailureStrategy.class);

    private final StageRuns runs;
    private final DeadLetters deadLetters;

    @Inject
    StageFailureStrategy(StageRuns runs, DeadLetters deadLetters) {
        this.runs = runs;
        this.deadLetters = deadLetters;
    }

    @Override
    public Uni<Settlement> settle(FailedDelivery failed) {
        return Uni.createFrom().item(() -> decide(failed)).runSubscriptionOn(Infrastructure.getDefaultExecutor());
    }

    private Settlement decide(FailedDelivery failed) {
        if (failed.failure() instanceof FailedRunException thrown) {
            return decide(thrown.run(), failed, Failures.of(thrown.reason()));
        }
        return decide(runs.begin(failed.record()), failed, Failures.of(failed.failure()));
    }

    private Settlement decide(StageRun run, FailedDelivery failed, StageException reason) {
        try {
            return settlement(run, failed, reason);
        } finally {
            run.end();
        }
    }

    private Settlement settlement(StageRun run, FailedDelivery failed, StageException reason) {
        Failure failure = reason.toFailure();
        if (reason instanceof CancelledException) {
            return stopped(run, failed, failure);
        }
        run.markFailed(failure.code());
        if (reason instanceof ReleasedException) {
            run.retrying(failure);
            return Settlement.release();
        }
        if (reason.getCause() != null) {
            LOG.debugf(reason.getCause(), "failed run=%s", run);
        }
        if (reason instanceof PoisonException || !failed.mayBeRepeated()) {
            return giveUp(run, failed, failure);
        }
        run.retrying(failure);
        return failed.releaseAfterPause();
    }

    /**
     * Tells that the work was stopped: usually the job has ended by the same command, but job-tracking may have
     * forgotten one that came long before its prompt.
     */
    private static Settlement stopped(StageRun run, FailedDelivery failed, Failure failure) {
        try {
            run.cancelled(failure);
            return Settlement.accept();
        } catch (RetryableException e) {
            LOG.warnf("cancellation not published, trying again run=%s reason=%s", run, e.getMessage());
            return failed.releaseAfterPause();
        }
    }

    /** Writes the dead letter before the report, so that the report is true; if either fails, both are repeated. */
    private Settlement giveUp(StageRun run, FailedDelivery failed, Failure failure) {
        try {
            deadLetters.publish(run.origin(), failure);
            run.failed(failure);
            return Settlement.reject();
        } catch (RetryableException e) {
            LOG.warnf("dead letter or failure not published, trying again run=%s reason=%s", run, e.getMessage());
            return failed.releaseAfterPause();
        }
    }
}
