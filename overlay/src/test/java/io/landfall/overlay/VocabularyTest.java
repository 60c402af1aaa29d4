package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What this node says of itself, attribute by attribute, and what a refresh takes away. */
class VocabularyTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress MEDIA = OverlayNet.host("10.32.1.11");
  private static final HostAddress COLD = OverlayNet.host("10.32.1.12");

  private static List<UpdateMessage<HostAddress>> allThatFraSays() {
    OverlaySettings config =
        OverlayNet.meshMember(
            new NodeName("fra"), OverlayNet.host("10.32.0.1"), new Asn(OverlayNet.ASN));
    Rib rib = new Rib(config, bound -> 0);
    LocalServices services = new LocalServices(config, rib);
    services.originateIdentity(1);
    services.set(SHOP, Signal.UP, 7, 1);
    services.set(MEDIA, Signal.DRAINING, 0, 1);
    services.set(COLD, Signal.COLD, 0, 1);
    AdjRibOut.Shared shared =
        new AdjRibOut.Shared(
            rib,
            new UsableNextHops(1),
            BgpIdentifier.of(config.identity()),
            false,
            Family.IPV4_UNICAST);
    PeerInfo peer =
        new PeerInfo(
            new NodeName("nyc"), OverlayNet.host("10.32.0.2"), new TreeSet<>(), Relation.MESH);
    List<UpdateMessage<HostAddress>> said = new ArrayList<>();
    new AdjRibOut(shared, Source.session(peer, 10), false, 0, config.block().size())
        .drain(
            new Outbox() {
              @Override
              public void update(UpdateMessage<HostAddress> update) {
                said.add(update);
              }

              @Override
              public void refreshMarker(int subtype) {}
            },
            100,
            false);
    return said;
  }

  @Test
  void everyRouteThatIsOriginatedForbidsToKeepItWhenItIsStale() {
    List<UpdateMessage<HostAddress>> said = allThatFraSays();
    assertThat(said).hasSize(4);
    for (UpdateMessage<HostAddress> update : said) {
      PathAttributes attributes = update.attributes().orElseThrow();
      assertThat(attributes.communities().standard()).contains(PathAttributes.NO_LLGR);
      assertThat(attributes.asPath()).isEmpty();
      assertThat(attributes.nextHop().orElseThrow().getHostAddress()).isEqualTo("10.32.0.1");
      assertThat(attributes.reflection().originatorId()).isEmpty();
      assertThat(attributes.reflection().clusterList()).isEmpty();
    }
  }

  @Test
  void onlyADrainingServiceSaysGracefulShutdownAndAsksForTheLowestPreference() {
    for (UpdateMessage<HostAddress> update : allThatFraSays()) {
      PathAttributes attributes = update.attributes().orElseThrow();
      boolean draining = update.announced().getFirst().prefix().equals(MEDIA);
      assertThat(attributes.communities().standard().contains(PathAttributes.GRACEFUL_SHUTDOWN))
          .isEqualTo(draining);
      assertThat(attributes.localPref()).hasValue(draining ? 0 : 100);
    }
  }

  @Test
  void whatAPeerDoesNotTellAgainBetweenItsMarkersIsGone() {
    // RFC 7313 section 4.2.
    OverlayNet net = new OverlayNet().entitled(SHOP, MEDIA);
    Node fra = net.add("fra", "10.32.0.1");
    Node nyc = net.add("nyc", "10.32.0.2");
    nyc.originate(SHOP, Signal.UP, 0);
    nyc.originate(MEDIA, Signal.UP, 0);
    long link = net.join(fra, nyc);
    net.settle();
    hear(fra, nyc, link, 5, 0, 1, 1, 1);
    assertThat(fra.table()).as("BoRR takes nothing").hasSize(4);
    hear(fra, nyc, link, 2, ANNOUNCES_SHOP);
    hear(fra, nyc, link, 5, 0, 1, 2, 1);
    assertThat(fra.table()).containsOnlyKeys("10.32.0.1", "10.32.1.10");
    hear(fra, nyc, link, 5, 0, 1, 2, 1);
    assertThat(fra.table()).as("a second EoRR takes nothing").hasSize(2);
  }

  /** ORIGIN, AS_PATH, NEXT_HOP 10.32.0.2, LOCAL_PREF; 10.32.1.10/32. */
  private static final int[] ANNOUNCES_SHOP = {
    0, 0, 0, 21, 0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4, 10, 32, 0, 2, 0x40, 5, 4, 0, 0, 0, 100, 32,
    10, 32, 1, 10
  };

  private static void hear(Node to, Node from, long link, int type, int... body) {
    ByteBuffer message = ByteBuffer.allocate(19 + body.length);
    for (int i = 0; i < 16; i++) {
      message.put((byte) 0xff);
    }
    message.putShort((short) message.capacity()).put((byte) type);
    for (int b : body) {
      message.put((byte) b);
    }
    to.step(new OverlayEvent.Bytes(from.identity, link, message.array()));
  }
}
