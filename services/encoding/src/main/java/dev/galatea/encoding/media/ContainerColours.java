package dev.galatea.encoding.media;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What WebM says of the colours of VP8, whose pictures have no word for them: FFmpeg's decoder assumes BT.601 in
 * limited range.
 *
 * @param matrix the matrix between RGB and YUV, such as {@code bt709}
 * @param full true if the values use the full range
 */
record ContainerColours(String matrix, boolean full) {

    private static final Pattern STREAM =
            Pattern.compile("(?m)^\\[info] +Stream #0:\\S+ Video: vp8, yuva?420p\\((?<said>[^)]*)\\)");
    private static final String USUAL = "bt470bg";

    /** Reads FFmpeg's list of streams; empty if nothing is said, or what the decoder assumes anyway. */
    static Optional<ContainerColours> of(String log) {
        Matcher stream = STREAM.matcher(log);
        if (!stream.find()) {
            return Optional.empty();
        }
        List<String> said = Arrays.asList(stream.group("said").split(", "));
        String matrix = said.stream()
                .filter(word -> !List.of("tv", "pc", "progressive").contains(word) && !word.contains(" "))
                .map(word -> word.split("/")[0])
                .filter(word -> !word.equals("unknown"))
                .findFirst()
                .orElse(USUAL);
        ContainerColours colours = new ContainerColours(matrix, said.contains("pc"));
        return colours.equals(new ContainerColours(USUAL, false)) ? Optional.empty() : Optional.of(colours);
    }

    /** FFmpeg's filter that says it of each picture. */
    String filter() {
        return "setparams=colorspace=" + matrix + ":range=" + (full ? "full" : "limited");
    }
}
