package io.landfall.node;

import io.landfall.control.ControlEvent;
import io.landfall.core.Addresses;
import io.landfall.core.NodeName;
import io.landfall.core.SocketText;
import io.landfall.transport.tls.ForwardChannel;
import io.landfall.transport.tls.OverlayDialer;
import io.landfall.transport.tls.OverlayDialer.Dialled;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Dials what plane two wants dialled, and reports what came of that: candidates for BGP, and places
 * for forwarding channels, which it holds open. On the control thread only; names are resolved
 * elsewhere, since a resolver blocks.
 */
final class OutgoingConnections {
  /** Of how many addresses of one name each is dialled. */
  private static final int MAX_ADDRESSES = 64;

  private final ControlLoop control;
  private final Executor resolver;
  private final HostLookup lookup;
  private final OverlayDialer dialer;
  private final Consumer<ControlEvent> plane;
  private final HeldChannels channels;

  /** Connections that were dialled and are open, by their dial. */
  private final Map<Long, Open> open = new HashMap<>();

  /** One of them; held with PINGs once plane two wants that. */
  private static final class Open {
    final Channel channel;
    final NodeName node;
    @Nullable ForwardChannel held;

    Open(Dialled dialled) {
      this.channel = dialled.channel();
      this.node = dialled.peer().name();
    }
  }

  /**
   * Nothing is dialled yet.
   *
   * @param resolver where names are resolved
   * @param lookup how they are
   * @param channels learns of the channels that are held
   */
  OutgoingConnections(
      ControlLoop control,
      Executor resolver,
      HostLookup lookup,
      OverlayDialer dialer,
      Consumer<ControlEvent> plane,
      HeldChannels channels) {
    this.control = control;
    this.resolver = resolver;
    this.lookup = lookup;
    this.dialer = dialer;
    this.plane = plane;
    this.channels = channels;
  }

  /** Dials a candidate for BGP. */
  void dialCandidate(Endpoint candidate) {
    resolver.execute(
        () -> {
          switch (lookup.lookUp(candidate.host())) {
            case HostLookup.Answer.Addresses(List<InetAddress> found) when !found.isEmpty() ->
                control.execute(
                    () -> resolved(candidate, found.stream().limit(MAX_ADDRESSES).toList()));
            case HostLookup.Answer.Addresses _ -> failed(candidate, "the name does not resolve");
            case HostLookup.Answer.NoAnswer(String why) ->
                failed(candidate, "the name is not resolved now: " + why);
          }
        });
  }

  private void failed(Endpoint candidate, String why) {
    control.execute(() -> plane.accept(new ControlEvent.CandidateFailed(candidate, why)));
  }

  /** The first address is the name's own; the others may be other nodes. */
  private void resolved(Endpoint candidate, List<InetAddress> found) {
    if (Addresses.parseLiteral(candidate.host()).isEmpty()) {
      plane.accept(
          new ControlEvent.CandidateHasMore(
              candidate,
              found.stream()
                  .skip(1)
                  .map(at -> new Endpoint(Addresses.format(at.getAddress()), candidate.port()))
                  .toList()));
    }
    dial(candidate, new InetSocketAddress(found.getFirst(), candidate.port()));
  }

  private void dial(Endpoint candidate, InetSocketAddress address) {
    dialer
        .dialBgp(address)
        .addListener(
            (Future<PeerIdentity> dialled) ->
                control.hereOrLater(() -> plane.accept(outcome(candidate, dialled))));
  }

  private static ControlEvent outcome(Endpoint candidate, Future<PeerIdentity> dialled) {
    if (dialled.isSuccess()) {
      return new ControlEvent.CandidateReached(candidate, dialled.getNow());
    }
    return dialled.cause() instanceof OverlayDialer.ReachedOurselves
        ? new ControlEvent.CandidateIsThisNode(candidate)
        : new ControlEvent.CandidateFailed(candidate, SocketText.why(dialled.cause()));
  }

  /** Dials a place as an edge would. */
  void dialChannel(long dial, InetSocketAddress at) {
    dialer
        .dialRequests(at, control.eventLoop())
        .addListener(
            (Future<Dialled> dialled) -> control.hereOrLater(() -> dialled(dial, dialled)));
  }

  private void dialled(long dial, Future<Dialled> dialled) {
    if (dialled.isSuccess()) {
      open.put(dial, new Open(dialled.getNow()));
      plane.accept(new ControlEvent.ChannelReached(dial, dialled.getNow().peer()));
    } else {
      String why = SocketText.why(dialled.cause());
      plane.accept(new ControlEvent.ChannelFailed(dial, why));
    }
  }

  /** Holds a connection open from now on. */
  void hold(long dial) {
    Open dialled = open.get(dial);
    if (dialled == null) {
      return;
    }
    dialled.held =
        ForwardChannel.hold(
            dialled.channel,
            new ForwardChannel.Events() {
              @Override
              public void up() {
                control.hereOrLater(
                    () -> {
                      passOn(dialled, true);
                      plane.accept(new ControlEvent.ChannelUp(dial));
                    });
              }

              @Override
              public void left(String why) {
                control.hereOrLater(
                    () -> {
                      open.remove(dial);
                      passOn(dialled, false);
                      plane.accept(new ControlEvent.ChannelLeft(dial, why));
                    });
              }

              @Override
              public void over(String why) {
                control.hereOrLater(
                    () -> {
                      open.remove(dial);
                      passOn(dialled, false);
                      plane.accept(new ControlEvent.ChannelOver(dial, why));
                    });
              }
            });
  }

  private void passOn(Open dialled, boolean up) {
    ForwardChannel held = dialled.held;
    if (held != null && up) {
      channels.up(dialled.node, held);
    } else if (held != null) {
      channels.over(dialled.node, held);
    }
  }

  /** Closes a connection. */
  void close(long dial, String why) {
    Open dialled = open.remove(dial);
    if (dialled == null) {
      return;
    }
    ForwardChannel held = dialled.held;
    if (held != null) {
      held.close(why);
    } else {
      dialled.channel.close();
    }
  }
}
