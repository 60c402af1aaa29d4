package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceHealthTest {
  private static final long MS = 1_000_000L;
  private static final BackendAddress ONE = new BackendAddress("10.0.0.7", 8080);
  private static final BackendAddress TWO = new BackendAddress("10.0.0.8", 8080);
  private static final ProbeSpec SPEC = new ProbeSpec(new ProbeSpec.Check.Tcp(), 500, 300, 2, 3);

  private final ServiceHealth health = new ServiceHealth(SPEC, List.of(ONE), 0);

  private void probe(boolean ok, long nowNanos) {
    List<ProbeTicket> due = health.dueProbes(nowNanos);
    assertThat(due).hasSize(1);
    health.probeResult(due.getFirst(), ok, ok ? "connected" : "refused", nowNanos, nowNanos);
  }

  @Test
  void oneSuccessIsEnoughForTheFirstVerdict() {
    assertThat(health.isEvaluated()).isFalse();
    assertThat(health.isUp()).isFalse();
    probe(true, 0);
    assertThat(health.isEvaluated()).isTrue();
    assertThat(health.isUp()).isTrue();
    assertThat(health.deadlineNanos()).isEqualTo(500 * MS);
  }

  @Test
  void oneFailureIsEnoughForTheFirstVerdict() {
    probe(false, 0);
    assertThat(health.isEvaluated()).isTrue();
    assertThat(health.isUp()).isFalse();
  }

  @Test
  void fastDown_theProbeAfterAFailureIsDueAtOnce() {
    probe(true, 0);
    probe(false, 500 * MS);
    assertThat(health.isUp()).isTrue();
    assertThat(health.deadlineNanos()).isEqualTo(500 * MS);
    probe(false, 500 * MS);
    assertThat(health.isUp()).isFalse();
    assertThat(health.why()).contains("refused");
  }

  @Test
  void slowUp_everySuccessTakesAnInterval() {
    probe(false, 0);
    probe(true, 500 * MS);
    assertThat(health.dueProbes(999 * MS)).isEmpty();
    probe(true, 1000 * MS);
    assertThat(health.isUp()).isFalse();
    probe(true, 1500 * MS);
    assertThat(health.isUp()).isTrue();
  }

  @Test
  void aFailureBetweenSuccessesStartsTheCountAfresh() {
    probe(false, 0);
    probe(true, 500 * MS);
    probe(true, 1000 * MS);
    probe(false, 1500 * MS);
    probe(true, 2000 * MS);
    probe(true, 2500 * MS);
    assertThat(health.isUp()).isFalse();
  }

  @Test
  void aRefusedConnectionMakesAProbeDueAtOnceWhichDecides() {
    probe(true, 0);
    health.backendRefused(0, "refused", 100 * MS);
    assertThat(health.isUp()).isTrue();
    probe(false, 100 * MS);
    assertThat(health.isUp()).isFalse();
  }

  @Test
  void aBurstOfRefusedConnectionsIsOneObservation() {
    probe(true, 0);
    for (int i = 0; i < 100; i++) {
      health.backendRefused(0, "refused", 100 * MS);
    }
    assertThat(health.isUp()).isTrue();
    probe(true, 100 * MS);
    assertThat(health.isUp()).isTrue();
    assertThat(health.dueProbes(100 * MS)).isEmpty();
  }

  @Test
  void withAFallOfOneARefusedConnectionIsEnough() {
    ServiceHealth strict =
        new ServiceHealth(new ProbeSpec(SPEC.check(), 500, 300, 1, 1), List.of(ONE), 0);
    strict.probeResult(strict.dueProbes(0).getFirst(), true, "", 0, 0);
    strict.backendRefused(0, "refused", 1);
    assertThat(strict.isUp()).isFalse();
  }

  @Test
  void withAFallOfOneADoubtIsDecidedByAProbeOverANewConnection() {
    ServiceHealth strict =
        new ServiceHealth(new ProbeSpec(SPEC.check(), 500, 300, 1, 1), List.of(ONE), 0);
    strict.probeResult(strict.dueProbes(0).getFirst(), true, "", 0, 0);
    for (int i = 0; i < 100; i++) {
      strict.backendInDoubt(0, "closed", 1);
    }
    assertThat(strict.isUp()).isTrue();
    assertThat(strict.connection(0)).isEqualTo(SignalEffect.Connection.NEW);
    strict.probeResult(strict.dueProbes(1).getFirst(), true, "", 2, 2);
    assertThat(strict.isUp()).isTrue();
    assertThat(strict.dueProbes(2)).isEmpty();
    strict.backendInDoubt(0, "closed", 3);
    strict.probeResult(strict.dueProbes(3).getFirst(), false, "", 4, 4);
    assertThat(strict.isUp()).isFalse();
  }

  @Test
  void aRefusalWhileAProbeIsOutAsksOnceMoreAfterIt() {
    probe(true, 0);
    List<ProbeTicket> out = health.dueProbes(500 * MS);
    health.backendRefused(0, "refused", 510 * MS);
    health.probeResult(out.getFirst(), true, "connected", 520 * MS, 520 * MS);
    assertThat(health.isUp()).isTrue();
    assertThat(health.deadlineNanos()).isEqualTo(520 * MS);
  }

  @Test
  void aRefusalDoesNotHurryABackendThatIsDown() {
    probe(false, 0);
    health.backendRefused(0, "refused", 100 * MS);
    assertThat(health.dueProbes(100 * MS)).isEmpty();
  }

  @Test
  void aProbeIsGivenOnceAndALateResultSaysNothing() {
    ProbeTicket first = health.dueProbes(0).getFirst();
    assertThat(health.dueProbes(10 * MS)).isEmpty();
    long lost = health.deadlineNanos();
    assertThat(lost).isEqualTo(300 * MS + BackendHealth.LOST_AFTER_NANOS);
    health.giveUpLost(lost);
    assertThat(health.dueProbes(lost)).isEmpty();
    assertThat(health.isEvaluated()).isTrue();
    health.probeResult(first, true, "late", lost + 1, lost + 1);
    assertThat(health.isUp()).isFalse();
  }

  @Test
  void aResultForNoBackendOrNoTicketIsIgnored() {
    health.dueProbes(0);
    health.probeResult(new ProbeTicket(7, 1), true, "", 0, 0);
    health.probeResult(new ProbeTicket(-1, 1), true, "", 0, 0);
    health.probeResult(new ProbeTicket(0, 99), true, "", 0, 0);
    health.backendRefused(7, "", 0);
    assertThat(health.isEvaluated()).isFalse();
  }

  @Test
  void afterAPauseOfOurOwnTheBackendIsAskedAgainAndNotBlamed() {
    probe(true, 0);
    ProbeTicket out = health.dueProbes(500 * MS).getFirst();
    health.probeResult(out, false, "timed out", 30_000 * MS, 30_000 * MS);
    assertThat(health.isUp()).isTrue();
    assertThat(health.view(backend -> false).getFirst().failuresInARow()).isZero();
    assertThat(health.dueProbes(30_000 * MS)).hasSize(1);
  }

  @Test
  void aProbeThatThisNodeCouldNotRunSaysNothingHoweverOften() {
    probe(true, 0);
    for (int i = 1; i <= 20; i++) {
      long now = i * (500 * MS);
      ProbeTicket out = health.dueProbes(now).getFirst();
      health.probeNotRun(out, now);
      assertThat(health.isUp()).isTrue();
      assertThat(health.view(backend -> false).getFirst().failuresInARow()).isZero();
      assertThat(health.deadlineNanos()).as("no busy loop").isEqualTo(now + 500 * MS);
    }
    ProbeTicket last = health.dueProbes(10_500 * MS).getFirst();
    health.probeResult(last, true, "connected", 10_500 * MS, 10_500 * MS);
    health.probeNotRun(last, 10_500 * MS);
    assertThat(health.isUp()).isTrue();
  }

  @Test
  void aResultCountsFromWhenItWasSeenHoweverLateItIsRead() {
    ProbeTicket out = health.dueProbes(0).getFirst();
    health.probeResult(out, true, "connected", 20 * MS, 400 * MS);
    assertThat(health.isUp()).isTrue();
    assertThat(health.deadlineNanos()).isEqualTo(520 * MS);
  }

  @Test
  void aNodeThatIsAlwaysLateStillFindsWhatIsDown() {
    probe(true, 0);
    long now = 500 * MS;
    for (int probes = 0; probes < 3; probes++) {
      assertThat(health.isUp()).isTrue();
      ProbeTicket out = health.dueProbes(now).getFirst();
      now += 300 * MS + BackendHealth.LATE_NANOS + 1;
      health.probeResult(out, false, "timed out", now, now);
    }
    assertThat(health.isUp()).as("one is excused, two are the fall").isFalse();
  }

  @Test
  void aProbeThatIsFoundLostLateGetsMoreTimeOnce() {
    probe(true, 0);
    ProbeTicket out = health.dueProbes(500 * MS).getFirst();
    health.giveUpLost(30_000 * MS);
    health.probeResult(out, true, "connected", 510 * MS, 30_001 * MS);
    assertThat(health.view(backend -> false).getFirst().failuresInARow()).isZero();

    assertThat(health.dueProbes(30_001 * MS)).hasSize(1);
    health.giveUpLost(60_000 * MS);
    assertThat(health.view(backend -> false).getFirst().failuresInARow()).isZero();
    health.giveUpLost(90_000 * MS);
    assertThat(health.view(backend -> false).getFirst().failuresInARow()).isEqualTo(1);
  }

  @Test
  void theServiceIsUpWhileOneBackendIs() {
    ServiceHealth two = new ServiceHealth(SPEC, List.of(ONE, TWO), 0);
    List<ProbeTicket> due = two.dueProbes(0);
    two.probeResult(due.get(0), true, "", 0, 0);
    assertThat(two.isUp()).isTrue();
    assertThat(two.isEvaluated()).isFalse();
    two.probeResult(due.get(1), false, "refused", 0, 0);
    assertThat(two.isEvaluated()).isTrue();
    assertThat(two.isUp()).isTrue();
    assertThat(two.isUp(1)).isFalse();
    assertThat(two.why()).isEqualTo("1 of 2 backends up");
    assertThat(two.view(backend -> false))
        .extracting(BackendView::health)
        .containsExactly("up", "down");
  }

  @Test
  void aSpecThatCannotWorkIsRefused() {
    ProbeSpec.Check tcp = new ProbeSpec.Check.Tcp();
    assertThatThrownBy(() -> new ProbeSpec(tcp, 10, 5, 2, 2)).hasMessageContaining("interval");
    assertThatThrownBy(() -> new ProbeSpec(tcp, 500, 501, 2, 2)).hasMessageContaining("timeout");
    assertThatThrownBy(() -> new ProbeSpec(tcp, 500, 0, 2, 2)).hasMessageContaining("timeout");
    assertThatThrownBy(() -> new ProbeSpec(tcp, 500, 300, 0, 2)).hasMessageContaining("fall");
    assertThatThrownBy(() -> new ProbeSpec(tcp, 500, 300, 2, 101)).hasMessageContaining("rise");
    assertThatThrownBy(() -> new ProbeSpec.Check.Http("healthz")).hasMessageContaining("path");
    assertThatThrownBy(() -> new ProbeSpec.Check.Http("/a b\r\nX: y")).hasMessageContaining("path");
    assertThatThrownBy(() -> new ProbeSpec.Check.Exec(List.of())).hasMessageContaining("words");
    assertThatThrownBy(() -> new ServiceHealth(SPEC, List.of(), 0))
        .hasMessageContaining("backends");
  }

  @Test
  void theFirstProbesAreDueWhenTheyAreToBe() {
    ServiceHealth later = new ServiceHealth(SPEC, List.of(ONE), 7);
    assertThat(later.dueProbes(6)).isEmpty();
    assertThat(later.deadlineNanos()).isEqualTo(7);
    for (long[] due : new long[][] {{3, 5}, {5, 3}}) {
      ServiceHealth two = new ServiceHealth(SPEC, List.of(ONE, TWO), i -> due[i]);
      assertThat(two.deadlineNanos()).as("the earlier one").isEqualTo(3);
      assertThat(two.dueProbes(9, 1)).as("no more than there is room for").hasSize(1);
    }
  }

  @Test
  void aServiceMayHaveItsMostBackends() {
    List<BackendAddress> most = Collections.nCopies(ServiceHealth.MAX_BACKENDS, ONE);
    assertThat(new ServiceHealth(SPEC, most, 0).dueProbes(0)).hasSameSizeAs(most);
  }

  @Test
  void aReportOnTheBackendBehindTheLastOneIsIgnored() {
    probe(true, 0);
    health.backendRefused(1, "refused", 1);
    assertThat(health.dueProbes(1)).isEmpty();
  }

  @Test
  void whatIsKnownOfTheBackendsIsPutIntoOneSentence() {
    ServiceHealth two = new ServiceHealth(SPEC, List.of(ONE, TWO), 0);
    assertThat(two.why()).isEqualTo("no probe has answered yet");
    List<ProbeTicket> due = two.dueProbes(0);
    two.probeResult(due.get(0), true, "", 0, 0);
    assertThat(two.why()).isEqualTo("1 of 2 backends up");

    ServiceHealth down = new ServiceHealth(SPEC, List.of(ONE, TWO), 0);
    due = down.dueProbes(0);
    down.probeResult(due.get(0), false, "refused", 0, 0);
    down.probeResult(due.get(1), false, "timed out", 0, 0);
    assertThat(down.why()).isEqualTo("all backends are down: refused");
    probe(false, 0);
    assertThat(health.why()).isEqualTo("its backend is down: refused");
  }

  @Test
  void successesInARowAreCountedForTheView() {
    probe(true, 0);
    probe(true, 500 * MS);
    assertThat(health.view(backend -> false).getFirst().successesInARow()).isEqualTo(2);
  }

  @Test
  void aNodeIsLateOnlyBeyondItsAllowance() {
    probe(true, 0);
    ProbeTicket out = health.dueProbes(500 * MS).getFirst();
    long seen = 800 * MS + BackendHealth.LATE_NANOS;
    health.probeResult(out, false, "timed out", seen, seen);
    assertThat(health.view(backend -> false).getFirst().failuresInARow()).isEqualTo(1);

    health.dueProbes(seen);
    health.giveUpLost(health.deadlineNanos() + BackendHealth.LATE_NANOS);
    assertThat(health.isUp()).as("lost in time: the second failure").isFalse();
  }
}
