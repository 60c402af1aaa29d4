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
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a reflector tells a client of the paths of others, and what it takes back. */
class ReflectedOutTest {
  private static final int BUDGET = 1_000;
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress FRA = OverlayNet.host("10.32.0.1");
  private static final HostAddress NYC = OverlayNet.host("10.32.0.2");
  private static final HostAddress SIN = OverlayNet.host("10.32.0.3");
  private static final HostAddress AMS = OverlayNet.host("10.32.0.4");

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

  /** A client that takes all that it receives: path identifier to next hop. */
  private static final class Client implements Outbox {
    final TreeMap<Integer, String> paths = new TreeMap<>();
    int messages;

    @Override
    public void update(UpdateMessage<HostAddress> update) {
      messages += update.endOfRib().isPresent() ? 0 : 1;
      update.withdrawn().forEach(route -> paths.remove(route.pathId()));
      for (Nlri<HostAddress> route : update.announced()) {
        PathAttributes attributes = update.attributes().orElseThrow();
        paths.put(route.pathId(), attributes.nextHop().orElseThrow().getHostAddress());
      }
    }

    @Override
    public void refreshMarker(int subtype) {}

    List<String> nextHops() {
      return paths.values().stream().sorted().toList();
    }
  }

  private static Source session(HostAddress node, Relation relation) {
    NodeName name = new NodeName("n" + node.offset());
    return Source.session(new PeerInfo(name, node, new TreeSet<>(), relation), BUDGET);
  }

  private AdjRibOut out(HostAddress to, int pathsLimit) {
    int size = config.block().size();
    return new AdjRibOut(shared, session(to, Relation.CLIENT), true, pathsLimit, size);
  }

  private void say(Source from, HostAddress originator, int tier, Integer... communities) {
    PathAttributes attributes =
        new PathAttributes(
            Origin.IGP,
            List.of(),
            Optional.of(originator.inetAddress()),
            OptionalLong.of(tier),
            OptionalLong.of(100),
            PathAttributes.Reflection.NONE,
            new PathAttributes.Communities(List.of(communities), List.of()),
            OptionalLong.empty());
    AttributeSet set = rib.intern(from, attributes, originator, BgpIdentifier.of(originator));
    assertThat(rib.announce(from, SHOP, 0, set, 1)).isNull();
    rib.done(set);
    rib.takeChanges();
  }

  private static List<String> texts(HostAddress... nodes) {
    List<String> texts = new ArrayList<>();
    for (HostAddress node : nodes) {
      texts.add(node.toString());
    }
    return texts;
  }

  @Test
  void aPathThatComesBackAsThePeersOwnIsTakenBackAndNotLeftStanding() {
    // A second reflector tells one path for each host: first the one of fra, and when fra is gone
    // the one of nyc, in its place. The first was told to nyc, and the second must not be.
    Source other = session(OverlayNet.host("10.32.0.251"), Relation.REFLECTOR);
    AdjRibOut toNyc = out(NYC, 0);
    AdjRibOut toSin = out(SIN, 0);
    Client nyc = new Client();
    Client sin = new Client();
    say(other, FRA, 0);
    toNyc.drain(nyc, BUDGET, true);
    toSin.drain(sin, BUDGET, true);
    assertThat(nyc.nextHops()).isEqualTo(texts(FRA));
    say(other, NYC, 0);
    toNyc.drain(nyc, BUDGET, true);
    toSin.drain(sin, BUDGET, true);
    assertThat(nyc.nextHops()).isEmpty();
    assertThat(sin.nextHops()).isEqualTo(texts(NYC));
    say(other, FRA, 1);
    toNyc.drain(nyc, BUDGET, true);
    assertThat(nyc.nextHops()).isEqualTo(texts(FRA));

    // Both changes before nyc reads again.
    say(other, NYC, 0);
    rib.withdraw(other, SHOP.offset(), 0);
    toNyc.drain(nyc, BUDGET, true);
    assertThat(nyc.nextHops()).isEmpty();
  }

  @Test
  void aPeerThatLimitsItsPathsGetsTheBestOfThem() {
    AdjRibOut limited = out(AMS, 2);
    AdjRibOut all = out(AMS, 0);
    Client few = new Client();
    Client many = new Client();
    Source fra = session(FRA, Relation.CLIENT);
    say(fra, FRA, 1);
    say(session(NYC, Relation.CLIENT), NYC, 2);
    say(session(SIN, Relation.CLIENT), SIN, 3);
    limited.drain(few, BUDGET, true);
    all.drain(many, BUDGET, true);
    assertThat(few.nextHops()).isEqualTo(texts(FRA, NYC));
    assertThat(many.nextHops()).isEqualTo(texts(FRA, NYC, SIN));

    say(fra, FRA, 9);
    limited.drain(few, BUDGET, true);
    assertThat(few.nextHops()).as("the third takes its place").isEqualTo(texts(NYC, SIN));

    int before = few.messages;
    say(fra, FRA, 8);
    limited.drain(few, BUDGET, true);
    assertThat(few.messages).as("what it does not take is not told").isEqualTo(before);
  }

  @Test
  void withALimitADeadNextHopGivesItsPlaceToALivingOne() {
    AdjRibOut limited = out(AMS, 1);
    Client few = new Client();
    say(session(FRA, Relation.CLIENT), FRA, 1);
    say(session(NYC, Relation.CLIENT), NYC, 2);
    nextHops.setEstablished(FRA.offset(), true);
    nextHops.setEstablished(NYC.offset(), true);
    limited.drain(few, BUDGET, true);
    assertThat(few.nextHops()).isEqualTo(texts(FRA));
    nextHops.set(FRA.offset(), Reachability.DOWN);
    limited.reconsider();
    limited.drain(few, BUDGET, true);
    assertThat(few.nextHops()).isEqualTo(texts(NYC));
  }

  @Test
  void whatMustNotBeAdvertisedStaysHereAlsoWhenItWasToldBefore() {
    // RFC 1997, NO_ADVERTISE.
    Source fra = session(FRA, Relation.CLIENT);
    AdjRibOut toSin = out(SIN, 0);
    Client sin = new Client();
    say(fra, FRA, 0);
    toSin.drain(sin, BUDGET, true);
    assertThat(sin.nextHops()).isEqualTo(texts(FRA));
    say(fra, FRA, 0, PathAttributes.NO_ADVERTISE);
    toSin.drain(sin, BUDGET, true);
    assertThat(sin.nextHops()).isEmpty();
  }
}
