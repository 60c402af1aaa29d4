package io.landfall.node;

import io.landfall.control.ControlEvent;
import io.landfall.core.Direction;
import io.landfall.edge.server.EdgeServer;
import io.landfall.transport.tls.BgpLink;
import io.landfall.transport.tls.OverlayPort;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Authenticated connections of the overlay's port go to plane two or to the edge. */
final class OverlayConnections implements OverlayPort.Handover {
  private final ControlDriver control;
  private final RequestChannels requests;
  private final Supplier<@Nullable EdgeServer> edge;
  private final Supplier<OverlayPort> port;

  /**
   * A handover.
   *
   * @param edge the running edge; null while there is none
   * @param port the port, which is there before anything can be refused, and counts that
   */
  OverlayConnections(
      ControlDriver control,
      RequestChannels requests,
      Supplier<@Nullable EdgeServer> edge,
      Supplier<OverlayPort> port) {
    this.control = control;
    this.requests = requests;
    this.edge = edge;
    this.port = port;
  }

  @Override
  public void linkUp(BgpLink link, PeerIdentity peer) {
    control.linkUp(link, peer);
  }

  @Override
  public void linkBytes(BgpLink link, byte[] bytes) {
    control.linkBytes(link, bytes);
  }

  @Override
  public void linkWritable(BgpLink link) {
    control.linkWritable(link);
  }

  @Override
  public void linkClosed(BgpLink link, String why) {
    control.linkClosed(link, why);
  }

  @Override
  public void ownIdentityShown(PeerIdentity who, InetSocketAddress at, Direction direction) {
    control.apply(
        new ControlEvent.OwnIdentityShown(new Holder(who, Places.endpoint(at), direction)));
  }

  @Override
  public void requestsFrom(Channel channel, PeerIdentity peer) {
    EdgeServer running = edge.get();
    if (running == null) {
      channel.close();
      return;
    }
    running.nodeConnections().acceptWaiting(channel, peer.name());
    if (!requests.add(channel, peer, new RequestDoor(running, channel))) {
      channel.close();
    }
  }

  /** A connection for requests, at the edge. */
  private final class RequestDoor implements RequestChannels.Door {
    private final EdgeServer running;
    private final Channel channel;

    RequestDoor(EdgeServer running, Channel channel) {
      this.running = running;
      this.channel = channel;
    }

    @Override
    public void open() {
      running.nodeConnections().open(channel);
    }

    @Override
    public void refuse() {
      running.nodeConnections().refuse(channel);
    }

    @Override
    public void refused(String rule, String sentence) {
      port.get().refusedRequests(channel, rule, sentence);
    }
  }
}
