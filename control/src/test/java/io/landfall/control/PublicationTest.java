package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ServiceSpec;
import io.landfall.signal.SignalEvent;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PublicationTest {
  private static final HostAddress OWN = TestPeers.host(1);
  private static final NodeName FRA = new NodeName("fra");
  private static final ServiceName HERE = new ServiceName("here");
  private static final ServiceName ELSEWHERE = new ServiceName("elsewhere");

  private final LocalSignals signals =
      new LocalSignals(
          List.of(
              new ServiceSpec(
                  HERE, List.of(new BackendAddress("127.0.0.1", 1)), ProbeSpec.defaultProbe())),
          0);
  private final Overlay overlay = overlay();
  private final Publication publication = publication();

  private static Overlay overlay() {
    Overlay made =
        new Overlay(
            new OverlaySettings(
                FRA,
                OWN,
                Asn.of(65_000),
                OverlaySettings.Reflection.NONE,
                OverlayLimits.usual(),
                NodeCosts.equal(),
                NodeDirectory.empty()),
            bound -> 0);
    made.step(new OverlayEvent.LocalServicesEvaluated(), 0);
    return made;
  }

  private Publication publication() {
    TreeMap<ServiceName, ControlConfig.Service> services = new TreeMap<>();
    services.put(HERE, service("10.32.1.1", 1));
    services.put(ELSEWHERE, service("10.32.1.2", 0));
    return new Publication(
        new ControlConfig(
            OWN, services, node -> PeerInfo.Relation.MESH, 1, ControlConfig.Discovery.BY_CONFIG),
        overlay,
        signals,
        new Neighbors(FRA, OWN),
        node -> Optional.empty());
  }

  private static ControlConfig.Service service(String identity, int backends) {
    return new ControlConfig.Service(
        TestPeers.host(identity), List.of("shop.example"), List.of(), 0, backends);
  }

  @Test
  void whatWasThereToBeginWithCountsAsPublished() {
    assertThat(publication.hasChanges()).isFalse();
    assertThat(publication.published()).hasSize(2);
    assertThat(publication.takeChanges()).isEmpty();
  }

  @Test
  void aServiceThatHasNoBackendHereIsDownHereAndThisNodeIsNoCandidateOfItsOwn() {
    HostAddress at = TestPeers.host("10.32.1.1");
    overlay.step(new OverlayEvent.Originate(at, Signal.UP, 0), 0);
    assertThat(overlay.offers(at)).isNotEmpty();
    publication.everythingChanged();
    for (ServiceState state : publication.takeChanges()) {
      assertThat(state.view().candidates()).isEmpty();
      if (state.view().name().equals(ELSEWHERE)) {
        assertThat(state.view().local()).isEqualTo(Signal.DOWN);
        assertThat(state.backends()).isEmpty();
      }
    }
  }

  @Test
  void onlyWhatChangedIsTakenAndOnlyOnce() {
    publication.serviceChanged(HERE);
    publication.serviceChanged(HERE);
    publication.serviceChanged(new ServiceName("unknown"));
    assertThat(publication.takeChanges())
        .singleElement()
        .satisfies(state -> assertThat(state.view().name()).isEqualTo(HERE));
    assertThat(publication.hasChanges()).isFalse();
  }

  @Test
  void aProbeThatFoundNothingNewChangesNothing() {
    publication.backendsMayDiffer(HERE);
    publication.backendsMayDiffer(ELSEWHERE);
    publication.routesChanged(new int[] {1, 2, 3});
    publication.nodeChanged(OWN);
    assertThat(publication.hasChanges()).isFalse();
  }

  @Test
  void aChangedRouteIsAChangeOfItsService() {
    publication.routesChanged(new int[] {TestPeers.host("10.32.1.2").offset()});
    assertThat(publication.takeChanges())
        .singleElement()
        .satisfies(state -> assertThat(state.view().name()).isEqualTo(ELSEWHERE));
  }

  @Test
  void whatALostReflectorToldMayBeOfAnyService() {
    publication.peerLost(
        new PeerInfo(
            new NodeName("rr"), TestPeers.host(9), new TreeSet<>(), PeerInfo.Relation.REFLECTOR));
    assertThat(publication.takeChanges()).hasSize(2);
  }

  @Test
  void whatIsTakenIsAsItIsThenAndNotAsItWasWhenItChanged() {
    publication.serviceChanged(HERE);
    signals.step(new SignalEvent.Withdraw(HERE), new Now(1, 0));
    assertThat(publication.takeChanges())
        .singleElement()
        .satisfies(state -> assertThat(state.view().local()).isEqualTo(Signal.DOWN));
  }
}
