package io.landfall.node.peering;

import io.landfall.bgp.peering.Peering;
import io.landfall.bgp.peering.PeeringEffect;
import io.landfall.bgp.peering.PeeringEvent;
import io.landfall.bgp.peering.Peerings;
import io.landfall.core.Direction;
import io.landfall.node.ControlLoop;
import io.landfall.node.Driver;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.TcpEnds;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.landfall.transport.tcp.BgpTcpStreams;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Drives {@link Peerings} with real sockets and a real clock, and reports to the sessions; decides
 * nothing. On the control thread only, but for {@link #listen}.
 */
public final class PeeringDriver implements BgpTcpStreams.Events {
  private final Peerings peerings;
  private final Driver<PeeringEvent, PeeringEffect> driver;
  private final BgpTcpStreams streams;
  private final Consumer<PeeringEffect.ToSession> sessions;

  /**
   * What the process gives.
   *
   * @param loops epoll event loops for the sockets
   * @param control the control thread
   */
  public record Host(EventLoopGroup loops, ControlLoop control) {}

  /**
   * Peerings without streams.
   *
   * @param specs how to reach each, by its name
   * @param sessions takes what is for the session of a peering
   * @throws IllegalArgumentException when two have one name or one address
   */
  PeeringDriver(
      List<Peering> configured,
      Map<String, BgpTcpSpec> specs,
      BgpTcpStreams.Reading reading,
      Host host,
      Consumer<PeeringEffect.ToSession> sessions) {
    this.sessions = sessions;
    this.streams =
        new BgpTcpStreams(
            specs, new BgpTcpStreams.Host(host.loops(), host.control()), reading, this);
    this.peerings = new Peerings(configured, bound -> ThreadLocalRandom.current().nextLong(bound));
    this.driver =
        new Driver<>(
            peerings, host.control(), host.control(), new PeeringEvent.Tick(), this::carryOut);
  }

  /** Listens on an address for all of its family; the future has whether that worked. */
  ChannelFuture listen(InetSocketAddress local, OpenSockets open) {
    return streams.listen(local, open);
  }

  /**
   * Other neighbours are configured, or are reached otherwise: see {@link PeeringEvent.Configure}
   * and {@link BgpTcpStreams#configure}.
   *
   * @throws IllegalArgumentException when two have one name or one address; nothing has changed
   */
  void configure(List<Peering> all, Map<String, BgpTcpSpec> specs) {
    streams.configure(specs);
    driver.apply(new PeeringEvent.Configure(all));
  }

  /** Does what a session wants of its streams. */
  void apply(PeeringEvent.OfSession event) {
    driver.apply(event);
  }

  /** A connection of a peering is open already: the next dial is this one. */
  void give(String peering, int descriptor) {
    streams.give(peering, descriptor);
  }

  /** As {@link BgpTcpStreams#suspend}. */
  OptionalInt suspend(long stream) {
    return streams.suspend(stream);
  }

  /** As {@link BgpTcpStreams#goOn}. */
  void goOn(long stream) {
    streams.goOn(stream);
  }

  /** Both ends of a stream, while it is there. */
  Optional<TcpEnds> ends(long stream) {
    return streams.ends(stream);
  }

  /** Whether there is a stream that has not ended. */
  boolean hasStreams() {
    return peerings.streams() > 0;
  }

  /** How many bytes wait to leave, over all streams. */
  long unsentBytes() {
    return streams.unsentBytes();
  }

  private void carryOut(PeeringEffect effect) {
    switch (effect) {
      case PeeringEffect.Dial(String peering) -> streams.dial(peering);
      case PeeringEffect.Write(long stream, byte[] bytes) -> streams.write(stream, bytes);
      case PeeringEffect.CloseStream(long stream, String _) -> streams.close(stream);
      case PeeringEffect.ToSession what -> sessions.accept(what);
    }
  }

  @Override
  public void opened(String neighbor, long stream, InetAddress local, Direction direction) {
    driver.apply(new PeeringEvent.Opened(neighbor, stream, local, direction));
  }

  @Override
  public void dialFailed(String neighbor, String why) {
    driver.apply(new PeeringEvent.DialFailed(neighbor, why));
  }

  @Override
  public void received(long stream, byte[] bytes) {
    driver.apply(new PeeringEvent.Received(stream, bytes));
  }

  @Override
  public void filled(long stream) {
    driver.apply(new PeeringEvent.Filled(stream));
  }

  @Override
  public void drained(long stream) {
    driver.apply(new PeeringEvent.Drained(stream));
  }

  @Override
  public void ended(long stream, String why) {
    driver.apply(new PeeringEvent.Ended(stream, why));
  }
}
