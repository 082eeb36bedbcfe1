package dev.galatea.standalone.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

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
            DrillCommand.class,
            HelpCommand.class
        })
public final class GalateaCommand {

    /** The command line, which says on one line what is wrong with it, or why a command failed. */
    public static CommandLine commandLine() {
        return OptionValues.register(new CommandLine(new GalateaCommand()))
                .setParameterExceptionHandler(new Explanation())
                .setExecutionExceptionHandler(new Report());
    }

    private static final class Explanation implements IParameterExceptionHandler {

        @Override
        public int handleParseException(ParameterException e, String[] args) {
            CommandLine command = e.getCommandLine();
            Output.of(command.getCommandSpec())
                    .problem(message(e) + " (" + command.getCommandSpec().qualifiedName() + " --help tells all)");
            return ExitCodes.WRONG_USE;
        }

        /** A word where a command is expected is none of its arguments. */
        private static String message(ParameterException e) {
            if (!(e instanceof UnmatchedArgumentException unmatched)
                    || e.getCommandLine().getSubcommands().isEmpty()
                    || unmatched.getUnmatched().isEmpty()
                    || unmatched.getUnmatched().get(0).startsWith("-")) {
                return String.valueOf(e.getMessage());
            }
            return "'" + PrintableText.line(unmatched.getUnmatched().get(0)) + "' is not a command; valid are "
                    + String.join(", ", e.getCommandLine().getSubcommands().keySet());
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
