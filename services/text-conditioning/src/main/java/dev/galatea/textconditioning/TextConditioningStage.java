package dev.galatea.textconditioning;

import java.util.concurrent.ExecutorService;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;
import org.jboss.logging.Logger;

import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.failure.StageException;
import dev.galatea.textconditioning.config.TextConditioningConfig;

/** Takes accepted jobs, and gives them with the embeddings of their prompts. */
@ApplicationScoped
class TextConditioningStage {

    private static final Logger LOG = Logger.getLogger(TextConditioningStage.class);

    private final Conditioning conditioning;
    private final TextConditioningConfig config;

    @Inject
    TextConditioningStage(Conditioning conditioning, TextConditioningConfig config) {
        this.conditioning = conditioning;
        this.config = config;
    }

    @Incoming("accepted-jobs")
    @Outgoing("conditioned-jobs")
    @Blocking(value = "text-conditioning", ordered = false)
    PromptConditioned condition(JobAccepted job) throws StageException {
        return conditioning.run(job);
    }

    void start(@Observes StartupEvent event, ExecutorService executor) {
        if (config.preload()) {
            executor.execute(this::preload);
        }
    }

    private void preload() {
        try {
            conditioning.prepare();
        } catch (StageException | RuntimeException e) {
            LOG.warnf("the default bundle's text encoder is not loaded reason=%s", e.getMessage());
        }
    }
}
