package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.signal.LocalServiceView.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a person, and the log, are told of a service: its conditions, reasons and counts. */
class ServiceViewTest {
  private static final long MS = Drive.MS;
  private final Drive drive = new Drive(0);

  @Test
  void theConditionsAreThoseThatHoldNow() {
    assertThat(drive.view().conditions()).containsExactly(Condition.HOSTED_HERE);
    assertThat(drive.view().is(Condition.EVALUATED)).isFalse();
    drive.runFor(MS, true);
    assertThat(drive.view().conditions())
        .containsExactly(Condition.HOSTED_HERE, Condition.EVALUATED);
    drive.step(new SignalEvent.Withdraw(Drive.SHOP));
    drive.step(new SignalEvent.Drain(Optional.of(Drive.SHOP)));
    assertThat(drive.view().conditions()).containsExactly(Condition.values());
    drive.step(new SignalEvent.Undrain(Optional.of(Drive.SHOP)));
    assertThat(drive.view().is(Condition.DRAINING)).isFalse();
    drive.step(new SignalEvent.Drain(Optional.empty()));
    assertThat(drive.view().is(Condition.DRAINING)).as("the node drains").isTrue();
  }

  @Test
  void aServiceThatIsHostedElsewhereWaitsForNoVerdict() {
    assertThat(drive.signals.view(0).getFirst().conditions()).containsExactly(Condition.EVALUATED);
  }

  @Test
  void theReasonNamesWhatDecided() {
    assertThat(why()).isEqualTo("DOWN: no probe has answered yet");
    drive.runFor(MS, true);
    assertThat(why()).isEqualTo("UP: 1 of 1 backends up");
    drive.step(new SignalEvent.Drain(Optional.of(Drive.SHOP)));
    assertThat(why()).isEqualTo("DRAINING: the service drains");
    drive.step(new SignalEvent.Drain(Optional.empty()));
    assertThat(why()).isEqualTo("DRAINING: the node drains");
    drive.runFor(100 * MS, false);
    assertThat(why()).isEqualTo("DOWN: its backend is down: refused");
    assertThat(drive.signals.signalAndWhy(new ServiceName("nosuch"))).isEqualTo("DOWN");
  }

  private String why() {
    return drive.signals.signalAndWhy(Drive.SHOP);
  }

  @Test
  void eachChangeOfTheSignalIsCounted() {
    drive.runFor(MS, true);
    assertThat(drive.view().published().changes()).isEqualTo(1);
    drive.step(new SignalEvent.Withdraw(Drive.SHOP));
    drive.step(Drive.announce());
    assertThat(drive.view().published().changes()).isEqualTo(3);
  }

  @Test
  void aServiceThatIsDownByItsBackendsIsNotShownAsHeldBack() {
    drive.runTo(2000 * MS, () -> drive.now / (50 * MS) % 2 == 0);
    drive.runFor(200 * MS, true);
    assertThat(drive.view().damping().dampedForMillis()).as("it flapped").isPresent();
    drive.runFor(200 * MS, false);
    assertThat(drive.view().damping().dampedForMillis()).isEmpty();
    assertThat(why()).isEqualTo("DOWN: its backend is down: refused");
  }

  @Test
  void whyACacheIsColdIsToldOfAServiceThatIsColdHere() {
    WarmthSpec warmth = new WarmthSpec(80, 0, 0, 600_000 * MS);
    LocalSignals signals =
        new LocalSignals(
            List.of(
                service("here", List.of(new BackendAddress("10.0.0.7", 80)), List.of(), warmth),
                service("elsewhere", List.of(), List.of(), warmth)),
            0);
    ServiceName here = new ServiceName("here");
    assertThat(signals.whyCold(here))
        .hasValue("its cache is cold: 0 responses stored, no lookup yet, warm at 80 % hits");
    assertThat(signals.whyCold(new ServiceName("elsewhere"))).isEmpty();
    assertThat(signals.whyCold(new ServiceName("nosuch"))).isEmpty();
    signals.step(new SignalEvent.CacheCounted(here, new CacheFill(900, 0, 0, 0, 0)), new Now(0, 0));
    assertThat(signals.whyCold(here)).isEmpty();
  }

  @Test
  void aBackendThatIsKeptOutByItsHostIsInTheLogWithWhatCounts() {
    List<SignalEffect.BackendTurned> turns = new ArrayList<>();
    LocalSignals signals = withHosts(turns);
    signals.step(advertised("web7", Signal.UP, 2), new Now(MS, 0)).forEach(e -> add(turns, e));
    assertThat(turns)
        .containsExactly(
            new SignalEffect.BackendTurned(
                Drive.SHOP,
                new BackendAddress("10.0.0.8", 80),
                BackendUse.NONE,
                "host web7 says UP tier 2 (the best of 3 hosts)"));
  }

  @Test
  void whereNoBackendOfAHostThatCountsIsUpTheServiceIsDownByThat() {
    LocalSignals signals = withHosts(new ArrayList<>());
    signals.step(advertised("web9", Signal.UP, 0), new Now(MS, 0));
    assertThat(signals.signalAndWhy(Drive.SHOP))
        .isEqualTo(
            "DOWN: host web9 says UP tier 0 (the best of 3 hosts),"
                + " but no backend of such a host is up");
  }

  /** One backend each on web7 and web8, none on web9; both up. */
  private static LocalSignals withHosts(List<SignalEffect.BackendTurned> turns) {
    LocalSignals signals =
        new LocalSignals(
            List.of(
                service(
                    "shop",
                    List.of(new BackendAddress("10.0.0.7", 80), new BackendAddress("10.0.0.8", 80)),
                    List.of(
                        new ServiceSpec.AdvertisingHost("web7", List.of(0)),
                        new ServiceSpec.AdvertisingHost("web8", List.of(1)),
                        new ServiceSpec.AdvertisingHost("web9", List.of())),
                    WarmthSpec.NEVER_COLD)),
            0);
    for (SignalEffect effect : signals.step(new SignalEvent.Tick(), new Now(0, 0))) {
      if (effect instanceof SignalEffect.RunProbe probe) {
        SignalEvent done = new SignalEvent.ProbeDone(Drive.SHOP, probe.ticket(), true, "ok", 0);
        signals.step(done, new Now(0, 0)).forEach(each -> add(turns, each));
      }
    }
    return signals;
  }

  private static void add(List<SignalEffect.BackendTurned> turns, SignalEffect effect) {
    if (effect instanceof SignalEffect.BackendTurned turned) {
      turns.add(turned);
    }
  }

  private static SignalEvent advertised(String host, Signal signal, long tier) {
    return new SignalEvent.HostAdvertised(Drive.SHOP, host, signal, tier);
  }

  private static ServiceSpec service(
      String name,
      List<BackendAddress> backends,
      List<ServiceSpec.AdvertisingHost> hosts,
      WarmthSpec warmth) {
    ProbeSpec probe = new ProbeSpec(new ProbeSpec.Check.Tcp(), 50, 50, 1, 1);
    return new ServiceSpec(new ServiceName(name), backends, probe, hosts, warmth, new TreeSet<>());
  }
}
