package io.landfall.node.peering;

import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.peering.Peering;
import io.landfall.bgp.peering.PeeringEffect;
import io.landfall.bgp.peering.PeeringEvent;
import io.landfall.core.Direction;
import io.landfall.node.Driver;
import io.landfall.overlay.servicehost.ServiceHost;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import io.landfall.overlay.servicehost.ServiceHostEvent;
import io.landfall.overlay.servicehost.ServiceHostView;
import io.landfall.overlay.servicehost.ServiceHosts;
import io.landfall.overlay.servicehost.ServiceHostsSettings;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.BgpTcpStreams;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The sessions with service hosts on their peerings: hands {@link ServiceHosts} its events and does
 * what it asks for. On the control thread only.
 */
public final class ServiceHostSessions {
  private final ServiceHosts hosts;
  private final PeeringDriver peerings;
  private final Driver<ServiceHostEvent, ServiceHostEffect> driver;
  private final Consumer<ServiceHostEffect> signals;

  /**
   * Wires the parts; nothing happens before {@link ServiceHostEvent.Start}.
   *
   * @param specs how to reach each host, by its configured name
   * @param signals takes what the hosts signal, and lines for the log
   */
  public ServiceHostSessions(
      ServiceHostsSettings config,
      Map<String, BgpTcpSpec> specs,
      PeeringDriver.Host host,
      Consumer<ServiceHostEffect> signals) {
    this.hosts = new ServiceHosts(config, bound -> ThreadLocalRandom.current().nextLong(bound));
    this.signals = signals;
    this.driver =
        new Driver<>(
            hosts, host.control(), host.control(), new ServiceHostEvent.Tick(), this::carryOut);
    this.peerings =
        new PeeringDriver(
            config.hosts().stream().map(ServiceHostSessions::peering).toList(),
            specs,
            BgpTcpStreams.Reading.STOPS_WHEN_FULL,
            host,
            this::carryIn);
  }

  private static Peering peering(ServiceHost host) {
    return new Peering(
        host.name(),
        host.opening() == SessionConfig.Opening.ACTIVE
            ? Peering.Dialling.ON_REQUEST
            : Peering.Dialling.NEVER);
  }

  /** Listens on an address for the hosts; the future has whether that worked. */
  public ChannelFuture listen(InetSocketAddress local, OpenSockets open) {
    return peerings.listen(local, open);
  }

  /** Applies one event and its effects. */
  public void handle(ServiceHostEvent event) {
    driver.apply(event);
  }

  /** Every host. */
  public List<ServiceHostView> view() {
    return hosts.view();
  }

  /** Every host with all that is known of it. */
  public List<ServiceHostDetail> details() {
    return hosts.details();
  }

  /** How many bytes wait to leave, over all connections. */
  public long unsentBytes() {
    return peerings.unsentBytes();
  }

  private void carryOut(ServiceHostEffect effect) {
    switch (effect) {
      case ServiceHostEffect.Dial(String host) -> peerings.apply(new PeeringEvent.Connect(host));
      case ServiceHostEffect.Write(String _, long connection, byte[] bytes) ->
          peerings.apply(new PeeringEvent.Send(connection, bytes));
      case ServiceHostEffect.Close(String _, long connection, String why) ->
          peerings.apply(new PeeringEvent.Close(connection, why));
      case ServiceHostEffect.OfService _, ServiceHostEffect.Note _ -> signals.accept(effect);
    }
  }

  private void carryIn(PeeringEffect.ToSession what) {
    handle(
        switch (what) {
          case PeeringEffect.Up(String host, long stream, InetAddress _, Direction direction) ->
              new ServiceHostEvent.Connected(host, stream, direction);
          case PeeringEffect.NoStream(String host, String why) ->
              new ServiceHostEvent.ConnectFailed(host, why);
          case PeeringEffect.Bytes(String host, long stream, byte[] bytes) ->
              new ServiceHostEvent.Received(host, stream, bytes);
          case PeeringEffect.Full(String host, long stream) ->
              new ServiceHostEvent.WriteBlocked(host, stream);
          case PeeringEffect.Writable(String host, long stream) ->
              new ServiceHostEvent.Writable(host, stream);
          case PeeringEffect.Down(String host, long stream, String why, int _) ->
              new ServiceHostEvent.Closed(host, stream, why);
        });
  }
}
