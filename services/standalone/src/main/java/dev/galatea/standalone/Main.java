package dev.galatea.standalone;

import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;

import dev.galatea.standalone.cli.ExitCodes;
import dev.galatea.standalone.cli.GalateaCommand;

/** Entry point of {@code ./galatea}. The command line is read before anything is started. */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new GalateaCommand())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("galatea: " + e.getMessage());
                    return ExitCodes.FAILED;
                });
        if (args.length == 0) {
            commandLine.usage(System.out);
            System.exit(ExitCodes.WRONG_USE);
        }
        System.exit(commandLine.execute(args));
    }
}
