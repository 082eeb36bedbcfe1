package dev.galatea.standalone.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

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

    /** The command line, which says on one line what is wrong with it, or why a command failed. */
    public static CommandLine commandLine() {
        return new CommandLine(new GalateaCommand())
                .setParameterExceptionHandler(GalateaCommand::explain)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    Output.of(command.getCommandSpec()).problem(Problem.of(e));
                    return ExitCodes.FAILED;
                });
    }

    private static int explain(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        Output.of(command.getCommandSpec())
                .problem(e.getMessage() + " (" + command.getCommandSpec().qualifiedName() + " --help tells all)");
        return ExitCodes.WRONG_USE;
    }
}
