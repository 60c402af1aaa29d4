package io.landfall.admin;

import io.landfall.admin.model.ConfigurationDiff;
import io.landfall.admin.model.ConfigurationStatus;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What the admin API asks of the config that the node runs with. As with {@link AdminBackend}, each
 * method is called on a virtual thread and may wait.
 */
public interface ConfigureBackend {
  /** The config in force, and what became of the last attempt to change it. */
  ConfigurationStatus status();

  /**
   * What another file has differently, and why the node could not go on with it; changes nothing.
   *
   * @param file an absolute path
   */
  ConfigurationDiff diff(Path file);

  /**
   * Puts a file in force, whole or not at all.
   *
   * @param file an absolute path
   * @param confirmMillis after so long without {@link #confirm} the config before comes back; empty
   *     when it needs no confirmation
   * @param actor who asks, for the log and for {@link #status}
   */
  CommandResult apply(Path file, OptionalLong confirmMillis, String actor);

  /** The config that was applied with a time to confirm it stays. */
  CommandResult confirm(String actor);

  /** The config before the last change comes back; once. */
  CommandResult undo(String actor);
}
