package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The overlay table, in birdc's words.
 *
 * @param address only the route to this host
 * @param from only paths from this peer
 * @param all whether every attribute is wanted
 * @param count whether only their number is
 */
record RoutesRead(Optional<String> address, Optional<String> from, boolean all, boolean count)
    implements Read {
  /**
   * What these words ask for.
   *
   * @throws IllegalArgumentException with a sentence, when they ask for nothing
   */
  static RoutesRead of(List<String> words) {
    Optional<String> address = Optional.empty();
    Optional<String> from = Optional.empty();
    boolean all = false;
    boolean count = false;
    Iterator<String> left = words.iterator();
    while (left.hasNext()) {
      String word = left.next();
      switch (word) {
        case "for" -> address = Optional.of(operand(left, "for", "ADDRESS", address));
        case "from" -> from = Optional.of(operand(left, "from", "PEER", from));
        case "all" -> all = true;
        case "count" -> count = true;
        default ->
            throw new IllegalArgumentException(
                "'" + word + "' is not a word here: for ADDRESS, from PEER, all, count");
      }
    }
    return new RoutesRead(address, from, all, count);
  }

  private static String operand(
      Iterator<String> left, String word, String what, Optional<String> before) {
    if (!left.hasNext() || before.isPresent()) {
      throw new IllegalArgumentException("'" + word + "' takes one " + what + ", and stands once");
    }
    return left.next();
  }

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    String body =
        query().isEmpty()
            ? client.get("/v1/show/routes")
            : client.look("/v1/show/routes?" + query());
    List<Json> routes = Json.parse(body).items();
    if (count) {
      long paths = routes.stream().mapToLong(route -> route.get("paths").items().size()).sum();
      out.println(
          json
              ? "{\"routes\":" + routes.size() + ",\"paths\":" + paths + "}"
              : number(routes.size(), "route") + ", " + number(paths, "path"));
    } else if (json) {
      out.print(body);
    } else if (all) {
      RouteText.print(routes, out);
    } else if (!routes.isEmpty() || query().isEmpty()) {
      Views.print("routes", Json.parse(body), out);
    }
    out.flush();
    if (routes.isEmpty() && address.isPresent()) {
      throw new CliFailure(
          ExitCode.NO,
          "no route to " + address.get() + from.map(peer -> " from " + peer).orElse(""));
    }
    return ExitCode.OK;
  }

  private static String number(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private String query() {
    List<String> parts = new ArrayList<>();
    address.ifPresent(text -> parts.add("for=" + URLEncoder.encode(text, UTF_8)));
    from.ifPresent(text -> parts.add("from=" + URLEncoder.encode(text, UTF_8)));
    if (all) {
      parts.add("all=true");
    }
    return String.join("&", parts);
  }
}
