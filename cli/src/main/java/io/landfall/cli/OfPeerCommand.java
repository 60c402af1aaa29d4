package io.landfall.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall show VIEW [PEER]}: the table of a view, or everything of one peer in it. */
abstract class OfPeerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "PEER",
      description = "The name of a node or service host, its identity or address.")
  private @Nullable String peer;

  @Override
  public final Integer call() {
    return ShowCommand.print(
        spec, spec.name(), new ViewRead(spec.name(), Optional.ofNullable(peer)));
  }
}
