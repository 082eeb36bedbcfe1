package dev.galatea.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.maven.artifact.versioning.ComparableVersion;

/**
 * Published holes of libraries, as OSV records (https://ossf.github.io/osv-schema/) in a file: nothing is asked for
 * over the network. Immutable.
 *
 * @param date the day that the list is of
 * @param complete true if the list has all that is published for Maven
 * @param advisories OSV records
 */
record KnownHoles(LocalDate date, boolean complete, List<JsonNode> advisories) {

    /** A list that is older says little about today. */
    static final int DAYS = 90;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a list: the repository's own, or OSV's export of all that is published for Maven, {@code all.zip}, whose
     * date is that of the file.
     */
    static KnownHoles read(Path file) throws IOException {
        if (file.toString().endsWith(".zip")) {
            return export(file);
        }
        JsonNode list = JSON.readTree(file.toFile());
        List<JsonNode> advisories = new ArrayList<>();
        list.path("advisories").forEach(advisories::add);
        return new KnownHoles(
                LocalDate.parse(list.path("date").asText()),
                list.path("complete").asBoolean(),
                advisories);
    }

    private static KnownHoles export(Path file) throws IOException {
        List<JsonNode> advisories = new ArrayList<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.getName().endsWith(".json")) {
                    try (var in = zip.getInputStream(entry)) {
                        advisories.add(JSON.readTree(in.readAllBytes()));
                    }
                }
            }
        }
        LocalDate date = LocalDate.ofInstant(Files.getLastModifiedTime(file).toInstant(), ZoneOffset.UTC);
        return new KnownHoles(date, true, advisories);
    }

    /** The libraries of a bill of materials (CycloneDX, JSON): version by group and artifact. */
    static Map<String, String> libraries(Path bill) throws IOException {
        Map<String, String> libraries = new TreeMap<>();
        for (JsonNode component : JSON.readTree(bill.toFile()).path("components")) {
            libraries.put(
                    component.path("group").asText() + ":"
                            + component.path("name").asText(),
                    component.path("version").asText());
        }
        return libraries;
    }

    /** The holes that libraries have, each as a line of text. */
    List<String> of(Map<String, String> libraries) {
        List<String> found = new ArrayList<>();
        for (JsonNode advisory : advisories) {
            for (JsonNode affected : advisory.path("affected")) {
                String name = affected.path("package").path("name").asText();
                String version = libraries.get(name);
                if (version != null && advisory.path("withdrawn").isMissingNode() && concerns(affected, version)) {
                    found.add(advisory.path("id").asText() + " in " + name + ":" + version + ": "
                            + advisory.path("summary").asText());
                }
            }
        }
        return found;
    }

    /** Tells what the list can't tell; empty if it is complete and new. */
    List<String> limits(LocalDate today) {
        List<String> limits = new ArrayList<>();
        if (date.plusDays(DAYS).isBefore(today)) {
            limits.add("the list is of " + date + ", more than " + DAYS + " days old");
        }
        if (!complete) {
            limits.add("the list has " + advisories.size() + " advisories, not all that are published");
        }
        return limits;
    }

    private static boolean concerns(JsonNode affected, String version) {
        for (JsonNode named : affected.path("versions")) {
            if (named.asText().equals(version)) {
                return true;
            }
        }
        for (JsonNode range : affected.path("ranges")) {
            if (within(range.path("events"), new ComparableVersion(version))) {
                return true;
            }
        }
        return false;
    }

    /** Events come in order: from each "introduced" up to the next "fixed" (excluded) or "last_affected". */
    private static boolean within(JsonNode events, ComparableVersion version) {
        boolean inside = false;
        for (JsonNode event : events) {
            if (event.has("introduced")) {
                inside |= version.compareTo(at(event, "introduced")) >= 0;
            } else if (event.has("fixed")) {
                inside &= version.compareTo(at(event, "fixed")) < 0;
            } else if (event.has("last_affected")) {
                inside &= version.compareTo(at(event, "last_affected")) <= 0;
            }
        }
        return inside;
    }

    private static ComparableVersion at(JsonNode event, String kind) {
        return new ComparableVersion(event.path(kind).asText());
    }
}
