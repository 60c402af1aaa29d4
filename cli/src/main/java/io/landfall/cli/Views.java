package io.landfall.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** The tables that people read, from the JSON that scripts read. */
final class Views {
  private Views() {}

  static void print(String view, Json json, PrintWriter out) {
    switch (view) {
      case "routes" -> routes(json, out);
      case "peers" -> peers(json, out);
      case "services" -> services(json, out);
      case "ingress" -> ingress(json, out);
      case "bfd" -> BfdTable.print(json, out);
      case "revocations" -> revocations(json, out);
      case "refused" -> refused(json, out);
      case "decisions" -> decisions(json, out);
      default -> throw new IllegalArgumentException("no table for " + view);
    }
  }

  private static void routes(Json json, PrintWriter out) {
    Table table =
        new Table("ADDRESS", "KIND", "NAME", "NEXT HOP", "FROM", "TIER", "COST", "SIGNAL", "AGE");
    for (Json route : json.items()) {
      String address = route.text("address");
      String kind = route.text("kind");
      String name = route.text("name");
      for (Json path : route.get("paths").items()) {
        table.row(
            address,
            kind,
            name,
            (path.get("best").isTrue() ? "*" : " ") + path.text("nextHop"),
            path.text("from"),
            path.text("tier"),
            path.text("cost"),
            path.text("signal"),
            Table.duration(path.get("ageSeconds").number()));
        address = "";
        kind = "";
        name = "";
      }
    }
    table.print(out, "no routes");
  }

  private static void revocations(Json json, PrintWriter out) {
    if (json.get("file").isNull()) {
      out.println("the config names no trust.revoked");
      return;
    }
    if (!json.get("problem").isNull()) {
      out.println(Table.printable("NOT IN FORCE AS IT IS: " + json.text("problem")));
    }
    out.println(
        Table.printable(json.text("file") + ": in force as it was at " + json.text("appliedAt")));
    Table table = new Table("REVOKED", "WHAT");
    for (Json entry : json.get("entries").items()) {
      String[] words = entry.text().split(" ", 2);
      table.row(words[0], words.length > 1 ? words[1] : "");
    }
    table.print(out, "nothing is revoked");
  }

  private static void peers(Json json, PrintWriter out) {
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
    for (Json peer : json.items()) {
      table.row(
          peer.text("name"),
          peer.text("kind"),
          peer.text("asn"),
          peer.get("sinceSeconds").isNull()
              ? "never"
              : Table.duration(peer.get("sinceSeconds").number()),
          peer.text("state"),
          peer.text("routesReceived"),
          peer.text("routesAccepted"),
          peer.text("routesRefused"),
          peer.text("routesSent"),
          peer.text("identity"),
          peer.text("endpoint"),
          peer.text("lastError"));
    }
    table.print(out, "no peers and no candidates");
  }

  private static void services(Json json, PrintWriter out) {
    Table table =
        new Table("NAME", "IDENTITY", "HOSTS", "SITE", "SIGNAL", "TIER", "COST", "USABLE", "WHY");
    for (Json service : json.items()) {
      List<String> hosts = new ArrayList<>();
      service.get("hosts").items().forEach(host -> hosts.add(host.text()));
      String name = service.text("name");
      String identity = service.text("identity");
      String selectors = String.join(",", hosts);
      Json local = service.get("local");
      if (!local.isNull()) {
        table.row(
            name,
            identity,
            selectors,
            "here",
            local.text("signal"),
            local.text("tier"),
            "-",
            local.text("signal").equals("DOWN") ? "no" : "yes",
            localWhy(local));
      } else if (service.get("sites").items().isEmpty()) {
        table.row(name, identity, selectors, "-", "-", "-", "-", "no", "no site advertises it");
        continue;
      }
      boolean first = local.isNull();
      for (Json site : service.get("sites").items()) {
        table.row(
            first ? name : "",
            first ? identity : "",
            first ? selectors : "",
            site.text("node"),
            site.text("signal"),
            site.text("tier"),
            site.text("cost"),
            site.get("usable").isTrue() ? "yes" : "no",
            site.text("why"));
        first = false;
      }
    }
    table.print(out, "no services");
  }

  private static String localWhy(Json local) {
    List<String> parts = new ArrayList<>();
    parts.add(local.text("why"));
    List<Json> backends = local.get("backends").items();
    if (!backends.isEmpty() && !local.text("why").endsWith("backends up")) {
      long healthy = backends.stream().filter(each -> each.get("healthy").isTrue()).count();
      parts.add(healthy + " of " + backends.size() + " backends healthy");
    }
    for (Json backend : backends) {
      if (!backend.get("healthy").isTrue() && !backend.get("lastError").isNull()) {
        parts.add(backend.text("url") + ": " + backend.text("lastError"));
      }
    }
    for (Json speaker : local.get("speakers").items()) {
      parts.add(speakerSays(speaker));
    }
    Json lease = local.get("lease");
    if (!lease.isNull() && lease.get("remainingMillis").number() > 0) {
      parts.add(
          "lease: "
              + Table.duration(lease.get("remainingMillis").number() / 1_000)
              + " of "
              + Table.duration(lease.get("ttlMillis").number() / 1_000)
              + " left");
    }
    if (!local.get("dampedUntil").isNull()) {
      parts.add("changes held until " + local.text("dampedUntil"));
    }
    return String.join("; ", parts);
  }

  private static String speakerSays(Json speaker) {
    String who = speaker.text("host") + " (" + speaker.text("session") + ")";
    if (speaker.get("says").isNull()) {
      return who + " says nothing";
    }
    String med = speaker.get("med").isNull() ? "no MED" : "MED " + speaker.text("med");
    return who
        + " says "
        + speaker.text("says")
        + " tier "
        + speaker.text("tier")
        + " by "
        + med
        + " since "
        + speaker.text("since");
  }

  private static void ingress(Json json, PrintWriter out) {
    Table prefixes = new Table("PREFIX", "UPSTREAM", "STATE", "SINCE");
    for (Json row : json.get("prefixes").items()) {
      prefixes.row(row.text("prefix"), row.text("upstream"), row.text("state"), row.text("since"));
    }
    prefixes.print(out, "nothing is announced: the config has no ingress");
    Table sessions = new Table("UPSTREAM", "ASN", "STATE", "SINCE", "LAST RESET", "LAST ERROR");
    List<Json> rows = json.get("sessions").items();
    for (Json row : rows) {
      sessions.row(
          row.text("upstream"),
          row.text("asn"),
          row.text("state"),
          row.text("since"),
          row.text("lastReset"),
          // One sentence is enough when nothing went wrong since.
          row.text("lastError").equals(row.text("lastReset")) ? "-" : row.text("lastError"));
    }
    if (!rows.isEmpty()) {
      out.println();
      sessions.print(out, "");
    }
    out.println();
    out.println("updates sent: " + json.text("updatesSent"));
  }

  private static void refused(Json json, PrintWriter out) {
    Table table = new Table("PEER", "REASON", "RULE", "COUNT", "LAST", "WHAT");
    Table subjects = new Table("PEER", "RULE", "ATTRIBUTE OR FAMILY", "COUNT");
    boolean anySubject = false;
    for (Json row : json.items()) {
      table.row(
          row.text("peer"),
          row.text("reason"),
          row.text("rule"),
          row.text("count"),
          row.text("last"),
          row.text("what"));
      for (Json each : row.get("subjects").items()) {
        anySubject = true;
        subjects.row(row.text("peer"), row.text("rule"), each.text("subject"), each.text("count"));
      }
    }
    table.print(out, "nothing was refused");
    if (anySubject) {
      out.println();
      subjects.print(out, "");
    }
  }

  private static void decisions(Json json, PrintWriter out) {
    Table table =
        new Table(
            "TIME", "OUTCOME", "REASON", "NODE", "STATUS", "MILLIS", "METHOD", "HOST", "PATH");
    for (Json row : json.items()) {
      table.row(
          row.text("time"),
          row.text("outcome"),
          row.text("reason"),
          row.text("node"),
          row.text("status"),
          row.text("millis"),
          row.text("method"),
          row.text("host"),
          row.text("path"));
    }
    table.print(out, "no requests yet");
  }

  static void explain(Json json, PrintWriter out) {
    out.println(
        Table.printable(
            json.text("host")
                + json.text("path")
                + ": "
                + json.text("outcome")
                + " ("
                + json.text("reason")
                + "): "
                + json.text("why")));
    out.println(
        json.get("service").isNull()
            ? "no service answers for this host and path"
            : "service: " + Table.printable(json.text("service")));
    Table table = new Table("", "NODE", "USABLE", "WHY");
    int place = 1;
    for (Json step : json.get("candidates").items()) {
      boolean usable = step.get("usable").isTrue();
      table.row(
          usable ? place++ + "." : "-", step.text("node"), usable ? "yes" : "no", step.text("why"));
    }
    table.print(out, "no candidates");
  }
}
