package io.landfall.edge.tcp;

import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.Shield;
import io.landfall.decision.View;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginServer;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.RawClient;
import io.landfall.edge.TlsContexts;
import io.landfall.edge.TunnelSettings;
import io.landfall.edge.server.TestSite;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Two sites with a TCP service, and the one where clients land: with the backend, or without. */
final class TcpSites implements AutoCloseable {
  static final long IDLE_MILLIS = 600_000;

  final TestSite nyc;
  final TestSite fra;
  final TestSite landing;

  TcpSites(boolean forwarded, TcpBackend... backends) {
    this(forwarded, UnaryOperator.identity(), backends);
  }

  TcpSites(boolean forwarded, UnaryOperator<EdgeSettings> adjust, TcpBackend... backends) {
    this(forwarded, adjust, places(ProxyProtocol.NONE, backends));
  }

  TcpSites(boolean forwarded, UnaryOperator<EdgeSettings> adjust, List<OriginServer> backends) {
    nyc = new TestSite("nyc", 2, usual -> adjust.apply(tcp(9).apply(usual)));
    fra = new TestSite("fra", 1, usual -> adjust.apply(tcp(9).apply(usual)));
    landing = forwarded ? fra : nyc;
    publish(nyc, Signal.UP, new HostedService(backends, 1000));
    publish(fra, Signal.DOWN, new HostedService(List.of(), 1000), nyc.candidate(Signal.UP, 1));
  }

  static List<OriginServer> places(ProxyProtocol proxy, TcpBackend... backends) {
    return List.of(backends).stream()
        .map(
            backend ->
                new OriginServer(
                    new OriginPlace(backend.address(), Optional.empty(), OriginProtocol.TCP, proxy),
                    true,
                    1))
        .toList();
  }

  static void publish(TestSite site, Signal local, HostedService service, Candidate... candidates) {
    site.publish(
        List.of(View.hostOfTcp(TestSite.SHOP.value())), Shield.NONE, local, service, candidates);
  }

  /** A listener of the service by its port, and so many tunnels. */
  static UnaryOperator<EdgeSettings> tcp(int tunnels) {
    return usual ->
        TestSite.listening(
                EdgeListener.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .of(TestSite.SHOP))
            .apply(usual)
            .with(settings(tunnels));
  }

  /** A listener with TLS, on which some names are the service's. */
  static UnaryOperator<EdgeSettings> byName(TlsContexts contexts) {
    return usual ->
        TestSite.listening(
                EdgeListener.tls(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), contexts))
            .apply(usual)
            .with(settings(9));
  }

  static TunnelSettings settings(int tunnels) {
    return new TunnelSettings(
        tunnels,
        IDLE_MILLIS,
        new TreeMap<>(Map.of(TestSite.SHOP, List.of(TunnelSettings.TCP))),
        new TreeMap<>(Map.of("mail.test", TestSite.SHOP, "*.mail.test", TestSite.SHOP)));
  }

  RawClient client() {
    return new RawClient(landing.http());
  }

  /** Whether a client is declined: with a reset, which may come while it still connects. */
  boolean resets() {
    try (RawClient client = client()) {
      return client.isReset();
    } catch (UncheckedIOException e) {
      return true;
    }
  }

  EdgeStats.Tunnels tunnels() {
    return landing.edge().stats().tunnels();
  }

  void awaitNone() {
    for (TestSite each : List.of(nyc, fra)) {
      TestSite.await(
          "no connection is left",
          () ->
              each.edge().stats().tunnels().open() == 0
                  && each.edge().stats().clientConnections() == 0
                  && each.edge().stats().requestsInProgress() == 0);
    }
  }

  /** What a client's connection is, as seen from its own side. */
  static Optional<ClientAddresses> ends(java.net.Socket socket) {
    return ClientAddresses.of(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress());
  }

  @Override
  public void close() {
    fra.close();
    nyc.close();
  }
}
