package dev.galatea.encoding.media;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The traits of the first decoded picture, as FFmpeg's filter {@code showinfo} tells them: the codec's word and the
 * container's together, of the picture that is really there. FFmpeg's log also has what a file says of itself, such as
 * its comment, so a line counts only for what it begins with.
 *
 * @param pixelFormat FFmpeg's name, such as {@code yuv420p10le}
 * @param width stored pixels
 * @param height stored pixels
 * @param pixelShape width of a pixel by its height
 * @param matrix the matrix between RGB and YUV, such as {@code bt709}; {@code unknown} if nothing is said
 * @param primaries the colours of red, green and blue
 * @param transfer the curve between light and values
 * @param interlaced true if odd and even rows are of two times
 * @param turned degrees by which the picture is shown turned
 * @param stereo how two views share a picture; empty for one view
 * @param needsDolbyVision true if the colours are known to players of Dolby Vision alone
 * @param alphaApart true if the transparency of a video is in a second picture beside each, as in WebM
 * @param limited true if black and white are not the least and the greatest value
 * @param oriented true if the picture is shown turned or mirrored
 * @param container what the container says of the colours of a codec that says nothing of them itself
 */
record FrameTraits(
        String pixelFormat,
        int width,
        int height,
        double pixelShape,
        String matrix,
        String primaries,
        String transfer,
        boolean interlaced,
        double turned,
        Optional<String> stereo,
        boolean needsDolbyVision,
        boolean alphaApart,
        boolean limited,
        boolean oriented,
        Optional<ContainerColours> container) {

    private static final String UNKNOWN = "unknown";
    private static final String RESERVED = "reserved";
    private static final Set<String> HDR = Set.of("smpte2084", "arib-std-b67");
    private static final Set<String> SDR = Set.of(
            UNKNOWN,
            RESERVED,
            "bt709",
            "bt470m",
            "bt470bg",
            "smpte170m",
            "smpte240m",
            "iec61966-2-1",
            "iec61966-2-4",
            "bt1361e",
            "bt2020-10",
            "bt2020-12");
    private static final Set<String> MATRICES =
            Set.of(UNKNOWN, RESERVED, "gbr", "bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc");
    /** Those of PNG; what videos say of the range of RGB is wrong more often than not. */
    private static final Set<String> RGB = Set.of("rgb24", "rgba", "rgb48be", "rgba64be", "pal8");

    private static final Set<String> WIDE = Set.of("bt2020", "smpte431", "smpte432");
    /** Beyond it nothing is made by a camera. */
    private static final double MAX_PIXEL_SHAPE = 16;

    private static final int HD_LINES = 720;

    /** How the filter's lines begin. */
    private static final String SHOWINFO = "[Parsed_showinfo_";

    private static final Pattern FRAME = Pattern.compile(
            " fmt:(?<format>\\w+) .*?sar:(?<num>\\d+)/(?<den>\\d+) s:(?<width>\\d+)x(?<height>\\d+) i:(?<field>\\w)");
    private static final Pattern COLOUR = Pattern.compile(
            "color_space:(?<matrix>\\S+).*?color_primaries:(?<primaries>\\S+).*?color_trc:(?<transfer>\\S+)");
    private static final Pattern TURN = Pattern.compile("displaymatrix: rotation of (-?[0-9.]+)");
    private static final Pattern STEREO = Pattern.compile("Stereo 3D: type - ([^,\\n]+)");
    private static final Pattern DOLBY_VISION =
            Pattern.compile("(?m)^\\[info] +DOVI configuration record:.*compatibility id: 0");
    private static final Pattern LIMITED = Pattern.compile("color_range:tv");
    private static final Pattern CHANGE =
            Pattern.compile("(?m)^(?:\\[[^]\n]+] )+Reconfiguring filter graph .*, (\\d+x\\d+)");
    private static final Pattern ALPHA_APART = Pattern.compile("(?m)^\\[info] +alpha_mode *: 1\\s*$");

    /** Reads FFmpeg's log of a run that decoded one picture; empty if it decoded none. */
    static Optional<FrameTraits> of(String log) {
        String shown = log.lines().filter(line -> line.startsWith(SHOWINFO)).collect(Collectors.joining("\n"));
        Matcher frame = FRAME.matcher(shown);
        if (!frame.find()) {
            return Optional.empty();
        }
        String after = shown.substring(frame.start());
        Matcher colour = COLOUR.matcher(after);
        boolean said = colour.find();
        Optional<ContainerColours> container = ContainerColours.of(log);
        double den = Double.parseDouble(frame.group("den"));
        double num = Double.parseDouble(frame.group("num"));
        return Optional.of(new FrameTraits(
                frame.group("format"),
                Integer.parseInt(frame.group("width")),
                Integer.parseInt(frame.group("height")),
                num == 0 || den == 0 ? 1 : num / den,
                container.map(ContainerColours::matrix).orElse(said ? colour.group("matrix") : UNKNOWN),
                said ? colour.group("primaries") : UNKNOWN,
                said ? colour.group("transfer") : UNKNOWN,
                !frame.group("field").equals("P"),
                first(TURN, after).map(Double::parseDouble).orElse(0.0),
                first(STEREO, after).map(String::strip).filter(type -> !type.equals("2D")),
                DOLBY_VISION.matcher(log).find(),
                ALPHA_APART.matcher(log).find(),
                LIMITED.matcher(after).find(),
                after.contains("displaymatrix"),
                container));
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Refuses what can't be shown as it is meant. */
    void requireKnown() throws MediaRefusedException {
        if (pixelShape > MAX_PIXEL_SHAPE || pixelShape < 1 / MAX_PIXEL_SHAPE) {
            throw refused("pixels " + pixelShape + " times as wide as high", "1/16 to 16");
        }
        if (Math.abs(turned / 90 - Math.rint(turned / 90)) > 0.01) {
            throw refused("a turn of " + turned + " degrees", "multiples of 90");
        }
        if (stereo.isPresent()) {
            throw refused("two views in one picture (" + stereo.get() + ")", "one view");
        }
        if (needsDolbyVision) {
            throw refused("colours for Dolby Vision alone", "SDR, HDR10 and HLG, also with Dolby Vision beside them");
        }
        if (limited && RGB.contains(pixelFormat)) {
            throw refused("RGB of limited range", "those of full range");
        }
        if (!MATRICES.contains(matrix)) {
            throw refused("the colour matrix " + matrix, "bt601, bt709, bt2020nc and RGB");
        }
        if (!SDR.contains(transfer) && !HDR.contains(transfer)) {
            throw refused("the transfer characteristic " + transfer, "those of SDR, PQ and HLG");
        }
    }

    /**
     * Refuses media whose pictures change their size: FFmpeg begins its filters anew then, and times and frames are
     * lost.
     *
     * @param log of a run that read them
     */
    void requireOneSize(String log) throws MediaRefusedException {
        String size = width + "x" + height;
        Matcher change = CHANGE.matcher(log);
        while (change.find()) {
            if (!change.group(1).equals(size)) {
                throw refused("pictures of " + size + " and of " + change.group(1) + " pixels", "pictures of one size");
            }
        }
    }

    /** Refuses an orientation of what is only a part of the picture. */
    void requireUpright() throws MediaRefusedException {
        if (oriented) {
            throw refused("an orientation, and a first picture that is smaller than its canvas", "upright animations");
        }
    }

    private static MediaRefusedException refused(String what, String valid) {
        return new MediaRefusedException("media_not_supported", "has " + what + "; valid are " + valid);
    }

    boolean hasAlpha() {
        return alphaApart
                || pixelFormat.matches("yuva.*|gbrap.*|rgba.*|argb.*|bgra.*|abgr.*|ya8|ya16.*|pal8|ayuv.*|vuya.*");
    }

    boolean isHdr() {
        return HDR.contains(transfer);
    }

    /** Says whether colours must be converted to those of BT.709, of which sRGB has the same. */
    boolean isWide() {
        return WIDE.contains(primaries);
    }

    boolean hasSquarePixels() {
        return pixelShape == 1;
    }

    String primariesOr(String other) {
        return primaries.equals(UNKNOWN) || primaries.equals(RESERVED) ? other : primaries;
    }

    /** Says whether the pixels are YUV by a matrix of which nothing is said. */
    boolean hasUnnamedMatrix() {
        return (matrix.equals(UNKNOWN) || matrix.equals(RESERVED)) && pixelFormat.startsWith("yuv");
    }

    /** Says whether the matrix is the one that players assume of HD, as nothing is said. */
    boolean isUnnamedHd() {
        return hasUnnamedMatrix() && !isHdr() && !isWide() && height >= HD_LINES;
    }
}
