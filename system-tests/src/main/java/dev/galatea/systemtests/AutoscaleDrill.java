package dev.galatea.systemtests;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.galatea.model.id.JobId;

/**
 * Denoisers come and go by the gauge that KEDA reads on Kubernetes, while jobs flow: from none to three and back to
 * none, twice. A controller looks at the seconds of work that wait or run in denoising and wants a worker for every
 * {@link #THRESHOLD} of them; it adds workers at once and takes them away when fewer were enough for a while.
 */
final class AutoscaleDrill implements Drill {

    private static final String GAUGE = "galatea_backlog_work_seconds{pool=\"default\",stage=\"denoising\"}";
    private static final List<String> DENOISERS =
            List.of(Deployment.DENOISING, Deployment.DENOISING + "-2", Deployment.DENOISING + "-3");
    private static final double THRESHOLD = 5;
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration COOL_DOWN = Duration.ofSeconds(8);
    private static final int BURST = 9;
    private static final int LATER = 2;

    @Override
    public String title() {
        return "autoscale";
    }

    @Override
    public String description() {
        return "start and stop denoisers by the backlog's gauge, from none to three to none, while jobs run";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        context.deployment().stop(Deployment.DENOISING);
        try (Controller controller = new Controller(context.deployment())) {
            controller.follow(context, context.submitSome(BURST));
            int most = controller.most;
            controller.follow(context, context.submitSome(LATER));
            context.figure(String.format(
                    Locale.ROOT, "denoisers by the gauge: %s, at most %d", controller.history, controller.most));
            context.require(most > 1, BURST + " jobs waited and only " + most + " denoiser ran");
        }
        context.deployment().start(Deployment.DENOISING);
    }

    /** Keeps the number of denoisers at what the gauge asks for. Not thread-safe. */
    private static final class Controller implements AutoCloseable {

        private final HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        private final Deployment deployment;
        private final URI metrics;
        private final List<Integer> history = new ArrayList<>(List.of(0));
        private Instant needed = Instant.now();
        private int running;
        private int most;

        Controller(Deployment deployment) {
            this.deployment = deployment;
            this.metrics = URI.create("http://127.0.0.1:" + deployment.jobTrackingPort() + "/q/metrics");
        }

        /** Until the jobs have ended and no denoiser is left. */
        void follow(DrillContext context, List<JobId> jobs) throws IOException, InterruptedException {
            Instant limit = Instant.now().plus(DrillContext.LIMIT);
            boolean ended = false;
            while (!ended || running > 0) {
                if (Instant.now().isAfter(limit)) {
                    throw new DrillException(
                            running + " denoisers still run " + DrillContext.LIMIT + " after the jobs came");
                }
                scale((int) Math.min(DENOISERS.size(), Math.ceil(backlog() / THRESHOLD)));
                ended = context.open() == 0;
                Thread.sleep(LOOK.toMillis());
            }
            context.awaitEnds(jobs);
        }

        private void scale(int wanted) throws IOException, InterruptedException {
            if (wanted >= running) {
                needed = Instant.now();
            }
            if (wanted > running) {
                deployment.start(DENOISERS.get(running));
                set(running + 1);
            } else if (wanted < running && needed.plus(COOL_DOWN).isBefore(Instant.now())) {
                deployment.stop(DENOISERS.get(running - 1));
                set(running - 1);
            }
        }

        private void set(int count) {
            running = count;
            most = Math.max(most, count);
            history.add(count);
        }

        private double backlog() throws IOException, InterruptedException {
            String text = http.send(
                            HttpRequest.newBuilder(metrics)
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return text.lines()
                    .filter(line -> line.startsWith(GAUGE))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .max()
                    .orElseThrow(() -> new DrillException(GAUGE + " is not among the metrics at " + metrics));
        }

        @Override
        public void close() throws IOException, InterruptedException {
            while (running > 0) {
                running--;
                deployment.stop(DENOISERS.get(running));
            }
        }
    }
}
