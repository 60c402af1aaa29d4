package io.landfall.admin;

import io.landfall.admin.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * An event of {@code monitor} in words, the same on a terminal and in the console: what it is about
 * and what became of it.
 */
public final class EventWords {
  private EventWords() {}

  /** What an event is about: a peer, a host with its name, a service or a node. */
  public static String what(JsonValue event) {
    return switch (event.text("type")) {
      case "refused" -> event.text("peer");
      case "route" -> {
        String name = event.get("name").isNull() ? "" : " " + event.text("name");
        yield event.text("address") + name;
      }
      default -> event.text("name");
    };
  }

  /** What became of it: before and after, or the rule by which it was refused. */
  public static String change(JsonValue event) {
    return switch (event.text("type")) {
      case "refused" -> event.text("cause");
      case "route" -> routeChange(event);
      default -> event.text("before") + " -> " + event.text("after");
    };
  }

  private static String routeChange(JsonValue event) {
    String before = paths(event.get("before"));
    String after = paths(event.get("after"));
    // What a path carries may change where the paths and their order do not.
    return before.equals(after) ? before + " (attributes)" : before + " -> " + after;
  }

  /** The nodes that offer it, best first and marked; what is unusual of one stands behind it. */
  private static String paths(JsonValue route) {
    List<String> nodes = new ArrayList<>();
    for (JsonValue path : route.get("paths").items()) {
      StringBuilder node = new StringBuilder(path.get("best").isTrue() ? "*" : "");
      node.append(path.text("node").isEmpty() ? path.text("nextHop") : path.text("node"));
      if (!path.text("signal").equals("UP")) {
        node.append('=').append(path.text("signal"));
      }
      if (!path.text("tier").equals("0")) {
        node.append("/tier").append(path.text("tier"));
      }
      if (!path.get("usable").isTrue()) {
        node.append("=unusable");
      }
      nodes.add(node.toString());
    }
    return nodes.isEmpty() ? "none" : String.join(" ", nodes);
  }
}
