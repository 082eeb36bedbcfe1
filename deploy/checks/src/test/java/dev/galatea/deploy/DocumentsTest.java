package dev.galatea.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Follows the links between the documents of this repository: files exist, headings too, and the index has every
 * document.
 */
class DocumentsTest {

    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", ".venv", ".galatea");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|^ {4,}.*?$|`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset|href)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?)\\s*$");

    @Test
    void shouldLinkToWhatIsThere() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            for (String link : links(document)) {
                if (!link.matches("(?i)[a-z][a-z+.-]*:.*") && !leadsSomewhere(document, link)) {
                    broken.add(Repository.ROOT.relativize(document) + " → " + link);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void shouldListEveryDocumentInTheIndex() {
        Path index = Repository.ROOT.resolve("docs/README.md");
        Set<Path> listed = new TreeSet<>();
        links(index)
                .forEach(link -> listed.add(
                        index.resolveSibling(link.replaceAll("#.*", "")).normalize()));

        assertThat(documents())
                .filteredOn(document -> document.startsWith(Repository.ROOT.resolve("docs"))
                        && !document.equals(index)
                        && !document.startsWith(Repository.ROOT.resolve("docs/runbooks"))
                        && !document.getFileName().toString().startsWith("0000-"))
                .isNotEmpty()
                .allSatisfy(document -> assertThat(listed).contains(document));
    }

    private static boolean leadsSomewhere(Path document, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? document
                : document.resolveSibling(parts[0]).normalize();
        return Files.exists(target)
                && (parts.length == 1
                        || !target.toString().endsWith(".md")
                        || anchors(target).contains(parts[1]));
    }

    private static List<String> links(Path document) {
        String text = CODE.matcher(read(document)).replaceAll(" ");
        return LINK.matcher(text)
                .results()
                .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
                .toList();
    }

    /** The headings' anchors, as GitHub and others make them. */
    private static List<String> anchors(Path document) {
        return HEADING.matcher(read(document))
                .results()
                .map(DocumentsTest::anchor)
                .toList();
    }

    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static List<Path> documents() {
        try (Stream<Path> files = Files.walk(Repository.ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> Stream.iterate(file, path -> !path.equals(Repository.ROOT), Path::getParent)
                            .noneMatch(
                                    path -> NOT_OURS.contains(path.getFileName().toString())))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
