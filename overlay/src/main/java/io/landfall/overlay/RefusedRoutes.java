package io.landfall.overlay;

import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The refused routes of one session, the newest of them and no more than a bound: a peer that leaks
 * a full table pushes its own older ones out. A well-behaved peer's map is empty and costs nothing.
 */
final class RefusedRoutes {
  /** A host of the block, or the text of a prefix that is none. */
  private record Key(Object prefix, int pathId) {}

  /** The rest of it; made into text only when it is looked at. */
  private record Entry(String rule, Optional<PathAttributes> attributes, long nanos) {}

  private final int most;
  private final SequencedMap<Key, Entry> routes = new LinkedHashMap<>();

  RefusedRoutes(int most) {
    this.most = most;
  }

  /** A host of the block that the import policy refused. */
  void add(Nlri<HostAddress> route, String rule, PathAttributes attributes, long nowNanos) {
    put(
        new Key(route.prefix(), route.pathId()),
        new Entry(rule, Optional.of(attributes), nowNanos));
  }

  /** A prefix that is no host of the block. */
  void add(String prefix, String rule, long nowNanos) {
    put(new Key(prefix, 0), new Entry(rule, Optional.empty(), nowNanos));
  }

  private void put(Key key, Entry route) {
    routes.remove(key);
    if (routes.size() >= most) {
      routes.pollFirstEntry();
    }
    routes.put(key, route);
  }

  /** The peer withdrew it, or announced it anew and acceptably. */
  void forget(Nlri<HostAddress> route) {
    if (!routes.isEmpty()) {
      routes.remove(new Key(route.prefix(), route.pathId()));
    }
  }

  /** The session has ended. */
  void clear() {
    routes.clear();
  }

  int size() {
    return routes.size();
  }

  /** All of them, oldest first. */
  List<RefusedRoute> list() {
    List<RefusedRoute> list = new ArrayList<>(routes.size());
    routes.forEach(
        (key, entry) -> {
          String prefix =
              key.prefix() instanceof HostAddress host
                  ? host + "/" + host.block().hostLength()
                  : key.prefix().toString();
          list.add(
              new RefusedRoute(
                  prefix, key.pathId(), entry.rule(), entry.attributes(), entry.nanos()));
        });
    return list;
  }
}
