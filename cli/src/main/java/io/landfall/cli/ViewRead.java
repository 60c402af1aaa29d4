package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.RefusedReport;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;

/**
 * A view, or all that it has of one peer.
 *
 * @param view its name
 * @param peer a name, identity or address
 */
record ViewRead(String view, Optional<String> peer) implements Read {
  /** Views that are shown as a whole only. */
  static final List<String> WHOLE =
      List.of(
          "services",
          "ingress",
          "bfd",
          "revocations",
          "tunnels",
          "tls",
          "decisions",
          "cache",
          "configuration");

  /** Views that there are of one peer, too. */
  static final List<String> OF_PEERS = List.of("peers", "refused");

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    String path = "/v1/show/" + view;
    String body =
        peer.isEmpty()
            ? client.get(path)
            : client.look(path + "?peer=" + URLEncoder.encode(peer.get(), UTF_8));
    if (json) {
      out.print(body);
    } else if (peer.isEmpty()) {
      ViewTables.print(view, body, out);
    } else if (view.equals("refused")) {
      RefusedText.print(JsonReader.read(body, RefusedReport.class), out);
    } else {
      PeerText.print(JsonReader.read(body, PeerReport.class), out);
    }
    out.flush();
    return ExitCode.OK;
  }
}
