package io.landfall.overlay;

import static io.landfall.bgp.SessionState.ESTABLISHED;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.CeaseMessage;
import io.landfall.core.Direction;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Authenticated streams that never become a session. */
class StreamsWithoutSessionTest {
  private static final long SECOND = 1_000_000_000L;
  private final OverlayNet net = new OverlayNet();
  private Node fra;
  private Node nyc;

  @BeforeEach
  void twoNodes() {
    fra = net.add("fra", "10.32.0.1");
    nyc = net.add("nyc", "10.32.0.2");
  }

  private List<OverlayEffect> step(OverlayEvent event, long nowNanos) {
    return fra.overlay.step(event, nowNanos);
  }

  private OverlayEvent.LinkUp link(long number, String fingerprint) {
    return new OverlayEvent.LinkUp(
        nyc.info(Relation.MESH), fingerprint, number, Direction.INCOMING);
  }

  private boolean admitsAnotherCertificate() {
    return fra.overlay.admit(nyc.info(Relation.MESH), "fp-other") instanceof PeerAdmission.Admitted;
  }

  @Test
  void aHandshakeWithoutAnOpenHoldsTheIdentityForTwoSecondsAndNoLonger() {
    step(link(1, "fp-thief"), 0);
    assertThat(admitsAnotherCertificate()).isFalse();
    assertThat(fra.overlay.deadlineNanos()).hasValue(2 * SECOND);

    List<OverlayEffect> effects = step(new OverlayEvent.Tick(), 2 * SECOND);

    assertThat(effects).anyMatch(OverlayEffect.CloseLink.class::isInstance);
    assertThat(admitsAnotherCertificate()).isTrue();
    assertThat(step(link(2, "fp-other"), 2 * SECOND))
        .noneMatch(OverlayEffect.CloseLink.class::isInstance);
  }

  /** A stream of nyc's certificate, or of another, on which something comes that is no BGP. */
  private void refusedOpen(long number, String fingerprint, String place, long nowNanos) {
    step(linkFrom(number, fingerprint, place), nowNanos);
    step(new OverlayEvent.Bytes(nyc.identity, number, new byte[19]), nowNanos);
    step(new OverlayEvent.LinkClosed(nyc.identity, number, "gone"), nowNanos);
  }

  private OverlayEvent.LinkUp linkFrom(long number, String fingerprint, String place) {
    return new OverlayEvent.LinkUp(
        nyc.info(Relation.MESH), fingerprint, place, number, Direction.INCOMING);
  }

  private boolean isTaken(OverlayEvent.LinkUp link) {
    return step(link, SECOND / 2).stream().noneMatch(OverlayEffect.CloseLink.class::isInstance);
  }

  @Test
  void whoSendsWhatIsRefusedIsHeldOff() {
    refusedOpen(1, "fp-nyc", "127.0.0.66", 0);
    assertThat(isTaken(linkFrom(2, "fp-nyc", "127.0.0.66"))).isFalse();
  }

  @Test
  void aThiefOfAKeyDoesNotHaveTheNodeHeldOffBySendingWhatIsRefused() {
    refusedOpen(1, "fp-nyc", "127.0.0.66", 0);
    assertThat(isTaken(linkFrom(2, "fp-nyc", "127.0.0.66"))).isFalse();
    assertThat(isTaken(linkFrom(3, "fp-nyc", "127.0.0.2"))).isTrue();
  }

  @Test
  void noMoreDoesWhoeverHasAnotherCertificateOfItsIdentity() {
    refusedOpen(1, "fp-thief", "127.0.0.2", 0);
    assertThat(isTaken(linkFrom(2, "fp-nyc", "127.0.0.2"))).isTrue();
  }

  @Test
  void aPeerThatOnlyShookHandsIsNotLiveAndIsForgottenAfterAMinute() {
    step(link(1, "fp-nyc"), 0);
    assertThat(fra.overlay.peers()).singleElement().matches(PeerView::live);
    step(new OverlayEvent.LinkClosed(nyc.identity, 1, "gone"), SECOND);
    assertThat(fra.overlay.peers()).singleElement().matches(peer -> !peer.live());
    long due = SECOND + Peers.PASSING_NANOS;
    assertThat(fra.overlay.deadlineNanos()).hasValue(due);

    step(new OverlayEvent.Tick(), due - 1);
    assertThat(fra.overlay.peers()).hasSize(1);
    step(new OverlayEvent.Tick(), due);
    assertThat(fra.overlay.peers()).isEmpty();
    assertThat(fra.overlay.deadlineNanos()).isEmpty();
  }

  private static List<String> failures(List<OverlayEffect> effects) {
    return effects.stream()
        .filter(OverlayEffect.Note.class::isInstance)
        .map(note -> ((OverlayEffect.Note) note).text())
        .filter(text -> text.startsWith("no session yet"))
        .toList();
  }

  @Test
  void anOrdinaryStartWithADialOfEachSideNotesNoFailure() {
    net.join(fra, nyc);
    net.join(nyc, fra);
    net.settle();
    assertThat(fra.overlay.peers()).singleElement().matches(peer -> peer.state() == ESTABLISHED);
    assertThat(failures(fra.seen)).isEmpty();
    assertThat(failures(nyc.seen)).isEmpty();
  }

  @Test
  void aDialOfAPeerThatHasASessionIsNoFailureHoweverOftenItComes() {
    net.mesh();
    for (int i = 0; i < 5; i++) {
      net.join(fra, nyc);
      net.settle();
    }
    assertThat(failures(fra.seen)).isEmpty();
    assertThat(failures(nyc.seen)).isEmpty();
  }

  @Test
  void whyThereIsNoSessionIsNotedOnceForEachReason() {
    List<OverlayEffect> effects = new ArrayList<>();
    for (String why : List.of("gone", "gone", "gone", "reset", "reset")) {
      long number = effects.size() + 1L;
      effects.addAll(step(link(number, "fp-nyc"), 0));
      effects.addAll(step(new OverlayEvent.LinkClosed(nyc.identity, number, why), 0));
    }
    assertThat(failures(effects)).containsExactly("no session yet: gone", "no session yet: reset");
  }

  @Test
  void aPeerThatHadASessionIsRemembered() {
    net.mesh();
    net.settle();
    long link = fra.seen(OverlayEffect.PeerUp.class).getFirst().connection();
    step(new OverlayEvent.LinkClosed(nyc.identity, link, "gone"), 60 * SECOND);
    step(new OverlayEvent.Tick(), 1000 * SECOND);
    assertThat(fra.overlay.peers()).singleElement().matches(peer -> !peer.live());
  }

  @Test
  void whoIsRefusedIsToldWhyInACease() {
    net.mesh();
    fra.seen.clear();
    fra.step(link(99, "fp-other"));
    assertThat(fra.seen(OverlayEffect.Write.class))
        .singleElement()
        .satisfies(
            write -> {
              assertThat(write.connection()).isEqualTo(99);
              assertThat(write.bytes()[19]).isEqualTo((byte) 6);
              assertThat(write.bytes()[20]).isEqualTo((byte) 5);
              assertThat(new String(write.bytes(), java.nio.charset.StandardCharsets.UTF_8))
                  .contains("duplicate-identity", "10.32.0.2");
            });
  }

  @Test
  void aPeersRejectionIsReportedWithItsWords() {
    step(link(1, "fp-nyc"), 0);
    byte[] rejection = CeaseMessage.of(CeaseMessage.CONNECTION_REJECTED, "two of you");
    List<OverlayEffect> effects = step(new OverlayEvent.Bytes(nyc.identity, 1, rejection), SECOND);
    assertThat(effects)
        .filteredOn(OverlayEffect.Rejected.class::isInstance)
        .singleElement()
        .satisfies(
            effect ->
                assertThat(((OverlayEffect.Rejected) effect).text()).endsWith(": two of you"));
  }
}
