package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.net.URLEncoder;
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

  /** What people read of one peer. */
  abstract void ofPeer(Json peer, PrintWriter out);

  @Override
  public final Integer call() {
    Landfall root = Landfall.of(spec);
    PrintWriter out = spec.commandLine().getOut();
    String view = spec.name();
    String path = "/v1/show/" + view;
    String wanted = peer;
    String body =
        wanted == null
            ? root.client().get(path)
            : root.client().look(path + "?peer=" + URLEncoder.encode(wanted, UTF_8));
    if (root.json()) {
      out.print(body);
    } else if (wanted == null) {
      Views.print(view, Json.parse(body), out);
    } else {
      ofPeer(Json.parse(body), out);
    }
    out.flush();
    return ExitCode.OK;
  }
}
