package dev.galatea.textconditioning;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.store.BackgroundCall;
import dev.galatea.store.ObjectStore;
import dev.galatea.textconditioning.config.TextConditioningConfig;
import dev.galatea.textconditioning.embedding.EmbeddingCache;
import dev.galatea.textconditioning.encoder.EncoderIds;
import dev.galatea.textconditioning.encoder.TextEncoders;

/** Puts the embeddings of one job's prompts into the store. Thread-safe. */
@ApplicationScoped
class Conditioning {

    private final BundleRepository bundles;
    private final EncoderIds ids;
    private final TextEncoders encoders;
    private final EmbeddingCache cache;
    private final Counter requested;
    private final Counter made;

    @Inject
    Conditioning(
            BundleRepository bundles,
            EncoderIds ids,
            TextEncoders encoders,
            ObjectStore store,
            TextConditioningConfig config,
            MeterRegistry meters) {
        this.bundles = bundles;
        this.ids = ids;
        this.encoders = encoders;
        this.cache = new EmbeddingCache(store, config.rememberedTexts(), config.verifyEvery());
        this.requested = Counter.builder("galatea.embeddings.requested")
                .description("Embeddings that jobs asked for")
                .register(meters);
        this.made = Counter.builder("galatea.embeddings.made")
                .description("Embeddings that were not in the store")
                .register(meters);
    }

    /** Loads what the first job would else have to wait for. */
    void prepare() throws PoisonException, RetryableException {
        encoders.encode(bundles.defaultBundle(), "");
    }

    /** Conditions a job, once the embeddings of its prompts are in the store. */
    PromptConditioned run(JobAccepted event) throws PoisonException, RetryableException {
        Bundle bundle = bundles.byDigest(event.spec().bundle());
        BackgroundCall<TensorRef> negative =
                BackgroundCall.start(() -> embeddings(bundle, event.spec().negativePrompt()));
        TensorRef prompt = embeddings(bundle, event.spec().prompt());
        return new PromptConditioned(event.jobId(), event.spec(), prompt, negative.join());
    }

    private TensorRef embeddings(Bundle bundle, String text) throws PoisonException, RetryableException {
        requested.increment();
        return cache.get(ids.of(bundle), text, missing -> {
            made.increment();
            return encoders.encode(bundle, missing);
        });
    }
}
