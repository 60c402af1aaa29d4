package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a service says for which hosts speak, and to which of its backends requests may go. */
class HostSignalsTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final long SECOND = 1_000_000_000L;

  private long now = SECOND;

  /** Backend 0 is on web7, backend 1 on web8, backend 2 on neither. */
  private final LocalSignals signals =
      new LocalSignals(
          List.of(
              new ServiceSpec(
                  SHOP,
                  List.of(
                      new BackendAddress("10.0.0.7", 80),
                      new BackendAddress("10.0.0.8", 80),
                      new BackendAddress("10.0.0.9", 80)),
                  new ProbeSpec(new ProbeSpec.Check.Tcp(), 50, 50, 1, 1),
                  List.of(
                      new ServiceSpec.AdvertisingHost("web7", List.of(0)),
                      new ServiceSpec.AdvertisingHost("web8", List.of(1))))),
          now);

  private final Deque<SignalEffect.RunProbe> out = new ArrayDeque<>();

  private void probes(boolean... up) {
    now += SECOND / 10;
    step(new SignalEvent.Tick());
    while (!out.isEmpty()) {
      SignalEffect.RunProbe probe = out.remove();
      boolean ok = up[probe.ticket().backendIndex()];
      step(new SignalEvent.ProbeDone(probe.service(), probe.ticket(), ok, "seen", now));
    }
  }

  private List<SignalChange> step(SignalEvent event) {
    List<SignalChange> changes = new ArrayList<>();
    for (SignalEffect effect : signals.step(event, new Now(now, 0))) {
      switch (effect) {
        case SignalEffect.Changed(SignalChange change) -> changes.add(change);
        case SignalEffect.RunProbe probe -> out.add(probe);
        default -> {} // these tests look at the state itself
      }
    }
    return changes;
  }

  private List<SignalChange> advertised(String host, Signal signal, long tier) {
    return step(new SignalEvent.HostAdvertised(SHOP, host, signal, tier));
  }

  private List<SignalChange> withdrawn(String host) {
    return step(new SignalEvent.HostWithdrawn(SHOP, host, "its session is gone"));
  }

  private String now() {
    LocalServiceView view = signals.view(now).getFirst();
    return view.published().signal() + " " + view.published().tier();
  }

  private List<Boolean> usable() {
    return List.of(isUp(0), isUp(1), isUp(2));
  }

  private boolean isUp(int backendIndex) {
    return signals.use(SHOP, backendIndex) == BackendUse.TAKES;
  }

  @Test
  void withoutAWordAHealthyServiceIsDown() {
    probes(true, true, true);
    assertThat(now()).isEqualTo("DOWN 0");
    assertThat(signals.view(now).getFirst().published().why())
        .contains("has advertised nothing yet");
    assertThat(signals.isEvaluated()).as("End-of-RIB does not wait for hosts").isTrue();
  }

  @Test
  void withoutALiveBackendAWordCountsForNothing() {
    probes(false, false, false);
    assertThat(advertised("web7", Signal.UP, 0)).isEmpty();
    assertThat(now()).isEqualTo("DOWN 0");
  }

  @Test
  void theBestWordOfSeveralHostsCountsAndTheTierIsPartOfTheChange() {
    probes(true, true, true);
    assertThat(advertised("web8", Signal.UP, 2))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.from()).isEqualTo(Signal.DOWN);
              assertThat(change.to()).isEqualTo(Signal.UP);
              assertThat(change.tier()).isEqualTo(2);
            });
    assertThat(advertised("web7", Signal.UP, 0)).hasSize(1);
    assertThat(now()).isEqualTo("UP 0");
    assertThat(advertised("web8", Signal.UP, 1)).as("no better than web7").isEmpty();
    assertThat(withdrawn("web7")).hasSize(1);
    assertThat(now()).as("up while any is").isEqualTo("UP 1");
    withdrawn("web8");
    assertThat(now()).isEqualTo("DOWN 0");
  }

  @Test
  void aHostTakesItsOwnBackendsAlongAndNoOthers() {
    probes(true, true, true);
    advertised("web7", Signal.UP, 0);
    assertThat(usable()).as("web8 said nothing yet").containsExactly(true, false, true);
    advertised("web8", Signal.UP, 3);
    assertThat(usable()).as("a worse tier is still up").containsExactly(true, true, true);
    advertised("web7", Signal.DRAINING, 0);
    assertThat(usable()).containsExactly(false, true, true);
    advertised("web8", Signal.DRAINING, 0);
    assertThat(usable()).as("both drain: better than nothing").containsExactly(true, true, true);
    withdrawn("web8");
    assertThat(usable()).containsExactly(true, false, true);
  }

  @Test
  void aHostWhoseOwnBackendsAreDeadDoesNotSpeakForTheLiving() {
    probes(false, true, false);
    advertised("web7", Signal.UP, 0);
    assertThat(now()).isEqualTo("DOWN 0");
    advertised("web8", Signal.DRAINING, 1);
    assertThat(now()).isEqualTo("DRAINING 1");
    assertThat(usable()).containsExactly(false, true, false);
  }

  @Test
  void anOperatorGoesBeforeTheHosts() {
    probes(true, true, true);
    advertised("web7", Signal.UP, 1);
    step(new SignalEvent.Drain(Optional.of(SHOP)));
    assertThat(now()).isEqualTo("DRAINING 1");
    step(new SignalEvent.Withdraw(SHOP));
    assertThat(now()).isEqualTo("DOWN 0");
  }

  @Test
  void aHostThatIsNotConfiguredForTheServiceIsNotHeard() {
    probes(true, true, true);
    assertThat(advertised("web9", Signal.UP, 0)).isEmpty();
    assertThat(
            step(new SignalEvent.HostAdvertised(new ServiceName("nosuch"), "web7", Signal.UP, 0)))
        .isEmpty();
    assertThat(now()).isEqualTo("DOWN 0");
  }

  @Test
  void aTierThatFlapsIsHeldBackAndBadNewsIsNot() {
    probes(true, true, true);
    advertised("web7", Signal.UP, 0);
    int published = 0;
    for (int i = 0; i < 50; i++) {
      now += SECOND / 20;
      published += advertised("web7", Signal.UP, 3).size();
      now += SECOND / 20;
      published += advertised("web7", Signal.UP, 0).size();
    }
    assertThat(published).as("100 changes in 5 s").isLessThanOrEqualTo(6);
    advertised("web7", Signal.DOWN, 0);
    assertThat(now()).isEqualTo("DOWN 0");
  }

  @Test
  void aHostThatDrainsAndReturnsAgainAndAgainIsHeldBackAndAnOperatorIsNot() {
    probes(true, true, true);
    advertised("web7", Signal.UP, 0);
    for (int i = 0; i < 3; i++) {
      advertised("web7", Signal.DRAINING, 0);
      advertised("web7", Signal.UP, 0);
    }
    assertThat(now()).as("held").isEqualTo("DRAINING 0");
    now += 6 * SECOND;
    step(new SignalEvent.Tick());
    assertThat(now()).as("never longer than the hold time").isEqualTo("UP 0");
    now += 60 * SECOND;
    for (int i = 0; i < 3; i++) {
      step(new SignalEvent.Drain(Optional.of(SHOP)));
      step(new SignalEvent.Undrain(Optional.of(SHOP)));
    }
    assertThat(now()).isEqualTo("UP 0");
  }

  @Test
  void ofEqualAdvertisementsTheFirstConfiguredHostIsNamed() {
    probes(true, true, true);
    advertised("web8", Signal.UP, 1);
    advertised("web7", Signal.UP, 1);
    assertThat(signals.signalAndWhy(SHOP))
        .isEqualTo("UP: host web7 says UP tier 1 (the best of 2 hosts); 3 of 3 backends up");
  }

  @Test
  void aTierThatGetsWorseIsPublishedAtOnceAndABetterOneIsHeldBackWhenItFlaps() {
    probes(true, true, true);
    advertised("web7", Signal.UP, 0);
    for (long tier : new long[] {3, 0, 3}) {
      assertThat(advertised("web7", Signal.UP, tier)).as("tier %d", tier).hasSize(1);
    }
    assertThat(advertised("web7", Signal.UP, 0)).as("held back").isEmpty();
    assertThat(advertised("web7", Signal.UP, 4)).hasSize(1);
    assertThat(now()).isEqualTo("UP 4");
  }

  @Test
  void aHostThatHasAdvertisedNothingCountsAsDown() {
    HostSignals none =
        new HostSignals(
            List.of(new ServiceSpec.AdvertisingHost("web7", List.of(0))), 1, backend -> true);
    assertThat(none.signal()).isEqualTo(Signal.DOWN);
    assertThat(none.why()).isEqualTo("host web7 has advertised nothing yet");
    none.advertised("web7", Signal.DOWN, 5);
    none.weigh();
    assertThat(none.why()).isEqualTo("host web7 says DOWN");
    assertThat(none.tier()).isZero();
  }
}
