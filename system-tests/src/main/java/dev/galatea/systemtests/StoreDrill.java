package dev.galatea.systemtests;

import java.util.Locale;
import java.util.Optional;

import dev.galatea.model.id.JobId;

/** Disturbs the store while one job is denoised and others wait; readings and writings of all stages fall into it. */
record StoreDrill(String title, String description, StoreFault fault) implements Drill {

    private static final long DURATION_MS = 5_000;

    @Override
    public Optional<String> obstacle(Scene scene) {
        return fault.obstacle(scene);
    }

    @Override
    public void run(Scene scene) throws Exception {
        JobId first = scene.submit(0);
        scene.submitSome(Scene.VARIANTS - 1);
        scene.awaitStep(first, scene.randomStep());
        fault.begin(scene);
        try {
            Thread.sleep(DURATION_MS);
        } finally {
            fault.end(scene);
        }
        long start = System.nanoTime();
        scene.awaitEnds(scene.fresh());
        scene.figure(
                String.format(Locale.ROOT, "all ended %.1f s after it was over", (System.nanoTime() - start) / 1e9));
    }
}
