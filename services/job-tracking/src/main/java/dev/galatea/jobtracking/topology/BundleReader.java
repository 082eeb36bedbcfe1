package dev.galatea.jobtracking.topology;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.jobtracking.admission.PromptReader;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.StageException;
import dev.galatea.text.PromptTokens;

/**
 * Reads prompts with a bundle's tokenizer. As long as the tokenizer can't be brought or read, prompts are not counted:
 * no job waits for a warning. Thread-safe.
 */
final class BundleReader implements PromptReader {

    private static final Logger LOG = Logger.getLogger(BundleReader.class);
    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Bundle bundle;
    private @Nullable PromptTokens tokens;
    private long nextAttempt = System.nanoTime();

    BundleReader(Bundle bundle) {
        this.bundle = bundle;
    }

    @Override
    public Optional<Unread> unread(String text) {
        return tokens().flatMap(known -> known.excess(text))
                .map(excess -> new Unread(excess.tokens(), excess.read(), excess.kept()));
    }

    /** Opens the tokenizer if it is not open, and the last attempt is a while ago. */
    synchronized Optional<PromptTokens> tokens() {
        if (tokens == null && System.nanoTime() - nextAttempt >= 0) {
            try {
                tokens = PromptTokens.open(
                        BundleFiles.verified(bundle, "tokenizer"),
                        bundle.manifest().text());
            } catch (StageException | IOException | RuntimeException | LinkageError e) {
                nextAttempt = System.nanoTime() + PAUSE_NANOS;
                LOG.warnf(
                        "tokens of prompts are not counted model=%s reason=%s",
                        bundle.manifest().name(), e);
            }
        }
        return Optional.ofNullable(tokens);
    }
}
