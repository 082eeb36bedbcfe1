package dev.galatea.systemtests;

import java.io.IOException;
import java.util.Optional;

import io.minio.errors.MinioException;

/** The file system below the store has no room left; reading and deleting go on. */
final class FullDisk implements StoreFault {

    private static final String PROBE = "drill/probe";

    @Override
    public Optional<String> obstacle(DrillContext context) {
        return context.storeDisk().obstacle();
    }

    @Override
    public void begin(DrillContext context) throws IOException {
        context.storeDisk().fill();
    }

    @Override
    public void end(DrillContext context) throws Exception {
        boolean refused = isRefused(context);
        context.storeDisk().free();
        context.require(refused, "the store wrote an object to the full disk: the drill showed nothing");
    }

    private static boolean isRefused(DrillContext context) throws Exception {
        // What services deleted meanwhile made room again.
        context.storeDisk().fill();
        try (Bucket bucket = new Bucket(context.deployment())) {
            bucket.write(PROBE, new byte[1 << 20]);
            return false;
        } catch (MinioException | IOException e) {
            return true;
        }
    }
}
