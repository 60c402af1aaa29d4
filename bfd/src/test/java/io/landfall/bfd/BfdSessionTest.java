package io.landfall.bfd;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bfd.BfdConfig.Timing;
import io.landfall.bfd.BfdPacket.Flag;
import io.landfall.bfd.BfdPacket.Flags;
import io.landfall.bfd.BfdPacket.Intervals;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The session of RFC 5880 section 6.8 under a virtual clock. */
class BfdSessionTest {
  private static final long DETECTION_MILLIS = 600;

  @Test
  void bothSidesComeUpInOneRoundTripAndAHalf() {
    Pair pair = Pair.authenticated().start();
    assertThat(pair.millisUntil(() -> isUp(pair))).isLessThanOrEqualTo(4);
    assertThat(pair.a.changes)
        .contains(new BfdEffect.PathChanged(PathLiveness.ALIVE, "both directions are proved"));
  }

  @Test
  void aCutOfBothDirectionsIsNoticedByEachWithinTheDetectionTime() {
    Pair pair = Pair.authenticated().up();
    pair.a.cutOutwards = true;
    pair.b.cutOutwards = true;
    assertThat(pair.millisUntil(() -> isDead(pair.a) && isDead(pair.b)))
        .isLessThanOrEqualTo(DETECTION_MILLIS + 2);
    assertThat(pair.a.session.view().past().diagnostic())
        .isEqualTo(Diagnostic.DETECTION_TIME_EXPIRED);
    assertThat(pair.a.session.view().past().lastDown()).isEqualTo("no packet for 600 ms");
  }

  @Test
  void aCutOfOneDirectionIsNoticedByBothWithinTheDetectionTime() {
    for (boolean fromA : List.of(true, false)) {
      Pair pair = Pair.authenticated().up();
      Pair.End deaf = fromA ? pair.b : pair.a;
      deaf.other().cutOutwards = true;
      assertThat(pair.millisUntil(() -> isDead(pair.a) && isDead(pair.b)))
          .isLessThanOrEqualTo(DETECTION_MILLIS + 2);
      assertThat(deaf.session.view().past().diagnostic())
          .isEqualTo(Diagnostic.DETECTION_TIME_EXPIRED);
      assertThat(deaf.other().session.view().past().lastDown())
          .isEqualTo("the peer signals Down: control detection time expired");
    }
  }

  @Test
  void aPathThatIsCutInOneDirectionStaysDeadUntilItIsWhole() {
    Pair pair = Pair.authenticated().up();
    pair.a.cutOutwards = true;
    pair.run(20_000);
    assertThat(isDead(pair.a) && isDead(pair.b)).isTrue();
    assertThat(pair.a.session.view().counts().downs()).isEqualTo(1);
    pair.a.cutOutwards = false;
    assertThat(pair.millisUntil(() -> isUp(pair))).isLessThanOrEqualTo(1_100);
    assertThat(pair.a.session.path()).isEqualTo(PathLiveness.ALIVE);
  }

  @Test
  void aLongCutDoesNotLockTheSequenceNumbersOut() {
    for (Pair pair : List.of(Pair.authenticated(), longLived())) {
      pair.up();
      pair.a.cutOutwards = true;
      pair.b.cutOutwards = true;
      pair.run(3_600_000);
      pair.a.cutOutwards = false;
      pair.b.cutOutwards = false;
      assertThat(pair.millisUntil(() -> isUp(pair))).isLessThanOrEqualTo(1_100);
    }
  }

  /** Another process of one side goes on: the other side notices nothing. */
  @Test
  void aSessionThatIsResumedIsUpAtOnceAndItsPeerNoticesNothing() {
    BfdConfig config = new BfdConfig(7, Timing.DEFAULT, Optional.empty());
    BfdSession next = new BfdSession(config, bound -> 0);
    byte[] last = upPacket(9, 7);
    List<BfdEffect> effects = next.step(new BfdEvent.Resume(last), 1);
    assertThat(next.state()).isEqualTo(BfdState.UP);
    assertThat(next.path()).isEqualTo(PathLiveness.ALIVE);
    BfdPacket sent =
        effects.stream()
            .filter(BfdEffect.Send.class::isInstance)
            .map(each -> read(((BfdEffect.Send) each).datagram()))
            .findFirst()
            .orElseThrow();
    assertThat(sent.state()).isEqualTo(BfdState.UP);
    assertThat(sent.myDiscriminator()).isEqualTo(7);
    assertThat(sent.yourDiscriminator()).isEqualTo(9);
    assertThat(sent.flags()).as("nothing is negotiated anew").isEqualTo(Flags.NONE);
    assertThat(sent.intervals().desiredMinTx()).isEqualTo(200_000);
    // From here on it is a session like any other: silence ends it.
    for (int i = 0; i < 20 && next.state() == BfdState.UP; i++) {
      next.step(new BfdEvent.Tick(), next.deadlineNanos().orElseThrow());
    }
    assertThat(next.path()).isEqualTo(PathLiveness.DEAD);
  }

  @Test
  void whatIsNoSessionThatIsUpIsNotResumed() {
    for (byte[] last : List.of(new byte[0], upPacket(9, 8))) {
      BfdConfig config = new BfdConfig(7, Timing.DEFAULT, Optional.empty());
      BfdSession next = new BfdSession(config, bound -> 0);
      assertThat(next.step(new BfdEvent.Resume(last), 1)).hasSize(1);
      assertThat(next.state()).isEqualTo(BfdState.DOWN);
    }
  }

  private static byte[] upPacket(int from, int to) {
    return BfdCodec.encode(
        new BfdPacket(
            Diagnostic.NONE,
            BfdState.UP,
            Flags.NONE,
            3,
            from,
            to,
            new Intervals(200_000, 200_000, 0),
            Optional.empty()));
  }

  private static BfdPacket read(byte[] datagram) {
    return ((BfdCodec.Decoding.Read) BfdCodec.decode(datagram)).packet();
  }

  @Test
  void aPeerThatNeverAnswersIsNoDeadPath() {
    Pair pair = Pair.plain();
    pair.a.step(new BfdEvent.Start());
    pair.b.cutOutwards = true;
    pair.run(30_000);
    assertThat(pair.a.state()).isEqualTo(BfdState.DOWN);
    assertThat(pair.a.session.path()).isEqualTo(PathLiveness.UNPROVED);
    assertThat(pair.a.changes).isEmpty();
  }

  @Test
  void aPeerWhoseOperatorSwitchesBfdOffIsNoDeadPath() {
    Pair pair = Pair.plain().up();
    pair.b.step(new BfdEvent.AdminDown());
    pair.run(10);
    assertThat(pair.a.state()).isEqualTo(BfdState.DOWN);
    assertThat(pair.a.session.path()).isEqualTo(PathLiveness.UNPROVED);
    assertThat(pair.a.session.view().past().diagnostic())
        .isEqualTo(Diagnostic.NEIGHBOR_SIGNALED_DOWN);
    pair.run(5_000);
    assertThat(pair.a.session.path()).isEqualTo(PathLiveness.UNPROVED);
    assertThat(pair.b.state()).isEqualTo(BfdState.ADMIN_DOWN);
  }

  @Test
  void aDeadPathWhosePeerIsSwitchedOffIsDeadNoLonger() {
    Pair pair = Pair.plain().up();
    pair.a.cutOutwards = true;
    pair.run(2_000);
    assertThat(isDead(pair.a)).isTrue();
    pair.b.step(new BfdEvent.AdminDown());
    pair.run(10);
    assertThat(pair.a.session.path()).isEqualTo(PathLiveness.UNPROVED);
  }

  @Test
  void nobodySendsMoreThanOnceASecondUntilUp() {
    Pair pair = Pair.plain();
    pair.a.step(new BfdEvent.Start());
    pair.b.cutOutwards = true;
    pair.run(20_000);
    for (int i = 1; i < pair.a.sentAt.size(); i++) {
      long gapMillis = (pair.a.sentAt.get(i) - pair.a.sentAt.get(i - 1)) / Pair.MILLI;
      assertThat(gapMillis).isBetween(750L, 1_000L);
    }
    assertThat(packet(pair.a.sent.getLast()).intervals().desiredMinTx()).isEqualTo(1_000_000);
  }

  @Test
  void inUpPacketsLeaveAtTheIntervalLessAQuarterAtMost() {
    Pair pair = Pair.plain().up();
    pair.a.sentAt.clear();
    pair.run(10_000);
    assertThat(pair.a.sentAt).hasSizeBetween(50, 67);
    for (int i = 1; i < pair.a.sentAt.size(); i++) {
      assertThat((pair.a.sentAt.get(i) - pair.a.sentAt.get(i - 1)) / Pair.MILLI)
          .isBetween(150L, 200L);
    }
  }

  @Test
  void withADetectMultOfOneTheJitterIsATenthAtLeast() {
    BfdConfig once = new BfdConfig(11, new Timing(1_000, 1), Optional.empty());
    Pair pair = new Pair(once, new BfdConfig(22, new Timing(1_000, 1), Optional.empty())).up();
    pair.a.sentAt.clear();
    pair.run(20_000);
    for (int i = 1; i < pair.a.sentAt.size(); i++) {
      assertThat((pair.a.sentAt.get(i) - pair.a.sentAt.get(i - 1)) / Pair.MILLI)
          .isBetween(750L, 900L);
    }
  }

  @Test
  void theSlowerOfTheTwoSetsThePaceOfADirection() {
    BfdConfig quick = new BfdConfig(11, new Timing(100, 3), Optional.empty());
    BfdConfig slow = new BfdConfig(22, new Timing(1_500, 5), Optional.empty());
    Pair pair = new Pair(quick, slow);
    pair.start().run(10_000);
    assertThat(pair.a.session.view().times())
        .isEqualTo(new BfdView.Times(1_500_000, 1_500_000, 7_500_000));
    assertThat(pair.b.session.view().times().detection()).isEqualTo(3 * 1_500_000);
  }

  @Test
  void aChangeOfTimersIsPolledUntilItIsAnswered() {
    Pair pair = Pair.plain();
    pair.start();
    pair.millisUntil(() -> isUp(pair));
    pair.b.cutOutwards = true;
    pair.run(450);
    assertThat(packet(pair.a.sent.getLast()).flags().has(Flag.POLL)).isTrue();
    pair.b.cutOutwards = false;
    pair.run(500);
    assertThat(packet(pair.a.sent.getLast()).flags()).isEqualTo(Flags.NONE);
    assertThat(pair.a.sent)
        .noneMatch(each -> flags(each).has(Flag.POLL) && flags(each).has(Flag.FINAL));
    assertThat(pair.b.sent).anyMatch(each -> flags(each).has(Flag.FINAL));
  }

  @Test
  void aPeerThatCanReceiveNothingIsSentNothing() {
    BfdSession session = session();
    session.step(new BfdEvent.Start(), 1);
    session.step(received(BfdState.DOWN, 0, Flags.NONE, new Intervals(1_000_000, 0, 0)), 2);
    assertThat(session.state()).isEqualTo(BfdState.INIT);
    assertThat(session.step(new BfdEvent.Tick(), 2_000_000_002L))
        .noneMatch(BfdEffect.Send.class::isInstance);
  }

  @Test
  void demandModeOfThePeerStopsPeriodicPacketsButNotAnswers() {
    Pair pair = Pair.plain().up();
    BfdSession session = pair.a.session;
    Flags demand = Flags.of(Flag.DEMAND);
    Intervals usual = new Intervals(200_000, 200_000, 0);
    session.step(received(BfdState.UP, 11, demand, usual), pair.now);
    assertThat(session.step(new BfdEvent.Tick(), pair.now + 500 * Pair.MILLI))
        .noneMatch(BfdEffect.Send.class::isInstance);
    Flags poll = Flags.of(Flag.POLL, Flag.DEMAND);
    assertThat(session.step(received(BfdState.UP, 11, poll, usual), pair.now + 501 * Pair.MILLI))
        .anyMatch(e -> e instanceof BfdEffect.Send(byte[] sent) && flags(sent).has(Flag.FINAL));
  }

  @Test
  void anInitFromThePeerBringsADownSessionUpAtOnce() {
    BfdSession session = session();
    session.step(new BfdEvent.Start(), 1);
    session.step(received(BfdState.INIT, 11, Flags.NONE, new Intervals(1_000_000, 200_000, 0)), 2);
    assertThat(session.state()).isEqualTo(BfdState.UP);
  }

  @Test
  void anUpFromThePeerDoesNotBringADownSessionUp() {
    BfdSession session = session();
    session.step(new BfdEvent.Start(), 1);
    session.step(received(BfdState.UP, 11, Flags.NONE, new Intervals(200_000, 200_000, 0)), 2);
    assertThat(session.state()).isEqualTo(BfdState.DOWN);
  }

  @Test
  void aPauseOfOursOfASecondDoesNotMakeThePeerLookDead() {
    Pair pair = Pair.authenticated().up();
    pair.a.paused = true;
    pair.run(500); // the peer notices nothing yet
    pair.a.resume();
    pair.run(100);
    assertThat(isUp(pair)).isTrue();
    assertThat(pair.a.changes).noneMatch(BfdEffect.StateChanged.class::isInstance);

    pair.b.cutOutwards = false;
    pair.a.paused = true;
    pair.run(1_000);
    pair.a.resume();
    assertThat(pair.a.changes)
        .as("what we did not read in time is not held against the peer")
        .noneMatch(
            e ->
                e instanceof BfdEffect.StateChanged changed
                    && changed.why().startsWith("no packet"));
    assertThat(pair.millisUntil(() -> isUp(pair))).isLessThanOrEqualTo(1_100);
  }

  @Test
  void aPauseOfBothSidesEndsByItself() {
    Pair pair = Pair.authenticated().up();
    pair.a.paused = true;
    pair.b.paused = true;
    pair.run(1_000);
    pair.a.resume();
    pair.b.resume();
    assertThat(pair.millisUntil(() -> isUp(pair))).isLessThanOrEqualTo(1_100);
  }

  @Test
  void theGraceAfterAPauseIsGivenOnceAndARealCutIsStillNoticed() {
    Pair pair = Pair.authenticated().up();
    pair.b.cutOutwards = true;
    pair.a.paused = true;
    pair.run(1_000);
    pair.a.resume();
    assertThat(isDead(pair.a)).isFalse();
    assertThat(pair.millisUntil(() -> isDead(pair.a))).isLessThanOrEqualTo(201);
  }

  private static BfdSession session() {
    return new BfdSession(new BfdConfig(11, Timing.DEFAULT, Optional.empty()), bound -> 0);
  }

  private static BfdEvent.Received received(
      BfdState state, int yours, Flags flags, Intervals intervals) {
    return new BfdEvent.Received(
        BfdCodec.encode(
            new BfdPacket(
                Diagnostic.NONE, state, flags, 3, 22, yours, intervals, Optional.empty())));
  }

  private static Pair longLived() {
    AuthenticationKey key = new AuthenticationKey(7, new byte[] {1, 2, 3});
    SessionKeys keys =
        new SessionKeys(
            AuthenticationType.METICULOUS_KEYED_SHA1, key, key, SessionKeys.Freshness.LONG_LIVED);
    return new Pair(
        new BfdConfig(11, Timing.DEFAULT, Optional.of(keys)),
        new BfdConfig(22, Timing.DEFAULT, Optional.of(keys)));
  }

  private static boolean isUp(Pair pair) {
    return pair.a.state() == BfdState.UP && pair.b.state() == BfdState.UP;
  }

  private static boolean isDead(Pair.End end) {
    return end.session.path() == PathLiveness.DEAD;
  }

  private static BfdPacket packet(byte[] datagram) {
    if (BfdCodec.decode(datagram) instanceof BfdCodec.Decoding.Read(BfdPacket packet)) {
      return packet;
    }
    throw new AssertionError("our own packet cannot be read");
  }

  private static Flags flags(byte[] datagram) {
    return packet(datagram).flags();
  }
}
