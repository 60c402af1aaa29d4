package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.SessionConfig;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.MedMapping;
import io.landfall.core.Now;
import io.landfall.testkit.BgpMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the sessions with service hosts want their next tick, and how many there may be. */
class ServiceHostTimersTest {
  private static final long START = 1_000_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int HOLD_SECONDS = 9;

  private static ServiceHost host(String name) {
    return new ServiceHost(
        name, Asn.of(65_010), SessionConfig.Opening.ACTIVE, new TreeMap<HostAddress, MedMapping>());
  }

  private static ServiceHosts hosts(String... names) {
    return new ServiceHosts(
        new ServiceHostsSettings(
            HostWire.BLOCK,
            new Asn(HostWire.OVERLAY_AS),
            HostWire.LOCAL_ID,
            HOLD_SECONDS,
            List.of(names).stream().map(ServiceHostTimersTest::host).toList()),
        bound -> bound - 1);
  }

  private static Now at(long seconds) {
    return new Now(START + seconds * SECOND, 0);
  }

  @Test
  void aHostIsDialledAtTheStartAndAgainAfterTheRetryTime() {
    ServiceHosts hosts = hosts("web7");
    assertThat(hosts.deadlineNanos()).isEmpty();
    assertThat(hosts.step(new ServiceHostEvent.Start(), at(0)))
        .containsExactly(new ServiceHostEffect.Dial("web7"));
    assertThat(hosts.step(new ServiceHostEvent.ConnectFailed("web7", "refused"), at(0)))
        .contains(new ServiceHostEffect.Note("web7", false, "no service session yet: refused"));
    long due = hosts.deadlineNanos().orElseThrow();
    assertThat(due).isGreaterThan(START);
    assertThat(hosts.step(new ServiceHostEvent.Tick(), due - 1)).isEmpty();
    assertThat(hosts.step(new ServiceHostEvent.Tick(), due))
        .containsExactly(new ServiceHostEffect.Dial("web7"));
  }

  private static void establish(ServiceHosts hosts, String name, long seconds) {
    hosts.step(new ServiceHostEvent.Connected(name, 1, Direction.OUTGOING), at(seconds));
    for (byte[] message : List.of(BgpMessages.open(65_010, 9), BgpMessages.keepalive())) {
      hosts.step(new ServiceHostEvent.Received(name, 1, message), at(seconds));
    }
  }

  private static long established(ServiceHosts hosts, int index) {
    return hosts.view().get(index).counters().established();
  }

  /** The one that was Established earlier has its KEEPALIVE due earlier, in either order. */
  @Test
  void theEarliestOfTheirTimersIsDue() {
    ServiceHosts alone = hosts("web7");
    alone.step(new ServiceHostEvent.Start(), at(0));
    establish(alone, "web7", 0);
    for (String earlier : List.of("web7", "web8")) {
      ServiceHosts hosts = hosts("web7", "web8");
      hosts.step(new ServiceHostEvent.Start(), at(0));
      establish(hosts, earlier, 0);
      establish(hosts, earlier.equals("web7") ? "web8" : "web7", 1);
      assertThat(established(hosts, 0) + established(hosts, 1)).isEqualTo(2);
      assertThat(hosts.deadlineNanos()).isEqualTo(alone.deadlineNanos());
    }
  }

  /** RFC 9687: the send hold timer rests once the stream takes bytes again. */
  @Test
  void aStreamThatTakesBytesAgainKeepsItsSession() {
    ServiceHosts hosts = hosts("web7");
    hosts.step(new ServiceHostEvent.Start(), at(0));
    establish(hosts, "web7", 0);
    hosts.step(new ServiceHostEvent.WriteBlocked("web7", 1), at(0));
    hosts.step(new ServiceHostEvent.Tick(), at(2 * HOLD_SECONDS - 1));
    hosts.step(new ServiceHostEvent.Writable("web7", 1), at(2 * HOLD_SECONDS - 1));
    hosts.step(new ServiceHostEvent.Tick(), at(2 * HOLD_SECONDS));
    assertThat(hosts.view().getFirst().session().lastDown()).isEmpty();
    hosts.step(new ServiceHostEvent.Tick(), at(3 * HOLD_SECONDS - 1));
    assertThat(hosts.view().getFirst().session().lastDown().orElseThrow().code()).isEqualTo(4);
  }

  @Test
  void anEventOfAHostThatIsNotConfiguredIsABug() {
    ServiceHosts hosts = hosts("web7");
    assertThatThrownBy(
            () -> hosts.step(new ServiceHostEvent.ConnectFailed("web9", "refused"), at(0)))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void thereAreAtMost256HostsAnd1024ServicesOfOne() {
    List<ServiceHost> all = new ArrayList<>();
    for (int i = 0; i < ServiceHostsSettings.MAX_HOSTS; i++) {
      all.add(host("h" + i));
    }
    assertThat(settings(all).hosts()).hasSize(256);
    all.add(host("more"));
    assertThatThrownBy(() -> settings(all)).hasMessageContaining("at most 256 service hosts");

    TreeMap<HostAddress, MedMapping> services = new TreeMap<>();
    Block block = Block.parse("10.32.0.0/20");
    IntStream.range(0, ServiceHost.MAX_SERVICES)
        .forEach(i -> services.put(block.host(1 + i), MedMapping.DEFAULT));
    assertThat(host(services).services()).hasSize(1024);
    services.put(block.host(4_000), MedMapping.DEFAULT);
    assertThatThrownBy(() -> host(services)).hasMessageContaining("at most 1024 services");
  }

  private static ServiceHostsSettings settings(List<ServiceHost> hosts) {
    return new ServiceHostsSettings(
        HostWire.BLOCK, new Asn(HostWire.OVERLAY_AS), HostWire.LOCAL_ID, HOLD_SECONDS, hosts);
  }

  private static ServiceHost host(SortedMap<HostAddress, MedMapping> services) {
    return new ServiceHost("web7", Asn.of(65_010), SessionConfig.Opening.ACTIVE, services);
  }
}
