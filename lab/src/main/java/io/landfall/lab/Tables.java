package io.landfall.lab;

import io.landfall.admin.client.HttpCall;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the tables of the lab's nodes over their admin sockets and says what they lack. */
public final class Tables {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long TIMEOUT_MILLIS = 2_000;

  private static final String SERVICES = "/v1/show/services";

  private final LabPlan plan;
  private final LabLayout layout;

  Tables(LabPlan plan, LabLayout layout) {
    this.plan = plan;
    this.layout = layout;
  }

  /**
   * What every table should show.
   *
   * @param nodes the sites whose nodes live
   * @param hosting for each service the sites that can serve it
   */
  public record Expected(List<String> nodes, Map<String, List<String>> hosting) {
    /** Copies the collections and keeps their order. */
    public Expected {
      nodes = List.copyOf(nodes);
      hosting = new LinkedHashMap<>(hosting);
    }

    /** Everything up. */
    public static Expected all(LabPlan plan) {
      Map<String, List<String>> hosting = new LinkedHashMap<>();
      plan.services().forEach(service -> hosting.put(service.name(), service.sites()));
      return new Expected(plan.sites().stream().map(LabPlan.Site::name).toList(), hosting);
    }
  }

  /** How the tables of these sites' nodes differ from what is expected; nothing when they agree. */
  public List<String> differences(List<String> readers, Expected expected) {
    List<String> all = new ArrayList<>();
    for (String reader : readers) {
      try {
        String body = read(plan.site(reader), "/v1/show/routes");
        List<String> found = differences(reader, nextHops(body), expected);
        if (found.isEmpty()) {
          found = unusable(reader, usableSites(read(plan.site(reader), SERVICES)), expected);
        }
        all.addAll(found);
      } catch (IOException e) {
        all.add(reader + " does not answer: " + FailureText.of(e));
      } catch (JacksonException e) {
        all.add(reader + " does not answer with JSON: " + e.getOriginalMessage());
      }
    }
    return all;
  }

  /** A GET of the admin API; the body. */
  public String read(LabPlan.Site site, String target) throws IOException {
    HttpCall.Answer answer =
        HttpCall.get(
            UnixDomainSocketAddress.of(layout.socket(site)), "localhost", target, TIMEOUT_MILLIS);
    if (answer.status() != 200) {
      throw new IOException("status " + answer.status() + " for " + target);
    }
    return answer.body();
  }

  /**
   * Removes a URL from the caches of all nodes, given at one of them.
   *
   * @return where it was applied, and when after the start, such as {@code fra 0.0 ms, nyc 4.1 ms}
   */
  String purge(LabPlan.Site site, String url) throws IOException {
    String body = "{\"url\":" + JsonText.quote(url) + "}";
    HttpCall.Answer answer =
        HttpCall.send(
            UnixDomainSocketAddress.of(layout.socket(site)),
            HttpCall.Request.json("POST", "localhost", "/v1/purge", body),
            TIMEOUT_MILLIS);
    if (answer.status() != 200) {
      throw new IOException("status " + answer.status() + " for a purge");
    }
    return applied(answer.body());
  }

  /** Whether an answer of {@code /v1/show/cache?url=} has a response that is not purged. */
  static boolean holds(String json) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        // What was purged is listed until it is asked for, or has to make room.
        if (token == JsonToken.VALUE_STRING
            && "state".equals(parser.currentName())
            && !"purged".equals(parser.getString())) {
          return true;
        }
      }
    }
    return false;
  }

  private static String applied(String json) {
    List<String> nodes = new ArrayList<>();
    String node = "";
    boolean applied = false;
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String name = parser.currentName();
        if (token == JsonToken.VALUE_STRING && "node".equals(name)) {
          node = parser.getString();
        } else if (token == JsonToken.VALUE_STRING && "outcome".equals(name)) {
          applied = parser.getString().equals("applied");
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT && applied && "lagMillis".equals(name)) {
          nodes.add("%s %.1f ms".formatted(node, parser.getDoubleValue()));
        }
      }
    }
    return String.join(", ", nodes);
  }

  private List<String> differences(
      String reader, Map<String, List<String>> routes, Expected expected) {
    List<String> all = new ArrayList<>();
    for (LabPlan.Site site : plan.sites()) {
      boolean wanted = expected.nodes().contains(site.name());
      boolean shown = !routes.getOrDefault(site.identity(), List.of()).isEmpty();
      if (wanted != shown) {
        all.add(reader + (wanted ? " has no path to " : " still has a path to ") + site.name());
      }
    }
    for (LabPlan.Service service : plan.services()) {
      TreeSet<String> wanted =
          new TreeSet<>(expected.hosting().getOrDefault(service.name(), List.of()));
      TreeSet<String> shown = new TreeSet<>();
      routes.getOrDefault(service.identity(), List.of()).forEach(hop -> shown.add(nameOf(hop)));
      if (!wanted.equals(shown)) {
        all.add(reader + " has " + service.name() + " at " + shown + ", not at " + wanted);
      }
    }
    return all;
  }

  /** A site is there for requests once its channel for them is proved, which follows its routes. */
  private List<String> unusable(
      String reader, Map<String, List<String>> usable, Expected expected) {
    List<String> all = new ArrayList<>();
    expected
        .hosting()
        .forEach(
            (service, sites) -> {
              for (String site : sites) {
                if (!site.equals(reader)
                    && expected.nodes().contains(site)
                    && !usable.getOrDefault(service, List.of()).contains(site)) {
                  all.add(reader + " cannot forward requests for " + service + " to " + site);
                }
              }
            });
    return all;
  }

  /** The sites to which requests for a service can be forwarded, by service. */
  private static Map<String, List<String>> usableSites(String json) {
    Map<String, List<String>> sites = new LinkedHashMap<>();
    String service = "";
    String site = "";
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String name = parser.currentName();
        if (token == JsonToken.VALUE_STRING && "name".equals(name)) {
          service = parser.getString();
        } else if (token == JsonToken.VALUE_STRING && "node".equals(name)) {
          site = parser.getString();
        } else if (token == JsonToken.VALUE_TRUE && "usable".equals(name)) {
          sites.computeIfAbsent(service, key -> new ArrayList<>()).add(site);
        }
      }
    }
    return sites;
  }

  /** The next hops by address. An address stands before its paths in what a node prints. */
  private static Map<String, List<String>> nextHops(String json) {
    Map<String, List<String>> hops = new LinkedHashMap<>();
    String address = "";
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token != JsonToken.VALUE_STRING || parser.currentName() == null) {
          continue;
        }
        if (parser.currentName().equals("address")) {
          address = parser.getString();
        } else if (parser.currentName().equals("nextHop")) {
          hops.computeIfAbsent(address, key -> new ArrayList<>()).add(parser.getString());
        }
      }
    }
    return hops;
  }

  private String nameOf(String identity) {
    return plan.sites().stream()
        .filter(site -> site.identity().equals(identity))
        .map(LabPlan.Site::name)
        .findFirst()
        .orElse(identity);
  }
}
