package io.landfall.node;

import io.landfall.admin.AdminServer;
import io.landfall.config.AdminConfig;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.config.UpstreamConfig;
import io.landfall.core.FailureText;
import io.landfall.core.SocketText;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the addresses that a node listens on can be had: each is bound for a moment, and nothing
 * listens there.
 */
final class ListenerTrial {
  private static final String NOT_OF_THIS_MACHINE = "Cannot assign requested address";

  private static final String LISTEN = "edge.listen";

  private static final String SOCKET = "admin.socket";

  private static final String PRIVILEGED = "Permission denied";

  /** Below this a port needs a right that the unit of the package gives. */
  private static final int UNPRIVILEGED = 1024;

  private final Findings findings;

  /** Where the service manager listens for this process; empty when that is not known. */
  private final Optional<Set<InetSocketAddress>> open;

  private final NodeCheck.Purpose purpose;

  private ListenerTrial(
      Findings findings, NodeCheck.Purpose purpose, Optional<Set<InetSocketAddress>> open) {
    this.purpose = purpose;
    this.findings = findings;
    this.open = open;
  }

  /** Tries all of a config. */
  static void of(NodeConfig config, NodeCheck.Purpose purpose, Findings findings) {
    AdminConfig admin = config.operation().admin();
    admin.socketGroup().ifPresent(group -> isThere(admin.socket(), group, findings));
    try {
      AdminServer.refuseLive(admin.socket());
    } catch (IOException e) {
      Optional<LiveNode> other = LiveNode.at(admin.socket()).filter(each -> !each.mayBeOf(config));
      if (other.isPresent()) {
        findings.problem(
            SOCKET,
            "the admin socket " + admin.socket() + " is in use by node " + other.get(),
            "stop that one, or choose another admin.socket");
      } else if (purpose == NodeCheck.Purpose.CHECK_HERE && AdminServer.isLive(admin.socket())) {
        findings.warn(SOCKET, FailureText.of(e), "its ports are in use by it, and were not tried");
        return;
      } else {
        findings.problem(SOCKET, FailureText.of(e), "");
      }
    }
    new ListenerTrial(
            findings,
            purpose,
            purpose == NodeCheck.Purpose.RUN ? open(config, findings) : Optional.of(Set.of()))
        .all(config);
    config.ingress().ifPresent(ingress -> sources(ingress.upstreams(), findings));
  }

  /**
   * Where the service manager listens for this process; empty when one of its sockets is of no use.
   */
  private static Optional<Set<InetSocketAddress>> open(NodeConfig config, Findings findings) {
    Set<InetSocketAddress> open = new LinkedHashSet<>();
    try {
      ServiceManager.sockets(System.getenv()).forEach(each -> open.add(each.address()));
    } catch (IOException e) {
      findings.problem(
          LISTEN, FailureText.of(e), "mend the units of the service manager (socket, service)");
      return Optional.empty();
    }
    Set<InetSocketAddress> unknown = new LinkedHashSet<>(open);
    listeners(config).forEach(each -> unknown.remove(each.address()));
    for (InetSocketAddress each : unknown) {
      findings.warn(
          LISTEN,
          "the service manager listens at "
              + SocketText.of(each)
              + ", where this node does not: clients that connect there wait for ever",
          "take it out of the socket unit, or configure a listener there");
    }
    return Optional.of(open);
  }

  private static List<Listen> listeners(NodeConfig config) {
    return config.edge().map(EdgeConfig::listen).orElse(List.of());
  }

  private static void isThere(Path socket, String group, Findings findings) {
    try {
      AdminServer.requireGroup(socket, group);
    } catch (IOException e) {
      findings.problem("admin.socket-group", FailureText.of(e), "");
    }
  }

  /** A session whose address is not here now may have it later, so that this is a warning. */
  private static void sources(List<UpstreamConfig> upstreams, Findings findings) {
    for (int i = 0; i < upstreams.size(); i++) {
      Optional<InetAddress> source = upstreams.get(i).tcp().localAddress();
      if (source.isEmpty()) {
        continue;
      }
      InetSocketAddress at = new InetSocketAddress(source.get(), 0);
      try (SocketChannel socket = SocketChannel.open(family(at))) {
        socket.bind(at);
      } catch (IOException | UnsupportedOperationException e) {
        findings.warn(
            "ingress.upstreams[" + i + "].local-address",
            "no session can start from " + source.get().getHostAddress() + ": " + SocketText.why(e),
            "configure an address of this machine, or add this one to an interface");
      }
    }
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
    List<Listen> listeners = listeners(config);
    for (int i = 0; i < listeners.size(); i++) {
      // What the service manager has bound cannot be tried.
      if (open.isPresent() && !open.get().contains(listeners.get(i).address())) {
        tcp(LISTEN + "[" + i + "].address", listeners.get(i).address());
      }
    }
    config.operation().admin().metrics().ifPresent(at -> tcp("admin.metrics", at));
    config.operation().admin().purge().ifPresent(at -> tcp("admin.purge", at.listen()));
    config.operation().admin().lookingGlass().ifPresent(at -> tcp("admin.looking-glass", at));
  }

  private void tcp(String key, InetSocketAddress at) {
    try (SocketChannel socket = SocketChannel.open(family(at))) {
      // As the listeners do: a port is free although connections to it are still being forgotten.
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(at);
    } catch (IOException | UnsupportedOperationException e) {
      refused(key, SocketText.of(at), at.getPort(), e);
    }
  }

  private void udp(String key, InetSocketAddress at) {
    try (DatagramChannel socket = DatagramChannel.open(family(at))) {
      socket.bind(at);
    } catch (IOException | UnsupportedOperationException e) {
      refused(key, "UDP " + SocketText.of(at), at.getPort(), e);
    }
  }

  private static StandardProtocolFamily family(InetSocketAddress at) {
    return at.getAddress() instanceof Inet4Address
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  private void refused(String key, String at, int port, Exception e) {
    String why = SocketText.why(e);
    if (why.startsWith(PRIVILEGED)
        && port < UNPRIVILEGED
        && purpose == NodeCheck.Purpose.CHECK_HERE) {
      // A node has rights from its unit that whoever checks its file has not.
      findings.warn(
          key,
          at + " was not tried: this process may not bind a port below 1024",
          "the unit of the package gives the node CAP_NET_BIND_SERVICE");
      return;
    }
    findings.problem(key, rule(at, why), fix(why));
  }

  private static String rule(String at, String why) {
    return at + " cannot be bound: " + why;
  }

  private static String fix(String why) {
    if (why.startsWith(NOT_OF_THIS_MACHINE)) {
      return "configure an address of this machine, or add this one to an interface";
    }
    if (why.startsWith(PRIVILEGED)) {
      return "give the process CAP_NET_BIND_SERVICE, or configure a port from 1024 on";
    }
    return why.contains("in use")
        ? "stop the process that has it, or configure a port that is free"
        : "";
  }

  /** Why a node cannot go on with a config: a listener of it could not be opened. */
  static StartFailed refused(NodeConfig config, InetSocketAddress at, String cause) {
    String key = LISTEN;
    List<Listen> all = listeners(config);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).address().equals(at)) {
        key = LISTEN + "[" + i + "].address";
      }
    }
    Path file = config.self().file();
    String why = SocketText.clean(cause);
    return new StartFailed(
        new ConfigProblem(
                file.toString(),
                ConfigLoader.lineOf(file, key),
                key,
                rule(SocketText.of(at), why),
                fix(why))
            .toString());
  }
}
