package dev.galatea.systemtests;

import java.util.Locale;
import java.util.Optional;

import dev.galatea.model.id.JobId;

/** Disturbs the store while one job is denoised and others wait; readings and writings of all stages fall into it. */
record StoreDrill(String title, String description, StoreFault fault) implements Drill {

    private static final long DURATION_MS = 5_000;

    @Override
    public Optional<String> obstacle(DrillContext context) {
        return fault.obstacle(context);
    }

    @Override
    public void run(DrillContext context) throws Exception {
        JobId first = context.submit(0);
        context.submitSome(DrillContext.VARIANTS - 1);
        context.awaitStep(first, context.randomStep());
        fault.begin(context);
        try {
            Thread.sleep(DURATION_MS);
        } finally {
            fault.end(context);
        }
        long start = System.nanoTime();
        context.awaitEnds(context.fresh());
        context.figure(
                String.format(Locale.ROOT, "all ended %.1f s after it was over", (System.nanoTime() - start) / 1e9));
    }
}
