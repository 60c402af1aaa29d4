package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.control.ControlEffect.Level;
import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Rng;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayEvent.RemoteNode.Verified;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels to the other nodes on which it is proved that requests can be forwarded to them.
 *
 * <p>That there is a session with a node, or that a reflector advertises one, is not enough to send
 * a request anywhere: it does not prove that its port for requests is reached from here, nor,
 * behind a reflector, who it is. So the place that {@link ForwardingPlan} names is dialled, as an
 * edge would. The certificate that answers has to be that of the session; behind a reflector it is
 * the node's entitlement, exactly as in a mesh. The channel, held open with PINGs, is what makes
 * the node usable as a next hop: it is up, or no request goes there.
 *
 * <p>Bounded by {@link #MAX_NODES}; beyond it a node that was never reached makes room, or the
 * newcomer is left out.
 */
final class ForwardingChannels {
  /** How many nodes are kept in mind. */
  static final int MAX_NODES = 4096;

  /** How many dials are under way at once. */
  static final int MAX_DIALING = 64;

  /** What the channels work with. */
  record Parts(
      ControlConfig config,
      Step step,
      Rng rng,
      Overlay overlay,
      Nodes nodes,
      Publication publication,
      Consumer<OverlayEvent> toOverlay) {}

  /** What is known of the other nodes. */
  record Nodes(
      Neighbors neighbors,
      CandidateTable candidates,
      SessionAdmission admission,
      DuplicateReports reports) {}

  /** Why a place was dialled; each dial is answered once. */
  private sealed interface Purpose {
    /** For the channel to a node, unless it has given the dial up. */
    record Channel(HostAddress node) implements Purpose {}

    /** To see who answers where another endpoint than the one in use is advertised. */
    record Rival(HostAddress node, Holder live, InetSocketAddress at) implements Purpose {}
  }

  private final Parts parts;
  private final TreeMap<HostAddress, ForwardingChannel> byNode = new TreeMap<>();

  /** Dials that were not answered yet; bounded by {@link #MAX_DIALING}. */
  private final TreeMap<Long, Purpose> dialing = new TreeMap<>();

  /** Whose channel is held on which dial; bounded by the nodes. */
  private final TreeMap<Long, HostAddress> held = new TreeMap<>();

  private long lastDial;
  private boolean stopped;
  private boolean isDeadlineOld = true;
  private OptionalLong deadlineNanos = OptionalLong.empty();
  private Revocations revocations = Revocations.NONE;

  /** No node is known yet. */
  ForwardingChannels(Parts parts) {
    this.parts = parts;
  }

  Parts parts() {
    return parts;
  }

  /** A session with a node is up, over this stream. */
  void sessionUp(Stream.Proof session) {
    ForwardingChannel channel = channelOf(session.peer().identity());
    if (channel != null) {
      channel.sessionUp(session.peer(), session.at(), session.direction());
    }
  }

  /** The session with a peer is over: what it advertised of itself and of others is forgotten. */
  void sessionLost(HostAddress peer) {
    for (ForwardingChannel channel : List.copyOf(byNode.values())) {
      if (channel.forgetReporter(peer)) {
        channel.planChanged();
      }
    }
  }

  /** A route names the endpoint of a node. */
  void advertised(HostAddress node, NodeEndpoint endpoint, HostAddress from) {
    ForwardingChannel channel = channelOf(node);
    if (channel != null) {
      channel.advertised(ForwardingPlan.at(endpoint.address(), endpoint.port()), from);
    }
  }

  /** Hosts of the table changed: an endpoint whose route went is not believed any longer. */
  void routesChanged(int[] offsets) {
    if (byNode.isEmpty()) {
      return;
    }
    for (int offset : offsets) {
      HostAddress host = parts.config().identity().block().host(offset);
      ForwardingChannel channel = byNode.get(host);
      if (channel != null) {
        Set<HostAddress> reporters = new TreeSet<>();
        parts
            .overlay()
            .queries()
            .route(host)
            .ifPresent(route -> route.paths().forEach(path -> reporters.add(path.fromIdentity())));
        channel.routesIn(reporters);
      }
    }
  }

  /** A candidate answered as this node: its port may be the one for requests too. */
  void portsChanged(HostAddress node) {
    ForwardingChannel channel = byNode.get(node);
    if (channel != null) {
      channel.planChanged();
    }
  }

  private @Nullable ForwardingChannel channelOf(HostAddress node) {
    ForwardingChannel channel = byNode.get(node);
    if (channel == null) {
      if (byNode.size() >= MAX_NODES && !makeRoom()) {
        List<LogField> fields =
            List.of(field("identity", node), field("why", MAX_NODES + " nodes are known"));
        parts
            .step()
            .add(new ControlEffect.Log(Subject.FORWARD, Level.DEBUG, "node left out", fields));
        return null;
      }
      channel = new ForwardingChannel(node, this);
      byNode.put(node, channel);
      parts.nodes().neighbors().obtain(node).forwardsBy(channel);
    }
    return channel;
  }

  private boolean makeRoom() {
    for (ForwardingChannel channel : byNode.values()) {
      if (channel.mayMakeRoom()) {
        channel.forget();
        return true;
      }
    }
    return false;
  }

  /**
   * Cuts every node that is revoked or expired: its routes go, and it must prove itself anew.
   *
   * @param list the list in force
   * @return who was cut
   */
  NavigableSet<NodeName> cut(Revocations list, long wallMillis) {
    revocations = list;
    NavigableSet<NodeName> cut = new TreeSet<>();
    for (ForwardingChannel channel : List.copyOf(byNode.values())) {
      channel.cut(list, wallMillis).ifPresent(cut::add);
    }
    return cut;
  }

  /** Whether a peer was revoked after its handshake. */
  boolean isRevoked(PeerIdentity peer) {
    return revocations.reasonFor(peer).isPresent();
  }

  /** A node that was refused may be admitted now: what waits is dialled soon. */
  void dialAgain() {
    List.copyOf(byNode.values()).forEach(ForwardingChannel::dialAgain);
  }

  /** Other services are known: so nodes behind reflectors may originate others, too. */
  void servicesChanged() {
    new TreeMap<>(byNode)
        .forEach(
            (node, channel) -> {
              Neighbor neighbor = parts.nodes().neighbors().get(node);
              if (neighbor == null || !neighbor.isEstablished()) {
                channel
                    .proved()
                    .map(proved -> parts.config().servicesOf(proved.peer()))
                    .ifPresent(own -> parts.toOverlay().accept(new Verified(node, own)));
              }
            });
  }

  /** Closes every channel and dials no more. */
  void stop() {
    stopped = true;
    List.copyOf(byNode.values()).forEach(channel -> channel.end("this node stops"));
  }

  boolean isStopped() {
    return stopped;
  }

  /** Nothing advertises this node any more. */
  void remove(HostAddress node) {
    byNode.remove(node);
    Neighbor neighbor = parts.nodes().neighbors().get(node);
    if (neighbor != null) {
      neighbor.forwardsBy(null);
    }
    dueChanged();
  }

  /** Whether one more dial may be under way. */
  boolean mayDial() {
    return dialing.size() < MAX_DIALING;
  }

  /** Dials a place for the channel to a node; what comes of it is reported under this number. */
  long dial(HostAddress node, InetSocketAddress at) {
    return dial(new Purpose.Channel(node), at);
  }

  /** Dials a place to see who is there. */
  void lookAt(HostAddress node, Holder live, InetSocketAddress rival) {
    dial(new Purpose.Rival(node, live, rival), rival);
  }

  private long dial(Purpose purpose, InetSocketAddress at) {
    long number = ++lastDial;
    dialing.put(number, purpose);
    parts.step().add(new ControlEffect.DialChannel(number, at));
    return number;
  }

  /** A dial was answered. */
  void reached(long dial, PeerIdentity who) {
    Purpose purpose = dialing.remove(dial);
    if (purpose instanceof Purpose.Channel(HostAddress node)) {
      ForwardingChannel channel = byNode.get(node);
      if (channel != null && channel.isDialling(dial)) {
        channel.reached(who);
        return;
      }
    }
    parts.step().add(new ControlEffect.CloseChannel(dial, "it was given up"));
    if (purpose instanceof Purpose.Rival(HostAddress node, Holder live, InetSocketAddress at)
        && who.identity().equals(node)) {
      parts.nodes().reports().of(live, Stream.Proof.dialled(who, at).holder());
    }
  }

  /** A dial failed. */
  void failed(long dial, String why) {
    if (dialing.remove(dial) instanceof Purpose.Channel(HostAddress node)) {
      ForwardingChannel channel = byNode.get(node);
      if (channel != null && channel.isDialling(dial)) {
        channel.dialFailed(why);
      }
    }
  }

  /** The channel of a node is held on this dial from now on. */
  void hold(long dial, HostAddress node) {
    held.put(dial, node);
    parts.step().add(new ControlEffect.HoldChannel(dial));
  }

  /** The channel is held no longer. */
  void close(long dial, String why) {
    held.remove(dial);
    parts.step().add(new ControlEffect.CloseChannel(dial, why));
  }

  /** The other end of a channel answers. */
  void up(long dial) {
    HostAddress node = held.get(dial);
    ForwardingChannel channel = node == null ? null : byNode.get(node);
    if (node != null && channel != null) {
      channel.up();
      channel
          .adjacent()
          .ifPresent(
              at ->
                  parts
                      .nodes()
                      .candidates()
                      .adjacentAt(Stream.endpoint(at.at()), at.peer(), parts.step().nanos()));
      if (channel.whyNot().isEmpty()) {
        parts.nodes().candidates().isAlive(node, parts.step().nanos());
      }
    }
  }

  /** Why the one who answered at a place is not the node that was meant; empty if it is. */
  Optional<String> refusalOf(HostAddress node, ForwardingPlan.Target chosen, PeerIdentity who) {
    if (stopped) {
      return Optional.of("this node stops");
    }
    if (!who.identity().equals(node)) {
      return Optional.of(chosen.place() + " is " + who.label() + ", not " + node);
    }
    if (chosen.fingerprint().filter(session -> !session.equals(who.fingerprint())).isPresent()) {
      return Optional.of(
          chosen.place() + " has another certificate of " + who.label() + " than its session");
    }
    return chosen.fingerprint().isPresent()
        ? Optional.empty()
        : parts.nodes().admission().refusalOf(who).map(refused -> refused.text());
  }

  /** The other end of a channel takes no more requests. */
  void left(long dial, String why) {
    HostAddress node = held.get(dial);
    ForwardingChannel channel = node == null ? null : byNode.get(node);
    if (channel != null) {
      channel.leave(why);
    }
  }

  /** A channel has ended by itself. */
  void over(long dial, String why) {
    HostAddress node = held.get(dial);
    ForwardingChannel channel = node == null ? null : byNode.get(node);
    if (channel != null) {
      channel.end(why);
    }
  }

  /** Where the channels are that are up, to nodes that have a session here. */
  List<Stream.Proof> adjacent() {
    return byNode.values().stream().flatMap(channel -> channel.adjacent().stream()).toList();
  }

  /** When a channel wants to dial has changed. */
  void dueChanged() {
    isDeadlineOld = true;
  }

  /** When the next dial is due; empty when none is. */
  OptionalLong deadlineNanos() {
    if (isDeadlineOld) {
      isDeadlineOld = false;
      deadlineNanos = OptionalLong.empty();
      for (ForwardingChannel channel : byNode.values()) {
        deadlineNanos = ControlPlane.earlier(deadlineNanos, channel.dueNanos());
      }
    }
    return deadlineNanos;
  }

  /** Dials what is due. */
  void tick() {
    List.copyOf(byNode.values()).forEach(ForwardingChannel::tick);
  }
}
