package dev.galatea.standalone.cli;

import java.util.regex.Pattern;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

import dev.galatea.model.text.PrintableText;
import dev.galatea.standalone.Problem;
import dev.galatea.standalone.StandaloneSystem;

/** The root command. */
@Command(
        name = "galatea",
        description = "Turns a sentence into a video, on this machine: no GPU, no Docker, no account.",
        mixinStandardHelpOptions = true,
        version = "galatea " + StandaloneSystem.VERSION,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            GenerateCommand.class,
            ExtendCommand.class,
            ServeCommand.class,
            EncodeCommand.class,
            DecodeCommand.class,
            ModelsCommand.class,
            DeadLettersCommand.class,
            DrillCommand.class
        })
public final class GalateaCommand {

    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?");

    /** The command line, which says on one line what is wrong with it, or why a command failed. */
    public static CommandLine commandLine() {
        return new CommandLine(new GalateaCommand())
                // As HTTP and events write them.
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Double.class, new DecimalConverter())
                .registerConverter(Double.TYPE, new DecimalConverter())
                .setParameterExceptionHandler(new Explanation())
                .setExecutionExceptionHandler(new Report());
    }

    // Classes instead of lambdas: picocli's interfaces are of a class file version that class-data archives don't take,
    // and JDK 17 crashes when it is to archive a lambda of such an interface (ArchivableLambdasTest).

    /** Java itself would also take a type's letter, hexadecimal digits and NaN. */
    private static final class DecimalConverter implements ITypeConverter<Double> {

        @Override
        public Double convert(String text) {
            if (!DECIMAL.matcher(text).matches()) {
                throw new TypeConversionException("'" + PrintableText.line(text) + "' is not a decimal number");
            }
            return Double.valueOf(text);
        }
    }

    private static final class Explanation implements IParameterExceptionHandler {

        @Override
        public int handleParseException(ParameterException e, String[] args) {
            CommandLine command = e.getCommandLine();
            Output.of(command.getCommandSpec())
                    .problem(e.getMessage() + " (" + command.getCommandSpec().qualifiedName() + " --help tells all)");
            return ExitCodes.WRONG_USE;
        }
    }

    private static final class Report implements IExecutionExceptionHandler {

        @Override
        public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
            Output.of(command.getCommandSpec()).problem(Problem.of(e));
            return ExitCodes.FAILED;
        }
    }
}
