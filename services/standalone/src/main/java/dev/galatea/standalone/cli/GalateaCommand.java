package dev.galatea.standalone.cli;

import picocli.CommandLine.Command;

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
public final class GalateaCommand {}
