package io.landfall.node;

import io.landfall.bgp.SessionConfig;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.FailureText;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.ListeningSocket.Use;
import io.landfall.core.MedMapping;
import io.landfall.core.SocketText;
import io.landfall.node.peering.PeeringDriver;
import io.landfall.node.peering.ServiceHostSessions;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.servicehost.ServiceHost;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import io.landfall.overlay.servicehost.ServiceHostEvent;
import io.landfall.overlay.servicehost.ServiceHostView;
import io.landfall.overlay.servicehost.ServiceHostsSettings;
import io.landfall.transport.Sockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.PasswordFile;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Drives the sessions with service hosts, on the control thread only. What a host advertises is an
 * event of this node's signals, like a probe's result, and that is its only way on: this class has
 * no hand on the overlay, nor on plane one.
 */
final class ServiceHostDriver {
  private static final Logger log = LoggerFactory.getLogger("landfall.servicehost");

  private final NodeConfig config;
  private final ServiceHostSessions sessions;
  private final Consumer<ServiceHostEffect.OfService> signals;
  private ServiceHostsSettings settings;

  private ServiceHostDriver(
      NodeConfig config,
      EventLoopGroup loops,
      ControlLoop control,
      Consumer<ServiceHostEffect.OfService> signals)
      throws StartFailed {
    this.config = config;
    this.signals = signals;
    this.settings = translate(config);
    this.sessions =
        new ServiceHostSessions(
            settings, specs(config), new PeeringDriver.Host(loops, control), this::carryOut);
  }

  /**
   * A driver for what is configured; without {@code service-bgp} it does nothing.
   *
   * @throws StartFailed when a key cannot be read, or the system has no such sockets
   */
  static ServiceHostDriver of(
      NodeConfig config,
      EventLoopGroup loops,
      ControlLoop control,
      Consumer<ServiceHostEffect.OfService> signals)
      throws StartFailed {
    if (!config.serviceBgp().hosts().isEmpty() && !Sockets.isEpoll(loops)) {
      throw new StartFailed("service-bgp: BGP over plain TCP needs Linux and its epoll");
    }
    return new ServiceHostDriver(config, loops, control, signals);
  }

  private static ServiceHostsSettings translate(NodeConfig config) {
    List<ServiceHost> hosts = new ArrayList<>();
    for (ServiceBgpConfig.Host host : config.serviceBgp().hosts()) {
      SortedMap<HostAddress, MedMapping> advertised = new TreeMap<>();
      for (ServiceConfig service : config.services()) {
        if (service.bgp().isPresent() && service.bgp().get().hosts().contains(host.name())) {
          ServiceConfig.Bgp bgp = service.bgp().get();
          advertised.put(
              service.identity(), new MedMapping(bgp.tiers(), bgp.drainingMed(), bgp.downMed()));
        }
      }
      hosts.add(
          new ServiceHost(
              host.name(),
              host.asn(),
              host.dial() ? SessionConfig.Opening.ACTIVE : SessionConfig.Opening.PASSIVE,
              advertised));
    }
    return new ServiceHostsSettings(
        config.overlay().block(),
        config.overlay().asn(),
        BgpIdentifier.of(config.identity()),
        (int) (config.serviceBgp().holdTimeMillis() / 1000),
        hosts);
  }

  /**
   * The connection to each host, with its key.
   *
   * @throws StartFailed when a key cannot be read
   */
  static Map<String, BgpTcpSpec> specs(NodeConfig config) throws StartFailed {
    Map<String, BgpTcpSpec> specs = new LinkedHashMap<>();
    for (ServiceBgpConfig.Host host : config.serviceBgp().hosts()) {
      specs.put(host.name(), tcp(host));
    }
    return specs;
  }

  private static BgpTcpSpec tcp(ServiceBgpConfig.Host host) throws StartFailed {
    Optional<BgpTcpSpec.Md5Key> key = Optional.empty();
    if (host.passwordFile().isPresent()) {
      try {
        key = Optional.of(PasswordFile.read(host.passwordFile().get()));
      } catch (IOException | IllegalArgumentException e) {
        throw new StartFailed(
            "service-bgp.hosts." + host.name() + ".password-file", FailureText.of(e), e);
      }
    }
    return new BgpTcpSpec(
        new InetSocketAddress(host.address(), host.port()),
        Optional.empty(),
        key,
        host.ttlSecurity() ? 1 : 0,
        BgpTcpSpec.Timeouts.DEFAULT);
  }

  /**
   * Listens for hosts where that is configured.
   *
   * @param listeners what of it is open already, and takes note of it
   * @throws StartFailed when the address cannot be had
   */
  void listen(ControlListeners listeners) throws StartFailed {
    Optional<InetSocketAddress> listen = config.serviceBgp().listen();
    if (listen.isPresent() && !config.serviceBgp().hosts().isEmpty()) {
      var bound =
          listeners
              .add(Use.SERVICE_HOSTS, listen.get(), open -> sessions.listen(listen.get(), open))
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        throw new StartFailed(
            "service-bgp.listen "
                + SocketText.of(listen.get())
                + ": "
                + SocketText.why(bound.cause()),
            bound.cause());
      }
    }
  }

  /**
   * Other services, and what hosts may advertise of them; the hosts are the same. Behind the change
   * of the signals, which are to know the services that hosts advertise.
   */
  void configure(NodeConfig other) {
    ServiceHostsSettings next = translate(other);
    if (!next.equals(settings)) {
      settings = next;
      sessions.handle(new ServiceHostEvent.Configure(next));
    }
  }

  /** Opens the sessions. */
  void start() {
    sessions.handle(new ServiceHostEvent.Start());
  }

  /** Ends every session with this text. */
  void shutdown(String text) {
    sessions.handle(new ServiceHostEvent.Shutdown(text));
  }

  /** Every host; on the control thread. */
  List<ServiceHostView> view() {
    return sessions.view();
  }

  /** Every host with all that is known of it; on the control thread. */
  List<ServiceHostDetail> details() {
    return sessions.details();
  }

  private void carryOut(ServiceHostEffect effect) {
    switch (effect) {
      case ServiceHostEffect.OfService what -> signals.accept(what);
      case ServiceHostEffect.Note(String host, boolean warning, String text) -> {
        log.atLevel(warning ? Level.WARN : Level.INFO)
            .addKeyValue("host", host)
            .addKeyValue("note", text)
            .log("service host");
      }
      case ServiceHostEffect.Dial _, ServiceHostEffect.Write _, ServiceHostEffect.Close _ ->
          throw new InvariantBroken("the sessions do what concerns streams: " + effect);
    }
  }
}
