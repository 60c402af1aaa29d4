package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.signal.ServiceSpec.AdvertisingHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Backends that get no new requests, though they are well: drained by command, or of weight 0. */
class BackendDrainTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final long MS = 1_000_000L;

  private final List<SignalEffect.BackendTurned> turns = new ArrayList<>();
  private int changes;
  private SignalAnswer answer = new SignalAnswer.Done();
  private LocalSignals signals = of(3, List.of(), Set.of());
  private IntPredicate works = backend -> true;
  private long now;

  private static LocalSignals of(int count, List<AdvertisingHost> hosts, Set<Integer> weightless) {
    List<BackendAddress> backends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      backends.add(new BackendAddress("10.0.0." + (7 + i), 80));
    }
    ProbeSpec probe = new ProbeSpec(new ProbeSpec.Check.Tcp(), 50, 50, 1, 1);
    return new LocalSignals(
        List.of(
            new ServiceSpec(
                SHOP, backends, probe, hosts, WarmthSpec.NEVER_COLD, new TreeSet<>(weightless))),
        0);
  }

  private void step(SignalEvent event) {
    for (SignalEffect effect : signals.step(event, new Now(now, 0))) {
      switch (effect) {
        case SignalEffect.RunProbe probe ->
            step(
                new SignalEvent.ProbeDone(
                    SHOP, probe.ticket(), works.test(probe.ticket().backendIndex()), "seen", now));
        case SignalEffect.BackendTurned turned -> turns.add(turned);
        case SignalEffect.BackendsChanged _ -> changes++;
        case SignalEffect.Answered(SignalAnswer given) -> answer = given;
        case SignalEffect.Changed _, SignalEffect.EvaluatedOnce _ -> {}
      }
    }
  }

  /** Long enough for each backend to be probed, and for good news that is held back. */
  private void probed() {
    for (int i = 0; i < 200; i++) {
      now += 50 * MS;
      step(new SignalEvent.Tick());
    }
  }

  private void drain(int backend, boolean begins) {
    step(new SignalEvent.DrainBackend(SHOP, backend, begins));
  }

  private List<BackendUse> uses() {
    return List.of(signals.use(SHOP, 0), signals.use(SHOP, 1), signals.use(SHOP, 2));
  }

  private LocalServiceView view() {
    return signals.view(now).getFirst();
  }

  @Test
  void aDrainedBackendFinishesWhatItHasAndGetsNothingNewUntilItIsTakenBack() {
    probed();
    assertThat(uses()).containsOnly(BackendUse.TAKES);
    assertThat(turns).as("that one is well from the beginning is no news").isEmpty();
    int before = changes;
    drain(1, true);
    assertThat(uses()).containsExactly(BackendUse.TAKES, BackendUse.FINISHES, BackendUse.TAKES);
    assertThat(changes).isEqualTo(before + 1);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
    assertThat(view().backends())
        .extracting(BackendView::drained)
        .containsExactly(false, true, false);
    probed();
    assertThat(uses()).containsExactly(BackendUse.TAKES, BackendUse.FINISHES, BackendUse.TAKES);
    drain(1, false);
    assertThat(uses()).containsOnly(BackendUse.TAKES);
    assertThat(turns)
        .extracting(turn -> turn.backend() + " " + turn.use() + ": " + turn.why())
        .containsExactly("10.0.0.8:80 FINISHES: drained by command", "10.0.0.8:80 TAKES: it is up");
  }

  @Test
  void aServiceIsDownByItsOperatorWhileAllThatIsUpIsDrained() {
    works = backend -> backend != 2;
    probed();
    drain(0, true);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
    drain(1, true);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.DOWN);
    assertThat(signals.signalAndWhy(SHOP))
        .isEqualTo("DOWN: 2 of 3 backends up, of which none gets requests: 2 drained by command");
    assertThat(uses()).containsExactly(BackendUse.FINISHES, BackendUse.FINISHES, BackendUse.NONE);
    // One that was not drained comes back.
    works = backend -> true;
    probed();
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
    drain(2, true);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.DOWN);
    drain(0, false);
    probed();
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
  }

  @Test
  void aBackendThatIsDrainedAndDownIsUsedForNothing() {
    probed();
    drain(0, true);
    works = backend -> backend != 0;
    probed();
    assertThat(signals.use(SHOP, 0)).isEqualTo(BackendUse.NONE);
    works = backend -> true;
    probed();
    assertThat(signals.use(SHOP, 0)).isEqualTo(BackendUse.FINISHES);
  }

  @Test
  void aBackendOfWeightZeroIsProbedAndTakesNothing() {
    signals = of(3, List.of(), Set.of(0, 1));
    probed();
    assertThat(uses()).containsExactly(BackendUse.FINISHES, BackendUse.FINISHES, BackendUse.TAKES);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
    works = backend -> backend != 2;
    probed();
    assertThat(signals.signalAndWhy(SHOP))
        .isEqualTo(
            "DOWN: 2 of 3 backends up, of which none gets requests: 0 drained by command,"
                + " 2 with weight 0");
  }

  @Test
  void aServiceIsNotUpByABackendThatGetsSomeKindsOfRequestsOnly() {
    List<BackendAddress> backends =
        List.of(new BackendAddress("10.0.0.7", 80), new BackendAddress("10.0.0.8", 80));
    ProbeSpec probe = new ProbeSpec(new ProbeSpec.Check.Tcp(), 50, 50, 1, 1);
    signals =
        new LocalSignals(
            List.of(
                new ServiceSpec(
                    SHOP,
                    backends,
                    probe,
                    List.of(),
                    WarmthSpec.NEVER_COLD,
                    new TreeSet<>(),
                    new TreeSet<>(Set.of(0)))),
            0);
    probed();
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
    works = backend -> backend == 0;
    probed();
    assertThat(signals.use(SHOP, 0)).isEqualTo(BackendUse.TAKES);
    assertThat(signals.signalAndWhy(SHOP))
        .isEqualTo(
            "DOWN: 1 of 2 backends up, of which none gets requests: 0 drained by command,"
                + " 1 for some requests only");
    works = backend -> backend == 1;
    probed();
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
  }

  @Test
  void aHostWhoseBackendsAreDrainedHasNoSay() {
    signals =
        of(
            3,
            List.of(
                new AdvertisingHost("web7", List.of(0)),
                new AdvertisingHost("web8", List.of(1, 2))),
            Set.of());
    probed();
    step(new SignalEvent.HostAdvertised(SHOP, "web7", Signal.UP, 0));
    step(new SignalEvent.HostAdvertised(SHOP, "web8", Signal.DRAINING, 0));
    assertThat(uses()).containsExactly(BackendUse.TAKES, BackendUse.NONE, BackendUse.NONE);
    drain(0, true);
    assertThat(uses()).containsExactly(BackendUse.FINISHES, BackendUse.TAKES, BackendUse.TAKES);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.DRAINING);
  }

  @Test
  void aBackendThatNeverWorkedIsToldOfOnceWithItsReason() {
    works = backend -> backend != 1;
    probed();
    probed();
    assertThat(turns)
        .containsExactly(
            new SignalEffect.BackendTurned(
                SHOP, new BackendAddress("10.0.0.8", 80), BackendUse.NONE, "seen"));
  }

  @Test
  void whatIsNotThereIsNotDrained() {
    probed();
    drain(3, true);
    assertThat(answer)
        .isEqualTo(
            new SignalAnswer.Refused(
                SignalAnswer.Why.UNKNOWN_BACKEND, "shop has no such backend at this node"));
    drain(-1, true);
    assertThat(answer).isInstanceOf(SignalAnswer.Refused.class);
    assertThat(uses()).containsOnly(BackendUse.TAKES);
  }
}
