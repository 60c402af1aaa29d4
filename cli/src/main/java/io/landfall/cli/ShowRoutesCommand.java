package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall show routes [for ADDRESS] [from PEER] [all] [count]}, in birdc's words. */
@Command(
    name = "routes",
    description = {
      "The overlay table: hosts of the block, with every path; * is the best.",
      "  for ADDRESS  only the route to this host",
      "  from PEER    only paths from this peer: a name, an identity, or 'local'",
      "  all          every attribute, and why each path stands where it does",
      "  count        how many"
    },
    footer = {
      "",
      "Examples:",
      "  landfall show routes",
      "  landfall show routes for 10.32.1.10 all",
      "  landfall show routes from nyc count",
      "  landfall show routes --json"
    })
final class ShowRoutesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "WORD",
      description = "for ADDRESS, from PEER, all, count; in any order.")
  private List<String> words = new ArrayList<>();

  private Optional<String> address = Optional.empty();
  private Optional<String> from = Optional.empty();
  private boolean all;
  private boolean count;

  /** For picocli. */
  ShowRoutesCommand() {}

  @Override
  public Integer call() {
    read();
    Landfall root = Landfall.of(spec);
    String body =
        query().isEmpty()
            ? root.client().get("/v1/show/routes")
            : root.client().look("/v1/show/routes?" + query());
    PrintWriter out = spec.commandLine().getOut();
    List<Json> routes = Json.parse(body).items();
    if (count) {
      long paths = routes.stream().mapToLong(route -> route.get("paths").items().size()).sum();
      out.println(
          root.json()
              ? "{\"routes\":" + routes.size() + ",\"paths\":" + paths + "}"
              : of(routes.size(), "route") + ", " + of(paths, "path"));
    } else if (root.json()) {
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

  private static String of(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private void read() {
    Iterator<String> left = words.iterator();
    while (left.hasNext()) {
      String word = left.next();
      switch (word) {
        case "for" -> address = Optional.of(operand(left, "for", "ADDRESS", address));
        case "from" -> from = Optional.of(operand(left, "from", "PEER", from));
        case "all" -> all = true;
        case "count" -> count = true;
        default ->
            throw new ParameterException(
                spec.commandLine(),
                "'" + word + "' is not a word here: for ADDRESS, from PEER, all, count");
      }
    }
  }

  private String operand(Iterator<String> left, String word, String what, Optional<String> before) {
    if (!left.hasNext() || before.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "'" + word + "' takes one " + what + ", and stands once");
    }
    return left.next();
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
