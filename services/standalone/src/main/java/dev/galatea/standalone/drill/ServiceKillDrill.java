package dev.galatea.standalone.drill;

/** Kills a process while jobs are on their way, and starts it again. */
enum ServiceKillDrill implements Drill {
    DECODING("kill-decoding", "decoding"),
    TEXT_CONDITIONING("kill-conditioning", "text-conditioning"),
    JOB_TRACKING("kill-job-tracking", Deployment.JOB_TRACKING),
    BROKER("kill-broker", Deployment.EMBEDDED);

    private static final int LONGEST_WAIT_MS = 4_000;

    private final String title;
    private final String process;

    ServiceKillDrill(String title, String process) {
        this.title = title;
        this.process = process;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String description() {
        return "SIGKILL the process '" + process + "' under load, and start it again";
    }

    @Override
    public void run(Scene scene) throws Exception {
        scene.submitSome(Scene.VARIANTS);
        Thread.sleep(scene.random().nextInt(LONGEST_WAIT_MS));
        scene.deployment().kill(process);
        long start = System.nanoTime();
        scene.deployment().start(process);
        if (this != BROKER) {
            scene.submit(0);
        }
        scene.awaitEnds(scene.fresh());
        scene.figure(String.format("all ended %.1f s after the kill", (System.nanoTime() - start) / 1e9));
    }
}
