package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.acme.AcmeClient;
import io.landfall.bfd.BfdConfig;
import io.landfall.config.BfdSettings;
import io.landfall.config.Bounds;
import io.landfall.control.CandidateTable;
import io.landfall.edge.OriginServer;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.purges.PurgeLogBeside;
import io.landfall.ingress.IngressSettings;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.servicehost.ServiceHost;
import io.landfall.overlay.servicehost.ServiceHostsSettings;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ServiceHealth;
import io.landfall.signal.ServiceSpec;
import io.landfall.transport.probe.ProbeRunner;
import org.junit.jupiter.api.Test;

/** The config knows no room; what it lets pass is exactly what the rooms take. */
class ConfigBoundsTest {
  @Test
  void theBoundsOfTheConfigAreThoseOfTheRooms() {
    assertThat(Bounds.SERVICES).isEqualTo(LocalSignals.MAX_SERVICES);
    assertThat(Bounds.BACKENDS).isEqualTo(ServiceHealth.MAX_BACKENDS);
    assertThat(Bounds.BACKEND_WEIGHT).isEqualTo(OriginServer.MAX_WEIGHT);
    assertThat(Bounds.HOSTS_OF_A_SERVICE).isEqualTo(ServiceSpec.MAX_HOSTS);
    assertThat(Bounds.SERVICE_HOSTS).isEqualTo(ServiceHostsSettings.MAX_HOSTS);
    assertThat(Bounds.SERVICES_OF_A_HOST).isEqualTo(ServiceHost.MAX_SERVICES);
    assertThat(Bounds.CANDIDATES).isEqualTo(CandidateTable.MAX_CANDIDATES);
    assertThat(Bounds.OVERLAY_PEERS).isEqualTo(OverlayLimits.usual().peers());
    assertThat(Bounds.PREFIXES).isEqualTo(IngressSettings.MAX_PREFIXES);
    assertThat(Bounds.UPSTREAMS).isEqualTo(IngressSettings.MAX_UPSTREAMS);
    assertThat(Bounds.TRUSTED_PROXIES).isEqualTo(TrustedProxies.MAX_NETWORKS);
    assertThat(Bounds.ACME_NAMES).isEqualTo(AcmeClient.MAX_NAMES);
    assertThat(Bounds.CACHE_DISKS).isEqualTo(PurgeLogBeside.MOST_DISKS);
    assertThat(Bounds.PROBE_WORDS).isEqualTo(ProbeSpec.MAX_WORDS);
    assertThat(Bounds.PROBE_COUNT).isEqualTo(ProbeSpec.MAX_COUNT);
    assertThat(Bounds.LEAST_PROBE_INTERVAL_MILLIS).isEqualTo(ProbeSpec.MIN_INTERVAL_MILLIS);
    assertThat(Bounds.MOST_PROBE_INTERVAL_MILLIS).isEqualTo(ProbeSpec.MAX_INTERVAL_MILLIS);
    assertThat(Bounds.LEAST_BFD_INTERVAL_MILLIS).isEqualTo(BfdConfig.Timing.MIN_INTERVAL_MILLIS);
    assertThat(Bounds.MOST_BFD_INTERVAL_MILLIS).isEqualTo(BfdConfig.Timing.MAX_INTERVAL_MILLIS);
  }

  @Test
  void theProberTakesAsManyProbesAtATimeAsTheSignalsGiveIt() {
    assertThat(ProbeRunner.MAX_RUNNING).isGreaterThanOrEqualTo(LocalSignals.MAX_CONNECTIONS);
    assertThat(ProbeRunner.MAX_COMMANDS).isGreaterThanOrEqualTo(LocalSignals.MAX_COMMANDS);
  }

  @Test
  void theLargestMultiplierOfBfdIsTakenAndOneMoreIsNot() {
    int most = Bounds.MOST_BFD_MULTIPLIER;
    assertThat(new BfdConfig.Timing(200, most).detectMult()).isEqualTo(most);
    assertThatThrownBy(() -> new BfdConfig.Timing(200, most + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bfdBetweenNodesAndTowardsRoutersHasOneDefault() {
    BfdSettings settings = BfdSettings.DEFAULT;
    assertThat(new BfdConfig.Timing(settings.intervalMillis(), settings.multiplier()))
        .isEqualTo(BfdConfig.Timing.DEFAULT);
  }
}
