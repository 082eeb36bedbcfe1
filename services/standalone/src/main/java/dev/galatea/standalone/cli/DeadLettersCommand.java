package dev.galatea.standalone.cli;

import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.galatea.deadletters.DeadLetter;
import dev.galatea.deadletters.DeadLetterStore;
import dev.galatea.deadletters.DeadLetterSummary;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.text.PrintableText;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * {@code ./galatea dead-letters}: what to do with records that could not be read, or were given up. Works on any
 * running system's broker. A list shows no payloads, because they may hold prompts; {@code show} does.
 */
@Command(
        name = "dead-letters",
        description = "Shows, replays or discards records that could not be read or were given up.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class DeadLettersCommand {

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}",
            description = "The broker's address (default: ${DEFAULT-VALUE}).")
    String bootstrapServers;

    @Spec
    CommandSpec spec;

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists dead letters that are not settled, newest first.")
    int list(
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "The greatest number of letters, newest first.")
                    int limit)
            throws RetryableException {
        if (limit < 1) {
            throw wrongUse("--limit: " + limit + " is not valid; valid are 1 and more");
        }
        try (DeadLetterStore store = store()) {
            DeadLetterStore.Page page = store.list(limit, Optional.empty());
            for (DeadLetterSummary letter : page.letters()) {
                out().printf(
                                "%-8s %s %s %s: %s%n",
                                letter.position(),
                                letter.at(),
                                PrintableText.line(letter.topic()),
                                PrintableText.line(letter.code()),
                                PrintableText.line(letter.reason()));
            }
            out().printf("%d dead letters%s%n", page.letters().size(), page.hasMore() ? ", and older ones" : "");
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows all of one dead letter, its payload included.")
    int show(
            @Parameters(paramLabel = "ID", description = "The letter's id as printed by list, such as 2/17.") String id)
            throws RetryableException {
        try (DeadLetterStore store = store()) {
            DeadLetter letter = find(store, id);
            out().printf("key: %s%n", PrintableText.line(text(letter.key())));
            letter.headers().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(header -> out().printf(
                                    "%s: %s%n",
                                    PrintableText.line(header.getKey()), PrintableText.line(text(header.getValue()))));
            out().printf("%n%s%n", text(letter.value()));
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Publishes dead letters to the topics that they came from, as they were.")
    int replay(@Parameters(paramLabel = "ID", arity = "1..*") List<String> ids) throws RetryableException {
        try (DeadLetterStore store = store()) {
            for (String id : ids) {
                DeadLetter letter = find(store, id);
                try {
                    store.replay(letter);
                } catch (IllegalArgumentException e) {
                    throw wrongUse("ID: " + e.getMessage());
                }
                out().printf("%s published to %s%n", id, PrintableText.line(letter.header(DeadLetterHeaders.TOPIC)));
            }
        }
        return ExitCodes.DONE;
    }

    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = "Settles dead letters without publishing them again.")
    int discard(@Parameters(paramLabel = "ID", arity = "1..*") List<String> ids) throws RetryableException {
        try (DeadLetterStore store = store()) {
            for (String id : ids) {
                store.discard(find(store, id));
                out().printf("%s discarded%n", id);
            }
        }
        return ExitCodes.DONE;
    }

    private DeadLetterStore store() throws RetryableException {
        try {
            BrokerCheck.requireTopic(bootstrapServers, EventType.DEAD_LETTER_TOPIC);
        } catch (IllegalArgumentException e) {
            throw wrongUse(String.valueOf(e.getMessage()));
        }
        return new DeadLetterStore(Map.of("bootstrap.servers", bootstrapServers), new SimpleMeterRegistry());
    }

    private DeadLetter find(DeadLetterStore store, String id) throws RetryableException {
        try {
            return store.find(DeadLetter.Position.parse(id))
                    .orElseThrow(
                            () -> wrongUse("ID: there is no open dead letter " + id + "; list prints the open ones"));
        } catch (IllegalArgumentException e) {
            throw wrongUse("ID: " + e.getMessage());
        }
    }

    private ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private PrintWriter out() {
        return Output.of(spec).out();
    }

    /** Returns UTF-8 text as it is, and other bytes in hexadecimal. */
    private static String text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "(none)";
        }
        String text = new String(bytes, UTF_8);
        return text.indexOf(0xFFFD) < 0 ? text : "hex " + HexFormat.of().formatHex(bytes);
    }
}
