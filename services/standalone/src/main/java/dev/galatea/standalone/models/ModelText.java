package dev.galatea.standalone.models;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.galatea.gateway.api.Capabilities.Defaults;
import dev.galatea.gateway.api.Capabilities.Limits;
import dev.galatea.gateway.api.Capabilities.Model;
import dev.galatea.gateway.api.Capabilities.Range;
import dev.galatea.model.text.PrintableText;
import dev.galatea.standalone.models.ModelDescription.File;

/** Writes models for people to read. */
public final class ModelText {

    private static final double UNIT = 1024;
    private static final String LIST_FORMAT = "%-24s %-10s %-14s %-8s %-28s %-16s %s%n";
    private static final String FACT_FORMAT = "%-12s %s%n";

    private ModelText() {}

    /** One line per model, below a heading. */
    public static void list(List<ModelDescription> models, PrintWriter out) {
        out.printf(LIST_FORMAT, "NAME", "VERSION", "LICENCE", "DEFAULT", "SIZES", "FRAMES", "MEMORY");
        for (ModelDescription description : models) {
            Model model = description.model();
            Limits limits = model.limits();
            out.printf(
                    LIST_FORMAT,
                    PrintableText.line(model.id()),
                    PrintableText.line(model.version()),
                    PrintableText.line(model.license()),
                    description.isDefault() ? "yes" : "",
                    range(limits.width()) + " x " + range(limits.height()),
                    range(limits.numFrames()),
                    bytes(description.totalWeightBytes()));
        }
    }

    /** All that is known of a model. */
    public static void show(ModelDescription description, PrintWriter out) {
        Model model = description.model();
        Limits limits = model.limits();
        Defaults defaults = model.defaults();
        out.printf(
                "%s %s%s%n",
                PrintableText.line(model.id()),
                PrintableText.line(model.version()),
                description.isDefault() ? " (default)" : "");
        out.printf("%s%n%n", PrintableText.line(model.description()));
        fact(out, "licence", model.license());
        fact(out, "digest", model.digest());
        fact(
                out,
                "sizes",
                stepped(limits.width()) + " x " + stepped(limits.height()) + larger(limits.scales()) + "; "
                        + defaults.width() + " x "
                        + defaults.height() + " by default");
        fact(out, "frames", stepped(limits.numFrames()) + "; " + defaults.numFrames() + " by default");
        fact(out, "fps", String.valueOf(model.fps()));
        fact(out, "steps", range(limits.numInferenceSteps()) + "; " + defaults.numInferenceSteps() + " by default");
        fact(out, "schedulers", String.join(", ", model.schedulers()));
        fact(out, "prediction", description.prediction());
        fact(out, "guidance", guidance(description));
        fact(out, "references", references(model));
        out.printf("%nWeights in memory, by graph%n");
        description.weightBytes().forEach((role, bytes) -> out.printf("  %-20s %12s%n", role, bytes(bytes)));
        out.printf("  %-20s %12s%n", "sum", bytes(description.totalWeightBytes()));
        out.printf("%nFiles%n");
        for (File file : description.files()) {
            out.printf("  %-20s %14d bytes  %s%n", file.role(), file.bytes(), PrintableText.line(file.place()));
        }
    }

    private static void fact(PrintWriter out, String name, String value) {
        out.printf(FACT_FORMAT, name, PrintableText.line(value));
    }

    private static String references(Model model) {
        String kinds = model.references().isEmpty() ? "none" : String.join(", ", model.references());
        return kinds + (model.referenceRequired() ? "; one is required" : "");
    }

    private static String guidance(ModelDescription description) {
        Model model = description.model();
        List<Double> interval = description.guidanceInterval();
        String where = interval.equals(List.of(0.0, 1.0))
                ? ""
                : ", at noise levels " + interval.get(0) + " to " + interval.get(1);
        return "up to " + model.limits().maxGuidanceScale() + "; "
                + model.defaults().guidanceScale() + " by default" + where;
    }

    private static String range(Range range) {
        return range.min() == range.max() ? String.valueOf(range.min()) : range.min() + "-" + range.max();
    }

    private static String larger(List<Integer> scales) {
        return scales.size() == 1
                ? ""
                : scales.stream()
                        .skip(1)
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ", ", or both times ", ""));
    }

    private static String stepped(Range range) {
        return range(range) + (range.step() > 1 && range.min() < range.max() ? " in steps of " + range.step() : "");
    }

    /** Bytes in the largest unit of which there is at least one. */
    static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= UNIT && unit < units.length - 1) {
            value /= UNIT;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}
