package io.landfall.cli;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.ConfigurationStatus;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.admin.model.StatusPage;
import io.landfall.admin.model.TlsStatus;
import io.landfall.admin.model.TunnelStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.SequencedMap;

/** One page about a node: how much of each view is well, and everything that is not, by name. */
record StatusRead() implements Read {
  /** The word after {@code show}. */
  static final String VIEW = "status";

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    StatusPage page = new StatusPage();
    page.peers(JsonReader.readAll(client.get("/v1/show/peers"), PeerRow.class));
    page.services(JsonReader.readAll(client.get("/v1/show/services"), ServiceStatus.class));
    page.paths(JsonReader.readAll(client.get("/v1/show/bfd"), BfdRow.class));
    page.ingress(JsonReader.read(client.get("/v1/show/ingress"), IngressStatus.class));
    page.revocations(JsonReader.read(client.get("/v1/show/revocations"), RevocationStatus.class));
    page.tls(JsonReader.read(client.get("/v1/show/tls"), TlsStatus.class));
    page.tunnels(JsonReader.read(client.get("/v1/show/tunnels"), TunnelStatus.class));
    page.cache(JsonReader.read(client.get("/v1/show/cache"), CacheReport.class));
    page.configuration(
        JsonReader.read(client.get("/v1/show/configuration"), ConfigurationStatus.class));
    page.refused(JsonReader.readAll(client.get("/v1/show/refused"), RefusedRow.class));
    if (json) {
      out.print(json(page));
    } else {
      print(page, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static String json(StatusPage page) {
    JsonObject object = new JsonObject();
    page.counts()
        .forEach(
            (view, counts) -> {
              JsonObject numbers = new JsonObject();
              counts.forEach((what, count) -> numbers.put(what, count.longValue()));
              page.detail(view).ifPresent(more -> numbers.put(more.name(), more.value()));
              object.put(view, numbers);
            });
    return JsonWriter.text(object.put("problems", page.problems()));
  }

  private static void print(StatusPage page, PrintWriter out) {
    Table table = new Table("VIEW", "COUNTS");
    page.counts().forEach((view, counts) -> table.row(view, text(counts) + more(page, view)));
    table.print(out, "");
    out.println();
    List<String> problems = page.problems();
    if (problems.isEmpty()) {
      out.println("no problems");
      return;
    }
    Table list = new Table(problems.size() + (problems.size() == 1 ? " PROBLEM" : " PROBLEMS"));
    problems.forEach(list::row);
    list.print(out, "");
  }

  private static String more(StatusPage page, String view) {
    return page.detail(view).map(more -> ", " + more.name() + " " + more.value()).orElse("");
  }

  private static String text(SequencedMap<String, Long> counts) {
    return counts.isEmpty()
        ? "none"
        : Table.joined(
            ", ",
            counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .toList());
  }
}
