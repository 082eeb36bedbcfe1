package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/**
 * Subscriptions to states of jobs as the store gets them. No thread waits: what continues after a state is run by an
 * executor, never by the thread that maintains the store. Thread-safe.
 */
final class JobStateSubscriptions {

    private final Listeners<JobListener> listeners = new Listeners<>();
    private final Executor continuations;

    JobStateSubscriptions(Executor continuations) {
        this.continuations = continuations;
    }

    /** Calls a listener for every change from now on, of one job or, if none is given, of all. */
    void listen(@Nullable JobId only, JobListener listener) {
        listeners.add(only, listener);
    }

    /** Ends what {@link #listen} began. */
    void unlisten(@Nullable JobId only, JobListener listener) {
        listeners.remove(only, listener);
    }

    /**
     * Performs an action, and gives the first state since its beginning that meets a condition; empty if none came in
     * time.
     */
    Uni<Optional<JobState>> stateAfter(
            Uni<Void> action, JobId jobId, Predicate<JobState> condition, Duration patience) {
        return after(
                        action,
                        jobId,
                        new Subscription(state -> state.filter(condition).isPresent()),
                        patience)
                .onFailure(TimeoutException.class)
                .recoverWithItem(Optional.empty());
    }

    /**
     * Publishes a prompt, and gives admission's answer; {@link AdmissionAnswer#NONE} if there is none in time.
     *
     * @param known finds the state of a job that had been submitted before, of which nothing new may come
     */
    Uni<AdmissionAnswer> answerTo(Uni<Void> publishing, JobId jobId, Uni<Optional<JobState>> known, Duration patience) {
        Subscription subscription = new Subscription(state -> true);
        Uni<Void> asking = publishing
                .chain(() -> known)
                .invoke(state -> state.ifPresent(subscription::found))
                .replaceWithVoid();
        return after(asking, jobId, subscription, patience)
                .map(state -> state.map(AdmissionAnswer::of).orElseGet(() -> new AdmissionAnswer(null, true)))
                .onFailure(TimeoutException.class)
                .recoverWithItem(AdmissionAnswer.NONE);
    }

    /** Performs an action, and tells whether the job was forgotten since its beginning and in time. */
    Uni<Boolean> forgottenAfter(Uni<Void> action, JobId jobId, Duration patience) {
        return after(action, jobId, new Subscription(Optional::isEmpty), patience)
                .replaceWith(true)
                .onFailure(TimeoutException.class)
                .recoverWithItem(false);
    }

    /** Tells the subscribers of a job of its new state. */
    void changed(@Nullable JobState before, JobState now) {
        listeners.tell(now.jobId(), listener -> listener.changed(before, now));
    }

    /** Tells the subscribers of a job that it is known no more. */
    void forgotten(JobId jobId) {
        listeners.tell(jobId, listener -> listener.forgotten(jobId));
    }

    /** The number of open subscriptions. */
    int count() {
        return listeners.count();
    }

    private Uni<Optional<JobState>> after(Uni<Void> action, JobId jobId, Subscription subscription, Duration patience) {
        return Uni.createFrom().deferred(() -> {
            // Subscribed before the action begins: its result may be there before the action is over.
            listeners.add(jobId, subscription);
            return action.chain(() -> Uni.createFrom()
                            .completionStage(subscription.result)
                            .ifNoItem()
                            .after(patience)
                            .fail())
                    .emitOn(continuations)
                    .onTermination()
                    .invoke(() -> listeners.remove(jobId, subscription));
        });
    }

    /** One wait for one job; a job that is forgotten has no state. */
    private static final class Subscription implements JobListener {

        private final Predicate<Optional<JobState>> condition;
        private final CompletableFuture<Optional<JobState>> result = new CompletableFuture<>();

        Subscription(Predicate<Optional<JobState>> condition) {
            this.condition = condition;
        }

        @Override
        public void changed(@Nullable JobState before, JobState now) {
            see(Optional.of(now));
        }

        @Override
        public void forgotten(JobId jobId) {
            see(Optional.empty());
        }

        /** The state was there already. */
        void found(JobState state) {
            see(Optional.of(state));
        }

        private void see(Optional<JobState> state) {
            if (condition.test(state)) {
                result.complete(state);
            }
        }
    }
}
