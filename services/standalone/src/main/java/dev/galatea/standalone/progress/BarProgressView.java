package dev.galatea.standalone.progress;

import java.io.PrintStream;
import java.util.Locale;

import dev.galatea.model.event.JobState;
import dev.galatea.model.event.StageState;

/** One bar per stage, redrawn in place with ANSI escapes. */
final class BarProgressView implements ProgressView {

    private static final int WIDTH = 30;
    private static final String UP = "\u001b[%dA";
    private static final String CLEAR_LINE = "\u001b[2K\r";

    private final PrintStream out;
    private int linesDrawn;
    private boolean closed;

    BarProgressView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(JobState state) {
        if (closed) {
            return;
        }
        StringBuilder picture = new StringBuilder();
        if (linesDrawn > 0) {
            picture.append(String.format(Locale.ROOT, UP, linesDrawn));
        }
        for (StageState stage : state.stages()) {
            picture.append(CLEAR_LINE).append(draw(stage)).append('\n');
        }
        linesDrawn = state.stages().size();
        out.print(picture);
        out.flush();
    }

    private static String draw(StageState stage) {
        boolean done = stage.seconds() != null;
        double share = done ? 1 : stage.steps() == 0 ? 0 : (double) stage.step() / stage.steps();
        int filled = (int) Math.round(share * WIDTH);
        String bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
        String right = done
                ? String.format(Locale.ROOT, "%.2f s", stage.seconds())
                : stage.steps() == 0 ? "…" : stage.step() + "/" + stage.steps();
        return String.format(Locale.ROOT, "%-18s %s %s", stage.stage().wireName(), bar, right);
    }

    @Override
    public void close() {
        closed = true;
        out.flush();
    }
}
