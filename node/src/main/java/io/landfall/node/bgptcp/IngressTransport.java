package io.landfall.node.bgptcp;

import io.landfall.core.Clock;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Timers;
import io.landfall.ingress.Ingress;
import io.landfall.ingress.IngressEffect;
import io.landfall.ingress.IngressEvent;
import io.landfall.ingress.IngressView;
import io.landfall.node.Driver;
import io.landfall.transport.tcp.BgpTcpConnection;
import io.landfall.transport.tcp.BgpTcpDialer;
import io.landfall.transport.tcp.BgpTcpListener;
import io.landfall.transport.tcp.BgpTcpSpec;
import java.net.InetAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Plane one with real sockets and a real clock: hands {@link Ingress} its events and does what it
 * asks for. All of it runs on the control thread, which is the dialer's owner and the thread of the
 * timers; it has no lock and decides nothing.
 */
public final class IngressTransport {
  private final Ingress ingress;
  private final Map<String, BgpTcpSpec> routers;
  private final BgpTcpDialer dialer;
  private final Driver<IngressEvent, IngressEffect> driver;
  private final Consumer<IngressEffect.Note> log;

  /** By number. Bounded by the sessions, which hold two connections each at most. */
  private final TreeMap<Long, BgpTcpConnection> connections = new TreeMap<>();

  /** How many connections each upstream has. */
  private final TreeMap<String, Integer> open = new TreeMap<>();

  /** Upstreams with a dial under way: one at a time, however often the FSM asks. */
  private final TreeSet<String> dialing = new TreeSet<>();

  private LinkWatch watch = LinkWatch.NONE;

  /**
   * Wires the parts; nothing happens before the first event.
   *
   * @param routers how to reach each upstream, by the name it has in the ingress configuration
   * @param dialer a dialer whose callbacks run on the control thread
   * @param host time, and timers that fire on the control thread
   * @param log takes the transition log's lines
   */
  public IngressTransport(
      Ingress ingress,
      Map<String, BgpTcpSpec> routers,
      BgpTcpDialer dialer,
      Host host,
      Consumer<IngressEffect.Note> log) {
    this.ingress = ingress;
    this.routers = Map.copyOf(routers);
    this.dialer = dialer;
    this.driver =
        new Driver<>(ingress, host.clock(), host.timers(), new IngressEvent.Tick(), this::apply);
    this.log = log;
  }

  /**
   * What the process gives: time, and a call later.
   *
   * @param clock the clock
   * @param timers timers that fire on the control thread
   */
  public record Host(Clock clock, Timers timers) {}

  /** From now on, this one hears which upstreams have a connection. */
  public void watch(LinkWatch watch) {
    this.watch = watch;
  }

  /** Applies one event and its effects; on the control thread only. */
  public void handle(IngressEvent event) {
    driver.apply(event);
  }

  /** The state as it is shown; on the control thread only. */
  public IngressView view() {
    return ingress.view();
  }

  /** How many connections are open; after a Shutdown, 0 says that every Cease has left. */
  public int openConnections() {
    return connections.size();
  }

  /** How many bytes wait to leave, over all connections; on the control thread only. */
  public long unsentBytes() {
    return connections.values().stream().mapToLong(BgpTcpConnection::unsentBytes).sum();
  }

  private void apply(IngressEffect effect) {
    switch (effect) {
      case IngressEffect.Dial dial -> dial(dial.upstream());
      case IngressEffect.Write write -> write(write);
      case IngressEffect.Close close -> {
        BgpTcpConnection connection = connections.get(close.connection());
        if (connection != null) {
          connection.close();
        }
      }
      case IngressEffect.Note note -> log.accept(note);
    }
  }

  private void dial(String upstream) {
    BgpTcpSpec spec = routers.get(upstream);
    if (spec == null) {
      throw new InvariantBroken("each upstream has a router to dial, but not " + upstream);
    }
    if (dialing.add(upstream)) {
      dialer.dial(spec, new Wire(upstream, spec.remote().getAddress()));
    }
  }

  private void write(IngressEffect.Write write) {
    BgpTcpConnection connection = connections.get(write.connection());
    if (connection == null) {
      return;
    }
    connection.write(write.bytes());
    if (!connection.isWritable()) {
      handle(new IngressEvent.WriteBlocked(write.upstream(), write.connection()));
    }
  }

  /** One dial's callbacks, as events of its upstream. */
  private final class Wire implements BgpTcpListener {
    private final String upstream;
    private final InetAddress router;

    Wire(String upstream, InetAddress router) {
      this.upstream = upstream;
      this.router = router;
    }

    @Override
    public void connected(BgpTcpConnection connection) {
      dialing.remove(upstream);
      connections.put(connection.number(), connection);
      open.merge(upstream, 1, Integer::sum);
      watch.linkUp(upstream, connection.localAddress(), router);
      handle(new IngressEvent.Connected(upstream, connection.number(), connection.localAddress()));
    }

    @Override
    public void connectFailed(String why) {
      dialing.remove(upstream);
      handle(new IngressEvent.ConnectFailed(upstream, why));
    }

    @Override
    public void received(BgpTcpConnection connection, byte[] bytes) {
      handle(new IngressEvent.Received(upstream, connection.number(), bytes));
    }

    @Override
    public void writable(BgpTcpConnection connection) {
      handle(new IngressEvent.Writable(upstream, connection.number()));
    }

    @Override
    public void closed(BgpTcpConnection connection, String why) {
      connections.remove(connection.number());
      if (open.merge(upstream, -1, Integer::sum) == 0) {
        watch.linkDown(upstream);
      }
      handle(new IngressEvent.Closed(upstream, connection.number(), why));
    }
  }
}
