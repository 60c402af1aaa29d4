package io.landfall.checks.separation.bad.lab;

import io.landfall.checks.separation.bad.cli.BadCommand;

/** A lab that needs the command it is started by. */
public final class BadLab {
  private BadLab() {}

  /** How many sites a command may start. */
  public static int sites(BadCommand command) {
    return command.hashCode() & 3;
  }
}
