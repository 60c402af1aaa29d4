package io.landfall.node;

import io.landfall.bgp.CeaseMessage;
import io.landfall.bgp.SessionState;
import io.landfall.core.HostAddress;
import io.landfall.core.Links;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.node.bgptcp.PlainNeighbor;
import io.landfall.node.bgptcp.PlainNeighbors;
import io.landfall.node.link.BgpLink;
import io.landfall.node.link.LinkEvents;
import io.landfall.node.link.TcpEnds;
import io.landfall.node.watch.OverlayWatcher;
import io.landfall.overlay.Admission;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.Watched;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * Drives the overlay with real streams and a real clock: events in from links, effects out to
 * links. On the control thread only.
 */
final class OverlayDriver implements LinkEvents, PlainNeighbors.Events {
  /** What the rest of the node hears from the overlay, as far as it wants to. */
  interface Listener {
    /** Wants to hear nothing: there is no rest of a node. */
    Listener NOBODY = new Listener() {};

    /** The table changed. */
    default void routesChanged(OverlayEffect.RoutesChanged change) {}

    /** An adjacency is up, on this link. */
    default void peerUp(PeerIdentity peer, BgpLink link) {}

    /** A session is over, and every right that it gave; perhaps since the peer was silent. */
    default void sessionLost(PeerInfo peer, boolean silent) {}

    /** A peer rejected a stream of this node before there was a session on it. */
    default void rejected(Holder peer, String words) {}

    /** A session is Established, or is no more; its stream may be there for a moment still. */
    default void sessionChanged(HostAddress peer) {}

    /** An adjacency is gone, or a stream never became one. */
    default void peerDown(HostAddress peer, String why) {}

    /** A node is said to be reached there, by itself or by a reflector. */
    default void nodeHeard(OverlayEffect.NodeHeard heard) {}

    /** A drain's barrier was passed. */
    default void barrierDone(OverlayEffect.BarrierDone done) {}
  }

  private Logger log = LoggerFactory.getLogger("landfall.overlay");
  private final Overlay overlay;
  private final ControlLoop control;
  private final Function<ServiceName, @Nullable HostAddress> serviceIdentity;
  private final Predicate<HostAddress> isService;
  private final Function<NodeName, PeerInfo.Relation> relation;
  private final Listener listener;
  private final ControlTimer timer;
  private final Map<Long, Held> links = new LinkedHashMap<>();
  private final ArrayDeque<OverlayEvent> queue = new ArrayDeque<>();

  /** The stream of each established session. */
  private final Map<HostAddress, Long> established = new TreeMap<>();

  private final Map<HostAddress, BgpLink> sessions = new TreeMap<>();
  private final CompletableFuture<Void> allClosed = new CompletableFuture<>();
  private OverlayWatcher watcher = OverlayWatcher.NOBODY;
  private boolean stopping;
  private boolean stepping;

  /** A stream and whose it is. */
  private record Held(HostAddress peer, Links link) {}

  private long refusedNewcomers;

  /**
   * A driver with no links.
   *
   * @param serviceIdentity the identity of a service that this node knows, or null
   * @param isService whether an identity is that of a service that this node knows
   * @param relation what a node is to this one
   */
  OverlayDriver(
      Overlay overlay,
      ControlLoop control,
      Function<ServiceName, @Nullable HostAddress> serviceIdentity,
      Predicate<HostAddress> isService,
      Function<NodeName, PeerInfo.Relation> relation,
      Listener listener) {
    this.overlay = overlay;
    this.control = control;
    this.serviceIdentity = serviceIdentity;
    this.isService = isService;
    this.relation = relation;
    this.listener = listener;
    this.timer = new ControlTimer(control, () -> apply(new OverlayEvent.Tick()));
  }

  /** Writes nothing to the log from now on, for what is played and not real. */
  OverlayDriver silently() {
    log = NOPLogger.NOP_LOGGER;
    return this;
  }

  /** Hears everything from now on; before the first link. */
  void watch(OverlayWatcher everything) {
    watcher = everything;
  }

  /** The state object, for views; on the control thread. */
  Overlay overlay() {
    return overlay;
  }

  /** How many authenticated newcomers were refused, for instance as duplicates. */
  long refusedNewcomers() {
    return refusedNewcomers;
  }

  /** Why an authenticated peer may not have a session; empty when it may. Changes nothing. */
  Optional<String> refusalOf(PeerIdentity peer) {
    return admissionOf(peer).map(Admission.Refused::text);
  }

  /** The same, with the rule. */
  Optional<Admission.Refused> admissionOf(PeerIdentity peer) {
    if (isService.test(peer.identity())) {
      return Optional.of(
          new Admission.Refused(
              Admission.IDENTITY_OF_A_SERVICE,
              "the identity of "
                  + peer.label()
                  + " is that of a service, so its own route would be taken for the service's"));
    }
    return overlay.admit(infoOf(peer), peer.fingerprint()) instanceof Admission.Refused refused
        ? Optional.of(refused)
        : Optional.empty();
  }

  private PeerInfo infoOf(PeerIdentity peer) {
    return new PeerInfo(
        peer.name(), peer.identity(), servicesOf(peer), relation.apply(peer.name()));
  }

  /** The identities of the services that a certificate, or the config, entitles a node to. */
  SortedSet<HostAddress> servicesOf(PeerIdentity peer) {
    SortedSet<HostAddress> services = new TreeSet<>();
    for (ServiceName service : peer.entitledServices()) {
      HostAddress identity = serviceIdentity.apply(service);
      if (identity != null) {
        services.add(identity);
      }
    }
    return services;
  }

  /** A stream with a peer whom {@link #refusalOf} does not refuse. */
  @Override
  public void linkUp(BgpLink link, PeerIdentity peer) {
    links.put(link.id(), new Held(peer.identity(), link));
    String place = Places.of(link).map(holder -> holder.at().host()).orElse("");
    apply(
        new OverlayEvent.LinkUp(
            infoOf(peer), peer.fingerprint(), place, link.id(), link.outgoing()));
  }

  /** Who holds an identity: the stream of its session, or all streams while there is none. */
  List<Holder> holders(HostAddress identity) {
    Long session = established.get(identity);
    List<Holder> holders = new ArrayList<>();
    links.forEach(
        (stream, held) -> {
          if (held.peer().equals(identity)
              && (session == null || session.equals(stream))
              && held.link() instanceof BgpLink link) {
            Places.of(link).ifPresent(holders::add);
          }
        });
    return holders;
  }

  /**
   * Ends the streams of a peer that has not sent its OPEN on any: they hold nothing against a
   * newcomer with another certificate, or whoever is silent again and again would keep it away.
   *
   * @return whether there were such, and now there are none
   */
  boolean stopSilent(HostAddress identity) {
    boolean silent =
        overlay.peers().stream()
            .anyMatch(
                peer ->
                    peer.info().identity().equals(identity)
                        && peer.state() == SessionState.OPEN_SENT);
    if (silent) {
      apply(
          new OverlayEvent.StopPeer(
              identity, CeaseMessage.CONNECTION_REJECTED, "another certificate came before OPEN"));
    }
    return silent;
  }

  /** The remote end of a peer's session, or of its newest stream; empty text without one. */
  String remoteOf(HostAddress identity) {
    List<Holder> holders = holders(identity);
    return holders.isEmpty() ? "" : holders.getLast().at().toString();
  }

  /** Closes a link of an authenticated peer that may not have a session; others notice nothing. */
  void refuse(BgpLink link, String why) {
    refusedNewcomers++;
    log.warn(
        "newcomer refused peer={} identity={} remote={} why=\"{}\"",
        link.peer().name(),
        link.peer().identity(),
        link.remote(),
        why);
    close(link, why);
  }

  /** The same for a duplicate, which is logged elsewhere. */
  void reject(BgpLink link, String why) {
    refusedNewcomers++;
    close(link, why);
  }

  /** Tells the other side why (RFC 4486, 9003), so that its operator need not look here. */
  private static void close(BgpLink link, String why) {
    link.send(CeaseMessage.of(CeaseMessage.CONNECTION_REJECTED, why));
    link.close(why);
  }

  @Override
  public void linkBytes(BgpLink link, byte[] bytes) {
    apply(new OverlayEvent.Bytes(link.peer().identity(), link.id(), bytes));
  }

  @Override
  public void linkWritable(BgpLink link) {
    apply(new OverlayEvent.LinkWritable(link.peer().identity(), link.id()));
  }

  @Override
  public void linkClosed(BgpLink link, String why) {
    closed(link.peer().identity(), link.id(), why);
  }

  private void closed(HostAddress peer, long stream, String why) {
    boolean held = links.remove(stream) != null;
    if (held) {
      apply(new OverlayEvent.LinkClosed(peer, stream, why));
    }
    if (links.values().stream().noneMatch(l -> l.peer().equals(peer))) {
      listener.peerDown(peer, why);
    }
    if (links.isEmpty() && stopping) {
      allClosed.complete(null);
    }
  }

  /** Done once the last link is closed; asked after the overlay was told to shut down. */
  CompletableFuture<Void> allClosed() {
    control.execute(
        () -> {
          stopping = true;
          if (links.isEmpty()) {
            allClosed.complete(null);
          }
        });
    return allClosed;
  }

  /** Whether an adjacency with this node is up. */
  boolean isEstablished(HostAddress peer) {
    return established.containsKey(peer);
  }

  /** The stream that carries the Established session with this node. */
  Optional<BgpLink> session(HostAddress peer) {
    return Optional.ofNullable(sessions.get(peer));
  }

  @Override
  public void neighborUp(PlainNeighbor neighbor, long stream, Links link, boolean outgoing) {
    PeerInfo info = neighbor.peer();
    // One that may not have a session is told so by the overlay, which then closes the stream.
    links.put(stream, new Held(info.identity(), link));
    apply(new OverlayEvent.LinkUp(info, neighbor.fingerprint(), stream, outgoing));
  }

  @Override
  public void neighborBytes(PlainNeighbor neighbor, long stream, byte[] bytes) {
    apply(new OverlayEvent.Bytes(neighbor.peer().identity(), stream, bytes));
  }

  @Override
  public void neighborWritable(PlainNeighbor neighbor, long stream) {
    apply(new OverlayEvent.LinkWritable(neighbor.peer().identity(), stream));
  }

  @Override
  public void neighborClosed(PlainNeighbor neighbor, long stream, String why) {
    closed(neighbor.peer().identity(), stream, why);
  }

  /** Steps the overlay and carries out what it asks for. */
  void apply(OverlayEvent event) {
    queue.add(event);
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      OverlayEvent next;
      while ((next = queue.poll()) != null) {
        for (OverlayEffect effect : overlay.step(next, control.monotonicNanos())) {
          carryOut(effect);
        }
      }
    } finally {
      stepping = false;
    }
    timer.arm(overlay.deadlineNanos());
  }

  private Optional<TcpEnds> endsOf(Watched what) {
    Held held = what instanceof Watched.Up up ? links.get(up.connection()) : null;
    return held != null && held.link() instanceof TcpEnds ends
        ? Optional.of(ends)
        : Optional.empty();
  }

  private void carryOut(OverlayEffect effect) {
    switch (effect) {
      case OverlayEffect.Write write -> {
        Held held = links.get(write.connection());
        if (held != null && !held.link().send(write.bytes())) {
          queue.add(new OverlayEvent.LinkFull(write.peer(), write.connection()));
        }
      }
      case OverlayEffect.CloseLink close -> {
        Held held = links.get(close.connection());
        if (held != null) {
          held.link().close(close.why());
        }
      }
      case OverlayEffect.PeerUp up -> {
        NodeName name = up.peer().name();
        established.put(up.peer().identity(), up.connection());
        log.info("adjacency up peer={} identity={}", name, up.peer().identity());
        Held held = links.get(up.connection());
        if (held != null && held.link() instanceof BgpLink link) {
          sessions.put(up.peer().identity(), link);
          listener.sessionChanged(up.peer().identity());
          listener.peerUp(link.peer(), link);
        }
      }
      case OverlayEffect.PeerDown down -> {
        established.remove(down.peer().identity());
        sessions.remove(down.peer().identity());
        listener.sessionChanged(down.peer().identity());
        log.warn(
            "adjacency down peer={} identity={} by={} code={}/{} why=\"{}\"",
            down.peer().name(),
            down.peer().identity(),
            down.reason().byPeer() ? "peer" : "us",
            down.reason().code(),
            down.reason().subcode(),
            down.reason().text());
        listener.sessionLost(down.peer(), down.reason().isSilence());
      }
      case OverlayEffect.Rejected rejected ->
          holders(rejected.peer().identity()).stream()
              .findFirst()
              .ifPresent(peer -> listener.rejected(peer, rejected.text()));
      case OverlayEffect.NodeHeard heard -> listener.nodeHeard(heard);
      case OverlayEffect.RoutesChanged changed -> listener.routesChanged(changed);
      case OverlayEffect.PathsChanged changed -> watcher.pathsChanged(changed.ownPathIds());
      case OverlayEffect.Seen seen -> watcher.seen(seen.what(), endsOf(seen.what()));
      case OverlayEffect.BarrierDone done -> listener.barrierDone(done);
      case OverlayEffect.Note note -> {
        String peer = note.peer().map(NodeName::value).orElse("-");
        if (note.warning()) {
          log.warn("{} peer={}", note.text(), peer);
        } else {
          log.info("{} peer={}", note.text(), peer);
        }
      }
    }
  }
}
