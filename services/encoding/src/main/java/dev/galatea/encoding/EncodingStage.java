package dev.galatea.encoding;

import java.util.concurrent.ExecutorService;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;
import org.jboss.logging.Logger;

import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.failure.StageException;

/** Takes jobs with reference media, and gives them with the latents of the media. */
@ApplicationScoped
class EncodingStage {

    private static final Logger LOG = Logger.getLogger(EncodingStage.class);

    private final ReferenceJob job;
    private final EncodingConfig config;

    @Inject
    EncodingStage(ReferenceJob job, EncodingConfig config) {
        this.job = job;
        this.config = config;
    }

    @Incoming("encoding-requests")
    @Outgoing("encoded-references")
    @Blocking(value = "encoding", ordered = false)
    PromptConditioned encode(EncodingRequested request) throws StageException, InterruptedException {
        return job.run(request);
    }

    void start(@Observes StartupEvent event, ExecutorService executor) {
        executor.execute(this::prepare);
    }

    private void prepare() {
        try {
            job.prepare(config.preload());
        } catch (StageException | RuntimeException e) {
            LOG.warnf("the default bundle's encoder is not loaded reason=%s", e.getMessage());
        }
    }
}
