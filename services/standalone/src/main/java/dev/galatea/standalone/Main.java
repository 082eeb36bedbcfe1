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
        honourHome();
        CommandLine commandLine = GalateaCommand.commandLine();
        if (args.length == 0) {
            commandLine.usage(commandLine.getOut());
            System.exit(ExitCodes.WRONG_USE);
        }
        System.exit(run(commandLine, args));
    }

    private static int run(CommandLine commandLine, String[] args) {
        try {
            return commandLine.execute(args);
        } catch (Error e) {
            // Threads that are left would keep the process alive.
            commandLine.getErr().println("galatea: " + Problem.of(e));
            return ExitCodes.FAILED;
        }
    }

    /** The JVM asks the system's list of users; people, and containers without such a list, set the variable. */
    private static void honourHome() {
        String home = System.getenv("HOME");
        if (home != null && !home.isBlank()) {
            System.setProperty("user.home", home);
        }
    }
}
