package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random announcements, withdrawals, lost sessions and readers of every pace, against a model that
 * is a map: the table, what it says has changed, and what each reader ends up with must agree.
 */
class RibProperty {
  private static final int STEPS = 2_500;
  private static final int HOSTS = 12;
  private static final int SOURCES = 4;
  private static final int PATH_IDS = 3;
  private static final int ATTRIBUTES = 5;

  /** Attributes of this kind say that reader 9 originated it, to whom they must not go. */
  private static final int BY_READER_9 = 4;

  private static final int PATHS_LIMIT = 2;

  private record Key(int host, int source, int pathId) {}

  /** A peer at the far end of an Adj-RIB-Out, which takes all that it receives. */
  private static final class Reader implements Outbox {
    final AdjRibOut out;
    final Source target;
    final boolean addPath;
    final int pathsLimit;
    final Map<Nlri<HostAddress>, PathAttributes> table = new HashMap<>();
    private boolean announcedInThisDrain;
    int endsOfRib;

    Reader(AdjRibOut out, Source target, boolean addPath, int pathsLimit) {
      this.out = out;
      this.target = target;
      this.addPath = addPath;
      this.pathsLimit = pathsLimit;
    }

    void drain(int budget) {
      announcedInThisDrain = false;
      out.drain(this, budget, true);
    }

    @Override
    public void update(UpdateMessage<HostAddress> update) {
      if (update.endOfRib().isPresent()) {
        endsOfRib++;
      }
      if (!update.withdrawn().isEmpty()) {
        assertThat(announcedInThisDrain).as("a withdrawal left after an announcement").isFalse();
      }
      update.withdrawn().forEach(table::remove);
      announcedInThisDrain |= !update.announced().isEmpty();
      for (Nlri<HostAddress> route : update.announced()) {
        assertThat(route.pathId() != 0).isEqualTo(addPath);
        table.put(route, update.attributes().orElseThrow());
      }
    }

    @Override
    public void refreshMarker(int subtype) {}
  }

  private final OverlaySettings config =
      new OverlaySettings(
          new NodeName("rr"),
          OverlayNet.host("10.32.0.250"),
          new Asn(OverlayNet.ASN),
          OverlaySettings.Reflection.REFLECTOR,
          OverlayLimits.usual(),
          NodeCosts.equal(),
          NodeDirectory.empty());
  private final Rib rib = new Rib(config, bound -> 0);
  private final UsableNextHops nextHops = new UsableNextHops(config.identity().offset());
  private final AdjRibOut.Shared shared =
      new AdjRibOut.Shared(
          rib, nextHops, BgpIdentifier.of(config.identity()), true, Family.IPV4_UNICAST);
  private final Source[] sources = new Source[SOURCES];
  private final Map<Key, Integer> model = new HashMap<>();

  /** What was not sent since the last BoRR of its source. */
  private final Set<Key> stale = new HashSet<>();

  private final List<Reader> readers = new ArrayList<>();

  private static HostAddress host(int index) {
    // Spread over pages, both ends of the block included.
    return OverlayNet.BLOCK.host(index == 0 ? 511 : index * 40);
  }

  private static HostAddress node(int index) {
    return OverlayNet.BLOCK.host(1 + index);
  }

  private Source session(int index) {
    PeerInfo info =
        new PeerInfo(
            new NodeName("n" + index),
            node(index),
            new TreeSet<>(),
            index % 2 == 0 ? Relation.CLIENT : Relation.REFLECTOR);
    return Source.session(info, 1_000);
  }

  private PathAttributes attributes(int source, int kind) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(node(source).inetAddress()),
        OptionalLong.of(kind),
        OptionalLong.of(kind == 3 ? 0 : 100),
        PathAttributes.Reflection.NONE,
        PathAttributes.Communities.NONE,
        OptionalLong.empty());
  }

  private AttributeSet intern(int source, int kind) {
    int originator = kind == BY_READER_9 ? 9 : source;
    return rib.intern(
        sources[source],
        attributes(source, kind),
        node(source),
        BgpIdentifier.of(node(originator)));
  }

  private void addReader(int index, boolean addPath, int pathsLimit) {
    readers.add(reader(session(index), addPath, pathsLimit));
  }

  private Reader reader(Source target, boolean addPath, int pathsLimit) {
    int blockSize = config.block().size();
    AdjRibOut out = new AdjRibOut(shared, target, addPath, pathsLimit, blockSize);
    return new Reader(out, target, addPath, pathsLimit);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theTableAndItsReadersAgreeWithTheModel(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < SOURCES; i++) {
      sources[i] = session(i);
    }
    addReader(0, true, 0);
    addReader(1, false, 0);
    addReader(9, true, 0);
    addReader(8, false, 0);
    addReader(9, true, PATHS_LIMIT);
    addReader(8, true, PATHS_LIMIT);
    addReader(9, false, 0);
    for (int step = 0; step < STEPS; step++) {
      change(random);
      if (random.nextInt(4) == 0) {
        read(readers.get(random.nextInt(readers.size())), random);
      }
      if (random.nextInt(400) == 0) {
        replaceReader(random.nextInt(readers.size()));
      }
      if (random.nextInt(20) == 0) {
        reclaim();
      }
      if (random.nextInt(200) == 0) {
        checkAll();
      }
    }
    checkAll();
    for (int source = 0; source < SOURCES; source++) {
      lose(source);
    }
    checkAll();
    assertThat(rib.attributeSets().size()).as("attribute sets left behind").isZero();
  }

  private void change(Random random) {
    Map<Integer, String> before = contents();
    int source = random.nextInt(SOURCES);
    Key key = new Key(random.nextInt(HOSTS), source, random.nextInt(PATH_IDS));
    int choice = random.nextInt(100);
    if (choice < 55) {
      int kind = random.nextInt(ATTRIBUTES);
      AttributeSet set = intern(source, kind);
      assertThat(rib.announce(sources[source], host(key.host()), key.pathId(), set, 1)).isNull();
      rib.done(set);
      model.put(key, kind);
      stale.remove(key);
    } else if (choice < 60) {
      sources[source].refreshEpoch++;
      model.keySet().stream().filter(each -> each.source() == source).forEach(stale::add);
    } else if (choice < 65) {
      endRefresh(source);
    } else if (choice < 98) {
      rib.withdraw(sources[source], host(key.host()).offset(), key.pathId());
      model.remove(key);
      stale.remove(key);
    } else {
      lose(source);
    }
    TreeSet<Integer> reported = new TreeSet<>();
    for (int offset : rib.takeChanges()) {
      assertThat(reported.add(offset)).as("reported once").isTrue();
    }
    Map<Integer, String> after = contents();
    for (int i = 0; i < HOSTS; i++) {
      boolean changed = !before.getOrDefault(i, "").equals(after.getOrDefault(i, ""));
      assertThat(reported.contains(host(i).offset()))
          .as("change of %s", host(i))
          .isEqualTo(changed);
    }
  }

  /** EoRR: only what goes is removed. */
  private void endRefresh(int source) {
    int before = model.size();
    sources[source].keepRefreshed();
    int removed = rib.removeOutdated(sources[source], Integer.MAX_VALUE);
    model.keySet().removeIf(key -> key.source() == source && stale.contains(key));
    assertThat(removed).isEqualTo(before - model.size());
  }

  private void lose(int source) {
    sources[source].lose();
    rib.removeOutdated(sources[source], Integer.MAX_VALUE);
    assertThat(sources[source].acceptedPaths).isZero();
    sources[source] = session(source);
    model.keySet().removeIf(key -> key.source() == source);
    stale.removeIf(key -> key.source() == source);
  }

  /** Each host's paths by the model, as text. */
  private Map<Integer, String> contents() {
    Map<Integer, TreeMap<String, Integer>> sorted = new TreeMap<>();
    model.forEach(
        (key, kind) ->
            sorted
                .computeIfAbsent(key.host(), h -> new TreeMap<>())
                .put(key.source() + "/" + key.pathId(), kind));
    Map<Integer, String> text = new TreeMap<>();
    sorted.forEach((host, paths) -> text.put(host, paths.toString()));
    return text;
  }

  private void read(Reader reader, Random random) {
    if (random.nextInt(10) == 0) {
      reader.out.askRefresh();
    }
    reader.drain(1 + random.nextInt(random.nextBoolean() ? 3 : 100));
  }

  private void replaceReader(int index) {
    Reader old = readers.get(index);
    readers.set(index, reader(old.target, old.addPath, old.pathsLimit));
  }

  private void reclaim() {
    long slowest = Long.MAX_VALUE;
    for (Reader reader : readers) {
      slowest = Math.min(slowest, reader.out.withdrawnRead());
    }
    rib.reclaim(slowest, Integer.MAX_VALUE);
  }

  private void checkAll() {
    assertThat(rib.livePaths()).isEqualTo(model.size());
    Map<Integer, Integer> perHost = new HashMap<>();
    model.keySet().forEach(key -> perHost.merge(host(key.host()).offset(), 1, Integer::sum));
    Map<Integer, Integer> actual = new HashMap<>();
    rib.forEachHost(host -> actual.put(host.address.offset(), host.livePaths));
    assertThat(actual).isEqualTo(perHost);
    for (Reader reader : readers) {
      for (int i = 0; reader.out.hasPending(true); i++) {
        assertThat(i).as("a drain makes progress").isLessThan(10_000);
        reader.drain(7);
      }
      assertThat(reader.endsOfRib).isEqualTo(1);
      checkReader(reader);
    }
    reclaim();
    assertThat(rib.journal().withdrawnEntries()).isZero();
  }

  private void checkReader(Reader reader) {
    Map<HostAddress, List<String>> expected = new TreeMap<>();
    model.forEach(
        (key, kind) -> {
          boolean own = node(key.source()).equals(reader.target.identity);
          boolean reflected = sources[key.source()].client || reader.target.client;
          boolean originated =
              kind == BY_READER_9
                  ? node(9).equals(reader.target.identity)
                  : node(key.source()).equals(reader.target.identity);
          if (!own && reflected && !originated) {
            expected
                .computeIfAbsent(host(key.host()), h -> new ArrayList<>())
                .add(rank(key.source(), kind));
          }
        });
    Map<HostAddress, List<String>> told = new TreeMap<>();
    reader.table.forEach(
        (route, attributes) ->
            told.computeIfAbsent(route.prefix(), h -> new ArrayList<>())
                .add(
                    rank(
                        OverlayNet.BLOCK.offsetOf(attributes.nextHop().orElseThrow().getAddress())
                            - 1,
                        (int) attributes.med().orElseThrow())));
    expected.values().forEach(list -> list.sort(null));
    told.values().forEach(list -> list.sort(null));
    int limit = reader.addPath ? reader.pathsLimit : 1;
    if (limit > 0) {
      expected.replaceAll((host, list) -> list.subList(0, Math.min(limit, list.size())));
    }
    assertThat(told).isEqualTo(expected);
  }

  /** Text whose order is the order of preference: LOCAL_PREF, tier, originator. */
  private static String rank(int source, int kind) {
    return (kind == 3 ? "b" : "a") + " tier " + kind + " node " + source;
  }
}
