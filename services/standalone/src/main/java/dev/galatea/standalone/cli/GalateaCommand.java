package dev.galatea.standalone.cli;

import java.util.regex.Pattern;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

import dev.galatea.model.text.PrintableText;
import dev.galatea.standalone.Problem;

/** The root command. */
@Command(
        name = "galatea",
        description = "Turns a sentence into a video, on this machine: no GPU, no Docker, no account.",
        mixinStandardHelpOptions = true,
        version = "galatea 0.1.0",
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
                .registerConverter(Double.class, GalateaCommand::decimal)
                .registerConverter(Double.TYPE, GalateaCommand::decimal)
                .setParameterExceptionHandler(GalateaCommand::explain)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    Output.of(command.getCommandSpec()).problem(Problem.of(e));
                    return ExitCodes.FAILED;
                });
    }

    /** Java itself would also take a type's letter, hexadecimal digits and NaN. */
    private static Double decimal(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new TypeConversionException("'" + PrintableText.line(text) + "' is not a decimal number");
        }
        return Double.valueOf(text);
    }

    private static int explain(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        Output.of(command.getCommandSpec())
                .problem(e.getMessage() + " (" + command.getCommandSpec().qualifiedName() + " --help tells all)");
        return ExitCodes.WRONG_USE;
    }
}
