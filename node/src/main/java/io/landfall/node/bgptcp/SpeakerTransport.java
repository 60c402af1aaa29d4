package io.landfall.node.bgptcp;

import io.landfall.core.Clock;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Timers;
import io.landfall.node.Driver;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostEffect;
import io.landfall.overlay.servicehost.ServiceHostEvent;
import io.landfall.overlay.servicehost.ServiceHostView;
import io.landfall.overlay.servicehost.ServiceHosts;
import io.landfall.transport.tcp.BgpTcpAcceptor;
import io.landfall.transport.tcp.BgpTcpConnection;
import io.landfall.transport.tcp.BgpTcpDialer;
import io.landfall.transport.tcp.BgpTcpListener;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The sessions with service hosts on real sockets and a real clock: takes the connections of hosts
 * that are configured, dials those that want to be dialled, and hands {@link ServiceHosts} its
 * events. All of it runs on the control thread.
 */
public final class SpeakerTransport {
  private final ServiceHosts speakers;
  private final Map<String, BgpTcpSpec> hosts;
  private final Map<InetAddress, String> byAddress = new LinkedHashMap<>();
  private final Host host;
  private final BgpTcpDialer dialer;
  private final Driver<ServiceHostEvent, ServiceHostEffect> driver;
  private final Consumer<ServiceHostEffect> facts;

  /** By number. Bounded by the sessions, which hold two connections each at most. */
  private final TreeMap<Long, BgpTcpConnection> connections = new TreeMap<>();

  /** Hosts with a dial under way: one at a time, however often the FSM asks. */
  private final TreeSet<String> dialing = new TreeSet<>();

  /**
   * What the process gives.
   *
   * @param group epoll event loops
   * @param owner runs every callback: the control thread
   * @param clock the clock
   * @param timers timers that fire on the control thread
   */
  public record Host(EventLoopGroup group, Executor owner, Clock clock, Timers timers) {}

  /**
   * Wires the parts; nothing happens before {@link ServiceHostEvent.Start}.
   *
   * @param hosts how to reach each host, by its configured name
   * @param facts takes what the hosts say, and lines for the log
   */
  public SpeakerTransport(
      ServiceHosts speakers,
      Map<String, BgpTcpSpec> hosts,
      Host host,
      Consumer<ServiceHostEffect> facts) {
    this.speakers = speakers;
    this.hosts = new LinkedHashMap<>(hosts);
    this.host = host;
    this.dialer = new BgpTcpDialer(host.group(), host.owner());
    this.facts = facts;
    this.driver =
        new Driver<>(
            speakers, host.clock(), host.timers(), new ServiceHostEvent.Tick(), this::apply);
    hosts.forEach(
        (name, spec) -> {
          if (byAddress.put(spec.remote().getAddress(), name) != null) {
            throw new IllegalArgumentException("two service hosts at " + spec.remote());
          }
        });
  }

  /** Listens on an address for the hosts; the future says whether that worked. */
  public ChannelFuture listen(InetSocketAddress local) {
    Map<InetAddress, BgpTcpSpec> specs = new LinkedHashMap<>();
    // One socket speaks one address family, and the kernel takes keys of that family only.
    int addressBytes = local.getAddress().getAddress().length;
    for (BgpTcpSpec spec : hosts.values()) {
      InetAddress address = spec.remote().getAddress();
      if (address.getAddress().length == addressBytes) {
        specs.put(address, spec);
      }
    }
    return new BgpTcpAcceptor(host.group(), host.owner())
        .bind(
            local,
            specs,
            address -> {
              String name = byAddress.get(address);
              return name == null ? null : new Wire(name, false);
            });
  }

  /** Applies one event and its effects; on the control thread only. */
  public void handle(ServiceHostEvent event) {
    driver.apply(event);
  }

  /** Every host; on the control thread only. */
  public List<ServiceHostView> view() {
    return speakers.view();
  }

  /** Every host with all that is known of it; on the control thread only. */
  public List<ServiceHostDetail> details() {
    return speakers.details();
  }

  /** How many bytes wait to leave, over all connections; on the control thread only. */
  public long unsentBytes() {
    return connections.values().stream().mapToLong(BgpTcpConnection::unsentBytes).sum();
  }

  private void apply(ServiceHostEffect effect) {
    switch (effect) {
      case ServiceHostEffect.Dial(String name) -> dial(name);
      case ServiceHostEffect.Write write -> write(write);
      case ServiceHostEffect.Close close -> {
        BgpTcpConnection connection = connections.get(close.connection());
        if (connection != null) {
          connection.close();
        }
      }
      case ServiceHostEffect.HostAdvertised _,
          ServiceHostEffect.HostWithdrawn _,
          ServiceHostEffect.Note _ ->
          facts.accept(effect);
    }
  }

  private void dial(String name) {
    BgpTcpSpec spec = hosts.get(name);
    if (spec == null) {
      throw new InvariantBroken("each service host has an address, but not " + name);
    }
    if (dialing.add(name)) {
      dialer.dial(spec, new Wire(name, true));
    }
  }

  private void write(ServiceHostEffect.Write write) {
    BgpTcpConnection connection = connections.get(write.connection());
    if (connection == null) {
      return;
    }
    connection.write(write.bytes());
    if (!connection.isWritable()) {
      handle(new ServiceHostEvent.WriteBlocked(write.host(), write.connection()));
    }
  }

  /** One dial's or one accepted connection's callbacks, as events of its host. */
  private final class Wire implements BgpTcpListener {
    private final String name;
    private final boolean outgoing;

    Wire(String name, boolean outgoing) {
      this.name = name;
      this.outgoing = outgoing;
    }

    @Override
    public void connected(BgpTcpConnection connection) {
      if (outgoing) {
        dialing.remove(name);
      }
      connections.put(connection.number(), connection);
      handle(new ServiceHostEvent.Connected(name, connection.number(), outgoing));
    }

    @Override
    public void connectFailed(String why) {
      dialing.remove(name);
      handle(new ServiceHostEvent.ConnectFailed(name, why));
    }

    @Override
    public void received(BgpTcpConnection connection, byte[] bytes) {
      handle(new ServiceHostEvent.Received(name, connection.number(), bytes));
    }

    @Override
    public void writable(BgpTcpConnection connection) {
      handle(new ServiceHostEvent.Writable(name, connection.number()));
    }

    @Override
    public void closed(BgpTcpConnection connection, String why) {
      connections.remove(connection.number());
      handle(new ServiceHostEvent.Closed(name, connection.number(), why));
    }
  }
}
