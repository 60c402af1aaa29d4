package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mesh under random flaps and cuts: once quiet, every table is exactly what is said. */
class OverlayProperty {
  private static final int SERVICES = 6;
  private static final List<Signal> SIGNALS = List.of(Signal.values());

  @ParameterizedTest
  @CsvSource({
    "21, 10.32.0.0/23",
    "22, 10.32.0.0/23",
    "23, 10.32.0.0/23",
    "24, 10.0.0.0/8",
    "25, fd00:32::/112",
    "26, fd00:32::/104"
  })
  void tablesEqualWhatIsSaidOnceTheMeshIsQuiet(long seed, String blockText) {
    Random random = new Random(seed);
    Block block = Block.parse(blockText);
    OverlayNet net = new OverlayNet();
    for (int i = 0; i < SERVICES; i++) {
      net.services.add(block.host(256 + i));
    }
    List<HostAddress> services = List.copyOf(net.services);
    List<Map<HostAddress, String>> said = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      net.add(OverlaySettings.meshMember(new NodeName("n" + i), block.host(1 + i), OverlayNet.ASN));
      net.nodes.get(i).step(new OverlayEvent.LocalServicesEvaluated());
      said.add(new TreeMap<>());
    }
    Map<Integer, Long> links = new LinkedHashMap<>();
    for (int step = 0; step < 1_500; step++) {
      int choice = random.nextInt(100);
      if (choice < 75) {
        int node = random.nextInt(3);
        HostAddress service = services.get(random.nextInt(SERVICES));
        Signal signal = SIGNALS.get(random.nextInt(SIGNALS.size()));
        int tier = random.nextInt(3);
        net.nodes.get(node).originate(service, signal, tier);
        if (signal.isAdvertised()) {
          said.get(node).put(service, signal + " tier " + tier);
        } else {
          said.get(node).remove(service);
        }
      } else if (choice < 85) {
        int pair = random.nextInt(3);
        Long link = links.remove(pair);
        if (link == null) {
          links.put(pair, net.join(net.nodes.get(pair), net.nodes.get((pair + 1) % 3)));
        } else {
          net.cut(link);
        }
      } else if (choice < 90) {
        net.run(random.nextInt(2_000) * 1_000_000L);
      } else {
        net.settle();
        check(net, said, links.keySet());
      }
    }
    net.settle();
    check(net, said, links.keySet());
    for (Node node : net.nodes) {
      assertThat(node.overlay.refused()).as("refused at %s", node).isEmpty();
    }
  }

  private static void check(
      OverlayNet net, List<Map<HostAddress, String>> said, Iterable<Integer> pairsUp) {
    for (int i = 0; i < 3; i++) {
      List<Integer> visible = new ArrayList<>(List.of(i));
      for (int pair : pairsUp) {
        if (pair == i) {
          visible.add((pair + 1) % 3);
        } else if ((pair + 1) % 3 == i) {
          visible.add(pair);
        }
      }
      Map<String, List<String>> expected = new TreeMap<>();
      for (int origin : visible) {
        HostAddress identity = net.nodes.get(origin).identity;
        expected.put(identity.toString(), List.of(identity + " UP tier 0"));
        said.get(origin)
            .forEach(
                (service, what) ->
                    expected
                        .computeIfAbsent(service.toString(), s -> new ArrayList<>())
                        .add(identity + " " + what));
      }
      expected.replaceAll((host, paths) -> paths.stream().sorted().toList());
      assertThat(new TreeMap<>(net.nodes.get(i).table())).as("table of n%s", i).isEqualTo(expected);
    }
  }
}
