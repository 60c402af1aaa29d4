package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another config is in force while services are probed, drained, leased and withdrawn. */
class ConfigureSignalsTest {
  private static final long MS = Drive.MS;
  private static final ServiceName NEW = new ServiceName("new");
  private static final BackendAddress ONE = new BackendAddress("10.0.0.7", 8080);
  private static final BackendAddress TWO = new BackendAddress("10.0.0.8", 8080);
  private static final ProbeSpec PROBE = new ProbeSpec(new ProbeSpec.Check.Tcp(), 50, 50, 1, 1);

  private final Drive drive = new Drive(0);

  private static ServiceSpec spec(ServiceName name, ProbeSpec probe, BackendAddress... backends) {
    return new ServiceSpec(name, Arrays.asList(backends), probe);
  }

  private static ServiceSpec shop(BackendAddress... backends) {
    return spec(Drive.SHOP, PROBE, backends);
  }

  private static final ServiceSpec MEDIA = spec(Drive.MEDIA, ProbeSpec.defaultProbe());

  private Drive.Step configure(ServiceSpec... services) {
    return drive.step(new SignalEvent.Configure(List.of(services)));
  }

  private List<String> backends() {
    return drive.view().backends().stream()
        .map(backend -> backend.address() + " " + backend.health())
        .toList();
  }

  @BeforeEach
  void shopIsUp() {
    drive.runFor(MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    drive.published.clear();
  }

  @Test
  void theSameConfigTouchesNothing() {
    LocalServiceView before = drive.view();
    Optional<Long> deadline = Optional.of(drive.signals.deadlineNanos().orElseThrow());
    assertThat(configure(shop(ONE), MEDIA).changes()).isEmpty();
    assertThat(drive.probes).isEmpty();
    assertThat(drive.view()).isEqualTo(before);
    assertThat(Optional.of(drive.signals.deadlineNanos().orElseThrow())).isEqualTo(deadline);
  }

  @Test
  void aNewServiceIsDownUntilItsProbeAndOthersAreNotTouched() {
    assertThat(configure(shop(ONE), MEDIA, spec(NEW, PROBE, TWO)).changes()).isEmpty();
    assertThat(drive.signals.signal(NEW)).isEqualTo(Signal.DOWN);
    assertThat(drive.probes).singleElement().satisfies(p -> assertThat(p.backend()).isEqualTo(TWO));
    assertThat(drive.answer(true, "ok").changes())
        .containsExactly(new SignalChange(NEW, Signal.DOWN, Signal.UP, 0, "1 of 1 backends up"));
    assertThat(drive.signals.isEvaluated()).isTrue();
  }

  @Test
  void aServiceThatLeavesIsWithdrawnAndForgotten() {
    drive.step(Drive.announce(5_000, 7, 3));
    assertThat(configure(MEDIA).changes())
        .containsExactly(
            new SignalChange(Drive.SHOP, Signal.UP, Signal.DOWN, 0, "it left the config"));
    assertThat(drive.signals.view(drive.now)).hasSize(1);
    assertThat(drive.signals.deadlineNanos()).as("nothing is probed or ends").isEmpty();
    assertThat(drive.step(Drive.announce()).answer())
        .isInstanceOfSatisfying(
            SignalAnswer.Refused.class,
            no -> assertThat(no.why()).isEqualTo(SignalAnswer.Why.UNKNOWN_SERVICE));

    configure(shop(ONE), MEDIA);
    drive.runFor(MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    // The fence went with it: an older request is taken again.
    assertThat(drive.step(Drive.announce(5_000, 0, 0)).answer())
        .isInstanceOf(SignalAnswer.Leased.class);
  }

  @Test
  void aProbeOfAServiceThatLeftIsIgnoredAndLeavesItsPlaceToOthers() {
    drive.runTo(drive.now, () -> true);
    drive.runToDeadline();
    assertThat(drive.probes).hasSize(1);
    configure(MEDIA);
    drive.answer(false, "refused");
    configure(shop(ONE), MEDIA);
    drive.runFor(MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void aBackendMoreOrLessDropsNoSignalAndKeepsWhatIsKnownOfTheOthers() {
    assertThat(configure(shop(TWO, ONE), MEDIA).changes()).isEmpty();
    assertThat(backends()).containsExactly(TWO + " unknown", ONE + " up");
    assertThat(drive.signals.use(Drive.SHOP, 0)).isEqualTo(BackendUse.NONE);
    assertThat(drive.signals.use(Drive.SHOP, 1)).isEqualTo(BackendUse.TAKES);
    assertThat(drive.probes).singleElement().satisfies(p -> assertThat(p.backend()).isEqualTo(TWO));
    drive.answer(true, "ok");
    assertThat(configure(shop(TWO), MEDIA).changes()).isEmpty();
    assertThat(backends()).containsExactly(TWO + " up");
    assertThat(drive.published).isEmpty();
  }

  @Test
  void theLastGoodBackendThatGoesTakesTheSignalAlong() {
    assertThat(configure(shop(TWO), MEDIA).changes())
        .singleElement()
        .satisfies(change -> assertThat(change.to()).isEqualTo(Signal.DOWN));
    drive.runFor(10_000 * MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void aResultOfAProbeFromBeforeTheChangeCountsForNoOtherBackend() {
    drive.runToDeadline();
    SignalEffect.RunProbe old = drive.probes.remove();
    configure(shop(TWO, ONE), MEDIA);
    List<SignalEffect.RunProbe> now = new ArrayList<>(drive.probes);
    assertThat(now).hasSize(2);
    drive.step(new SignalEvent.ProbeDone(Drive.SHOP, old.ticket(), true, "ok", drive.now));
    assertThat(backends()).containsExactly(TWO + " unknown", ONE + " up");
    assertThat(now).extracting(SignalEffect.RunProbe::ticket).doesNotContain(old.ticket());
  }

  @Test
  void aLateResultCountsForNoLaterProbeOfTheSameBackend() {
    drive.runToDeadline();
    SignalEffect.RunProbe old = drive.probes.remove();
    configure(shop(ONE, TWO), MEDIA);
    drive.answer(true, "ok");
    drive.answer(true, "ok");
    drive.runToDeadline();
    assertThat(drive.probes).isNotEmpty();
    drive.step(new SignalEvent.ProbeDone(Drive.SHOP, old.ticket(), false, "late", drive.now));
    assertThat(backends()).containsExactly(ONE + " up", TWO + " up");
  }

  @Test
  void probesThatAreOutWhenTheirServiceLeavesDoNotUseUpThePlacesOfOthers() {
    for (int i = 0; i < LocalSignals.MAX_CONNECTIONS + 1; i++) {
      configure(MEDIA);
      drive.now += 10 * MS;
      configure(shop(ONE), MEDIA);
    }
    drive.probes.clear();
    configure(MEDIA);
    configure(shop(ONE), MEDIA);
    drive.runFor(20 * MS, true);
    assertThat(backends()).containsExactly(ONE + " up");
  }

  @Test
  void aServiceThatLeavesBeforeItsFirstProbeIsNotWaitedFor() {
    Drive fresh = new Drive(0);
    assertThat(fresh.signals.isEvaluated()).isFalse();
    fresh.step(new SignalEvent.Configure(List.of(MEDIA)));
    assertThat(fresh.signals.isEvaluated()).isTrue();
    fresh.step(new SignalEvent.Configure(List.of(MEDIA, shop(ONE))));
    assertThat(fresh.signals.isEvaluated()).isFalse();
    fresh.runFor(MS, true);
    assertThat(fresh.signals.isEvaluated()).isTrue();
  }

  @Test
  void anotherProbeKeepsTheVerdictAndAsksAtOnce() {
    ProbeSpec other = new ProbeSpec(new ProbeSpec.Check.Http("/healthz"), 100, 50, 2, 2);
    assertThat(configure(spec(Drive.SHOP, other, ONE), MEDIA).changes()).isEmpty();
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.probes).singleElement().satisfies(p -> assertThat(p.spec()).isEqualTo(other));
    drive.answer(false, "status 500");
    assertThat(drive.signal()).as("after one failure of two").isEqualTo(Signal.UP);
    drive.answer(false, "status 500");
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
  }

  @Test
  void whatAnOperatorAskedForStays() {
    drive.step(new SignalEvent.DrainBackend(Drive.SHOP, 0, true));
    drive.step(new SignalEvent.Drain(Optional.of(Drive.SHOP)));
    configure(shop(TWO, ONE), MEDIA);
    assertThat(drive.signals.use(Drive.SHOP, 1)).isEqualTo(BackendUse.FINISHES);
    drive.runFor(MS, true);
    assertThat(drive.signals.use(Drive.SHOP, 0)).isEqualTo(BackendUse.TAKES);
    drive.runFor(60_000 * MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.DRAINING);
    drive.step(new SignalEvent.Withdraw(Drive.SHOP));
    configure(shop(ONE), MEDIA);
    drive.runFor(60_000 * MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.DOWN);
    assertThat(drive.view().published().why()).isEqualTo("withdrawn by command");
  }

  @Test
  void aServiceThatIsMovedAwayIsWithdrawnAndOneThatIsMovedHereComesUp() {
    ServiceSpec here = spec(Drive.MEDIA, PROBE, TWO);
    assertThat(configure(shop(), here).changes())
        .containsExactly(
            new SignalChange(Drive.SHOP, Signal.UP, Signal.DOWN, 0, "no backends at this site"));
    drive.runFor(MS, true);
    assertThat(drive.signals.signal(Drive.MEDIA)).isEqualTo(Signal.UP);
    assertThat(drive.step(Drive.announce()).answer()).isInstanceOf(SignalAnswer.Refused.class);
  }

  @Test
  void anotherWeightLeavesTheProbeThatIsOutAlone() {
    configure(shop(ONE, TWO), MEDIA);
    drive.runFor(MS, true);
    drive.runToDeadline();
    int out = drive.probes.size();
    assertThat(out).isPositive();
    ServiceSpec withoutOne =
        new ServiceSpec(
            Drive.SHOP,
            List.of(ONE, TWO),
            PROBE,
            List.of(),
            WarmthSpec.NEVER_COLD,
            new TreeSet<>(List.of(0)));
    configure(withoutOne, MEDIA);
    assertThat(drive.probes).hasSize(out);
    assertThat(drive.signals.use(Drive.SHOP, 0)).isEqualTo(BackendUse.FINISHES);
    drive.answer(true, "ok");
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void aConfigThatCannotBeTakenChangesNothing() {
    assertThatThrownBy(() -> configure(shop(TWO), shop(ONE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(backends()).containsExactly(ONE + " up");
  }
}
