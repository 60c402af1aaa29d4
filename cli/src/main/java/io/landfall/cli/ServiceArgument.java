package io.landfall.cli;

import io.landfall.admin.json.JsonWriter;
import io.landfall.core.FailureText;
import io.landfall.core.ServiceName;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A service on the command line, checked before a node is asked. */
final class ServiceArgument {
  private ServiceArgument() {}

  static String name(CommandSpec spec, String name) {
    try {
      return new ServiceName(name).value();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), FailureText.of(e), e);
    }
  }

  /** The body of a command about one backend of a service. */
  static String backend(CommandSpec spec, String service, String url) {
    return JsonWriter.text(Map.of("service", name(spec, service), "backend", url));
  }

  static String path(CommandSpec spec, String name) {
    return "/v1/services/" + name(spec, name);
  }
}
