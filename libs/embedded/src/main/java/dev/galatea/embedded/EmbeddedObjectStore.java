package dev.galatea.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An S3-compatible store in this process (S3Proxy on the file system), on the loopback address only: a bucket is a
 * directory, an object a file in it. Objects stay between runs. Nothing is public. Thread-safe.
 */
public final class EmbeddedObjectStore implements AutoCloseable {

    /** The bucket that exists from the start unless another is named. */
    public static final String DEFAULT_BUCKET = "galatea";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedObjectStore.class);
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final long STOP_MILLIS = 500;

    private final Builder settings;
    private final S3Proxy server;

    private EmbeddedObjectStore(Builder settings, S3Proxy server) {
        this.settings = settings;
        this.server = server;
    }

    /** Describes a store whose objects lie in {@code directory}, which is created on first use. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /** The store's address for clients; path-style addressing. */
    public URI endpoint() {
        return URI.create("http://" + Ports.LOOPBACK + ":" + server.getPort());
    }

    /** The bucket that was made when the store started. */
    public String bucket() {
        return settings.bucket;
    }

    /** The only access key that the store knows. */
    public String accessKey() {
        return settings.credentials.accessKey();
    }

    /** Belongs to {@link #accessKey()}. */
    public String secretKey() {
        return settings.credentials.secretKey();
    }

    /** Stops after the requests in progress, but cuts them off after half a second; objects are never half-written. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.debug("cut off requests or idle connections", e);
        } catch (Exception e) {
            throw new EmbeddedException("the object store does not stop: " + e.getMessage(), e);
        }
    }

    /** The options of a store. Not thread-safe. */
    public static final class Builder {

        private final Path directory;
        private int port;
        private String bucket = DEFAULT_BUCKET;
        private StoreCredentials credentials = StoreCredentials.random();

        private Builder(Path directory) {
            this.directory = directory.toAbsolutePath().normalize();
        }

        /** The store's port; 0, the default, takes a free one. */
        public Builder port(int chosen) {
            port = chosen;
            return this;
        }

        /** The bucket to make; {@value #DEFAULT_BUCKET} unless called. */
        public Builder bucket(String name) {
            if (!BUCKET.matcher(name).matches()) {
                throw new EmbeddedException("bucket: '" + name
                        + "' is not valid; valid are 3 to 63 lower-case letters, digits, dots and hyphens");
            }
            bucket = name;
            return this;
        }

        /** Sets credentials; random ones unless called. */
        public Builder credentials(StoreCredentials chosen) {
            credentials = chosen;
            return this;
        }

        /**
         * Starts the store.
         *
         * @throws EmbeddedException if the directory or port can't be used
         */
        public EmbeddedObjectStore start() {
            return start(new int[0]);
        }

        /** Starts the store at another port than those that others have been promised, who have not bound them yet. */
        EmbeddedObjectStore start(int[] promised) {
            int chosen = Ports.claim("object store", port, promised);
            try {
                PrivateFiles.directory(PrivateFiles.directory(directory).resolve(bucket));
                S3Proxy server = S3Proxy.builder()
                        .blobStore(new PrivateBlobStore(new FilesystemNio2BlobStore(directory.toString())))
                        .endpoint(URI.create("http://" + Ports.LOOPBACK + ":" + chosen))
                        .awsAuthentication(
                                AuthenticationType.AWS_V2_OR_V4, credentials.accessKey(), credentials.secretKey())
                        .ignoreUnknownHeaders(true)
                        .stopTimeout(STOP_MILLIS)
                        .build();
                server.start();
                return new EmbeddedObjectStore(this, server);
            } catch (IOException e) {
                throw new EmbeddedException(
                        "object store directory: " + directory + " can't be used: " + e.getMessage(), e);
            } catch (Exception e) {
                throw new EmbeddedException("the object store does not start: " + e.getMessage(), e);
            }
        }
    }
}
