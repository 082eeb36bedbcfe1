package dev.galatea.standalone.cli;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import dev.galatea.model.event.ReferenceMedia.Fit;
import dev.galatea.model.text.PrintableText;

/**
 * Reads the values of options and arguments, and says of a wrong one what it is, and what would be valid: picocli
 * speaks of Java's types.
 */
final class OptionValues {

    private OptionValues() {}

    // Classes instead of lambdas: picocli's interfaces are of a class file version that class-data archives don't take,
    // and JDK 17 crashes when it is to archive a lambda of such an interface (ArchivableLambdasTest).

    static CommandLine register(CommandLine commandLine) {
        return commandLine
                .registerConverter(Integer.class, new IntegerConverter())
                .registerConverter(Integer.TYPE, new IntegerConverter())
                .registerConverter(Long.class, new LongConverter())
                .registerConverter(Long.TYPE, new LongConverter())
                .registerConverter(Double.class, new DecimalConverter())
                .registerConverter(Double.TYPE, new DecimalConverter())
                .registerConverter(Duration.class, new DurationConverter())
                .registerConverter(Path.class, new PathConverter())
                .registerConverter(Fit.class, new FitConverter());
    }

    static TypeConversionException wrong(String value, String what) {
        return new TypeConversionException("'" + PrintableText.line(value) + "' " + what);
    }

    private static long whole(String text, long least, long most) {
        try {
            BigInteger number = new BigInteger(text);
            if (number.compareTo(BigInteger.valueOf(least)) >= 0 && number.compareTo(BigInteger.valueOf(most)) <= 0) {
                return number.longValue();
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number that is too large.
        }
        throw wrong(text, "is not valid; valid are whole numbers from " + least + " to " + most);
    }

    private static final class IntegerConverter implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String text) {
            return (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
    }

    private static final class LongConverter implements ITypeConverter<Long> {

        @Override
        public Long convert(String text) {
            return whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
        }
    }

    /** Java itself would also take a type's letter, hexadecimal digits and NaN. */
    private static final class DecimalConverter implements ITypeConverter<Double> {

        private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?");

        @Override
        public Double convert(String text) {
            if (!DECIMAL.matcher(text).matches() || Double.valueOf(text).isInfinite()) {
                throw wrong(text, "is not a decimal number; valid is for instance 2.5");
            }
            return Double.valueOf(text);
        }
    }

    /** As in the configuration: a number and its unit, or ISO 8601. */
    private static final class DurationConverter implements ITypeConverter<Duration> {

        private static final Pattern SIMPLE = Pattern.compile("\\d{1,9}(ms|s|m|h)");

        @Override
        public Duration convert(String text) {
            try {
                if (!SIMPLE.matcher(text).matches()) {
                    return Duration.parse(text);
                }
                return text.endsWith("ms")
                        ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                        : Duration.parse("PT" + text);
            } catch (DateTimeParseException e) {
                throw wrong(text, "is not a duration; valid is for instance 5s, 500ms or PT5S");
            }
        }
    }

    /** An empty name would be that of the current directory. */
    private static final class PathConverter implements ITypeConverter<Path> {

        @Override
        public Path convert(String text) {
            if (text.isEmpty()) {
                throw new TypeConversionException("is empty; valid is the name of a file or directory");
            }
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw wrong(text, "can't be the name of a file: " + e.getReason());
            }
        }
    }

    private static final class FitConverter implements ITypeConverter<Fit> {

        @Override
        public Fit convert(String text) {
            for (Fit fit : Fit.values()) {
                if (fit.name().equalsIgnoreCase(text)) {
                    return fit;
                }
            }
            String valid = Arrays.stream(Fit.values())
                    .map(fit -> fit.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            throw wrong(text, "is not valid; valid are " + valid);
        }
    }
}
