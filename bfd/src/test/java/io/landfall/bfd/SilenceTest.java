package io.landfall.bfd;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bfd.BfdConfig.Timing;
import io.landfall.bfd.BfdPacket.AuthenticationSection;
import io.landfall.bfd.BfdPacket.Flags;
import io.landfall.bfd.BfdPacket.Intervals;
import io.landfall.bfd.SessionKeys.Freshness;
import io.landfall.core.Now;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What one session does when its peer is silent, or its operator ends it; and what it counts. */
class SilenceTest {
  private static final long MILLI = Pair.MILLI;
  private static final Intervals SLOW = new Intervals(1_000_000, 200_000, 0);
  private static final AuthenticationKey KEY = new AuthenticationKey(1, new byte[] {1});

  @Test
  void aSessionInInitThatReceivesNothingMoreIsDownAndItsPathIsNotDead() {
    BfdSession session = session(Optional.empty());
    session.step(new BfdEvent.Start(), 1);
    session.step(down(SLOW, Optional.empty()), 1);
    assertThat(session.state()).isEqualTo(BfdState.INIT);
    List<BfdEffect> effects = session.step(new BfdEvent.Tick(), 1 + 3_000 * MILLI);
    assertThat(session.state()).isEqualTo(BfdState.DOWN);
    assertThat(session.path()).isEqualTo(PathLiveness.UNPROVED);
    assertThat(effects)
        .contains(new BfdEffect.StateChanged(BfdState.INIT, BfdState.DOWN, "no packet for 3000 ms"))
        .noneMatch(BfdEffect.PathChanged.class::isInstance);
    assertThat(session.view().past().diagnostic()).isEqualTo(Diagnostic.DETECTION_TIME_EXPIRED);
    assertThat(session.view().counts().downs()).as("it was not Up").isZero();
  }

  @Test
  void longLivedKeysKeepTheirSequenceNumberForTwiceTheDetectionTime() {
    BfdSession session = keyed(AuthenticationType.METICULOUS_KEYED_SHA1, Freshness.LONG_LIVED);
    assertThat(broken(session, 1_000, 1)).isEmpty();
    long once = 1 + 3_000 * MILLI;
    session.step(new BfdEvent.Tick(), once);
    session.step(new BfdEvent.Tick(), once + 1);
    assertThat(broken(session, 1, once + 2)).hasValue(DiscardRule.AUTHENTICATION_SEQUENCE);
    session.step(new BfdEvent.Tick(), once + 3_000 * MILLI - 1);
    assertThat(broken(session, 1, once + 3_000 * MILLI - 1))
        .hasValue(DiscardRule.AUTHENTICATION_SEQUENCE);
    session.step(new BfdEvent.Tick(), once + 3_000 * MILLI);
    assertThat(broken(session, 1, once + 3_000 * MILLI)).isEmpty();
  }

  @Test
  void withTheKeysOfOneSessionANumberMayComeTwiceOnlyWhereItNeedNotCountUp() {
    for (AuthenticationType type : AuthenticationType.values()) {
      BfdSession session = keyed(type, Freshness.ONE_SESSION);
      assertThat(broken(session, 5, 1)).isEmpty();
      assertThat(broken(session, 5, 1).isEmpty()).isEqualTo(type == AuthenticationType.KEYED_SHA1);
      assertThat(broken(session, 4, 1)).hasValue(DiscardRule.AUTHENTICATION_SEQUENCE);
      assertThat(broken(session, 1_000_000, 1)).isEmpty();
    }
  }

  @Test
  void aSessionThatItsOperatorEndsProvesNothingAndWaitsForNothing() {
    Pair pair = Pair.plain().up();
    pair.b.step(new BfdEvent.AdminDown());
    assertThat(pair.b.session.path()).isEqualTo(PathLiveness.UNPROVED);
    assertThat(pair.b.changes)
        .contains(
            new BfdEffect.PathChanged(PathLiveness.UNPROVED, "BFD is administratively down here"));

    BfdSession silent = session(Optional.empty());
    silent.step(new BfdEvent.Start(), 1);
    silent.step(down(new Intervals(1_000_000, 0, 0), Optional.empty()), 1);
    assertThat(silent.deadlineNanos()).as("the end of the detection time").isPresent();
    silent.step(new BfdEvent.AdminDown(), 2);
    assertThat(silent.deadlineNanos()).isEmpty();
  }

  @Test
  void whatIsSentAndTakenAndEachUpAndDownIsCounted() {
    Pair pair = Pair.authenticated().up();
    pair.b.step(new BfdEvent.AdminDown());
    pair.run(10);
    BfdView view = pair.a.session.view();
    assertThat(view.counts().sent()).isEqualTo(pair.a.sent.size()).isGreaterThan(5);
    assertThat(view.counts().received()).isEqualTo(pair.b.sent.size());
    assertThat(view.counts().ups()).isEqualTo(1);
    assertThat(view.counts().downs()).isEqualTo(1);
    assertThat(view.authentication()).isEqualTo("meticulous-keyed-sha1");
    assertThat(Pair.plain().a.session.view().authentication()).isEqualTo("none");
  }

  @Test
  void aSessionIsToldOfTheTimeByItsMonotonicClock() {
    BfdSession session = session(Optional.empty());
    assertThat(session.discriminator()).isEqualTo(11);
    assertThat(session.step(new BfdEvent.Start(), new Now(5, 1_000)))
        .singleElement()
        .isInstanceOf(BfdEffect.Send.class);
    assertThat(session.deadlineNanos()).hasValue(5 + 1_000 * MILLI);
  }

  private static BfdSession session(Optional<SessionKeys> keys) {
    return new BfdSession(new BfdConfig(11, Timing.DEFAULT, keys), bound -> 0);
  }

  private static BfdSession keyed(AuthenticationType type, Freshness freshness) {
    BfdSession session = session(Optional.of(new SessionKeys(type, KEY, KEY, freshness)));
    session.step(new BfdEvent.Start(), 1);
    return session;
  }

  /** The rule that a signed packet with this sequence number breaks. */
  private static Optional<DiscardRule> broken(BfdSession session, int sequence, long nowNanos) {
    AuthenticationType type =
        session.view().authentication().equals(AuthenticationType.KEYED_SHA1.label())
            ? AuthenticationType.KEYED_SHA1
            : AuthenticationType.METICULOUS_KEYED_SHA1;
    BfdEvent.Received packet =
        down(SLOW, Optional.of(new AuthenticationSection(type, KEY.id(), sequence)));
    KEY.sign(packet.datagram());
    return session.step(packet, nowNanos).stream()
        .filter(BfdEffect.Discarded.class::isInstance)
        .map(effect -> ((BfdEffect.Discarded) effect).rule())
        .findFirst();
  }

  private static BfdEvent.Received down(
      Intervals intervals, Optional<AuthenticationSection> section) {
    return new BfdEvent.Received(
        BfdCodec.encode(
            new BfdPacket(
                Diagnostic.NONE, BfdState.DOWN, Flags.NONE, 3, 22, 0, intervals, section)));
  }
}
