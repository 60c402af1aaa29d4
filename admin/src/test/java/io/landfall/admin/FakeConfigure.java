package io.landfall.admin;

import io.landfall.admin.model.ConfigurationDiff;
import io.landfall.admin.model.ConfigurationStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A node's config that notes what was asked of it. */
final class FakeConfigure implements ConfigureBackend {
  private static final Instant NOON = Instant.parse("2026-10-17T12:00:00Z");

  private final List<String> commands;

  FakeConfigure(List<String> commands) {
    this.commands = commands;
  }

  @Override
  public ConfigurationStatus status() {
    return new ConfigurationStatus(
        2,
        "0123456789ab",
        "/etc/landfall/node.yaml",
        NOON,
        "uid 0 (pid 7)",
        OptionalLong.of(1),
        OptionalLong.of(42),
        Optional.of(
            new ConfigurationStatus.Attempt(
                NOON, "SIGHUP", "/etc/landfall/node.yaml", false, "node.yaml:3: node: is wrong")));
  }

  @Override
  public ConfigurationDiff diff(Path file) {
    return new ConfigurationDiff(
        List.of("~ log.level: info -> debug"), List.of(file + ": is wrong"));
  }

  @Override
  public CommandResult apply(Path file, OptionalLong confirmMillis, String actor) {
    commands.add("apply " + file + " " + confirmMillis.orElse(0) + " " + actor);
    return new CommandResult.Done("generation 2 is in force");
  }

  @Override
  public CommandResult confirm(String actor) {
    commands.add("confirm");
    return new CommandResult.Conflict("nothing waits for a confirmation");
  }

  @Override
  public CommandResult undo(String actor) {
    commands.add("undo");
    return new CommandResult.Done("generation 3 is in force");
  }
}
