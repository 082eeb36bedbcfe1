package dev.galatea.text.cleaning;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * What {@code make_cleaning_tables.py} writes.
 *
 * @param bad finds sequences that are hardly meant
 * @param utf8Detector finds what looks like UTF-8 that was read in one of the encodings
 * @param alteredUtf8 finds UTF-8 whose byte a0 became a space; bytes are Latin-1 characters here and below
 * @param lossyUtf8 finds UTF-8 of which some bytes were lost
 * @param aGraveWord finds the word à whose byte a0 became a space
 * @param encodings in the order in which they are tried
 * @param entities by name, most with the closing semicolon
 * @param capitalEntities entities that some write in capitals
 * @param invalidReferences texts of numbers that HTML gives another meaning
 * @param invalidCodePoints numbers that stand for nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record CleaningTables(
        String bad,
        String utf8Detector,
        String alteredUtf8,
        String lossyUtf8,
        String aGraveWord,
        List<Encoding> encodings,
        Map<String, String> ligatures,
        Map<String, String> widths,
        Map<String, String> entities,
        Map<String, String> capitalEntities,
        Map<Integer, String> invalidReferences,
        Set<Integer> invalidCodePoints) {

    /** The tables of this version. */
    static final CleaningTables TABLES = read();

    /**
     * An encoding of one byte for each character.
     *
     * @param characters the characters of the bytes 0 to 255
     */
    record Encoding(String name, String characters) {}

    private static CleaningTables read() {
        try (InputStream in = CleaningTables.class.getResourceAsStream("tables.json")) {
            return JsonMapper.builder().build().readValue(in, CleaningTables.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
