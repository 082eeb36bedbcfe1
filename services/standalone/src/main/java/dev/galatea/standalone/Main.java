package dev.galatea.standalone;

import java.util.Optional;
import java.util.stream.Stream;

import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;

import dev.galatea.standalone.cli.ExitCodes;
import dev.galatea.standalone.cli.GalateaCommand;

/** Entry point of {@code ./galatea}. The command line is read before anything is started. */
@QuarkusMain
public final class Main {

    /** What the JVM puts in place of bytes that it can't decode; a prompt or name with it is not what was typed. */
    private static final char NO_TEXT = '\ufffd';

    private static final String UNREADABLE = "is no text in the locale's encoding, "
            + System.getProperty("sun.jnu.encoding") + "; valid is text in it, or UTF-8 with LC_ALL=C.UTF-8";

    private Main() {}

    public static void main(String[] args) {
        honourHome();
        StandardOutput output = StandardOutput.install();
        CommandLine commandLine = GalateaCommand.commandLine();
        if (args.length == 0) {
            commandLine.usage(commandLine.getOut());
            System.exit(ExitCodes.WRONG_USE);
        }
        System.exit(output.conclude(run(commandLine, args), commandLine.getErr()));
    }

    static int run(CommandLine commandLine, String[] args) {
        Optional<String> unreadable = Stream.of(args)
                .filter(argument -> argument.indexOf(NO_TEXT) >= 0)
                .findFirst();
        if (unreadable.isPresent()) {
            commandLine.getErr().println("galatea: " + Problem.line(unreadable.get()) + ": " + UNREADABLE);
            return ExitCodes.WRONG_USE;
        }
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
