package dev.galatea.standalone.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

import dev.galatea.embedded.Ports;
import dev.galatea.model.event.DeadLetterHeaders;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.testsupport.SharedSystem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The command says at once that no broker is there, and shows nothing that a terminal would obey. */
class DeadLettersCommandTest {

    private static final String HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202Egpj\r";
    private static final String ESCAPED = "\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\u202egpj\\u000d";

    /** The command gives up after 2 s; starting its clients takes a while on a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(15);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void makeTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedSystem.bootstrapServers()))) {
            if (!admin.listTopics().names().get().contains(EventType.DEAD_LETTER_TOPIC)) {
                admin.createTopics(Set.of(new NewTopic(EventType.DEAD_LETTER_TOPIC, 1, (short) 1)))
                        .all()
                        .get();
            }
        }
    }

    static Stream<List<String>> commands() {
        return Stream.of(List.of("list"), List.of("show", "0/1"), List.of("replay", "0/1"), List.of("discard", "0/1"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldNameTheBroker_whenNoneIsThere(List<String> command) {
        String address = "127.0.0.1:" + Ports.free(1)[0];
        assertUnavailable(address, "no broker answers at " + address + " within 2 s", command);
    }

    @Test
    void shouldNameTheBroker_whenSomebodyElseListensThere() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            assertUnavailable(address, "no broker answers at " + address, List.of("list"));
        }
    }

    @Test
    void shouldSayWhatAnAddressIs_whenItIsNone() {
        for (String address : List.of("nowhere", "localhost:99999", "")) {
            assertThat(run(address, List.of("list"))).isEqualTo(ExitCodes.WRONG_USE);
            assertThat(err.toString())
                    .contains("--bootstrap-servers: '" + address
                            + "' is not the address of a broker; valid is HOST:PORT");
        }
    }

    @Test
    void shouldShowNothing_thatATerminalObeys() throws Exception {
        String id = send();

        assertThat(run(SharedSystem.bootstrapServers(), List.of("list"))).isEqualTo(ExitCodes.DONE);
        assertThat(out.toString()).contains("code: bad " + ESCAPED + "\\u000a2/99 forged");
        assertPrintable();

        assertThat(run(SharedSystem.bootstrapServers(), List.of("show", id))).isEqualTo(ExitCodes.DONE);
        assertThat(out.toString())
                .contains("key: key " + ESCAPED)
                .contains("name " + ESCAPED + ": value " + ESCAPED)
                .contains("{\n\t\"prompt\": \"" + ESCAPED + "\"");
        assertPrintable();
    }

    private static String send() throws Exception {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                EventType.DEAD_LETTER_TOPIC,
                ("key " + HOSTILE).getBytes(UTF_8),
                ("{\n\t\"prompt\": \"" + HOSTILE + "\"\n}").getBytes(UTF_8));
        Failure failure = new Failure(FailureCause.POISON, "code", "bad " + HOSTILE + "\n2/99 forged");
        DeadLetterHeaders.of("topic " + HOSTILE, 0, 1, failure, "service")
                .forEach((name, value) -> letter.headers().add(name, value));
        letter.headers().add("name " + HOSTILE, ("value " + HOSTILE).getBytes(UTF_8));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", SharedSystem.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            var sent = producer.send(letter).get();
            return sent.partition() + "/" + sent.offset();
        }
    }

    private void assertPrintable() {
        assertThat(out.toString().replace("\n", "").replace("\t", "")).matches("[\\P{Cc}&&\\P{Cf}]*");
        out.getBuffer().setLength(0);
    }

    private void assertUnavailable(String address, String expected, List<String> command) {
        Instant start = Instant.now();
        assertThat(run(address, command)).isEqualTo(ExitCodes.FAILED);
        assertThat(Duration.between(start, Instant.now())).isLessThan(SOON);
        assertThat(err.toString())
                .startsWith("galatea: --bootstrap-servers: ")
                .contains(expected)
                .hasLineCount(1);
    }

    private int run(String address, List<String> command) {
        List<String> arguments = new ArrayList<>(List.of("dead-letters", "--bootstrap-servers", address));
        arguments.addAll(command);
        CommandLine line = GalateaCommand.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return line.execute(arguments.toArray(String[]::new));
    }
}
