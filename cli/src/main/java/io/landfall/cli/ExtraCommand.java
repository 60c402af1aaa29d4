package io.landfall.cli;

import java.util.function.Supplier;

/**
 * A command of another room. Whoever starts the program hands it in, so that no room of a command
 * needs to know another's.
 *
 * @param name the first word on the command line
 * @param example its line among the examples of {@code landfall --help}
 * @param command makes the object that picocli fills in and runs
 */
public record ExtraCommand(String name, String example, Supplier<Object> command) {}
