package dev.galatea.model.media;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * How files in the container of MP4 and QuickTime begin (ISO/IEC 14496-12): films, and pictures of newer kinds that
 * share it.
 */
public final class IsoMedia {

    private static final String TYPE = "ftyp";

    /** First boxes of QuickTime films that are older than the box {@code ftyp}, or have it later. */
    private static final Set<String> OLD_FILMS = Set.of("moov", "mdat", "wide", "free", "skip", "pnot");

    /** The brands of pictures, with what people call them. */
    private static final Map<String, String> PICTURES = Map.of(
            "heic",
            "HEIC",
            "heix",
            "HEIC",
            "heim",
            "HEIC",
            "heis",
            "HEIC",
            "hevc",
            "HEIC",
            "mif1",
            "HEIF",
            "msf1",
            "HEIF",
            "avif",
            "AVIF",
            "avis",
            "AVIF",
            "crx ",
            "Canon raw");

    private IsoMedia() {}

    /**
     * Tells whether a file is a film.
     *
     * @param head its first bytes, 12 if it has so many
     */
    public static boolean isFilm(byte[] head) {
        String box = word(head, 4);
        return OLD_FILMS.contains(box) || box.equals(TYPE) && !PICTURES.containsKey(word(head, 8));
    }

    /**
     * The name of a picture's format; empty if it is none.
     *
     * @param head the file's first bytes, 12 if it has so many
     */
    public static Optional<String> picture(byte[] head) {
        return word(head, 4).equals(TYPE) ? Optional.ofNullable(PICTURES.get(word(head, 8))) : Optional.empty();
    }

    /** Four letters; empty if there are fewer. */
    private static String word(byte[] head, int offset) {
        return head.length < offset + 4 ? "" : new String(head, offset, 4, ISO_8859_1);
    }
}
