package io.landfall.cli;

import io.landfall.core.ServiceName;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A service on the command line, checked before a node is asked. */
final class ServiceArgument {
  private ServiceArgument() {}

  static String name(CommandSpec spec, String name) {
    try {
      return new ServiceName(name).value();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  static String path(CommandSpec spec, String name) {
    return "/v1/services/" + name(spec, name);
  }
}
