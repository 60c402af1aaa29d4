package io.landfall.cli;

import io.landfall.admin.model.RouteRow;
import java.io.PrintWriter;
import java.util.List;

/** Routes with every attribute, a block of lines for each path: {@code show routes all}. */
final class RouteText {
  private static final int LABEL_WIDTH = 19;

  private RouteText() {}

  static void print(List<RouteRow> routes, PrintWriter out) {
    boolean first = true;
    for (RouteRow route : routes) {
      if (!first) {
        out.println();
      }
      first = false;
      List<RouteRow.Path> paths = route.paths();
      line(
          out,
          route.address()
              + "  "
              + route.kind()
              + (route.name().isEmpty() ? "" : " " + route.name())
              + "  "
              + paths.size()
              + (paths.size() == 1 ? " path" : " paths"));
      paths.forEach(path -> path(path, out));
    }
    if (first) {
      out.println("no routes");
    }
  }

  private static void path(RouteRow.Path path, PrintWriter out) {
    String node = path.detail().map(RouteRow.Detail::node).orElse("");
    line(
        out,
        (path.best() ? "* " : "  ")
            + "via "
            + path.nextHop()
            + (node.isEmpty() ? "" : " (" + node + ")")
            + "  from "
            + path.from()
            + "  "
            + path.signal()
            + "  tier "
            + path.tier()
            + "  cost "
            + path.cost()
            + "  age "
            + Table.duration(path.ageSeconds())
            + (path.detail().filter(detail -> !detail.usable()).isPresent() ? "  UNUSABLE" : ""));
    path.detail().ifPresent(detail -> detail(detail, out));
  }

  private static void detail(RouteRow.Detail detail, PrintWriter out) {
    label(out, "why", detail.why());
    RouteRow.Attributes attributes = detail.attributes();
    label(out, "ORIGIN", attributes.origin());
    label(
        out,
        "AS_PATH",
        attributes.asPath().isEmpty() ? "empty" : Table.joined(" ", attributes.asPath()));
    label(out, "NEXT_HOP", Table.text(attributes.nextHop()));
    label(out, "MED", Table.text(attributes.preference().med()));
    label(out, "LOCAL_PREF", Table.text(attributes.preference().localPref()));
    label(out, "COMMUNITIES", communities(attributes.communities()));
    label(out, "LARGE_COMMUNITIES", Table.joined(", ", attributes.largeCommunities()));
    label(out, "ORIGINATOR_ID", Table.text(attributes.reflection().originatorId()));
    label(out, "CLUSTER_LIST", Table.joined(" ", attributes.reflection().clusterList()));
    label(out, "OTC", Table.text(attributes.onlyToCustomer()));
    if (detail.pathId() != 0) {
      label(out, "path identifier", Long.toString(detail.pathId()));
    }
  }

  /** With the names of those that have one (RFC 1997, 8326, 9494). */
  private static String communities(List<String> list) {
    List<String> texts =
        list.stream()
            .map(
                text ->
                    switch (text) {
                      case "65535:0" -> text + " GRACEFUL_SHUTDOWN";
                      case "65535:6" -> text + " LLGR_STALE";
                      case "65535:7" -> text + " NO_LLGR";
                      case "65535:65281" -> text + " NO_EXPORT";
                      case "65535:65282" -> text + " NO_ADVERTISE";
                      default -> text;
                    })
            .toList();
    return texts.isEmpty() ? "-" : String.join(", ", texts);
  }

  /** One labelled line; an attribute that the route does not have has none. */
  private static void label(PrintWriter out, String label, String value) {
    if (!value.equals("-")) {
      String lead = "    " + label + " ".repeat(Math.max(1, LABEL_WIDTH - label.length()));
      Table.printLine(out, lead, value);
    }
  }

  private static void line(PrintWriter out, String text) {
    Table.printLine(out, text);
  }
}
