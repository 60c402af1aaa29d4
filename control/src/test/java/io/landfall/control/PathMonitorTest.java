package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.DiscardRule;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.Now;
import io.landfall.trust.PeerIdentity;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The two ends of one path, by hand: whose datagrams count, and where the answers go. */
class PathMonitorTest {
  private static final PeerIdentity FRA = peer(1);
  private static final PeerIdentity NYC = peer(2);
  private static final InetSocketAddress AT_FRA = World.socket(1, 40_000);
  private static final InetSocketAddress AT_NYC = World.socket(2, World.PORT);

  private final PathMonitor fra = monitor();
  private final PathMonitor nyc = monitor();
  private final byte[] material = new byte[PathKeys.BYTES];
  private long nanos;

  private static PeerIdentity peer(int number) {
    return TestPeers.peer("n" + number, "10.32.0." + number, TestPeers.NOW + TestPeers.DAY);
  }

  private static PathMonitor monitor() {
    return new PathMonitor(new BfdConfig.Timing(1_000, 3), OptionalInt.empty(), bound -> 0);
  }

  private List<PathEffect> step(PathMonitor at, PathEvent event) {
    return at.step(event, new Now(nanos, TestPeers.NOW));
  }

  /** The dialling end sends first; the other does not know where to send to. */
  private List<PathEffect.Send> begun = List.of();

  @BeforeEach
  void anAdjacencyComesUp() {
    new SplittableRandom(3).nextBytes(material);
    begun = sends(step(fra, new PathEvent.AdjacencyUp(NYC, AT_NYC, Direction.OUTGOING, material)));
    assertThat(
            sends(step(nyc, new PathEvent.AdjacencyUp(FRA, AT_FRA, Direction.INCOMING, material))))
        .isEmpty();
    assertThat(begun).singleElement().satisfies(send -> assertThat(send.to()).isEqualTo(AT_NYC));
  }

  private static List<PathEffect.Send> sends(List<PathEffect> effects) {
    List<PathEffect.Send> sends = new ArrayList<>();
    for (PathEffect effect : effects) {
      if (effect instanceof PathEffect.Send send) {
        sends.add(send);
      }
    }
    return sends;
  }

  private List<PathEffect.Send> deliver(
      PathMonitor to, PathEffect.Send datagram, InetSocketAddress from) {
    return sends(step(to, new PathEvent.Datagram(datagram.datagram(), from)));
  }

  /** What is due in the next second. */
  private List<PathEffect.Send> second(PathMonitor of) {
    nanos += 1_000_000_000L;
    return sends(step(of, new PathEvent.Tick()));
  }

  @Test
  void aDatagramFromAnotherAddressIsDroppedThoughItIsAuthentic() {
    assertThat(deliver(nyc, begun.getFirst(), World.socket(66, 40_000))).isEmpty();
    assertThat(nyc.strangers().view())
        .singleElement()
        .satisfies(row -> assertThat(row.rule()).isEqualTo(DiscardRule.SOURCE_ADDRESS));
    assertThat(second(nyc)).as("it is not known where the other is").isEmpty();
  }

  @Test
  void theOneWhoWasDialledAnswersToWhereTheNewestDatagramCameFrom() {
    deliver(nyc, begun.getFirst(), World.socket(1, 50_000));
    assertThat(second(nyc))
        .allMatch(send -> send.to().equals(World.socket(1, 50_000)))
        .isNotEmpty();
    deliver(nyc, second(fra).getFirst(), World.socket(1, 50_001));
    assertThat(second(nyc))
        .allMatch(send -> send.to().equals(World.socket(1, 50_001)))
        .isNotEmpty();
  }

  @Test
  void whoDialledKeepsToThePlaceThatItDialled() {
    deliver(nyc, begun.getFirst(), AT_FRA);
    deliver(fra, second(nyc).getFirst(), World.socket(2, 50_000));
    assertThat(second(fra)).allMatch(send -> send.to().equals(AT_NYC)).isNotEmpty();
  }

  @Test
  void thePathOfAnAdjacencyThatIsOverIsUnprovedAndItsDatagramsAreAStrangers() {
    HostAddress node = FRA.identity();
    assertThat(step(nyc, new PathEvent.AdjacencyDown(node)))
        .containsExactly(new PathEffect.Proved(node, PathLiveness.UNPROVED));
    assertThat(step(nyc, new PathEvent.AdjacencyDown(node))).isEmpty();
    assertThat(deliver(nyc, begun.getFirst(), AT_FRA)).isEmpty();
    assertThat(nyc.strangers().view())
        .singleElement()
        .satisfies(row -> assertThat(row.rule()).isEqualTo(DiscardRule.NO_SESSION));
    assertThat(nyc.deadlineNanos()).isEmpty();
  }
}
