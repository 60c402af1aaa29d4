package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** When probes start, and how many at a time. */
class ProbeScheduleTest {
  private static final long MS = Drive.MS;

  private static LocalSignals node(int services, ProbeSpec.Check check) {
    List<ServiceSpec> specs = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      specs.add(
          new ServiceSpec(
              new ServiceName("s" + i),
              List.of(new BackendAddress("10.0.0.7", 8080)),
              new ProbeSpec(check, 1000, 500, 2, 2)));
    }
    return new LocalSignals(specs, 0);
  }

  private static List<SignalEffect.RunProbe> probes(
      LocalSignals signals, SignalEvent event, long nowNanos) {
    List<SignalEffect.RunProbe> probes = new ArrayList<>();
    for (SignalEffect effect : signals.step(event, new Now(nowNanos, 0))) {
      if (effect instanceof SignalEffect.RunProbe probe) {
        probes.add(probe);
      }
    }
    return probes;
  }

  private static SignalEvent answered(SignalEffect.RunProbe probe, long nowNanos) {
    return new SignalEvent.ProbeDone(probe.service(), probe.ticket(), true, "ok", nowNanos);
  }

  @Test
  void aNodeWithFewServicesProbesAllOfThemAtOnce() {
    assertThat(
            probes(node(FirstProbes.AT_ONCE, new ProbeSpec.Check.Tcp()), new SignalEvent.Tick(), 0))
        .hasSize(FirstProbes.AT_ONCE);
  }

  @Test
  void theFirstProbesOfManyServicesAreSpreadOverASecondAndStaySo() {
    LocalSignals signals = node(LocalSignals.MAX_SERVICES, new ProbeSpec.Check.Tcp());
    TreeMap<Long, Integer> started = new TreeMap<>();
    long now = 0;
    while (now < 3_000 * MS) {
      List<SignalEffect.RunProbe> due = probes(signals, new SignalEvent.Tick(), now);
      started.merge(now / MS / 100, due.size(), Integer::sum);
      for (SignalEffect.RunProbe probe : due) {
        probes(signals, answered(probe, now), now);
      }
      now = Math.max(now, signals.deadlineNanos().orElseThrow());
    }
    assertThat(signals.isEvaluated()).isTrue();
    started.remove(started.lastKey());
    assertThat(started.values())
        .as("probes in each tenth of a second")
        .hasSizeGreaterThan(25)
        .allSatisfy(count -> assertThat(count).isBetween(300, 500));
  }

  @Test
  void whatHasNoPlaceWaitsInTheOrderInWhichItBecameDue() {
    LocalSignals signals = node(50, new ProbeSpec.Check.Exec(List.of("true")));
    List<SignalEffect.RunProbe> out = probes(signals, new SignalEvent.Tick(), 0);
    assertThat(out).hasSize(LocalSignals.MAX_COMMANDS);
    assertThat(signals.deadlineNanos())
        .as("no wake-up for probes that have no place")
        .hasValue(500 * MS + BackendHealth.LOST_AFTER_NANOS);
    List<SignalEffect.RunProbe> waited = new ArrayList<>();
    for (SignalEffect.RunProbe probe : out) {
      waited.addAll(probes(signals, answered(probe, 100 * MS), 100 * MS));
    }
    assertThat(waited).hasSize(50 - LocalSignals.MAX_COMMANDS);
    assertThat(waited).extracting(SignalEffect.RunProbe::service).isSorted();
    assertThat(probes(signals, new SignalEvent.Tick(), 1_000 * MS))
        .as("an interval after its result")
        .isEmpty();
    assertThat(probes(signals, new SignalEvent.Tick(), 1_100 * MS))
        .hasSize(LocalSignals.MAX_COMMANDS - waited.size());
  }

  @Test
  void probesThatAreDueCloseTogetherCostOneWakeUp() {
    LocalSignals signals = node(FirstProbes.AT_ONCE + 40, new ProbeSpec.Check.Tcp());
    probes(signals, new SignalEvent.Tick(), 0);
    long next = signals.deadlineNanos().orElseThrow();
    assertThat(next).isEqualTo(ProbeSchedule.TOGETHER_NANOS);
    assertThat(probes(signals, new SignalEvent.Tick(), next))
        .hasSize((int) (ProbeSchedule.TOGETHER_NANOS / FirstProbes.GAP_NANOS));
  }

  @Test
  void aNodeThatTookLongToStartStillSpreadsItsFirstProbes() {
    LocalSignals signals = node(LocalSignals.MAX_SERVICES, new ProbeSpec.Check.Tcp());
    long now = 5_000 * MS;
    assertThat(probes(signals, new SignalEvent.Tick(), now)).hasSize(FirstProbes.AT_ONCE);
    long next = signals.deadlineNanos().orElseThrow();
    assertThat(next).isEqualTo(now + ProbeSchedule.TOGETHER_NANOS);
    assertThat(probes(signals, new SignalEvent.Tick(), next))
        .hasSize((int) (ProbeSchedule.TOGETHER_NANOS / FirstProbes.GAP_NANOS));
  }

  @Test
  void afterAPauseWhatIsDueDoesNotStartAllAtOnce() {
    LocalSignals signals = node(200, new ProbeSpec.Check.Tcp());
    for (long now = 0; now <= 100 * MS; now += ProbeSchedule.TOGETHER_NANOS) {
      for (SignalEffect.RunProbe probe : probes(signals, new SignalEvent.Tick(), now)) {
        probes(signals, answered(probe, now), now);
      }
    }
    assertThat(signals.isEvaluated()).isTrue();
    long now = 60_000 * MS;
    int started = 0;
    for (int i = 0; i < 4; i++) {
      int here = probes(signals, new SignalEvent.Tick(), now).size();
      assertThat(here).isLessThanOrEqualTo(ProbeSchedule.MAX_TOGETHER);
      started += here;
      now = signals.deadlineNanos().orElseThrow();
    }
    assertThat(started).isEqualTo(200);
  }

  @Test
  void aProbeMayUseAnOldConnectionOnlyWhileNothingSpeaksAgainstTheBackend() {
    LocalSignals signals = node(1, new ProbeSpec.Check.Tcp());
    SignalEffect.RunProbe probe = probes(signals, new SignalEvent.Tick(), 0).getFirst();
    // No verdict yet.
    assertThat(probe.connection()).isEqualTo(SignalEffect.Connection.NEW);
    probes(signals, answered(probe, 0), 0);
    probe = probes(signals, new SignalEvent.Tick(), 1000 * MS).getFirst();
    assertThat(probe.connection()).isEqualTo(SignalEffect.Connection.KEPT_IF_OPEN);
    probes(signals, answered(probe, 1000 * MS), 1000 * MS);
    // A client was refused: whether connections are accepted is the question now.
    probe =
        probes(signals, new SignalEvent.BackendRefused(probe.service(), 0, "refused"), 1500 * MS)
            .getFirst();
    assertThat(probe.connection()).isEqualTo(SignalEffect.Connection.NEW);
    // It is down, and has to accept two connections to be up.
    probes(signals, failed(probe, 1500 * MS), 1500 * MS);
    for (long now : new long[] {2500 * MS, 3500 * MS}) {
      probe = probes(signals, new SignalEvent.Tick(), now).getFirst();
      assertThat(probe.connection()).isEqualTo(SignalEffect.Connection.NEW);
      probes(signals, answered(probe, now), now);
    }
    probe = probes(signals, new SignalEvent.Tick(), 4500 * MS).getFirst();
    assertThat(probe.connection()).isEqualTo(SignalEffect.Connection.KEPT_IF_OPEN);
  }

  private static SignalEvent failed(SignalEffect.RunProbe probe, long nowNanos) {
    return new SignalEvent.ProbeDone(probe.service(), probe.ticket(), false, "failed", nowNanos);
  }

  /** Services with several backends each, all probed the same way. */
  private static LocalSignals node(int services, int backends, ProbeSpec.Check check) {
    List<ServiceSpec> specs = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      specs.add(
          new ServiceSpec(
              new ServiceName("s" + i),
              Collections.nCopies(backends, new BackendAddress("10.0.0.7", 8080)),
              new ProbeSpec(check, 1000, 500, 2, 2)));
    }
    return new LocalSignals(specs, 0);
  }

  @Test
  void theCommandsOfSeveralServicesHaveOneBound() {
    LocalSignals signals = node(2, 20, new ProbeSpec.Check.Exec(List.of("true")));
    assertThat(probes(signals, new SignalEvent.Tick(), 0)).hasSize(LocalSignals.MAX_COMMANDS);
  }

  @Test
  void theProbesOfSeveralServicesThatStartTogetherHaveOneBound() {
    LocalSignals signals = node(2, 40, new ProbeSpec.Check.Tcp());
    for (long now = 0; now <= 20 * MS; now += ProbeSchedule.TOGETHER_NANOS) {
      for (SignalEffect.RunProbe probe : probes(signals, new SignalEvent.Tick(), now)) {
        probes(signals, answered(probe, now), now);
      }
    }
    assertThat(signals.isEvaluated()).isTrue();
    assertThat(probes(signals, new SignalEvent.Tick(), 60_000 * MS))
        .hasSize(ProbeSchedule.MAX_TOGETHER);
  }

  @Test
  void whatStartsWithOneServiceAloneMakesTheNextWaitToo() {
    LocalSignals signals = node(1, FirstProbes.AT_ONCE + 1, new ProbeSpec.Check.Tcp());
    assertThat(probes(signals, new SignalEvent.Tick(), 0)).hasSize(FirstProbes.AT_ONCE);
    assertThat(signals.deadlineNanos()).hasValue(ProbeSchedule.TOGETHER_NANOS);
  }
}
