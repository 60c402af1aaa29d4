package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TunnelSettings;
import io.landfall.edge.WebSockets;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Two sites, and the one where clients of a test land: with the backend, or without. */
final class TunnelSites implements AutoCloseable {
  final TestSite nyc;
  final TestSite fra;
  final TestSite landing;

  TunnelSites(boolean forwarded, TestBackend backend) {
    this(forwarded, backends(backend), UnaryOperator.identity());
  }

  TunnelSites(boolean forwarded, List<OriginServer> backends, UnaryOperator<EdgeSettings> adjust) {
    nyc = new TestSite("nyc", 2, adjust);
    fra = new TestSite("fra", 1, adjust);
    nyc.publish(Signal.UP, backends);
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    landing = forwarded ? fra : nyc;
  }

  RawClient client() {
    return new RawClient(landing.http());
  }

  /** A client whose tunnel is open. */
  RawClient open() {
    RawClient client = client().send(WebSockets.REQUEST);
    assertThat(client.readHead().status()).isEqualTo(101);
    return client;
  }

  EdgeStats.Tunnels tunnels() {
    return landing.edge().stats().tunnels();
  }

  void awaitNone() {
    for (TestSite each : List.of(nyc, fra)) {
      TestSite.await(
          "no tunnel is left",
          () ->
              each.edge().stats().tunnels().open() == 0
                  && each.edge().stats().requestsInProgress() == 0);
    }
  }

  @Override
  public void close() {
    fra.close();
    nyc.close();
  }

  private static UnaryOperator<EdgeSettings> with(TunnelSettings settings) {
    return all -> all.with(settings);
  }

  static UnaryOperator<EdgeSettings> atMost(int tunnels) {
    return with(new TunnelSettings(tunnels, 600_000, Collections.emptySortedMap()));
  }

  static UnaryOperator<EdgeSettings> allowing(String... protocols) {
    TreeMap<ServiceName, List<AsciiString>> upgrades = new TreeMap<>();
    upgrades.put(TestSite.SHOP, List.of(protocols).stream().map(AsciiString::of).toList());
    return with(new TunnelSettings(9, 600_000, upgrades));
  }
}
