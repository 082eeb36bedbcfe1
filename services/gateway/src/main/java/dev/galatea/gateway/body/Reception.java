package dev.galatea.gateway.body;

import java.time.Duration;
import java.util.concurrent.Executor;

import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

import dev.galatea.gateway.problem.ProblemException;

/**
 * Takes one body. The client is asked for the next bytes when the last ones were worked on; between them no thread is
 * held, and two clocks run: one for the pause, one for the whole. All state is of the request's context; the work is
 * done on a pool.
 *
 * @param <T> what the body is made into
 */
final class Reception<T> {

    private static final long NO_TIMER = -1;

    private final HttpServerRequest request;
    private final BodyReader<T> reader;
    private final UniEmitter<? super T> emitter;
    private final Executor pool;
    private final Context context;
    private final Limits limits;
    private long stallTimer;
    private long wholeTimer;
    private long drainTimer = NO_TIMER;
    private long ignored;
    private boolean over;
    private boolean ended;
    private volatile boolean forgotten;

    /**
     * Bounds of a reception.
     *
     * @param stall longest pause between two bytes
     * @param whole longest time for all of it
     * @param ignored most bytes that are read and not looked at after a refusal, so that the client hears of it
     */
    record Limits(Duration stall, Duration whole, long ignored) {}

    Reception(
            HttpServerRequest request,
            BodyReader<T> reader,
            UniEmitter<? super T> emitter,
            Executor pool,
            Context context,
            Limits limits) {
        this.request = request;
        this.reader = reader;
        this.emitter = emitter;
        this.pool = pool;
        this.context = context;
        this.limits = limits;
    }

    /** Begins; called on the request's context. */
    void start() {
        // If the client leaves, whoever waits for the body may have left before this is told.
        emitter.onTermination(() -> forgotten = true);
        request.pause();
        request.handler(this::taken);
        request.endHandler(end -> ended());
        request.exceptionHandler(gone -> gone());
        wholeTimer = context.owner().setTimer(limits.whole().toMillis(), timer -> fail(tooSlow()));
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        next();
    }

    private void next() {
        if (!over) {
            stallTimer = context.owner().setTimer(limits.stall().toMillis(), timer -> fail(tooSlow()));
            request.fetch(1);
        }
    }

    private void taken(Buffer buffer) {
        context.owner().cancelTimer(stallTimer);
        if (over) {
            ignore(buffer);
            return;
        }
        byte[] bytes = buffer.getBytes();
        work(() -> reader.take(bytes), this::next);
    }

    private void gone() {
        noMoreComes();
        fail(cut());
    }

    /** After this the connection may be another request's. */
    private void noMoreComes() {
        ended = true;
        context.owner().cancelTimer(stallTimer);
        context.owner().cancelTimer(drainTimer);
    }

    private void ended() {
        noMoreComes();
        if (!over) {
            work(() -> finish(reader.finish()), () -> {});
        }
    }

    /** Works on the pool, and continues on the request's context. */
    private void work(Runnable task, Runnable then) {
        pool.execute(() -> {
            try {
                task.run();
                context.runOnContext(done -> then.run());
            } catch (RuntimeException e) {
                context.runOnContext(done -> fail(e));
            }
        });
    }

    private void finish(T body) {
        context.runOnContext(done -> {
            if (!over) {
                close();
                emitter.complete(body);
            }
        });
    }

    private void fail(Throwable failure) {
        if (!over) {
            close();
            if (!forgotten) {
                emitter.fail(failure);
            }
            drain();
        }
    }

    private void close() {
        over = true;
        context.owner().cancelTimer(stallTimer);
        context.owner().cancelTimer(wholeTimer);
    }

    /** Reads on for a while: a client that still sends would not see the answer if the connection were closed. */
    private void drain() {
        if (!ended) {
            drainTimer = context.owner().setTimer(limits.stall().toMillis(), timer -> hangUp());
            request.resume();
        }
    }

    private void ignore(Buffer buffer) {
        ignored += buffer.length();
        if (ignored > limits.ignored()) {
            hangUp();
        }
    }

    private void hangUp() {
        request.connection().close();
    }

    private static ProblemException cut() {
        return ProblemException.badRequest("incomplete_body", "the body ended early");
    }

    private static ProblemException tooSlow() {
        return ProblemException.timeout("body_timeout", "the body did not arrive in time");
    }
}
