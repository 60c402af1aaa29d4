package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionState;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that no well-behaved node sends, on a session that a node has brought up. */
class HostileUpdateTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private Node fra;
  private Node nyc;
  private Node sin;
  private long link;

  @BeforeEach
  void fraHearsNycAndSin() {
    fra = net.add("fra", "10.32.0.1");
    nyc = net.add("nyc", "10.32.0.2");
    sin = net.add("sin", "10.32.0.3");
    link = net.join(fra, nyc);
    net.join(fra, sin);
    net.settle();
    fra.seen.clear();
  }

  /** An UPDATE with the attributes of a Landfall route of nyc, and these NLRI bytes. */
  private static byte[] update(int nextHop, int... nlri) {
    return update(new byte[0], nextHop, nlri);
  }

  private static byte[] update(byte[] more, int nextHop, int... nlri) {
    ByteBuffer attributes = ByteBuffer.allocate(64);
    attributes.put(new byte[] {0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4}).putInt(nextHop);
    attributes.put(new byte[] {0x40, 5, 4}).putInt(100).put(more).flip();
    ByteBuffer message = ByteBuffer.allocate(19 + 4 + attributes.remaining() + nlri.length);
    for (int i = 0; i < 16; i++) {
      message.put((byte) 0xff);
    }
    message.putShort((short) message.capacity()).put((byte) 2).putShort((short) 0);
    message.putShort((short) attributes.remaining()).put(attributes);
    for (int b : nlri) {
      message.put((byte) b);
    }
    return message.array();
  }

  private void hear(byte[] bytes) {
    fra.step(new OverlayEvent.Bytes(nyc.identity, link, bytes));
    net.settle();
  }

  private static final int NYC = 10 << 24 | 32 << 16 | 2;

  @Test
  void aMixOfLegalAndIllegalPrefixesTakesExactlyTheLegalOnes() {
    hear(
        update(
            NYC, 0, 24, 10, 32, 1, 32, 192, 0, 2, 1, 32, 10, 32, 1, 10, 23, 10, 32, 0, 32, 10, 32,
            0, 1, 32, 10, 32, 0, 3));
    assertThat(fra.overlay.route(SHOP)).isPresent();
    RefusedView refused = fra.overlay.refused().getFirst();
    assertThat(refused.rules())
        .containsExactly(
            new RefusedView.RuleCount("default-route", 1),
            new RefusedView.RuleCount("identity-of-another-node", 1),
            new RefusedView.RuleCount("not-host-length", 2),
            new RefusedView.RuleCount("outside-block", 1),
            new RefusedView.RuleCount("own-identity", 1));
    assertThat(fra.overlay.monitor().counts(nyc.identity).orElseThrow().rejected()).isEqualTo(6);
    assertThat(refused.recent())
        .extracting(RefusedView.Entry::what)
        .contains("0.0.0.0/0", "10.32.1.0/24", "192.0.2.1/32");
    assertThat(fra.overlay.peers())
        .extracting(PeerView::state)
        .containsOnly(SessionState.ESTABLISHED);
    assertThat(fra.seen(OverlayEffect.Write.class)).as("not a byte to anyone").isEmpty();
  }

  @Test
  void aRefusedPrefixIsListedAsARouteAndARefusedAttributeByItsName() {
    hear(update(NYC, 24, 10, 32, 1));
    assertThat(fra.overlay.refused().getFirst().routes())
        .singleElement()
        .satisfies(route -> assertThat(route.rule()).isEqualTo("not-host-length"));
    assertThat(fra.overlay.queries().peers().getFirst().subjects()).isEmpty();

    byte[] aigp = {(byte) 0x80, 26, 3, 1, 0, 3};
    hear(update(aigp, NYC, 32, 10, 32, 1, 10));
    assertThat(fra.overlay.refused().getFirst().routes()).hasSize(1);
    assertThat(fra.overlay.queries().peers().getFirst().subjects())
        .containsExactly(new RefusedView.SubjectCount("unwanted-attribute", "AIGP (26)", 1));
    assertThat(fra.overlay.monitor().counts(nyc.identity).orElseThrow().rejected()).isEqualTo(1);
  }

  @Test
  void aForeignNextHopIsRefusedAndTakesTheEarlierPathAway() {
    hear(update(NYC, 32, 10, 32, 1, 10));
    assertThat(fra.overlay.route(SHOP)).isPresent();
    hear(update(NYC + 1, 32, 10, 32, 1, 10));
    assertThat(fra.overlay.route(SHOP)).isEmpty();
    assertThat(fra.overlay.refused().getFirst().recent().getFirst())
        .satisfies(entry -> assertThat(entry.rule()).isEqualTo("next-hop-not-the-peer"));
    assertThat(fra.overlay.peers().getFirst().state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void garbageEndsThatSessionOnlyAndOthersNoticeNothing() {
    sin.originate(SHOP, Signal.UP, 0);
    hear(new byte[64]);
    assertThat(fra.overlay.peers()).extracting(PeerView::state).contains(SessionState.ESTABLISHED);
    assertThat(fra.overlay.route(nyc.identity)).isEmpty();
    assertThat(fra.overlay.route(SHOP)).isPresent();
    assertThat(fra.seen(OverlayEffect.PeerDown.class)).hasSize(1);
    List<OverlayEffect.Write> writes = fra.seen(OverlayEffect.Write.class);
    assertThat(writes).allSatisfy(write -> assertThat(write.peer()).isEqualTo(nyc.identity));
  }

  @Test
  void noisyNotesAreLimitedByCount() {
    for (int i = 0; i < 1_000; i++) {
      hear(update(NYC, 24, 10, 32, 1));
    }
    assertThat(fra.seen(OverlayEffect.Note.class)).hasSize(10);
    assertThat(fra.overlay.refused().getFirst().recent())
        .containsExactly(
            new RefusedView.Entry("10.32.1.0/24", "not-host-length", net.nowNanos, 1_000));
  }

  @Test
  void aFloodBeyondTheReceiveLimitEndsTheSession() {
    int limit = OverlayLimits.usual().receivePrefixes();
    int sent = 0;
    while (sent <= limit && fra.seen(OverlayEffect.PeerDown.class).isEmpty()) {
      int[] nlri = new int[5 * 512];
      for (int i = 0; i < 512; i++, sent++) {
        nlri[5 * i] = 32;
        nlri[5 * i + 1] = 11;
        nlri[5 * i + 2] = sent >>> 16;
        nlri[5 * i + 3] = sent >>> 8 & 0xff;
        nlri[5 * i + 4] = sent & 0xff;
      }
      fra.step(new OverlayEvent.Bytes(nyc.identity, link, update(NYC, nlri)));
    }
    // The identity that nyc announced itself counts too.
    assertThat(sent).isGreaterThanOrEqualTo(limit);
    assertThat(fra.seen(OverlayEffect.PeerDown.class).getFirst().reason())
        .satisfies(
            reason -> {
              assertThat(reason.code()).isEqualTo(6);
              assertThat(reason.subcode()).isEqualTo(1);
            });
  }
}
