package dev.galatea.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import dev.galatea.standalone.cli.GalateaCommand;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the list of commands in the README against the commands themselves: names, options, labels, arguments. */
class ReadmeTest {

    private static final String HEADING = "## Command line";
    /** An option, with its value unless it is a flag; or an argument in capitals. */
    private static final Pattern ITEM = Pattern.compile("--[a-z-]+(?: [A-Za-z:]+)?|[A-Z]+");

    @Test
    void shouldListEveryCommandWithAllItsOptions() throws IOException {
        assertThat(documented()).isEqualTo(commands(new CommandLine(new GalateaCommand()), ""));
    }

    private static Map<String, Set<String>> documented() throws IOException {
        String readme = Files.readString(Path.of(System.getProperty("repository.root"), "README.md"));
        String section = readme.substring(readme.indexOf(HEADING) + HEADING.length());
        String block = section.substring(0, section.indexOf("\n\n", 2)).replaceAll("\n {5,}", " ");
        Map<String, Set<String>> commands = new TreeMap<>();
        for (String line : block.strip().split("\n")) {
            Matcher names = Pattern.compile("\\s*\\./galatea((?: [a-z-]+)+)").matcher(line);
            assertThat(names.lookingAt()).as(line).isTrue();
            Set<String> items = new TreeSet<>();
            Matcher item = ITEM.matcher(line.substring(names.end()));
            while (item.find()) {
                items.add(item.group());
            }
            commands.put(names.group(1).strip(), items);
        }
        return commands;
    }

    /** Commands by name; one that does nothing by itself is listed if it has options. */
    private static Map<String, Set<String>> commands(CommandLine command, String name) {
        Map<String, Set<String>> commands = new TreeMap<>();
        Set<String> items = items(command.getCommandSpec());
        if (!name.isEmpty() && (command.getSubcommands().isEmpty() || !items.isEmpty())) {
            commands.put(name, items);
        }
        command.getSubcommands()
                .forEach((word, subcommand) -> commands.putAll(commands(subcommand, (name + " " + word).strip())));
        return commands;
    }

    private static Set<String> items(CommandSpec spec) {
        Set<String> items = new TreeSet<>();
        spec.options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(option -> option.longestName() + (option.arity().max() == 0 ? "" : " " + option.paramLabel()))
                .forEach(items::add);
        spec.positionalParameters().forEach(parameter -> items.add(parameter.paramLabel()));
        return items;
    }
}
