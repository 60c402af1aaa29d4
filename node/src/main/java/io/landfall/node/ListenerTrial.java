package io.landfall.node;

import io.landfall.admin.AdminServer;
import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.core.SocketText;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Whether the addresses that a node listens on can be had: each is bound for a moment, and nothing
 * listens there.
 */
final class ListenerTrial {
  private static final String FIX =
      "stop what has it, or configure an address of this machine and a port that is free";

  private final Findings findings;

  private ListenerTrial(Findings findings) {
    this.findings = findings;
  }

  /** Tries all of a config. */
  static void of(NodeConfig config, NodeCheck.Purpose purpose, Findings findings) {
    try {
      AdminServer.refuseLive(config.operation().admin().socket());
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (purpose == NodeCheck.Purpose.CHECK_HERE
          && AdminServer.isLive(config.operation().admin().socket())) {
        findings.warn("admin.socket", why, "its ports are in use by it, and were not tried");
        return;
      }
      findings.problem("admin.socket", why, "");
    }
    new ListenerTrial(findings).all(config);
  }

  private void all(NodeConfig config) {
    tcp("overlay.listen", config.overlay().reach().listen());
    if (config.overlay().bfd().enabled()) {
      InetSocketAddress tls = config.overlay().reach().listen();
      udp(
          "overlay.bfd",
          new InetSocketAddress(tls.getAddress(), config.overlay().bfd().portOr(tls.getPort())));
    }
    config.overlay().bgp().listen().ifPresent(at -> tcp("overlay.bgp.listen", at));
    if (!config.serviceBgp().hosts().isEmpty()) {
      config.serviceBgp().listen().ifPresent(at -> tcp("service-bgp.listen", at));
    }
    List<Listen> listeners = config.edge().map(EdgeConfig::listen).orElse(List.of());
    for (int i = 0; i < listeners.size(); i++) {
      tcp("edge.listen[" + i + "].address", listeners.get(i).address());
    }
    config.operation().admin().metrics().ifPresent(at -> tcp("admin.metrics", at));
    config.operation().admin().lookingGlass().ifPresent(at -> tcp("admin.looking-glass", at));
  }

  private void tcp(String key, InetSocketAddress at) {
    try (SocketChannel socket = SocketChannel.open(family(at))) {
      // As the listeners do: a port is free although connections to it are still being forgotten.
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(at);
    } catch (IOException | UnsupportedOperationException e) {
      refused(key, SocketText.of(at), e);
    }
  }

  private void udp(String key, InetSocketAddress at) {
    try (DatagramChannel socket = DatagramChannel.open(family(at))) {
      socket.bind(at);
    } catch (IOException | UnsupportedOperationException e) {
      refused(key, "UDP " + SocketText.of(at), e);
    }
  }

  private static StandardProtocolFamily family(InetSocketAddress at) {
    return at.getAddress() instanceof Inet4Address
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  private void refused(String key, String at, Exception e) {
    findings.problem(key, at + " cannot be had: " + SocketText.why(e), FIX);
  }
}
