package io.landfall.checks.soak;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every attack at once, for a while, against nodes with 256 MiB: the nodes stay below a bound, and
 * well-behaved peers and clients notice nothing.
 *
 * <p>What is proved is bounds, not throughput: attackers, clients and three nodes that have just
 * been started share the same few cores, so the attackers keep to a pace that leaves some time to
 * those who behave, and begin one after the other, two a second. Each says its pace, and each makes
 * more in that time than a node without a bound for it can keep.
 *
 * <p>{@code -Dsoak.only=ClientAborts,KeyThief} runs some attacks alone, {@code -Dsoak.seconds=20}
 * makes them shorter or longer, {@code -Dsoak.mib=512} has another heap.
 */
class HostileSoakLab {
  private static final long ATTACK_SECONDS = Long.getLong("soak.seconds", 30);

  /** Direct memory, code, classes, stacks and the allocator's slack, beside the heap. */
  private static final int BESIDE_THE_HEAP_MIB = 288;

  private static final int LOG_TAIL = 2_000;

  @ParameterizedTest(name = "{0} MiB")
  @MethodSource("heaps")
  void whoeverBehavesNoticesNothing(int heapMib, @TempDir Path dir) throws Exception {
    try (SoakScene scene = new SoakScene(dir, heapMib)) {
      List<Attacker> attackers = attackers(scene);
      boolean late;
      try {
        scene.bringUp(() -> attackers.forEach(Attacker::first), () -> lines(attackers));
        late = scene.watch(attackers, ATTACK_SECONDS);
        scene.clients.close();
      } finally {
        attackers.forEach(Attacker::close);
      }
      report(scene, heapMib, attackers);
      SoftAssertions softly = new SoftAssertions();
      nodesAreWell(softly, scene, heapMib + BESIDE_THE_HEAP_MIB);
      nothingWasNoticed(softly, scene);
      softly.assertThat(late).as("a node that comes late is served").isTrue();
      for (Attacker attacker : attackers) {
        attacker.check(softly);
      }
      softly.assertAll();
    }
  }

  private static List<Integer> heaps() {
    Integer only = Integer.getInteger("soak.mib");
    return only == null ? List.of(256) : List.of(only);
  }

  private static List<Attacker> attackers(SoakScene scene) {
    SoakWorld world = scene.world;
    List<Attacker> all = new ArrayList<>();
    all.add(new ClientAborts(world.address(40, 2), world.http(1)));
    all.add(new JoinedByHosts(world));
    all.add(new JoinedByUpstreams(world));
    all.add(new JoinedByNodes(world));
    all.add(new RefreshFlood(world));
    all.add(new ManyPaths(world));
    all.add(new LongAttributes(world));
    all.add(new EndpointFlood(world));
    all.add(new SilentStrangers(world));
    all.add(new Pipeliners(world));
    all.add(new UnfinishedHeads(world));
    all.add(new HpackBombs(world));
    all.add(new CertifiedStranger(world, scene.fraOrigin));
    all.add(new KeyThief(world, scene.nycPair));
    List<String> only = List.of(System.getProperty("soak.only", "").split(","));
    return all.stream().filter(each -> only.contains("") || only.contains(each.name())).toList();
  }

  @SuppressWarnings("SystemOut") // A table for people; what is asserted comes after it.
  private static void report(SoakScene scene, int heapMib, List<Attacker> attackers) {
    StringBuilder text = new StringBuilder("soak with a heap of " + heapMib + " MiB:\n");
    scene.witnesses.forEach(each -> text.append("  ").append(each.line()).append('\n'));
    text.append("  clients ").append(scene.clients.tally).append('\n');
    text.append("  neighbors ").append(scene.neighbors.tally).append('\n');
    System.out.print(text.append(lines(attackers)));
  }

  private static String lines(List<Attacker> attackers) {
    return attackers.stream()
        .map(each -> "  %-18s %s%n".formatted(each.name(), each.tally))
        .collect(Collectors.joining());
  }

  private static void nodesAreWell(SoftAssertions softly, SoakScene scene, int mostMib) {
    for (SoakNode node : List.of(scene.fra, scene.nyc)) {
      String log = node.log();
      softly
          .assertThat(node.ending())
          .as("%s: %s", node, log.substring(Math.max(0, log.length() - LOG_TAIL)))
          .isEqualTo("lives");
      softly
          .assertThat(log.lines().filter(HostileSoakLab::isBad).limit(3))
          .as("bad lines of %s's log", node)
          .isEmpty();
      softly.assertThat(node.peakMib()).as("MiB resident at %s", node).isLessThan(mostMib);
    }
    for (Witness witness : scene.witnesses) {
      softly.assertThat(witness.silences()).as("unanswered: %s", witness.line()).isEmpty();
    }
  }

  private static boolean isBad(String line) {
    return line.contains("OutOfMemory")
        || line.contains("level=error")
        || line.contains("broken invariant");
  }

  private static void nothingWasNoticed(SoftAssertions softly, SoakScene scene) {
    GoodNeighbors neighbors = scene.neighbors;
    softly.assertThat(scene.clients.failures()).as("%s", scene.clients.tally).isEmpty();
    softly.assertThat(neighbors.tally.of("router sessions")).as("with the router").isEqualTo(1);
    softly.assertThat(scene.updatesToRouter()).as("UPDATEs to the router").isZero();
    softly.assertThat(neighbors.tally.of("web1 notifications")).as("to web1").isZero();
    if (!scene.fra.isAlive() || !scene.nyc.isAlive()) {
      return;
    }
    for (String peer : List.of("nyc", "web1")) {
      softly
          .assertThat(scene.fra.tell("show", "peers", peer))
          .as("session with %s", peer)
          .containsPattern("established +1 time, 0 flaps");
    }
    softly.assertThat(scene.fra.tell("show", "bfd", "--json")).containsPattern(upOnce("nyc"));
    softly.assertThat(scene.nyc.tell("show", "bfd", "--json")).containsPattern(upOnce("fra"));
  }

  private static Pattern upOnce(String peer) {
    return Pattern.compile(
        "\"peer\":\"" + peer + "\"[^}]*\"state\":\"up\"[^}]*\"ups\":1,\"downs\":0");
  }
}
