package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.InvariantBroken;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.signal.SignalStep.Answer;
import io.landfall.signal.SignalStep.Why;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocalSignalsTest {
  private static final long MS = Drive.MS;
  private final Drive drive = new Drive(0);

  private void refusesWith(Why why, SignalEvent event) {
    SignalStep step = drive.step(event);
    assertThat(step.changes()).isEmpty();
    assertThat(step.answer())
        .isInstanceOfSatisfying(Answer.Refused.class, r -> assertThat(r.why()).isEqualTo(why));
  }

  @Test
  void nothingIsSaidBeforeTheFirstProbe() {
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.signals.isEvaluated()).isFalse();
    drive.runFor(MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.signals.isEvaluated()).isTrue();
    assertThat(drive.told).singleElement().satisfies(t -> assertThat(t.atNanos()).isZero());
  }

  @Test
  void aServiceHostedElsewhereSaysNothingHere() {
    drive.runFor(MS, true);
    assertThat(drive.signals.signal(Drive.MEDIA)).isEqualTo(Signal.DOWN);
    refusesWith(Why.NOT_HOSTED_HERE, new SignalEvent.Announce(Drive.MEDIA, Optional.empty()));
    refusesWith(Why.NOT_HOSTED_HERE, new SignalEvent.Withdraw(Drive.MEDIA));
    refusesWith(Why.UNKNOWN_SERVICE, new SignalEvent.Withdraw(new ServiceName("other")));
  }

  @Test
  void aDeadBackendWithdrawsAndItsReturnAnnounces() {
    drive.runFor(MS, true);
    drive.step(new SignalEvent.BackendRefused(Drive.SHOP, 0, "connection refused"));
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.told.getLast().change().why()).contains("connection refused");
    drive.runFor(1000 * MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void withdrawAndAnnounceByCommandActAtOnce() {
    drive.runFor(MS, true);
    assertThat(drive.step(new SignalEvent.Withdraw(Drive.SHOP)).changes())
        .containsExactly(
            new SignalChange(Drive.SHOP, Signal.UP, Signal.DOWN, 0, "withdrawn by command"));
    assertThat(drive.step(Drive.announce()).changes())
        .singleElement()
        .satisfies(change -> assertThat(change.to()).isEqualTo(Signal.UP));
  }

  @Test
  void aWithdrawnServiceStaysDownHoweverHealthy() {
    drive.runFor(MS, true);
    drive.step(new SignalEvent.Withdraw(Drive.SHOP));
    drive.runFor(60_000 * MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
  }

  @Test
  void anAnnouncementDoesNotOverruleAProbe() {
    drive.runFor(MS, false);
    drive.step(Drive.announce(5000));
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.view().why()).contains("refused");
  }

  @Test
  void aLeaseThatEndsWithdrawsAtItsEnd() {
    drive.runFor(MS, true);
    drive.step(Drive.announce(5000));
    long end = drive.now + 5000 * MS;
    drive.runTo(end - 1, () -> true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    drive.runTo(end, () -> true);
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.told.getLast().atNanos()).isEqualTo(end);
    assertThat(drive.view().why()).contains("lease");
    assertThat(drive.view().leaseRemainingMillis()).contains(0L);
  }

  @Test
  void anAnnouncementWithoutALeaseEndsTheDependence() {
    drive.runFor(MS, true);
    drive.step(Drive.announce(5000));
    drive.step(Drive.announce());
    drive.runFor(60_000 * MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void anOldHolderCannotReviveAService() {
    drive.runFor(MS, true);
    drive.step(Drive.announce(5000, 2, 0));
    drive.runFor(6000 * MS, true);
    refusesWith(Why.STALE_LEASE, Drive.announce(5000, 1, 7));
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    drive.step(new SignalEvent.Withdraw(Drive.SHOP));
    refusesWith(Why.STALE_LEASE, Drive.announce(5000, 1, 7));
    assertThat(drive.view().withdrawn()).isTrue();
  }

  @Test
  void aLeaseOfAWrongLengthIsRefused() {
    refusesWith(Why.BAD_TTL, Drive.announce(1));
  }

  @Test
  void withoutAFenceTheNodeNumbersTheRequests() {
    drive.runFor(MS, true);
    assertThat(drive.step(Drive.announce(5000)).answer()).isInstanceOf(Answer.Leased.class);
    assertThat(drive.step(Drive.announce(5000)).answer())
        .isInstanceOfSatisfying(
            Answer.Leased.class, leased -> assertThat(leased.lease().sequence()).isEqualTo(1));
  }

  @Test
  void afterAPauseLongerThanTheLeaseTheFirstActionAlreadySeesIt() {
    drive.runFor(MS, true);
    drive.step(Drive.announce(5000));
    drive.now += 30_000 * MS;
    SignalStep step = drive.step(new SignalEvent.Undrain(Optional.empty()));
    assertThat(step.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.to()).isEqualTo(Signal.DOWN));
  }

  @Test
  void afterAPauseAProbeThatTimedOurStillnessBlamesNobody() {
    drive.runFor(MS, true);
    drive.now = drive.signals.deadlineNanos();
    ProbeOrder order = drive.signals.dueProbes(drive.now).getFirst();
    drive.now += 30_000 * MS;
    drive.step(new SignalEvent.ProbeDone(order.service(), order.ticket(), false, "timed out"));
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.signals.dueProbes(drive.now)).hasSize(1);
  }

  @Test
  void aProbeThatIsLostCountsAsFailed() {
    drive.runFor(MS, true);
    drive.now = drive.signals.deadlineNanos();
    assertThat(drive.signals.dueProbes(drive.now)).hasSize(1);
    drive.now = drive.signals.deadlineNanos();
    drive.signals.dueProbes(drive.now);
    drive.step(new SignalEvent.Tick());
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.view().why()).contains("lost");
  }

  @Test
  void drainOfServiceAndNodeAreEndedEachOnItsOwn() {
    drive.runFor(MS, true);
    drive.step(new SignalEvent.Drain(Optional.of(Drive.SHOP)));
    assertThat(drive.signal()).isEqualTo(Signal.DRAINING);
    drive.step(new SignalEvent.Drain(Optional.empty()));
    assertThat(drive.signals.isNodeDraining()).isTrue();
    drive.step(new SignalEvent.Undrain(Optional.empty()));
    assertThat(drive.signal()).isEqualTo(Signal.DRAINING);
    drive.step(new SignalEvent.Undrain(Optional.of(Drive.SHOP)));
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void aDrainingServiceThatDiesIsDown() {
    drive.runFor(MS, true);
    drive.step(new SignalEvent.Drain(Optional.empty()));
    drive.runFor(1000 * MS, false);
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
  }

  @Test
  void timeThatGoesBackIsABug() {
    drive.runFor(MS, true);
    assertThatThrownBy(() -> drive.signals.step(new SignalEvent.Tick(), 0))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void oneServiceTwiceIsRefused() {
    ServiceSpec shop = new ServiceSpec(Drive.SHOP, List.of(), ProbeSpec.defaultProbe());
    assertThatThrownBy(() -> new LocalSignals(List.of(shop, shop), 0))
        .hasMessageContaining("twice");
  }
}
