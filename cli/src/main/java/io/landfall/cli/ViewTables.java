package io.landfall.cli;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.ConfigurationStatus;
import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.admin.model.RouteRow;
import io.landfall.admin.model.TlsStatus;
import io.landfall.admin.model.TunnelStatus;
import java.io.PrintWriter;
import java.util.List;

/** The tables that people read, from the records that scripts read as JSON. */
final class ViewTables {
  private ViewTables() {}

  static void print(String view, String json, PrintWriter out) {
    switch (view) {
      case "peers" -> peers(JsonReader.readAll(json, PeerRow.class), out);
      case "services" -> ServiceTable.print(json, out);
      case "ingress" -> ingress(JsonReader.read(json, IngressStatus.class), out);
      case "bfd" -> bfd(JsonReader.readAll(json, BfdRow.class), out);
      case "revocations" -> revocations(JsonReader.read(json, RevocationStatus.class), out);
      case "tunnels" -> tunnels(JsonReader.read(json, TunnelStatus.class), out);
      case "tls" -> TlsText.print(JsonReader.read(json, TlsStatus.class), out);
      case "refused" -> refused(JsonReader.readAll(json, RefusedRow.class), out);
      case "cache" -> CacheText.print(JsonReader.read(json, CacheReport.class), out);
      case "configuration" ->
          ConfigurationText.print(JsonReader.read(json, ConfigurationStatus.class), out);
      case "decisions" -> decisions(JsonReader.readAll(json, DecisionView.class), out);
      default -> throw new IllegalArgumentException("no table for " + view);
    }
  }

  static void routes(List<RouteRow> routes, PrintWriter out) {
    Table table =
        new Table("ADDRESS", "KIND", "NAME", "NEXT HOP", "FROM", "TIER", "COST", "SIGNAL", "AGE");
    for (RouteRow route : routes) {
      boolean first = true;
      for (RouteRow.Path path : route.paths()) {
        table.row(
            first ? route.address() : "",
            first ? route.kind() : "",
            first ? route.name() : "",
            (path.best() ? "*" : " ") + path.nextHop(),
            path.from(),
            Long.toString(path.tier()),
            Long.toString(path.cost()),
            path.signal(),
            Table.duration(path.ageSeconds()));
        first = false;
      }
    }
    table.print(out, "no routes");
  }

  private static void revocations(RevocationStatus status, PrintWriter out) {
    if (status.file().isEmpty()) {
      out.println("the config names no trust.revoked");
      return;
    }
    status
        .problem()
        .ifPresent(problem -> Table.printLine(out, "NOT IN FORCE AS IT IS: " + problem));
    Table.printLine(
        out, status.file().get() + ": in force as it was at " + Table.time(status.appliedAt()));
    Table table = new Table("REVOKED", "WHAT");
    for (String entry : status.entries()) {
      int space = entry.indexOf(' ');
      table.row(
          space < 0 ? entry : entry.substring(0, space),
          space < 0 ? "" : entry.substring(space + 1));
    }
    table.print(out, "nothing is revoked");
  }

  private static void tunnels(TunnelStatus status, PrintWriter out) {
    Table table = new Table("OPEN", "MOST", "OPENED", "REFUSED", "TURNED AWAY", "IDLE", "BROKEN");
    table.row(
        Long.toString(status.open()),
        Long.toString(status.most()),
        Long.toString(status.opened()),
        Long.toString(status.refused()),
        Long.toString(status.turnedAway()),
        Long.toString(status.idle()),
        Long.toString(status.broken()));
    table.print(out, "");
  }

  private static void peers(List<PeerRow> peers, PrintWriter out) {
    // The order of "gobgp neighbor", which operators know, then what it does not have.
    Table table =
        new Table(
            "PEER",
            "KIND",
            "AS",
            "UP/DOWN",
            "STATE",
            "RECEIVED",
            "ACCEPTED",
            "REFUSED",
            "SENT",
            "IDENTITY",
            "ENDPOINT",
            "LAST RESET");
    for (PeerRow peer : peers) {
      table.row(
          Table.text(peer.who().name()),
          peer.kind(),
          Table.text(peer.asn()),
          peer.sinceSeconds().isEmpty()
              ? "never"
              : Table.duration(peer.sinceSeconds().getAsDouble()),
          peer.session().state(),
          Long.toString(peer.routes().routesReceived()),
          Long.toString(peer.routes().routesAccepted()),
          Long.toString(peer.routes().routesRefused()),
          Long.toString(peer.routes().routesSent()),
          Table.text(peer.who().identity()),
          peer.endpoint(),
          peer.learnedFrom().isEmpty() ? Table.text(peer.lastError()) : learned(peer));
    }
    table.print(out, "no peers and no candidates");
  }

  private static String learned(PeerRow candidate) {
    List<String> from = candidate.learnedFrom().orElse(List.of());
    String source =
        from.isEmpty() ? "named by no peer now" : "learned from " + String.join(", ", from);
    return candidate.lastError().map(error -> source + "; " + error).orElse(source);
  }

  private static void ingress(IngressStatus ingress, PrintWriter out) {
    Table prefixes = new Table("PREFIX", "UPSTREAM", "STATE", "SINCE");
    for (IngressStatus.PrefixState row : ingress.prefixes()) {
      prefixes.row(row.prefix(), row.upstream(), row.state(), Table.time(row.since()));
    }
    prefixes.print(out, "nothing is announced: the config has no ingress");
    Table sessions = new Table("UPSTREAM", "ASN", "STATE", "SINCE", "LAST RESET", "LAST ERROR");
    for (IngressStatus.SessionState row : ingress.sessions()) {
      sessions.row(
          row.upstream(),
          Long.toString(row.asn()),
          row.state(),
          Table.time(row.since()),
          Table.text(row.lastReset()),
          // One sentence is enough when nothing went wrong since.
          row.lastError().equals(row.lastReset()) ? "-" : Table.text(row.lastError()));
    }
    if (!ingress.sessions().isEmpty()) {
      out.println();
      sessions.print(out, "");
    }
    out.println();
    Table.printLine(out, "intent: " + ingress.intent());
    ingress.operator().ifPresent(what -> Table.printLine(out, "by operators: " + what));
    out.println("updates sent: " + ingress.updatesSent());
  }

  private static void bfd(List<BfdRow> rows, PrintWriter out) {
    Table table =
        new Table(
            "PEER",
            "ADDRESS",
            "STATE",
            "REMOTE",
            "PATH",
            "SINCE",
            "TX",
            "RX",
            "DETECT",
            "AUTH",
            "DOWNS",
            "DISCARDED",
            "LAST DOWN");
    for (BfdRow row : rows) {
      if (!row.isSession()) {
        String discarded = Long.toString(row.counts().discardedByAnyRule());
        table.row(
            row.peer(), row.address(), "-", "-", "-", "-", "-", "-", "-", "-", "-", discarded, "-");
        continue;
      }
      table.row(
          row.peer(),
          row.address(),
          row.states().state(),
          row.states().remoteState(),
          row.states().path(),
          Table.time(row.states().since()),
          Table.millis((double) row.times().transmitMillis()),
          Table.millis((double) row.times().receiveMillis()),
          Table.millis((double) row.times().detectionMillis()),
          row.authentication(),
          Long.toString(row.counts().downs()),
          Long.toString(row.counts().discardedByAnyRule()),
          row.lastDown().isEmpty() ? "-" : row.lastDown());
    }
    table.print(out, "no BFD sessions");
  }

  private static void refused(List<RefusedRow> rows, PrintWriter out) {
    Table table = new Table("PEER", "REASON", "RULE", "COUNT", "LAST", "WHAT");
    Table subjects = new Table("PEER", "RULE", "ATTRIBUTE OR FAMILY", "COUNT");
    boolean anySubject = false;
    for (RefusedRow row : rows) {
      table.row(
          row.peer(),
          Long.toString(row.reason()),
          row.rule(),
          Long.toString(row.count()),
          Table.time(row.last()),
          row.what());
      for (RefusedRow.Subject each : row.subjects()) {
        anySubject = true;
        subjects.row(row.peer(), row.rule(), each.subject(), Long.toString(each.count()));
      }
    }
    table.print(out, "nothing was refused");
    if (anySubject) {
      out.println();
      subjects.print(out, "");
    }
  }

  private static void decisions(List<DecisionView> rows, PrintWriter out) {
    Table table =
        new Table(
            "TIME",
            "OUTCOME",
            "REASON",
            "FROM/FAILURE",
            "STATUS",
            "TOOK",
            "METHOD",
            "HOST",
            "PATH");
    for (DecisionView row : rows) {
      table.row(
          Table.time(row.time()),
          row.answer().outcome(),
          row.answer().reason(),
          row.answer().node(),
          Integer.toString(row.answer().status()),
          Table.millis(row.millis()),
          row.asked().method(),
          row.asked().host(),
          row.asked().path());
    }
    table.print(out, "no requests yet");
  }

  static void explain(ExplainView view, PrintWriter out) {
    ExplainView.Outcome decision = view.decision();
    Table.printLine(
        out,
        view.host()
            + view.path()
            + ": "
            + decision.outcome()
            + " ("
            + decision.reason()
            + "): "
            + decision.why());
    out.println(
        view.service()
            .map(service -> "service: " + Table.printable(service))
            .orElse("no service answers for this host and path"));
    view.rules().forEach(rule -> Table.printLine(out, "before that: " + rule));
    view.cache().ifPresent(cached -> Table.printLine(out, CacheText.line(cached)));
    Table table = new Table("", "NODE", "USABLE", "WHY");
    int place = 1;
    for (ExplainView.Step step : view.candidates()) {
      table.row(
          step.usable() ? place++ + "." : "-",
          step.node(),
          step.usable() ? "yes" : "no",
          step.why());
    }
    table.print(out, "no candidates");
  }
}
