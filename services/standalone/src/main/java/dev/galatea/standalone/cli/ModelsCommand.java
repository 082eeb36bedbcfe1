package dev.galatea.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.text.PrintableText;
import dev.galatea.standalone.Problem;
import dev.galatea.standalone.models.BundleCheck;
import dev.galatea.standalone.models.CheckingRuntime;
import dev.galatea.standalone.models.ModelDescription;
import dev.galatea.standalone.models.ModelText;

/** {@code ./galatea models}: looks after the bundles of a directory. Nothing else is started for it. */
@Command(
        name = "models",
        description = "Lists, checks, adds and removes model bundles.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ModelsCommand {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    BundlesOption bundles = new BundlesOption();

    @Spec
    CommandSpec spec;

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the bundles.")
    int list(@Option(names = "--json", description = "Prints a JSON array.") boolean json)
            throws JsonProcessingException {
        Map<String, Bundle> found = bundles();
        List<ModelDescription> models =
                found.values().stream().map(ModelsCommand::describe).toList();
        if (json) {
            out().println(JSON.writeValueAsString(models));
        } else {
            ModelText.list(models, out());
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows all of one bundle: files, sizes, lengths, schedulers, guidance, memory.")
    int show(
            @Parameters(paramLabel = "NAME", description = "The bundle's name as printed by list.") String name,
            @Option(names = "--json", description = "Prints a JSON object.") boolean json)
            throws JsonProcessingException {
        Map<String, Bundle> found = bundles();
        Bundle bundle = found.get(name);
        if (bundle == null) {
            throw wrongUse("NAME: '" + name + "' is not here; valid are " + found.keySet());
        }
        if (json) {
            out().println(JSON.writeValueAsString(describe(bundle)));
        } else {
            ModelText.show(describe(bundle), out());
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Checks digests, external data and the interface of each graph of a bundle.")
    int verify(@Parameters(paramLabel = "NAME", description = "The bundle's name as printed by list.") String name) {
        Path directory = guarded(() -> bundles.resolve().find(name))
                .orElseThrow(() -> wrongUse("NAME: '" + name + "' is not here; valid are "
                        + bundles((left, e) -> {}).keySet()));
        List<String> problems = problems(directory);
        problems.stream().map(PrintableText::line).forEach(err()::println);
        if (!problems.isEmpty()) {
            err().printf("%s: %s%n", name, count(problems));
            return ExitCodes.FAILED;
        }
        out().printf("%s is sound%n", name);
        return ExitCodes.DONE;
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Verifies a bundle and copies it to the others.")
    int add(
            @Parameters(paramLabel = "DIR", description = "The bundle's directory.") Path source,
            @Option(names = "--replace", description = "Replaces a bundle of the same name.") boolean replace)
            throws IOException {
        Path directory = real(source);
        List<String> problems = problems(directory);
        if (!problems.isEmpty()) {
            problems.stream().map(PrintableText::line).forEach(err()::println);
            err().printf("%s: %s; nothing was added%n", source, count(problems));
            return ExitCodes.FAILED;
        }
        try {
            out().println(bundles.resolve().add(directory, replace));
            return ExitCodes.DONE;
        } catch (BundleException e) {
            err().println(PrintableText.line(String.valueOf(e.getMessage()))
                    + (e.code() == Code.ALREADY_THERE ? " by --replace" : ""));
            return ExitCodes.FAILED;
        }
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Removes a bundle with its files.")
    int remove(@Parameters(paramLabel = "NAME", description = "The bundle's name as printed by list.") String name)
            throws IOException {
        if (name.equals(BundlesOption.defaultName())) {
            throw wrongUse("NAME: '" + name + "' is the default bundle and stays; name another one by"
                    + " GALATEA_BUNDLES_DEFAULT_NAME first");
        }
        if (!bundles.resolve().remove(name)) {
            throw wrongUse("NAME: '" + name + "' is not here; valid are "
                    + bundles((left, e) -> {}).keySet());
        }
        out().printf("%s removed%n", name);
        return ExitCodes.DONE;
    }

    private static ModelDescription describe(Bundle bundle) {
        return ModelDescription.of(bundle, BundlesOption.defaultName());
    }

    private static List<String> problems(Path directory) {
        return new BundleCheck(BundlesOption.loader(), CheckingRuntime.create()).problems(directory);
    }

    private static String count(List<String> problems) {
        return problems.size() + (problems.size() == 1 ? " problem" : " problems");
    }

    private Map<String, Bundle> bundles() {
        return bundles((directory, e) ->
                err().printf("left out %s: %s%n", directory, PrintableText.line(String.valueOf(e.getMessage()))));
    }

    private Map<String, Bundle> bundles(BiConsumer<Path, BundleException> leftOut) {
        return guarded(() -> bundles.resolve().bundles(leftOut));
    }

    private Path real(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            throw wrongUse("DIR: " + directory + " can't be read: " + Problem.reason(e));
        }
    }

    private <T> T guarded(Supplier<T> call) {
        try {
            return call.get();
        } catch (UncheckedIOException e) {
            throw wrongUse("--bundles-path: " + bundles.resolve().path() + " can't be read: "
                    + Problem.reason(Objects.requireNonNull(e.getCause()))
                    + "; valid is a directory with one directory per bundle");
        }
    }

    private ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private PrintWriter out() {
        return Output.of(spec).out();
    }

    private PrintWriter err() {
        return Output.of(spec).err();
    }
}
