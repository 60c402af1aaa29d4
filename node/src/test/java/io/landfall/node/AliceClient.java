package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What Alice-LG's client for birdwatcher requests, in its order, and what it reads of the answers
 * with the types that it asserts; where it would fail or show "unknown", the test fails.
 *
 * <p>Written after github.com/alice-lg/alice-lg, folder pkg/sources/birdwatcher: {@code source.go}
 * of 18b9a6d2058e967528b6574e85aeb1f596efac14, {@code source_singletable.go} of
 * d0a48492c72e5f5657078dda467fa8eb8e852675, {@code source_multitable.go} of
 * ab9ba3cdbc57a5cabcae310b777958a4c7d0d1ac and of 11d028e28f965cb0ec128507a121f3409f9b91cd (older
 * paths), {@code parsers.go} of 0648f8e0953b6f44edd2c605481ed535cb5adaed, {@code client.go} of
 * 2c25d9618da03b0bb8e133eb833337fe6e03cf0e, {@code stream_decoder.go} of
 * 63925b5a5a626fc79bd981a451db5f5d60567bcf, {@code config.go} of
 * 143a8027f7ab1748c50b256b306427fe51046aa7; and pkg/decoders/{@code types.go} of
 * 18a4b677487d08341ad8f7ef9052c719410fb21d. It pages on its own side: no request has a page.
 */
final class AliceClient {
  private static final DateTimeFormatter SHORT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private final InetSocketAddress api;
  private final Map<String, String> config;

  /** The paths that were requested since the last look. */
  private final List<String> requested = new ArrayList<>();

  /**
   * A client.
   *
   * @param config the keys of {@code [source.ID.birdwatcher]}
   */
  AliceClient(InetSocketAddress api, Map<String, String> config) {
    this.api = api;
    this.config = config;
    // Layouts of Go: the times that they describe are read below.
    assertThat(config)
        .containsEntry("servertime", "2006-01-02T15:04:05Z07:00")
        .containsEntry("servertime_short", "2006-01-02 15:04:05")
        .containsEntry("servertime_ext", "2006-01-02 15:04:05")
        .containsEntry("timezone", "UTC");
  }

  /** What it shows of a node. */
  record Status(LocalDateTime now, LocalDateTime reboot, LocalDateTime reconfig, String routerId) {}

  /** A neighbor as it lists it. */
  record Neighbor(String id, String address, long asn, String state, Counts routes) {}

  /** Its columns of routes. */
  record Counts(long received, long accepted, long filtered, long exported, long preferred) {}

  /** A route as it lists it. */
  record Route(
      String network,
      String neighbor,
      String gateway,
      String learntFrom,
      boolean primary,
      List<List<Long>> largeCommunities) {}

  /** The three tabs of a neighbor. */
  record Tabs(List<Route> imported, List<Route> filtered, List<Route> notExported) {}

  /** The paths that were requested since this was asked last. */
  List<String> requested() {
    List<String> paths = List.copyOf(requested);
    requested.clear();
    return paths;
  }

  private boolean isMultiTable() {
    String type = config.getOrDefault("type", "");
    assertThat(type).isIn("single_table", "multi_table");
    return type.equals("multi_table");
  }

  /** Its client does not look at the HTTP status: an answer without "api" is an error. */
  private Map<String, Object> ask(String path) {
    requested.add(path);
    return ParsedJson.object(
        ParsedJson.parse(HttpWire.get(api, "127.0.0.1:" + api.getPort(), path).body()));
  }

  private Map<String, Object> good(String path) {
    Map<String, Object> answer = ask(path);
    assertThat(answer).as(path).containsKey("api");
    Map<String, Object> meta = member(answer, "api");
    text(meta, "Version");
    assertThat(meta.get("result_from_cache")).as(path).isInstanceOf(Boolean.class);
    Map<String, Object> cached = member(meta, "cache_status");
    OffsetDateTime.parse(text(member(cached, "cached_at"), "date"));
    OffsetDateTime.parse(text(answer, "ttl"));
    return answer;
  }

  /** What it shows when a path is wrong. */
  String error(String path) {
    Map<String, Object> answer = ask(path);
    assertThat(answer).doesNotContainKey("api");
    return text(answer, "error");
  }

  Status status() {
    Map<String, Object> status = member(good("/status"), "status");
    text(status, "version");
    text(status, "message");
    return new Status(
        time(status, "current_server"),
        time(status, "last_reboot"),
        time(status, "last_reconfig"),
        text(status, "router_id"));
  }

  /** The states of neighbors by their names. */
  Map<String, String> states() {
    Map<String, String> states = new LinkedHashMap<>();
    protocols("/protocols/short?uncached=true")
        .forEach(
            (id, protocol) -> {
              time(protocol, "since");
              states.put(id, text(protocol, "state"));
            });
    return states;
  }

  private Map<String, Map<String, Object>> protocols(String path) {
    Map<String, Map<String, Object>> protocols = new LinkedHashMap<>();
    member(good(path), "protocols")
        .forEach((id, each) -> protocols.put(id, ParsedJson.object(each)));
    return protocols;
  }

  List<Neighbor> neighbors() {
    Map<String, Map<String, Object>> all =
        protocols(isMultiTable() ? "/protocols" : "/protocols/bgp");
    Map<String, Long> pipeFiltered = isMultiTable() ? filteredByPipes(all) : Map.of();
    List<Neighbor> neighbors = new ArrayList<>();
    all.forEach(
        (id, protocol) -> {
          if (text(protocol, "bird_protocol").equals("BGP")) {
            neighbors.add(neighbor(id, protocol, pipeFiltered.getOrDefault(id, 0L)));
          }
        });
    return neighbors;
  }

  private static Neighbor neighbor(String id, Map<String, Object> protocol, long pipeFiltered) {
    time(protocol, "state_changed");
    text(protocol, "description");
    text(protocol, "last_error");
    long imported = routes(protocol, "imported");
    long filtered = routes(protocol, "filtered");
    return new Neighbor(
        id,
        text(protocol, "neighbor_address"),
        number(protocol, "neighbor_as"),
        text(protocol, "state").toLowerCase(Locale.ROOT),
        new Counts(
            imported + filtered,
            imported - pipeFiltered,
            filtered + pipeFiltered,
            routes(protocol, "exported"),
            routes(protocol, "preferred")));
  }

  /** How many routes of each neighbor it takes for filtered by the pipe of its table. */
  private Map<String, Long> filteredByPipes(Map<String, Map<String, Object>> all) {
    Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
    for (Map<String, Object> protocol : all.values()) {
      if (text(protocol, "bird_protocol").equals("BGP")) {
        tables.computeIfAbsent(text(protocol, "table"), _ -> new ArrayList<>()).add(protocol);
      }
    }
    Map<String, Long> filtered = new LinkedHashMap<>();
    tables.forEach(
        (table, peers) -> {
          List<Map<String, Object>> up =
              peers.stream().filter(each -> text(each, "state").equals("up")).toList();
          long imported = up.stream().mapToLong(each -> routes(each, "imported")).sum();
          Map<String, Object> pipe = all.getOrDefault(pipe(table), Map.of());
          long piped =
              !up.isEmpty() && "Pipe".equals(pipe.get("bird_protocol"))
                  ? routes(pipe, "imported")
                  : 0;
          if (imported == 0 || piped == imported) {
            return;
          }
          for (Map<String, Object> peer : peers) {
            String id = text(peer, "protocol");
            if (peers.size() == 1) {
              filtered.put(id, imported - piped);
            } else if (piped == 0) {
              filtered.put(id, routes(peer, "imported"));
            } else {
              String address = text(peer, "neighbor_address");
              filtered.put(id, filteredOf(table, address));
            }
          }
        });
    return filtered;
  }

  private long filteredOf(String table, String address) {
    String query = "?table=" + table + "&pipe=" + pipe(table) + "&address=" + address;
    return number(ask("/routes/pipe/filtered/count" + query), "routes");
  }

  /** The pipe from a peer's table to the main one; empty where the name of the table gives none. */
  private String pipe(String table) {
    String prefix = config.getOrDefault("peer_table_prefix", "");
    return table.startsWith(prefix)
        ? config.getOrDefault("pipe_protocol_prefix", "") + table.substring(prefix.length())
        : "";
  }

  /** The tabs of a neighbor. */
  Tabs routes(String neighbor) {
    List<Route> received = received(neighbor);
    List<Route> filtered = new ArrayList<>(filtered(neighbor));
    List<Route> imported = new ArrayList<>();
    if (!received.isEmpty()) {
      // Of the filtered ones it keeps those whose gateway is that of the first received route.
      Route first = received.getFirst();
      filtered.removeIf(
          each ->
              !each.gateway().equals(first.gateway())
                  && !each.gateway().equals(first.learntFrom())
                  && !each.learntFrom().equals(first.gateway()));
      imported.addAll(received);
      imported.removeIf(each -> filtered.stream().anyMatch(f -> f.network.equals(each.network)));
    }
    return new Tabs(imported, filtered, notExported(neighbor));
  }

  private List<Route> received(String neighbor) {
    if (!isMultiTable()) {
      return listed("/routes/protocol/" + neighbor);
    }
    Map<String, Object> protocol = protocols("/protocols").getOrDefault(neighbor, Map.of());
    return listed("/routes/peer/" + text(protocol, "neighbor_address"));
  }

  private List<Route> filtered(String neighbor) {
    if (!isMultiTable()) {
      return listed("/routes/filtered/" + neighbor);
    }
    String table = text(protocols("/protocols").getOrDefault(neighbor, Map.of()), "table");
    List<Route> filtered = new ArrayList<>(listed("/routes/filtered/" + neighbor));
    if (!pipe(table).isEmpty()) {
      filtered.addAll(listed("/routes/pipe/filtered?table=" + table + "&pipe=" + pipe(table)));
    }
    return filtered;
  }

  private List<Route> notExported(String neighbor) {
    if (!isMultiTable()) {
      return listed("/routes/noexport/" + neighbor);
    }
    String table = text(protocols("/protocols").getOrDefault(neighbor, Map.of()), "table");
    return listed("/routes/noexport/" + pipe(table));
  }

  /** All imported routes and all filtered ones, which its store of routes is filled from. */
  Tabs allRoutes() {
    String table = "/routes/table/" + config.getOrDefault("main_table", "");
    if (!isMultiTable()) {
      return new Tabs(listed(table), listed(table + "/filtered"), List.of());
    }
    Map<String, Map<String, Object>> all = protocols("/protocols");
    List<Route> imported = listed(table);
    List<Route> filtered = new ArrayList<>();
    all.forEach(
        (id, protocol) -> {
          if (text(protocol, "bird_protocol").equals("BGP")) {
            String peer = text(protocol, "neighbor_address");
            filtered(id).stream()
                .filter(each -> each.gateway().equals(peer) || each.learntFrom().equals(peer))
                .forEach(filtered::add);
          }
        });
    return new Tabs(imported, filtered, List.of());
  }

  List<Route> prefix(String prefix) {
    return listed("/routes/prefix?prefix=" + prefix);
  }

  private List<Route> listed(String path) {
    Map<String, Object> answer = good(path);
    assertThat(answer.get("routes")).as(path).isInstanceOf(List.class);
    return ParsedJson.rows(answer.getOrDefault("routes", List.of())).stream()
        .map(AliceClient::route)
        .toList();
  }

  private static Route route(Map<String, Object> row) {
    time(row, "age");
    text(row, "interface");
    number(row, "metric");
    assertThat(row.get("primary")).isInstanceOf(Boolean.class);
    assertThat(texts(row, "type")).isNotEmpty();
    Map<String, Object> bgp = member(row, "bgp");
    text(bgp, "origin");
    text(bgp, "next_hop");
    // Numbers as text, which it turns into numbers.
    Long.parseLong(text(bgp, "local_pref"));
    Long.parseLong(text(bgp, "med"));
    texts(bgp, "as_path").forEach(Long::parseLong);
    numbers(bgp, "communities", 2);
    assertThat(bgp.get("ext_communities")).isEqualTo(List.of());
    return new Route(
        text(row, "network"),
        text(row, "from_protocol"),
        text(row, "gateway"),
        text(row, "learnt_from"),
        (Boolean) row.getOrDefault("primary", false),
        numbers(bgp, "large_communities", 3));
  }

  private static Map<String, Object> member(Map<String, Object> object, String name) {
    assertThat(object).containsKey(name);
    return ParsedJson.object(object.getOrDefault(name, Map.of()));
  }

  private static LocalDateTime time(Map<String, Object> object, String name) {
    return LocalDateTime.parse(text(object, name), SHORT);
  }

  private static String text(Map<String, Object> object, String name) {
    Object value = object.get(name);
    assertThat(value).as(name + " of " + object).isInstanceOf(String.class).isNotEqualTo("null");
    return String.valueOf(value);
  }

  private static long number(Map<String, Object> object, String name) {
    Object value = object.get(name);
    assertThat(value).as(name + " of " + object).isInstanceOf(Long.class);
    return value instanceof Long number ? number : 0;
  }

  private static long routes(Map<String, Object> protocol, String name) {
    return number(member(protocol, "routes"), name);
  }

  private static List<String> texts(Map<String, Object> object, String name) {
    List<?> values = (List<?>) object.getOrDefault(name, List.of());
    assertThat(values).as(name).allMatch(String.class::isInstance);
    return values.stream().map(String::valueOf).toList();
  }

  private static List<List<Long>> numbers(Map<String, Object> object, String name, int each) {
    List<List<Long>> lists = new ArrayList<>();
    for (Object list : (List<?>) object.getOrDefault(name, List.of())) {
      List<Long> numbers = ((List<?>) list).stream().map(Long.class::cast).toList();
      assertThat(numbers).as(name).hasSize(each);
      lists.add(numbers);
    }
    return lists;
  }
}
