package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlEvent;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.MedMapping;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.node.bgptcp.SpeakerTransport;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.servicehost.ServiceHost;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import io.landfall.overlay.servicehost.ServiceHostEvent;
import io.landfall.overlay.servicehost.ServiceHostView;
import io.landfall.overlay.servicehost.ServiceHosts;
import io.landfall.overlay.servicehost.ServiceHostsSettings;
import io.landfall.signal.SignalEvent;
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
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the sessions with service hosts, on the control thread only. What a host says becomes an
 * event of the signals, like a probe's result, and that is its only way on: this class has no hand
 * on the overlay, nor on plane one.
 */
final class SpeakerDriver {
  private static final Logger log = LoggerFactory.getLogger("landfall.speaker");

  private final NodeConfig config;
  private final SpeakerTransport transport;
  private final ControlDriver signals;
  private final Map<HostAddress, ServiceName> services = new LinkedHashMap<>();

  private SpeakerDriver(
      NodeConfig config, EventLoopGroup loops, ControlLoop control, ControlDriver signals)
      throws StartFailed {
    this.config = config;
    this.signals = signals;
    config.services().forEach(each -> services.put(each.identity(), each.name()));
    Map<String, BgpTcpSpec> specs = new LinkedHashMap<>();
    for (ServiceBgpConfig.Host host : config.serviceBgp().hosts()) {
      specs.put(host.name(), tcp(host));
    }
    this.transport =
        new SpeakerTransport(
            new ServiceHosts(
                translate(config), bound -> ThreadLocalRandom.current().nextLong(bound)),
            specs,
            new SpeakerTransport.Host(loops, control, control, control),
            this::heard);
  }

  /**
   * A driver for what the config says; without {@code service-bgp} it does nothing.
   *
   * @throws StartFailed when a key cannot be read, or the system has no such sockets
   */
  static SpeakerDriver of(
      NodeConfig config, EventLoopGroup loops, ControlLoop control, ControlDriver signals)
      throws StartFailed {
    if (!config.serviceBgp().hosts().isEmpty() && !Sockets.isEpoll(loops)) {
      throw new StartFailed("service-bgp: BGP over plain TCP needs Linux and its epoll");
    }
    return new SpeakerDriver(config, loops, control, signals);
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
      hosts.add(new ServiceHost(host.name(), (int) host.asn(), host.dial(), advertised));
    }
    return new ServiceHostsSettings(
        config.overlay().block(),
        (int) config.overlay().asn(),
        BgpIdentifier.of(config.identity()),
        (int) (config.serviceBgp().holdTimeMillis() / 1000),
        hosts);
  }

  private static BgpTcpSpec tcp(ServiceBgpConfig.Host host) throws StartFailed {
    Optional<BgpTcpSpec.Md5Key> key = Optional.empty();
    if (host.passwordFile().isPresent()) {
      try {
        key = Optional.of(PasswordFile.read(host.passwordFile().get()));
      } catch (IOException | IllegalArgumentException e) {
        throw new StartFailed("service-bgp.hosts." + host.name() + ": " + e.getMessage(), e);
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
   * Listens for hosts where the config says so.
   *
   * @throws StartFailed when the address cannot be had
   */
  void listen() throws StartFailed {
    Optional<InetSocketAddress> listen = config.serviceBgp().listen();
    if (listen.isPresent() && !config.serviceBgp().hosts().isEmpty()) {
      var bound = transport.listen(listen.get()).awaitUninterruptibly();
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

  /** Opens the sessions. */
  void start() {
    transport.handle(new ServiceHostEvent.Start());
  }

  /** Ends every session with this text. */
  void shutdown(String text) {
    transport.handle(new ServiceHostEvent.Shutdown(text));
  }

  /** Every host; on the control thread. */
  List<ServiceHostView> view() {
    return transport.view();
  }

  /** Every host with all that is known of it; on the control thread. */
  List<ServiceHostDetail> details() {
    return transport.details();
  }

  private void heard(ServiceHostEffect effect) {
    switch (effect) {
      case ServiceHostEffect.HostAdvertised(String host, HostAddress service, var signal) ->
          signals.apply(
              new ControlEvent.OfSignals(
                  new SignalEvent.HostAdvertised(
                      nameOf(service), host, signal.signal(), signal.tier())));
      case ServiceHostEffect.HostWithdrawn(String host, HostAddress service, String why) ->
          signals.apply(
              new ControlEvent.OfSignals(
                  new SignalEvent.HostWithdrawn(nameOf(service), host, why)));
      case ServiceHostEffect.Note(String host, boolean warning, String text) -> {
        if (warning) {
          log.warn("{} host={}", text, host);
        } else {
          log.info("{} host={}", text, host);
        }
      }
      case ServiceHostEffect.Dial _, ServiceHostEffect.Write _, ServiceHostEffect.Close _ ->
          throw new InvariantBroken("the transport does what concerns streams: " + effect);
    }
  }

  private ServiceName nameOf(HostAddress service) {
    ServiceName name = services.get(service);
    if (name == null) {
      throw new InvariantBroken("hosts speak for configured services only, not for " + service);
    }
    return name;
  }
}
