package dev.galatea.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import dev.galatea.model.pipeline.Pipeline;

/** The files of this repository, and the tools of this machine. */
final class Repository {

    static final Path ROOT = Path.of(System.getProperty("repository.root"));
    static final List<String> SERVICES = Stream.of(
                    Stream.of("gateway", "job-tracking", "webhooks"),
                    Pipeline.VIDEO.stages().stream()
                            .map(definition -> definition.stage().wireName()))
            .flatMap(names -> names)
            .toList();

    /** Refuses keys that are there twice, of which YAML readers take the last. */
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory()).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private Repository() {}

    static JsonNode yaml(String path) {
        return documents(read(path)).get(0);
    }

    /** A YAML file with a list at its top, such as a JSON patch. */
    static JsonNode yamlList(String path) {
        try {
            return YAML.readTree(read(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The documents of a YAML text; empty ones are left out. */
    static List<JsonNode> documents(String text) {
        try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return values.readAll().stream()
                    .filter(node -> node.isObject() && !node.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(String path) {
        try {
            return Files.readString(ROOT.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files(String directory, String suffix) {
        try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of a property of the root POM, or of its version. */
    static String pom(String element) {
        Matcher matcher =
                Pattern.compile("<" + Pattern.quote(element) + ">([^<]+)</").matcher(read("pom.xml"));
        if (!matcher.find()) {
            throw new AssertionError("pom.xml has no " + element);
        }
        return matcher.group(1);
    }

    /** The length of the clip that takes the default model the least time, where any clip will do. */
    static int shortestClip() {
        return yaml("models/pebble/bundle.json").at("/limits/minFrames").intValue();
    }

    /** The HTTP port of a service, as its own configuration has it. */
    static int port(String service) {
        return port(service, "quarkus.http.port");
    }

    /** The port at which a service tells how it is: one of its own where the other is the public's. */
    static int managementPort(String service) {
        return port(service, service.equals("gateway") ? "quarkus.management.port" : "quarkus.http.port");
    }

    private static int port(String service, String key) {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(
                ROOT.resolve("services/" + service + "/src/main/resources/application.properties"))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Integer.parseInt(properties.getProperty(key).replaceAll("\\D", ""));
    }

    /** Runs a tool of this machine; empty if the machine does not have it. */
    static Optional<Output> run(String... command) throws InterruptedException {
        return run(ROOT, command);
    }

    static Optional<Output> run(Path directory, String... command) throws InterruptedException {
        try {
            Path out = Files.createTempFile("galatea-check", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " does not end");
            }
            String text = Files.readString(out);
            Files.delete(out);
            return Optional.of(new Output(process.exitValue(), text));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    record Output(int exitCode, String text) {}
}
