package io.landfall.cli;

import java.io.PrintWriter;
import java.util.List;

/** Routes with every attribute, a block of lines for each path: {@code show routes all}. */
final class RouteText {
  private static final int LABEL_WIDTH = 19;

  private RouteText() {}

  static void print(List<Json> routes, PrintWriter out) {
    boolean first = true;
    for (Json route : routes) {
      if (!first) {
        out.println();
      }
      first = false;
      List<Json> paths = route.get("paths").items();
      line(
          out,
          route.text("address")
              + "  "
              + route.text("kind")
              + (route.text("name").isEmpty() ? "" : " " + route.text("name"))
              + "  "
              + paths.size()
              + (paths.size() == 1 ? " path" : " paths"));
      paths.forEach(path -> path(path, out));
    }
    if (first) {
      out.println("no routes");
    }
  }

  private static void path(Json path, PrintWriter out) {
    String node = path.text("node");
    line(
        out,
        (path.get("best").isTrue() ? "* " : "  ")
            + "via "
            + path.text("nextHop")
            + (node.isEmpty() ? "" : " (" + node + ")")
            + "  from "
            + path.text("from")
            + "  "
            + path.text("signal")
            + "  tier "
            + path.text("tier")
            + "  cost "
            + path.text("cost")
            + "  age "
            + Table.duration(path.get("ageSeconds").number())
            + (path.get("usable").isTrue() ? "" : "  UNUSABLE"));
    label(out, "why", path.text("why"));
    Json attributes = path.get("attributes");
    label(out, "ORIGIN", attributes.text("origin"));
    String asPath = attributes.get("asPath").joined(" ");
    label(out, "AS_PATH", asPath.equals("-") ? "empty" : asPath);
    label(out, "NEXT_HOP", attributes.text("nextHop"));
    label(out, "MED", attributes.text("med"));
    label(out, "LOCAL_PREF", attributes.text("localPref"));
    label(out, "COMMUNITIES", communities(attributes.get("communities")));
    label(out, "LARGE_COMMUNITIES", attributes.get("largeCommunities").joined(", "));
    label(out, "ORIGINATOR_ID", attributes.text("originatorId"));
    label(out, "CLUSTER_LIST", attributes.get("clusterList").joined(" "));
    label(out, "OTC", attributes.text("onlyToCustomer"));
    if (!path.text("pathId").equals("0")) {
      label(out, "path identifier", path.text("pathId"));
    }
  }

  /** With the names of those that have one (RFC 1997, 8326, 9494). */
  private static String communities(Json list) {
    List<String> texts =
        list.items().stream()
            .map(Json::text)
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
      line(out, "    " + label + " ".repeat(Math.max(1, LABEL_WIDTH - label.length())) + value);
    }
  }

  private static void line(PrintWriter out, String text) {
    out.println(Table.printable(text));
  }
}
