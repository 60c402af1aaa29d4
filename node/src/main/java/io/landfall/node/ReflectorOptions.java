package io.landfall.node;

import io.landfall.config.WatchConfig;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.overlay.NodeDirectory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code key=value} arguments of {@link Reflector}. */
final class ReflectorOptions {
  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final HostAddress identity;

  private ReflectorOptions(String[] args) {
    for (String arg : args) {
      int equals = arg.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException("'" + arg + "' is not key=value");
      }
      values
          .computeIfAbsent(arg.substring(0, equals), _ -> new ArrayList<>())
          .add(arg.substring(equals + 1));
    }
    this.identity = Block.parse(needed("block")).parseHost(needed("identity"));
  }

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static ReflectorOptions parse(String[] args) {
    return new ReflectorOptions(args);
  }

  List<String> all(String key) {
    return values.getOrDefault(key, List.of());
  }

  String text(String key, String otherwise) {
    List<String> given = all(key);
    return given.isEmpty() ? otherwise : given.getLast();
  }

  private String needed(String key) {
    String text = text(key, "");
    if (text.isEmpty()) {
      throw new IllegalArgumentException(key + "= is missing");
    }
    return text;
  }

  int number(String key, int otherwise) {
    return Integer.parseInt(text(key, Integer.toString(otherwise)));
  }

  boolean flag(String key) {
    return text(key, "false").equals("true");
  }

  HostAddress identity() {
    return identity;
  }

  Optional<InetSocketAddress> listen() {
    return Optional.of(text("listen", "")).filter(t -> !t.isEmpty()).map(ReflectorOptions::socket);
  }

  private static InetSocketAddress socket(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        // An IPv6 address stands in brackets, because of the port behind it.
        InetAddress.ofLiteral(text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1")),
        Integer.parseInt(text.substring(colon + 1)));
  }

  /** Who watches. */
  WatchConfig watch() {
    long statisticsMillis = 1_000L * number("statistics", 60);
    List<WatchConfig.Station> stations =
        all("bmp").stream()
            .map(ReflectorOptions::socket)
            .map(
                at ->
                    new WatchConfig.Station(
                        at, statisticsMillis, WatchConfig.DEFAULT_PENDING_BYTES))
            .toList();
    Optional<Path> updates = file("mrt-updates");
    Optional<Path> table = file("mrt-table");
    WatchConfig.Mrt files =
        new WatchConfig.Mrt(
            updates, table, 1_000L * number("mrt-rotate", 900), WatchConfig.DEFAULT_KEEP);
    return new WatchConfig(
        stations, updates.isEmpty() && table.isEmpty() ? Optional.empty() : Optional.of(files));
  }

  private Optional<Path> file(String key) {
    return Optional.of(text(key, "")).filter(t -> !t.isEmpty()).map(Path::of);
  }

  /** Who may be heard of through a neighbour that speaks for others; nobody unless it is said. */
  NodeDirectory directory() {
    List<Range> nodes = all("nodes").stream().map(this::range).toList();
    boolean anything = text("entitle", "").equals("any-in-block");
    return new NodeDirectory() {
      @Override
      public boolean isNode(HostAddress address) {
        for (Range range : nodes) {
          if (range.contains(address.offset())) {
            return true;
          }
        }
        return false;
      }

      @Override
      public boolean isEntitled(HostAddress node, HostAddress service) {
        return anything;
      }
    };
  }

  /** A prefix inside the block, as offsets: this is asked for every route. */
  private record Range(int first, int count) {
    boolean contains(int offset) {
      return offset >= first && offset - first < count;
    }
  }

  private Range range(String prefix) {
    Block inner = Block.parse(prefix);
    int first = identity.block().offsetOf(inner.network());
    if (first < 0 || inner.size() > identity.block().size()) {
      throw new IllegalArgumentException(prefix + " is not inside " + identity.block());
    }
    return new Range(first, inner.size());
  }
}
