package dev.galatea.gateway.body;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.worker.WorkerConfig;

/** Receives the bodies of requests. Thread-safe; nothing blocks its caller. */
@ApplicationScoped
public class RequestBodies {

    /** A refused body is read on up to so many times the most that is allowed. */
    private static final int PATIENCE = 4;

    /** Longer than any request takes. */
    private static final Duration STALE = Duration.ofDays(1);

    private final UploadBudget budget;
    private final Executor pool;
    private final Path directory;
    private final Reception.Limits limits;

    @Inject
    RequestBodies(UploadBudget budget, WorkerPools pools, WorkerConfig worker, GatewayConfig config) {
        this.budget = budget;
        this.pool = pools.bodies();
        this.directory = worker.workDir().resolve("gateway-uploads");
        this.limits = new Reception.Limits(
                config.stallTimeout(), config.bodyTimeout(), (long) PATIENCE * config.maxUploadBytes());
    }

    /** Removes what a process that was killed left behind; another one's uploads may be under way. */
    void start(@Observes StartupEvent event) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> left = Files.list(directory)) {
            Instant limit = Instant.now().minus(STALE);
            for (Path file : left.toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /**
     * Receives a body and works with it. Its files are there until the work is over.
     *
     * @param reader makes the reader of the body, which may use the files of the request
     * @param work on what the reader made; begins on the pool
     */
    public <T, R> Uni<R> with(
            HttpServerRequest request, Function<Spool, BodyReader<T>> reader, Function<T, Uni<R>> work) {
        return Uni.createFrom().deferred(() -> {
            Spool spool = new Spool(directory, budget.share());
            return receive(request, reader.apply(spool))
                    // What is made of a body may take a while: media in it are decoded, and digests made. A failure is
                    // told at once: a client that left is gone before the pool would tell it.
                    .flatMap(body -> Uni.createFrom().item(body).emitOn(pool).flatMap(work::apply))
                    // On the pool, and after a read that was under way: a reader is used by one thread at a time.
                    .onTermination()
                    .invoke(() -> pool.execute(spool::close));
        });
    }

    private <T> Uni<T> receive(HttpServerRequest request, BodyReader<T> reader) {
        return Uni.createFrom().emitter(emitter -> {
            Context context = Vertx.currentContext();
            if (context == null) {
                throw new IllegalStateException("bodies are received on the context of their request");
            }
            new Reception<T>(request, reader, emitter, pool, context, limits).start();
        });
    }
}
