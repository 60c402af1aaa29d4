package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.PeerIdentity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which services a node may originate: what its certificate names, and what the config adds. */
class KnownServicesTest {
  private static final ServiceName API = new ServiceName("api");
  private static final ServiceName MEDIA = new ServiceName("media");
  private static final HostAddress API_AT = TestPeers.host("10.32.1.1");
  private static final HostAddress MEDIA_AT = TestPeers.host("10.32.1.2");
  private static final PeerIdentity NYC =
      new PeerIdentity(
          new NodeName("nyc"),
          TestPeers.host("10.32.0.2"),
          new TreeSet<>(List.of(MEDIA, new ServiceName("unknown"))),
          "ab".repeat(32),
          List.of(),
          TestPeers.NOW,
          "1");

  private static SortedMap<ServiceName, ControlConfig.Service> both() {
    SortedMap<ServiceName, ControlConfig.Service> services = new TreeMap<>();
    services.put(API, new ControlConfig.Service(API_AT, List.of("api.example"), List.of(), 0, 0));
    services.put(
        MEDIA, new ControlConfig.Service(MEDIA_AT, List.of("media.example"), List.of(), 0, 0));
    return services;
  }

  @Test
  void theConfigMayEntitleToMoreThanTheCertificateNames() {
    assertThat(new KnownServices(both(), Map.of()).originatedBy(NYC)).containsExactly(MEDIA_AT);
    assertThat(new KnownServices(both(), Map.of(NYC.name(), Set.of(API))).originatedBy(NYC))
        .containsExactly(API_AT, MEDIA_AT);
    assertThat(
            new KnownServices(both(), Map.of(new NodeName("sin"), Set.of(API))).originatedBy(NYC))
        .containsExactly(MEDIA_AT);
  }

  @Test
  void whatIsReplacedIsForgotten() {
    KnownServices known = new KnownServices(both(), Map.of(NYC.name(), Set.of(API)));
    assertThat(known.nameOf(MEDIA_AT)).contains(MEDIA);
    SortedMap<ServiceName, ControlConfig.Service> one = both();
    one.remove(MEDIA);
    known.replace(new ControlEvent.Configure(one, List.of(), Map.of(), List.of()));
    assertThat(known.nameOf(MEDIA_AT)).isEmpty();
    assertThat(known.get(MEDIA)).isNull();
    assertThat(known.originatedBy(NYC)).isEmpty();
  }
}
