package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall show peers [PEER]}. */
@Command(
    name = "peers",
    description = {
      "Nodes that we speak to, and candidates that are no peers, with why.",
      "With PEER, everything known of one: session, capabilities, counters, last reset."
    },
    footer = {
      "",
      "Examples:",
      "  landfall show peers",
      "  landfall show peers nyc",
      "  landfall show peers 10.32.0.2 --json | jq .lastReset"
    })
final class ShowPeersCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "PEER", description = "A peer's name or identity.")
  private @Nullable String peer;

  /** For picocli. */
  ShowPeersCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    PrintWriter out = spec.commandLine().getOut();
    String wanted = peer;
    String body =
        wanted == null
            ? root.client().get("/v1/show/peers")
            : root.client().look("/v1/show/peers?peer=" + URLEncoder.encode(wanted, UTF_8));
    if (root.json()) {
      out.print(body);
    } else if (wanted == null) {
      Views.print("peers", Json.parse(body), out);
    } else {
      PeerText.print(Json.parse(body), out);
    }
    out.flush();
    return ExitCode.OK;
  }
}
