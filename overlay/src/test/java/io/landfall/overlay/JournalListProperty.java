package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A list of the journal against a sorted map. */
class JournalListProperty {
  private static final int STEPS = 30_000;

  private static final Source SOURCE =
      Source.session(
          new PeerInfo(
              new NodeName("n"), OverlayNet.BLOCK.host(2), new TreeSet<>(), Relation.CLIENT),
          1);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anyPlaceIsFoundAsInASortedMap(long seed) {
    Random random = new Random(seed);
    JournalList list = new JournalList();
    TreeMap<Long, Path> model = new TreeMap<>();
    long last = 0;
    for (int step = 0; step < STEPS; step++) {
      boolean grows = random.nextInt(STEPS) > step;
      if (grows || model.isEmpty()) {
        // Long stretches of places are empty, since paths that change move to the end.
        last += random.nextInt(50) == 0 ? random.nextInt(2_000) + 1 : 1;
        Path path = path();
        path.sequence = last;
        list.add(path);
        model.put(last, path);
      } else {
        long gone = random.nextBoolean() ? model.firstKey() : any(model, random);
        list.remove(Objects.requireNonNull(model.remove(gone)));
      }
      long place = random.nextLong(last + 2) - 1;
      Map.Entry<Long, Path> after = model.higherEntry(place);
      assertThat(list.firstAfter(place)).isSameAs(after == null ? null : after.getValue());
    }
    List<Path> inOrder = new ArrayList<>();
    for (Path path = list.head(); path != null; path = path.journalNext) {
      inOrder.add(path);
    }
    assertThat(inOrder).containsExactlyElementsOf(model.values());
    assertThat(list.size()).isEqualTo(model.size());
  }

  private static long any(NavigableMap<Long, Path> model, Random random) {
    Long key = model.ceilingKey(random.nextLong(model.lastKey() + 1));
    return key == null ? model.lastKey() : key;
  }

  private static Path path() {
    Host host = new Host(OverlayNet.BLOCK.host(300));
    AttributeSet attributes =
        new AttributeSet(
            SOURCE,
            FedOverlay.attributes(0),
            OverlayNet.BLOCK.host(2),
            2,
            new Asn(OverlayNet.ASN),
            NodeCosts.equal());
    return new Path(host, SOURCE, 0, 1, attributes);
  }
}
