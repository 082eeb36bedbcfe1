package dev.galatea.standalone.progress;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;

/** One line whenever a stage begins, moves by a tenth, or ends: for logs and pipes. */
final class LineProgressView implements ProgressView {

    private static final int TENTHS = 10;
    private static final String DONE = ": done in ";

    private final PrintStream out;
    private final Map<Stage, String> shown = new HashMap<>();

    LineProgressView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(JobState state) {
        for (StageState stage : state.stages()) {
            String line = describe(stage);
            String before = shown.get(stage.stage());
            // A finished stage's seconds may be corrected later; once is enough.
            if (!line.equals(before) && (before == null || !before.contains(DONE))) {
                shown.put(stage.stage(), line);
                out.println(line);
            }
        }
    }

    private static String describe(StageState stage) {
        String name = stage.stage().wireName();
        if (stage.seconds() != null) {
            return String.format(Locale.ROOT, "%s" + DONE + "%.2f s", name, stage.seconds());
        }
        if (stage.steps() == 0) {
            return stage.attempts() > 1 ? name + ": attempt " + stage.attempts() : name + ": started";
        }
        int tenth = stage.step() * TENTHS / stage.steps();
        return name + ": " + tenth * 100 / TENTHS + " %";
    }

    @Override
    public void close() {
        out.flush();
    }
}
