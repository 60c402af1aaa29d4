package io.landfall.checks.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.SessionState;
import io.landfall.checks.differential.TextPrefix;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEffect;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A peer that is authenticated, and then says what a transit router said in 2010: 6,546 UPDATEs of
 * the real Internet. Nothing of it may get in, nobody else may notice, and every refusal is counted
 * by its rule. {@link SocketLeakDrillLab} says the same through sockets to a node.
 */
class LeakDrillScenario {
  private static final List<byte[]> INTERNET = InternetUpdates.all();

  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final HostAddress SHOP = BLOCK.parseHost("10.32.1.10");
  private static final HostAddress API = BLOCK.parseHost("10.32.1.11");
  private static final HostAddress OTHERS = BLOCK.parseHost("10.32.1.12");

  private DrillSite site(boolean reflector) {
    return new DrillSite(BLOCK, "10.32.0.1", reflector);
  }

  private static SortedSet<HostAddress> services(HostAddress... hosts) {
    return new TreeSet<>(List.of(hosts));
  }

  private static long announced(Collection<byte[]> updates) {
    return updates.stream().mapToLong(u -> Wires.prefixes(u).announced().size()).sum();
  }

  @Test
  void theDataIsAllThere() {
    assertThat(INTERNET).hasSize(6_546);
    assertThat(announced(INTERNET)).isEqualTo(52_468);
    assertThat(INTERNET.stream().mapToLong(u -> Wires.prefixes(u).withdrawn().size()).sum())
        .isEqualTo(1_318);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theInternetDoesNotGetInAndNobodyElseNotices(boolean reflector) {
    DrillSite fra = site(reflector);
    HostAddress nyc = fra.peer("nyc", "10.32.0.2", services(SHOP, API));
    HostAddress sin = fra.peer("sin", "10.32.0.3", services(OTHERS));
    fra.hear(sin, Wires.hosts(sin.bytes(), OTHERS.bytes()));
    List<String> before = fra.table();
    assertThat(before).hasSize(4);
    fra.forget();

    INTERNET.forEach(update -> fra.hear(nyc, update));

    assertThat(fra.table()).isEqualTo(before);
    assertThat(fra.seen()).as("not one byte to anybody, and no change").isEmpty();
    assertThat(fra.states()).containsExactly(SessionState.ESTABLISHED, SessionState.ESTABLISHED);
    assertThat(fra.refused(nyc)).isEqualTo(InternetUpdates.REFUSALS);
    assertThat(fra.refused(sin)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void legalHostRoutesAmongItAreExactlyWhatGetsIn(boolean reflector) {
    DrillSite fra = site(reflector);
    HostAddress nyc = fra.peer("nyc", "10.32.0.2", services(SHOP, API));
    HostAddress sin = fra.peer("sin", "10.32.0.3", services(OTHERS));
    List<String> before = fra.table();
    fra.forget();

    for (int i = 0; i < INTERNET.size(); i++) {
      fra.hear(nyc, INTERNET.get(i));
      if (i == 100) {
        fra.hear(nyc, Wires.hosts(nyc.bytes(), SHOP.bytes()));
      } else if (i == 6_000) {
        fra.hear(nyc, Wires.hosts(nyc.bytes(), OTHERS.bytes(), API.bytes(), sin.bytes()));
      }
    }

    List<String> expected = new ArrayList<>(before);
    expected.add(SHOP + " by " + nyc);
    expected.add(API + " by " + nyc);
    assertThat(fra.table()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(fra.refused(nyc))
        .containsEntry("not-host-length", 52_467L)
        .containsEntry("outside-block", 1L)
        .containsEntry("not-entitled", 1L)
        .containsEntry("identity-of-another-node", 1L);
    List<String> told = new ArrayList<>();
    for (byte[] message : Wires.messages(fra.writtenTo(sin))) {
      assertThat(message[18]).as("an UPDATE").isEqualTo((byte) 2);
      assertThat(Wires.prefixes(message).withdrawn()).isEmpty();
      told.addAll(Wires.prefixes(message).announced());
    }
    assertThat(told).isEqualTo(reflector ? List.of(SHOP + "/32", API + "/32") : List.of());
    assertThat(fra.writtenTo(nyc)).as("nothing comes back to its sender").isEmpty();
    assertThat(fra.seen()).noneMatch(OverlayEffect.PeerDown.class::isInstance);
  }

  @Test
  void aRealHostRouteInsideTheBlockStillFallsToItsForeignNextHop() {
    // The one /32 of the data is 12.127.255.255: a block around it takes the codec's guard away.
    Block block = Block.parse("12.127.254.0/23");
    DrillSite fra = new DrillSite(block, "12.127.254.1", false);
    HostAddress nyc = fra.peer("nyc", "12.127.254.2", services(block.parseHost("12.127.255.255")));
    List<String> before = fra.table();
    fra.forget();

    INTERNET.forEach(update -> fra.hear(nyc, update));

    assertThat(fra.table()).isEqualTo(before);
    assertThat(fra.seen()).isEmpty();
    assertThat(fra.refused(nyc))
        .containsEntry("next-hop-outside-block", 1L)
        .containsEntry("not-host-length", 52_467L)
        .doesNotContainKey("outside-block");
  }

  /** The canary: with a plane that takes everything, the same bytes all get in. */
  @Test
  void theSameStreamIsTakenWholeWhereNothingFilters() {
    Session<TextPrefix> open =
        new Session<>(
            new SessionConfig(
                new Asn(DrillSite.ASN),
                new Asn(DrillSite.ASN),
                1,
                OptionalLong.empty(),
                90,
                List.of(Family.IPV4_UNICAST),
                SessionConfig.Opening.PASSIVE,
                new SessionConfig.Options(
                    SessionConfig.AddPath.NONE, SessionConfig.Role.NONE, 0, 5, Integer.MAX_VALUE)),
            TextPrefix.CODEC,
            bound -> bound - 1);
    open.step(new SessionEvent.Start(), 1, effect -> {});
    open.step(new SessionEvent.Connected(1, Direction.INCOMING), 1, effect -> {});
    open.step(new SessionEvent.Received(1, Wires.open(DrillSite.ASN, 2)), 1, effect -> {});
    open.step(new SessionEvent.Received(1, Wires.KEEPALIVE), 1, effect -> {});
    List<String> taken = new ArrayList<>();
    List<String> withdrawn = new ArrayList<>();
    for (byte[] update : INTERNET) {
      open.step(
          new SessionEvent.Received(1, update),
          1,
          effect -> {
            if (effect instanceof SessionEffect.Update<TextPrefix>(var message)) {
              message.announced().forEach(nlri -> taken.add(nlri.prefix().text()));
              message.withdrawn().forEach(nlri -> withdrawn.add(nlri.prefix().text()));
            }
          });
    }
    assertThat(open.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(taken)
        .isEqualTo(INTERNET.stream().flatMap(u -> Wires.prefixes(u).announced().stream()).toList());
    assertThat(withdrawn)
        .isEqualTo(INTERNET.stream().flatMap(u -> Wires.prefixes(u).withdrawn().stream()).toList());
  }
}
