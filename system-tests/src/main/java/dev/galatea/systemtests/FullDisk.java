package dev.galatea.systemtests;

import java.io.IOException;
import java.util.Optional;

import io.minio.errors.MinioException;

/** The file system below the store has no room left; reading and deleting go on. */
final class FullDisk implements StoreFault {

    private static final String PROBE = "drill/probe";

    @Override
    public Optional<String> obstacle(Scene scene) {
        return scene.storeDisk().obstacle();
    }

    @Override
    public void begin(Scene scene) throws IOException {
        scene.storeDisk().fill();
    }

    @Override
    public void end(Scene scene) throws Exception {
        boolean refused = isRefused(scene);
        scene.storeDisk().free();
        scene.require(refused, "the store wrote an object to the full disk: the drill showed nothing");
    }

    private static boolean isRefused(Scene scene) throws Exception {
        // What services deleted meanwhile made room again.
        scene.storeDisk().fill();
        try (Bucket bucket = new Bucket(scene.deployment().storePort())) {
            bucket.write(PROBE, new byte[1 << 20]);
            return false;
        } catch (MinioException | IOException e) {
            return true;
        }
    }
}
