package dev.galatea.plumbing.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What every service needs to know of its surroundings; where the broker is, {@code kafka.*} says. */
@ConfigMapping(prefix = "galatea")
public interface GalateaConfig {

    /** How this worker is called in progress events; host name and process id unless given. */
    Optional<String> workerName();

    /** Where files of running jobs, caches and state stores go. */
    @WithDefault("${java.io.tmpdir}/galatea")
    Path workDir();

    /** The object store. */
    Store store();

    /** Model bundles. */
    Bundles bundles();

    /** Topics and group settings. */
    Topics topics();

    /** Work queues. */
    Queue queue();

    /** What one job may ask for, whatever its model could do. */
    Limits limits();

    /** An S3-compatible store. */
    interface Store {

        /** Where it is. */
        @WithDefault("http://localhost:9000")
        URI endpoint();

        /** The access key. */
        @WithDefault("galatea")
        String accessKey();

        /** The secret key. */
        @WithDefault("galatea-secret")
        String secretKey();

        /** The bucket of all objects; made at start when topics are provisioned, too. */
        @WithDefault("galatea")
        String bucket();

        /** The region that requests are signed for. */
        @WithDefault("us-east-1")
        String region();
    }

    /** Where models come from. */
    interface Bundles {

        /** A directory with one directory per bundle. */
        @WithDefault("models")
        Path path();

        /** The bundle of a prompt that names none. */
        @WithDefault("pebble")
        String defaultName();
    }

    /** How topics are made. */
    interface Topics {

        /** Whether a starting service makes the topics, group settings and bucket that are missing. */
        @WithDefault("false")
        boolean provision();

        /** Partitions of each topic; all have the same number, because job-tracking joins them by key. */
        @WithDefault("4")
        int partitions();

        /** Copies of each partition; -1 takes the broker's default. */
        @WithDefault("-1")
        short replicationFactor();

        /** How long a starting service waits for the broker before it gives up. */
        @WithDefault("60s")
        Duration patience();
    }

    /** Limits of one job; admission enforces them, and the API names them. */
    interface Limits {

        /**
         * Most frames × width × height × steps: what a job costs, in steps of a pixel. The default is a little more than 120
         * frames of 1920x1080 pixels in 40 steps.
         */
        @WithDefault("10000000000")
        long maxPixelSteps();
    }

    /** How work is taken from queues. */
    interface Queue {

        /** How records are shared among workers. */
        enum Mode {
            /** A share group (KIP-932); brokers from 4.2. */
            SHARE,
            /** A classic consumer group: no more workers than partitions. */
            CLASSIC
        }

        /** {@code share} or {@code classic}. */
        @WithDefault("share")
        Mode mode();

        /** Jobs that this process works on at once, per queue. */
        @WithDefault("1")
        int slots();

        /** How long a record stays with a worker that says nothing; renewed at a third of it. */
        @WithDefault("30s")
        Duration lockDuration();

        /** How long a stopping process waits for its work to reach a step boundary. */
        @WithDefault("20s")
        Duration gracePeriod();

        /** Deliveries after which a record is dead-lettered and its job fails. */
        @WithDefault("5")
        int deliveryLimit();
    }
}
