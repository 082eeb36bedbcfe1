package dev.galatea.gateway.body;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;

/**
 * What the bodies of all requests may take together: media on the disk, texts in memory. A request takes of it what has
 * arrived, and gives it back when it is answered. Thread-safe.
 */
@ApplicationScoped
class UploadBudget {

    /** Texts in memory, in longest bodies; a request that came as a whole needs some of them only for milliseconds. */
    private static final long BODIES = 64;

    /** Texts in memory, in longest media that are written as text in a form. */
    private static final long WRITTEN_MEDIA = 4;

    private final long mostMedia;
    private final long mostText;
    private final Duration retryAfter;
    private final AtomicLong media = new AtomicLong();
    private final AtomicLong text = new AtomicLong();

    @Inject
    UploadBudget(GatewayConfig config) {
        mostMedia = Math.max(config.maxUploadsBytes(), config.maxUploadBytes());
        mostText = Math.max(BODIES * config.maxBodyBytes(), WRITTEN_MEDIA * config.maxUploadBytes());
        retryAfter = config.retryAfter();
    }

    /** The part of one request. Not thread-safe, but for {@link Share#close}. */
    Share share() {
        return new Share();
    }

    /** Bytes of media and texts that requests hold now. */
    long inUse() {
        return media.get() + text.get();
    }

    private void take(AtomicLong taken, long most, long bytes) {
        if (taken.addAndGet(bytes) > most) {
            taken.addAndGet(-bytes);
            throw ProblemException.tooMany(
                    "uploads_full",
                    "the bodies of all requests together are longer than " + most + " bytes at the moment; try again",
                    retryAfter);
        }
    }

    /** The part of one request. */
    final class Share implements AutoCloseable {

        private final AtomicLong ownMedia = new AtomicLong();
        private final AtomicLong ownText = new AtomicLong();

        void takeMedia(int bytes) {
            take(media, mostMedia, bytes);
            ownMedia.addAndGet(bytes);
        }

        void takeText(int bytes) {
            take(text, mostText, bytes);
            ownText.addAndGet(bytes);
        }

        /** A problem of this host, for the client of one request. */
        ProblemException unavailable() {
            return ProblemException.unavailable(
                    "disk_failed", "media can't be taken at the moment: the disk fails", retryAfter);
        }

        @Override
        public void close() {
            media.addAndGet(-ownMedia.getAndSet(0));
            text.addAndGet(-ownText.getAndSet(0));
        }
    }
}
