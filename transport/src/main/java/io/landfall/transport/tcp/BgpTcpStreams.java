package io.landfall.transport.tcp;

import io.landfall.core.Direction;
import io.landfall.core.InvariantBroken;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.TcpEnds;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The TCP connections with a set of named BGP neighbours: opens, takes, writes and closes them as
 * it is told, reports what happens on them, and decides nothing. A stream is the number of its
 * connection, which no other in the process has had.
 *
 * <p>On the owner's thread only, but for {@link #listen}.
 */
public final class BgpTcpStreams {
  /** Whether a stream is read on while what was written to it does not leave. */
  public enum Reading {
    /** Nothing is read until it is writable, so that none can ask on without taking the answers. */
    STOPS_WHEN_FULL,
    /** It is: two that send their tables to each other and read nothing meanwhile would wait. */
    GOES_ON
  }

  /** Takes what happens, on the owner's thread and in the order in which it happened. */
  public interface Events {
    /**
     * A stream is open.
     *
     * @param local this side's address on it
     * @param direction which side opened it
     */
    void opened(String neighbor, long stream, InetAddress local, Direction direction);

    /** A dial ended without a stream. */
    void dialFailed(String neighbor, String why);

    /** Bytes arrived; the array is the listener's to keep. More are read once this returns. */
    void received(long stream, byte[] bytes);

    /** What was written last filled a stream. */
    void filled(long stream);

    /** A stream takes bytes again; also reported when its fullness was not noticed. */
    void drained(long stream);

    /** A stream has ended, for whatever reason; reported once, and nothing after it. */
    void ended(long stream, String why);
  }

  /**
   * What the process gives.
   *
   * @param group event loops of Netty's epoll transport
   * @param owner the thread of the callbacks
   */
  public record Host(EventLoopGroup group, OwnerLoop owner) {}

  private final Map<String, BgpTcpSpec> specs;
  private final Map<InetAddress, String> byAddress = new LinkedHashMap<>();

  /** Dials that have not ended; at most one for each that was asked for. */
  private final List<Wire> dialling = new ArrayList<>();

  private final Host host;
  private final BgpTcpDialer dialer;
  private final Reading reading;
  private final Events events;

  /** Connections that are open already, by neighbour. */
  private final Map<String, Integer> given = new LinkedHashMap<>();

  /** By number. Bounded by the dials that were asked for, and what the acceptor lets in. */
  private final TreeMap<Long, BgpTcpConnection> connections = new TreeMap<>();

  /**
   * Neighbours without connections.
   *
   * @param specs how to reach each neighbour, by its name
   * @throws IllegalArgumentException when two have one address
   */
  public BgpTcpStreams(Map<String, BgpTcpSpec> specs, Host host, Reading reading, Events events) {
    this.specs = new LinkedHashMap<>(specs);
    this.host = host;
    this.dialer = new BgpTcpDialer(host.group(), host.owner());
    this.reading = reading;
    this.events = events;
    byAddress.putAll(addresses(specs));
  }

  private static Map<InetAddress, String> addresses(Map<String, BgpTcpSpec> specs) {
    Map<InetAddress, String> names = new LinkedHashMap<>();
    specs.forEach(
        (name, spec) -> {
          if (names.put(spec.remote().getAddress(), name) != null) {
            throw new IllegalArgumentException("two neighbours at " + spec.remote());
          }
        });
    return names;
  }

  /**
   * Neighbours are reached otherwise from now on. Connections stay until they are closed; a dial
   * that is under way to one that is reached otherwise, or not at all, has failed. What listens
   * already takes those that it took.
   *
   * @throws IllegalArgumentException when two have one address; nothing has changed then
   */
  public void configure(Map<String, BgpTcpSpec> others) {
    Map<InetAddress, String> names = addresses(others);
    specs.clear();
    specs.putAll(others);
    byAddress.clear();
    byAddress.putAll(names);
    for (Wire wire : List.copyOf(dialling)) {
      if (!wire.spec.equals(Optional.ofNullable(specs.get(wire.name)))) {
        dialling.remove(wire);
        events.dialFailed(wire.name, "the way to it is configured otherwise");
      }
    }
  }

  /** Listens on an address for the neighbours; the future has whether that worked. */
  public ChannelFuture listen(InetSocketAddress local) {
    return listen(local, OpenSockets.NONE);
  }

  /** The same with a socket that may be open already. */
  public ChannelFuture listen(InetSocketAddress local, OpenSockets open) {
    Map<InetAddress, BgpTcpSpec> ofFamily = new LinkedHashMap<>();
    // One socket has one address family, and the kernel takes keys of that family only.
    int addressBytes = local.getAddress().getAddress().length;
    for (BgpTcpSpec spec : specs.values()) {
      InetAddress address = spec.remote().getAddress();
      if (address.getAddress().length == addressBytes) {
        ofFamily.put(address, spec);
      }
    }
    return new BgpTcpAcceptor(host.group(), host.owner())
        .bind(
            local,
            open,
            ofFamily,
            address -> {
              String name = byAddress.get(address);
              return name == null ? null : new Wire(name, Direction.INCOMING, Optional.empty());
            });
  }

  /**
   * A connection with a neighbour is open already: the next dial is this one.
   *
   * @param descriptor its file descriptor, which is owned by this from now on
   */
  public void give(String neighbor, int descriptor) {
    given.put(neighbor, descriptor);
  }

  /**
   * Stops reading from a stream and gives its socket up to another process, if all that was written
   * has left. The stream stays as it is, and goes on with {@link #goOn}.
   *
   * @return its file descriptor; empty when it is gone, or something waits to leave
   */
  public OptionalInt suspend(long stream) {
    BgpTcpConnection connection = connections.get(stream);
    return connection == null ? OptionalInt.empty() : connection.suspend();
  }

  /** Reads from a stream again that was {@link #suspend suspended}. */
  public void goOn(long stream) {
    BgpTcpConnection connection = connections.get(stream);
    if (connection != null) {
      connection.goOn();
    }
  }

  /**
   * Dials a neighbour; ends in {@link Events#opened} or {@link Events#dialFailed}.
   *
   * @throws InvariantBroken when there is none of this name
   */
  public void dial(String neighbor) {
    BgpTcpSpec spec = specs.get(neighbor);
    if (spec == null) {
      throw new InvariantBroken("each neighbour has an address, but not " + neighbor);
    }
    Wire wire = new Wire(neighbor, Direction.OUTGOING, Optional.of(spec));
    dialling.add(wire);
    Integer open = given.remove(neighbor);
    if (open == null) {
      dialer.dial(spec, wire);
    } else {
      // Later, as an answer to a dial always comes.
      host.owner().execute(() -> dialer.adopt(open, wire));
    }
  }

  /** Queues bytes for a stream, if it is still there. */
  public void write(long stream, byte[] bytes) {
    BgpTcpConnection connection = connections.get(stream);
    if (connection == null) {
      return;
    }
    connection.write(bytes);
    if (!connection.isWritable()) {
      events.filled(stream);
    }
  }

  /** Closes a stream once what was written has left, or after a short while if it cannot leave. */
  public void close(long stream) {
    BgpTcpConnection connection = connections.get(stream);
    if (connection != null) {
      connection.close();
    }
  }

  /** Both ends of a stream, while it is there. */
  public Optional<TcpEnds> ends(long stream) {
    BgpTcpConnection connection = connections.get(stream);
    return connection == null ? Optional.empty() : Optional.of(connection.ends());
  }

  /** How many bytes wait to leave, over all streams. */
  public long unsentBytes() {
    return connections.values().stream().mapToLong(BgpTcpConnection::unsentBytes).sum();
  }

  /** One dial's or one accepted connection's callbacks. */
  private final class Wire implements BgpTcpListener {
    private final String name;
    private final Direction direction;

    /** How it was dialled; empty for one that was accepted. */
    private final Optional<BgpTcpSpec> spec;

    Wire(String name, Direction direction, Optional<BgpTcpSpec> spec) {
      this.name = name;
      this.direction = direction;
      this.spec = spec;
    }

    /** Whether it still counts what becomes of a dial, and from now on not any more. */
    private boolean isAwaited() {
      return direction == Direction.INCOMING || dialling.remove(this);
    }

    @Override
    public void connected(BgpTcpConnection connection) {
      if (!isAwaited()) {
        connection.close();
        return;
      }
      connections.put(connection.number(), connection);
      events.opened(name, connection.number(), connection.localAddress(), direction);
    }

    @Override
    public void connectFailed(String why) {
      if (isAwaited()) {
        events.dialFailed(name, why);
      }
    }

    @Override
    public void received(BgpTcpConnection connection, byte[] bytes) {
      events.received(connection.number(), bytes);
    }

    @Override
    public boolean readsWhileFull() {
      return reading == Reading.GOES_ON;
    }

    @Override
    public void writable(BgpTcpConnection connection) {
      events.drained(connection.number());
    }

    @Override
    public void closed(BgpTcpConnection connection, String why) {
      if (connections.remove(connection.number()) != null) {
        events.ended(connection.number(), why);
      }
    }
  }
}
