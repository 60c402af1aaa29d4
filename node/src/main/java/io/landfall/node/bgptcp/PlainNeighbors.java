package io.landfall.node.bgptcp;

import io.landfall.core.Backoff;
import io.landfall.core.Links;
import io.landfall.core.Rng;
import io.landfall.core.Timers;
import io.landfall.transport.TcpEnds;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * The streams of all neighbours over plain TCP: takes their connections, and dials those that want
 * to be dialled, again and again while there is no stream with them.
 *
 * <p>On the owner's thread only. Who may speak is settled here by the address; what it may say is
 * the overlay's matter.
 */
public final class PlainNeighbors {
  /** RFC 4271 section 10 suggests 120 s between attempts; a dead reflector should hurt for less. */
  private static final Backoff.Limits RETRY =
      new Backoff.Limits(500_000_000L, 2_000_000_000L, 4_000_000_000L);

  /** What happens on the streams. Numbers are negative, so that TLS streams can have the others. */
  public interface Events {
    /** A stream with a neighbour is there. */
    void neighborUp(PlainNeighbor neighbor, long stream, Links link, boolean outgoing);

    /** Bytes came; the array is the listener's to keep. */
    void neighborBytes(PlainNeighbor neighbor, long stream, byte[] bytes);

    /** A stream that was full takes bytes again. */
    void neighborWritable(PlainNeighbor neighbor, long stream);

    /** A stream has ended. */
    void neighborClosed(PlainNeighbor neighbor, long stream, String why);
  }

  /**
   * What the process gives.
   *
   * @param group epoll event loops
   * @param owner runs every callback: the control thread
   * @param timers timers that fire on the control thread
   * @param jitter spreads the dials of many nodes
   */
  public record Host(EventLoopGroup group, Executor owner, Timers timers, Rng jitter) {}

  private final Map<InetAddress, Line> lines = new LinkedHashMap<>();
  private final Host host;
  private final BgpTcpDialer dialer;
  private final Events events;
  private boolean closing;

  /** Neighbours without streams; nothing happens before {@link #start}. */
  public PlainNeighbors(List<PlainNeighbor> neighbors, Host host, Events events) {
    this.host = host;
    this.dialer = new BgpTcpDialer(host.group(), host.owner());
    this.events = events;
    for (PlainNeighbor neighbor : neighbors) {
      if (lines.put(neighbor.address(), new Line(neighbor)) != null) {
        throw new IllegalArgumentException("two neighbours at " + neighbor.address());
      }
    }
  }

  /** Listens on an address for the neighbours; the future says whether that worked. */
  public ChannelFuture listen(InetSocketAddress local) {
    Map<InetAddress, BgpTcpSpec> specs = new LinkedHashMap<>();
    // One socket speaks one address family, and the kernel takes keys of that family only.
    int addressBytes = local.getAddress().getAddress().length;
    lines.forEach(
        (address, line) -> {
          if (address.getAddress().length == addressBytes) {
            specs.put(address, line.neighbor.spec());
          }
        });
    return new BgpTcpAcceptor(host.group(), host.owner())
        .bind(
            local,
            specs,
            address -> {
              Line line = lines.get(address);
              return line == null ? null : line.new Wire(false);
            });
  }

  /** Dials whoever wants to be dialled; on the owner's thread. */
  public void start() {
    for (Line line : lines.values()) {
      line.dialIfAlone();
    }
  }

  /** Dials nobody any more; streams that are there end as the overlay ends them. */
  public void stop() {
    closing = true;
  }

  /** One neighbour and its streams, of which the session keeps two at most. */
  private final class Line {
    private final PlainNeighbor neighbor;
    private final TreeMap<Long, BgpTcpConnection> open = new TreeMap<>();
    private final Backoff backoff = new Backoff(RETRY, host.jitter());
    private boolean dialing;

    Line(PlainNeighbor neighbor) {
      this.neighbor = neighbor;
    }

    void dialIfAlone() {
      if (neighbor.dials() && open.isEmpty() && !dialing && !closing) {
        dialing = true;
        dialer.dial(neighbor.spec(), new Wire(true));
      }
    }

    private void retryLater() {
      host.timers().schedule(backoff.afterFailureNanos(), this::dialIfAlone);
    }

    /** One dial's or one accepted connection's callbacks. */
    private final class Wire implements BgpTcpListener {
      private final boolean outgoing;

      Wire(boolean outgoing) {
        this.outgoing = outgoing;
      }

      @Override
      public void connected(BgpTcpConnection connection) {
        if (outgoing) {
          dialing = false;
          backoff.reset();
        }
        open.put(connection.number(), connection);
        events.neighborUp(neighbor, -connection.number(), new PlainLink(connection), outgoing);
      }

      @Override
      public void connectFailed(String why) {
        dialing = false;
        retryLater();
      }

      @Override
      public void received(BgpTcpConnection connection, byte[] bytes) {
        events.neighborBytes(neighbor, -connection.number(), bytes);
      }

      /** Two that tell each other their tables and read nothing meanwhile would wait for ever. */
      @Override
      public boolean readsWhileFull() {
        return true;
      }

      @Override
      public void writable(BgpTcpConnection connection) {
        events.neighborWritable(neighbor, -connection.number());
      }

      @Override
      public void closed(BgpTcpConnection connection, String why) {
        open.remove(connection.number());
        events.neighborClosed(neighbor, -connection.number(), why);
        if (neighbor.dials() && open.isEmpty()) {
          retryLater();
        }
      }
    }
  }

  /** A connection as the overlay's driver writes to it. */
  private record PlainLink(BgpTcpConnection connection) implements Links, TcpEnds {
    @Override
    public Optional<InetSocketAddress> localEnd() {
      return connection.ends().localEnd();
    }

    @Override
    public Optional<InetSocketAddress> remoteEnd() {
      return connection.ends().remoteEnd();
    }

    @Override
    public boolean send(byte[] bytes) {
      connection.write(bytes);
      return connection.isWritable();
    }

    @Override
    public void close(String reason) {
      connection.close();
    }
  }
}
