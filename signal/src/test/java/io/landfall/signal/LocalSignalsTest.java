package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.InvariantBroken;
import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.signal.SignalAnswer.Why;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocalSignalsTest {
  private static final long MS = Drive.MS;
  private final Drive drive = new Drive(0);

  private void refusesWith(Why why, SignalEvent event) {
    Drive.Step step = drive.step(event);
    assertThat(step.changes()).isEmpty();
    assertThat(step.answer())
        .isInstanceOfSatisfying(
            SignalAnswer.Refused.class, r -> assertThat(r.why()).isEqualTo(why));
  }

  @Test
  void nothingIsSaidBeforeTheFirstProbe() {
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.signals.isEvaluated()).isFalse();
    drive.runFor(MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.signals.isEvaluated()).isTrue();
    assertThat(drive.published).singleElement().satisfies(t -> assertThat(t.atNanos()).isZero());
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
    assertThat(drive.published.getLast().change().why()).contains("connection refused");
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
    assertThat(drive.view().published().why()).contains("refused");
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
    assertThat(drive.published.getLast().atNanos()).isEqualTo(end);
    assertThat(drive.view().published().why()).contains("lease");
    assertThat(drive.view().lease()).contains(new LocalServiceView.HeldLease(5000, 0));
  }

  @Test
  void aLeaseIsSeenWithHowLongItLastsAndWhatIsLeft() {
    drive.runFor(MS, true);
    assertThat(drive.view().lease()).isEmpty();
    drive.step(Drive.announce(5000));
    drive.runFor(2000 * MS, true);
    assertThat(drive.view().lease()).contains(new LocalServiceView.HeldLease(5000, 3000));
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
    assertThat(drive.view().is(LocalServiceView.Condition.WITHDRAWN)).isTrue();
  }

  @Test
  void aLeaseOfAWrongLengthIsRefused() {
    refusesWith(Why.BAD_TTL, Drive.announce(1));
  }

  @Test
  void withoutAFenceTheNodeNumbersTheRequests() {
    drive.runFor(MS, true);
    assertThat(drive.step(Drive.announce(5000)).answer()).isInstanceOf(SignalAnswer.Leased.class);
    assertThat(drive.step(Drive.announce(5000)).answer())
        .isInstanceOfSatisfying(
            SignalAnswer.Leased.class,
            leased -> assertThat(leased.lease().sequence()).isEqualTo(1));
  }

  @Test
  void afterAPauseLongerThanTheLeaseTheFirstActionAlreadySeesIt() {
    drive.runFor(MS, true);
    drive.step(Drive.announce(5000));
    drive.now += 30_000 * MS;
    Drive.Step step = drive.step(new SignalEvent.Undrain(Optional.empty()));
    assertThat(step.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.to()).isEqualTo(Signal.DOWN));
  }

  @Test
  void afterAPauseAProbeThatTimedOurStillnessBlamesNobody() {
    drive.runFor(MS, true);
    drive.runToDeadline();
    drive.now += 30_000 * MS;
    drive.answer(false, "timed out");
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.probes).hasSize(1);
  }

  @Test
  void aProbeThatIsLostCountsAsFailed() {
    drive.runFor(MS, true);
    drive.runToDeadline();
    assertThat(drive.probes).hasSize(1);
    drive.runToDeadline();
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.view().published().why()).contains("lost");
  }

  @Test
  void onlyATickDeclaresAProbeLostSoAResultThatWaitedIsReadBefore() {
    drive.runFor(MS, true);
    drive.runToDeadline();
    drive.now = drive.signals.deadlineNanos().orElseThrow() + MS;
    drive.step(new SignalEvent.Withdraw(Drive.MEDIA));
    drive.answer(true, "ok");
    drive.step(new SignalEvent.Tick());
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.view().backends().getFirst().failuresInARow()).isZero();
  }

  @Test
  void aResultThatChangesNothingTellsNothing() {
    drive.runFor(MS, true);
    drive.runToDeadline();
    SignalEffect.RunProbe probe = drive.probes.remove();
    SignalEvent same =
        new SignalEvent.ProbeDone(probe.service(), probe.ticket(), true, "ok", drive.now);
    assertThat(drive.signals.step(same, new Now(drive.now, 0))).isEmpty();

    drive.runToDeadline();
    SignalEffect.RunProbe next = drive.probes.remove();
    SignalEvent bad =
        new SignalEvent.ProbeDone(next.service(), next.ticket(), false, "refused", drive.now);
    assertThat(drive.signals.step(bad, new Now(drive.now, 0)))
        .hasSize(3)
        .hasAtLeastOneElementOfType(SignalEffect.Changed.class)
        .hasAtLeastOneElementOfType(SignalEffect.BackendTurned.class)
        .contains(new SignalEffect.BackendsChanged(Drive.SHOP));
  }

  @Test
  void theFirstVerdictsAreToldOnce() {
    assertThat(drive.signals.step(new SignalEvent.Tick(), new Now(0, 0)))
        .singleElement()
        .isInstanceOfSatisfying(
            SignalEffect.RunProbe.class,
            probe ->
                assertThat(
                        drive.signals.step(
                            new SignalEvent.ProbeDone(
                                probe.service(), probe.ticket(), false, "refused", 0),
                            new Now(0, 0)))
                    .containsExactly(
                        new SignalEffect.BackendTurned(
                            Drive.SHOP,
                            new BackendAddress("10.0.0.7", 8080),
                            BackendUse.NONE,
                            "refused"),
                        new SignalEffect.EvaluatedOnce()));
    assertThat(drive.signals.step(Drive.announce(), new Now(0, 0)))
        .containsExactly(new SignalEffect.Answered(new SignalAnswer.Done()));
  }

  @Test
  void drainOfServiceAndNodeAreEndedEachOnItsOwn() {
    drive.runFor(MS, true);
    drive.step(new SignalEvent.Drain(Optional.of(Drive.SHOP)));
    assertThat(drive.signal()).isEqualTo(Signal.DRAINING);
    drive.step(new SignalEvent.Drain(Optional.empty()));
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
    assertThatThrownBy(() -> drive.signals.step(new SignalEvent.Tick(), new Now(0, 0)))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void oneServiceTwiceIsRefused() {
    ServiceSpec shop = new ServiceSpec(Drive.SHOP, List.of(), ProbeSpec.defaultProbe());
    assertThatThrownBy(() -> new LocalSignals(List.of(shop, shop), 0))
        .hasMessageContaining("twice");
  }

  @Test
  void theFirstProbeIsDueBeforeTheFirstStep() {
    Drive later = new Drive(7 * MS);
    assertThat(later.signals.deadlineNanos()).hasValue(7 * MS);
  }

  @Test
  void aDoubtMakesAProbeDueOverANewConnection() {
    drive.runFor(MS, true);
    drive.step(new SignalEvent.BackendInDoubt(Drive.SHOP, 0, "closed"));
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.probes)
        .singleElement()
        .satisfies(p -> assertThat(p.connection()).isEqualTo(SignalEffect.Connection.NEW));
    drive.answer(false, "refused");
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
  }

  @Test
  void aProbeThatCouldNotBeRunIsRunAnIntervalLater() {
    drive.runFor(MS, true);
    drive.runToDeadline();
    SignalEffect.RunProbe probe = drive.probes.remove();
    drive.step(new SignalEvent.ProbeNotRun(probe.service(), probe.ticket()));
    assertThat(drive.signals.deadlineNanos()).hasValue(drive.now + 50 * MS);
    drive.runToDeadline();
    assertThat(drive.probes).hasSize(1);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void aWithdrawalEndsTheLeaseAndALeaseEndsTheWithdrawal() {
    drive.runFor(MS, true);
    drive.step(Drive.announce(5000));
    drive.step(new SignalEvent.Withdraw(Drive.SHOP));
    assertThat(drive.view().lease()).isEmpty();
    drive.step(Drive.announce(5000));
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.view().is(LocalServiceView.Condition.WITHDRAWN)).isFalse();
  }

  @Test
  void theHolderOfALeaseIsToldInMillisecondsWhenToRenewAndWhenToStop() {
    assertThat(drive.step(Drive.announce(30_000)).answer())
        .isInstanceOfSatisfying(
            SignalAnswer.Leased.class,
            leased -> {
              assertThat(leased.renewAfterMillis()).isEqualTo(10_000);
              assertThat(leased.stopAfterMillis()).isEqualTo(27_000);
            });
  }

  @Test
  void eachDrainIsAnswered() {
    for (SignalEvent drain :
        List.of(
            new SignalEvent.Drain(Optional.of(Drive.SHOP)),
            new SignalEvent.Drain(Optional.empty()))) {
      assertThat(drive.signals.step(drain, new Now(0, 0)))
          .contains(new SignalEffect.Answered(new SignalAnswer.Done()));
    }
  }

  @Test
  void whatEndsAtSeveralTimesBeforeOneTickIsPublishedInTheOrderOfTheNames() {
    ServiceName first = new ServiceName("a");
    ServiceName second = new ServiceName("b");
    ProbeSpec probe = new ProbeSpec(new ProbeSpec.Check.Tcp(), 60_000, 50, 1, 1);
    List<BackendAddress> backends = List.of(new BackendAddress("10.0.0.7", 80));
    LocalSignals signals =
        new LocalSignals(
            List.of(
                new ServiceSpec(first, backends, probe), new ServiceSpec(second, backends, probe)),
            0);
    for (SignalEffect effect : signals.step(new SignalEvent.Tick(), new Now(0, 0))) {
      SignalEffect.RunProbe run = (SignalEffect.RunProbe) effect;
      signals.step(
          new SignalEvent.ProbeDone(run.service(), run.ticket(), true, "ok", 0), new Now(0, 0));
    }
    signals.step(lease(first, 3000), new Now(0, 0));
    signals.step(lease(second, 2000), new Now(0, 0));
    assertThat(signals.step(new SignalEvent.Tick(), new Now(4000 * MS, 0)))
        .extracting(effect -> ((SignalEffect.Changed) effect).change().service())
        .containsExactly(first, second);
  }

  private static SignalEvent lease(ServiceName service, long millis) {
    return new SignalEvent.Announce(
        service, Optional.of(new SignalEvent.LeaseRequest(millis * MS, Optional.empty())));
  }
}
