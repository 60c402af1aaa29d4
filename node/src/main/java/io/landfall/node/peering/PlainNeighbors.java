package io.landfall.node.peering;

import io.landfall.bgp.peering.Peering;
import io.landfall.bgp.peering.PeeringEffect;
import io.landfall.bgp.peering.PeeringEvent;
import io.landfall.core.Addresses;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Links;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.TcpEnds;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.BgpTcpStreams;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The overlay's neighbours over plain TCP on their peerings, each known by its address. What a
 * neighbour may advertise is the overlay's matter. On the control thread only.
 */
public final class PlainNeighbors {
  /** What happens on the streams. */
  public interface Events {
    /** A stream with a neighbour is there. */
    void neighborUp(PlainNeighbor neighbor, long stream, Links link, Direction direction);

    /** Bytes came; the array is the listener's to keep. */
    void neighborBytes(long stream, byte[] bytes);

    /** What was sent last filled a stream. */
    void neighborFull(long stream);

    /** A stream that was full takes bytes again. */
    void neighborWritable(long stream);

    /** A stream has ended. */
    void neighborClosed(PlainNeighbor neighbor, long stream, String why);
  }

  private final Map<String, PlainNeighbor> neighbors = new LinkedHashMap<>();
  private final PeeringDriver peerings;
  private final Events events;

  /**
   * Neighbours without streams; nothing happens before {@link #start}.
   *
   * @throws IllegalArgumentException when two have one address
   */
  public PlainNeighbors(List<PlainNeighbor> list, PeeringDriver.Host host, Events events) {
    this.events = events;
    Map<String, BgpTcpSpec> specs = new LinkedHashMap<>();
    for (PlainNeighbor neighbor : list) {
      if (neighbors.put(key(neighbor), neighbor) != null) {
        throw new IllegalArgumentException("two neighbours at " + key(neighbor));
      }
      specs.put(key(neighbor), neighbor.spec());
    }
    this.peerings =
        new PeeringDriver(
            list.stream().map(PlainNeighbors::peering).toList(),
            specs,
            BgpTcpStreams.Reading.GOES_ON,
            host,
            this::carryIn);
  }

  private static String key(PlainNeighbor neighbor) {
    return Addresses.format(neighbor.address().getAddress());
  }

  private static Peering peering(PlainNeighbor neighbor) {
    return new Peering(key(neighbor), neighbor.dialling());
  }

  /** Listens on an address for the neighbours; the future has whether that worked. */
  public ChannelFuture listen(InetSocketAddress local, OpenSockets open) {
    return peerings.listen(local, open);
  }

  /** The neighbour at an address may originate these from its next stream on. */
  public void entitle(InetAddress address, SortedSet<HostAddress> services) {
    neighbors.computeIfPresent(
        Addresses.format(address.getAddress()),
        (key, known) ->
            new PlainNeighbor(known.peer().withServices(services), known.spec(), known.dialling()));
  }

  /** Dials the neighbours that are configured to be dialled. */
  public void start() {
    peerings.apply(new PeeringEvent.Start());
  }

  /** Opens no stream any more; those that are there end as the overlay ends them. */
  public void stop() {
    peerings.apply(new PeeringEvent.Stop());
  }

  private void carryIn(PeeringEffect.ToSession what) {
    switch (what) {
      case PeeringEffect.Up(String key, long stream, var _, Direction direction) ->
          events.neighborUp(neighbor(key), stream, new Link(peerings, stream), direction);
      case PeeringEffect.Bytes(String _, long stream, byte[] bytes) ->
          events.neighborBytes(stream, bytes);
      case PeeringEffect.Full(String _, long stream) -> events.neighborFull(stream);
      case PeeringEffect.Writable(String _, long stream) -> events.neighborWritable(stream);
      case PeeringEffect.Down(String key, long stream, String why, int _) ->
          events.neighborClosed(neighbor(key), stream, why);
      case PeeringEffect.NoStream none ->
          throw new InvariantBroken("no session of these asks for a stream: " + none);
    }
  }

  private PlainNeighbor neighbor(String key) {
    PlainNeighbor neighbor = neighbors.get(key);
    if (neighbor == null) {
      throw new InvariantBroken("peerings are those of the config, not " + key);
    }
    return neighbor;
  }

  /** A stream as the overlay's driver writes to it. */
  private record Link(PeeringDriver peerings, long stream) implements Links, TcpEnds {
    @Override
    public Optional<InetSocketAddress> localEnd() {
      return peerings.ends(stream).flatMap(TcpEnds::localEnd);
    }

    @Override
    public Optional<InetSocketAddress> remoteEnd() {
      return peerings.ends(stream).flatMap(TcpEnds::remoteEnd);
    }

    /** Always true: that the stream is full is an event, which comes in its turn. */
    @Override
    public boolean send(byte[] bytes) {
      peerings.apply(new PeeringEvent.Send(stream, bytes));
      return true;
    }

    @Override
    public void close(String reason) {
      peerings.apply(new PeeringEvent.Close(stream, reason));
    }
  }
}
