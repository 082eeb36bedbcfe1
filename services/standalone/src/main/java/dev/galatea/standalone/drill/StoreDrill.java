package dev.galatea.standalone.drill;

import dev.galatea.model.id.JobId;

/** Disturbs the store while one job is denoised and others wait; readings and writings of all stages fall into it. */
final class StoreDrill implements Drill {

    private static final long DURATION_MS = 5_000;

    private final String title;
    private final StoreProxy.Mode mode;
    private final String description;

    StoreDrill(String title, StoreProxy.Mode mode, String description) {
        this.title = title;
        this.mode = mode;
        this.description = description;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void run(Scene scene) throws Exception {
        long before = scene.proxy().disturbed();
        JobId first = scene.submit(0);
        scene.submitSome(Scene.VARIANTS - 1);
        scene.awaitStep(first, scene.randomStep());
        scene.proxy().mode(mode);
        try {
            Thread.sleep(DURATION_MS);
        } finally {
            scene.proxy().mode(StoreProxy.Mode.PASS);
        }
        long start = System.nanoTime();
        scene.awaitEnds(scene.fresh());
        long disturbed = scene.proxy().disturbed() - before;
        scene.figure(String.format(
                "%d connections disturbed; all ended %.1f s after it was over",
                disturbed, (System.nanoTime() - start) / 1e9));
        scene.require(disturbed > 0, "no connection was disturbed: the drill showed nothing");
    }
}
