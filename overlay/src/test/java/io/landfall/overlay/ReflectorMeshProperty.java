package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three reflectors and six clients, each client with all reflectors, under random losses of streams
 * and of whole reflectors: once quiet, every client knows every service that is offered by a client
 * with a reflector that they share, exactly once for each such reflector.
 */
class ReflectorMeshProperty {
  private static final int REFLECTORS = 3;
  private static final int CLIENTS = 6;
  private static final int SERVICES = 4;
  private static final List<Signal> SIGNALS = List.of(Signal.values());
  private static final long SECOND = 1_000_000_000L;

  private final OverlayNet net = new OverlayNet();
  private final List<Node> reflectors = new ArrayList<>();
  private final List<Node> clients = new ArrayList<>();

  /** Streams by the two nodes' numbers: reflectors first, then clients. */
  private final Map<Integer, Long> streams = new TreeMap<>();

  /** What each client says, as the table writes it. */
  private final List<Map<HostAddress, String>> said = new ArrayList<>();

  private final boolean[] dead = new boolean[REFLECTORS];

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyClientHearsEveryServiceOverEachReflectorThatItsNodeAndItShare(long seed) {
    Random random = new Random(seed);
    build();
    for (int round = 0; round < 60; round++) {
      for (int change = random.nextInt(6); change >= 0; change--) {
        change(random);
      }
      if (random.nextInt(3) == 0) {
        net.run(random.nextInt(4) * SECOND);
      }
      net.settle();
      // Refused connections are tried again once the hold-down after a Cease is over.
      check(seed, round);
    }
    for (Node node : net.nodes) {
      assertThat(node.overlay.refused()).as("refused at %s", node).isEmpty();
    }
  }

  private void build() {
    for (int i = 0; i < SERVICES; i++) {
      net.entitled(OverlayNet.host("10.32.1." + (10 + i)));
    }
    for (int i = 0; i < REFLECTORS; i++) {
      reflectors.add(add("rr" + i, "10.32.0." + (1 + i), true));
    }
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(add("c" + i, "10.32.0." + (11 + i), false));
      said.add(new TreeMap<>());
    }
    for (Node node : net.nodes) {
      node.step(new OverlayEvent.LocalServicesEvaluated());
    }
    for (int a = 0; a < REFLECTORS; a++) {
      for (int b = a + 1; b < REFLECTORS + CLIENTS; b++) {
        join(a, b);
      }
    }
    net.settle();
  }

  private void change(Random random) {
    int client = random.nextInt(CLIENTS);
    int a = random.nextInt(REFLECTORS);
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> {
        HostAddress service = OverlayNet.host("10.32.1." + (10 + random.nextInt(SERVICES)));
        Signal signal = SIGNALS.get(random.nextInt(SIGNALS.size()));
        clients.get(client).originate(service, signal, client);
        if (signal.isAdvertised()) {
          said.get(client).put(service, signal + " tier " + client);
        } else {
          said.get(client).remove(service);
        }
      }
      case 4, 5 -> {
        int b = a + 1 + random.nextInt(REFLECTORS + CLIENTS - a - 1);
        Long stream = streams.remove(key(a, b));
        if (stream != null) {
          net.cut(stream);
        } else {
          join(a, b);
        }
      }
      case 6 -> kill(a);
      default -> revive(a);
    }
  }

  /** A reflector is lost with all its streams; the others notice, and it remembers nothing. */
  private void kill(int reflector) {
    dead[reflector] = true;
    for (int other = 0; other < REFLECTORS + CLIENTS; other++) {
      Long stream = streams.remove(key(Math.min(reflector, other), Math.max(reflector, other)));
      if (stream != null) {
        net.cut(stream);
      }
    }
  }

  private void revive(int reflector) {
    dead[reflector] = false;
    for (int other = 0; other < REFLECTORS + CLIENTS; other++) {
      if (other != reflector) {
        join(Math.min(reflector, other), Math.max(reflector, other));
      }
    }
  }

  private void join(int a, int b) {
    boolean between = b < REFLECTORS;
    if (!dead[a] && !(between && dead[b]) && !streams.containsKey(key(a, b))) {
      Node other = net.nodes.get(b);
      streams.put(
          key(a, b),
          net.join(
              reflectors.get(a),
              other,
              between ? Relation.REFLECTOR : Relation.CLIENT,
              Relation.REFLECTOR));
    }
  }

  private static int key(int a, int b) {
    return 100 * a + b;
  }

  private boolean joined(int a, int b) {
    return a == b || streams.containsKey(key(Math.min(a, b), Math.max(a, b)));
  }

  private void check(long seed, int round) {
    for (int reader = 0; reader < CLIENTS; reader++) {
      Map<String, Integer> expected = new TreeMap<>();
      for (int writer = 0; writer < CLIENTS; writer++) {
        int copies = copies(writer, reader);
        HostAddress hop = clients.get(writer).identity;
        if (copies > 0) {
          expected.put(hop + " by " + hop + " UP tier 0", copies);
          said.get(writer)
              .forEach(
                  (service, what) -> expected.put(service + " by " + hop + " " + what, copies));
        }
      }
      assertThat(tableOf(clients.get(reader)))
          .as("table of c%s, seed %s, round %s", reader, seed, round)
          .isEqualTo(expected);
    }
  }

  /**
   * How many reflectors tell the reader of the writer: each that has both, and each that has the
   * reader and, lacking the writer, hears of it from a reflector that has it (once for each such).
   */
  private int copies(int writer, int reader) {
    if (writer == reader) {
      return 1;
    }
    int copies = 0;
    for (int a = 0; a < REFLECTORS; a++) {
      if (!joined(a, REFLECTORS + reader)) {
        continue;
      }
      if (joined(a, REFLECTORS + writer)) {
        copies++;
        continue;
      }
      for (int b = 0; b < REFLECTORS; b++) {
        if (b != a && joined(a, b) && joined(b, REFLECTORS + writer)) {
          copies++;
        }
      }
    }
    return copies;
  }

  /** Every path of clients' routes with how often it is there; reflectors' own are left out. */
  private Map<String, Integer> tableOf(Node node) {
    Map<String, Integer> table = new TreeMap<>();
    for (RouteView route : node.overlay.routes()) {
      for (RouteView.PathView path : route.paths()) {
        assertThat(path.learned().clusterListLength())
            .as("%s at %s", route, node)
            .isLessThanOrEqualTo(2);
        if (reflectors.stream().noneMatch(r -> r.identity.equals(path.nextHop()))) {
          String line =
              route.host() + " by " + path.nextHop() + " " + path.signal() + " tier " + path.tier();
          table.merge(line, 1, Integer::sum);
        }
      }
    }
    return table;
  }

  private Node add(String name, String identity, boolean reflector) {
    return net.add(
        new OverlaySettings(
            new NodeName(name),
            OverlayNet.host(identity),
            new Asn(OverlayNet.ASN),
            reflector ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
            OverlayLimits.usual(),
            NodeCosts.equal(),
            new NodeDirectory() {
              @Override
              public boolean isNode(HostAddress address) {
                return address.offset() < 256;
              }

              @Override
              public boolean isEntitled(HostAddress node, HostAddress service) {
                return net.services.contains(service);
              }
            }));
  }
}
