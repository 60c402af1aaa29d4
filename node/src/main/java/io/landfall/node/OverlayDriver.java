package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.node.link.BgpLink;
import io.landfall.node.link.LinkEvents;
import io.landfall.overlay.Admission;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.PeerInfo;
import io.landfall.trust.PeerIdentity;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the overlay with real streams and a real clock: events in from links, effects out to
 * links. On the control thread only.
 */
final class OverlayDriver implements LinkEvents {
  private static final Logger log = LoggerFactory.getLogger("landfall.overlay");

  /** What the rest of the node hears from the overlay. */
  interface Listener {
    /** The table changed. */
    void routesChanged(OverlayEffect.RoutesChanged change);

    /** An adjacency is up. */
    void peerUp(PeerIdentity peer);

    /** An adjacency is gone, or a stream never became one. */
    void peerDown(HostAddress peer, String why);

    /** A drain's barrier was passed. */
    void barrierDone(OverlayEffect.BarrierDone done);
  }

  private final Overlay overlay;
  private final ControlLoop control;
  private final Function<ServiceName, @Nullable HostAddress> serviceIdentity;
  private final Listener listener;
  private final ControlTimer timer;
  private final Map<Long, BgpLink> links = new LinkedHashMap<>();
  private final Map<HostAddress, PeerIdentity> known = new LinkedHashMap<>();
  private final ArrayDeque<OverlayEvent> queue = new ArrayDeque<>();
  private boolean stepping;
  private long refusedNewcomers;

  /**
   * A driver with no links.
   *
   * @param serviceIdentity the identity of a service that this node knows, or null
   */
  OverlayDriver(
      Overlay overlay,
      ControlLoop control,
      Function<ServiceName, @Nullable HostAddress> serviceIdentity,
      Listener listener) {
    this.overlay = overlay;
    this.control = control;
    this.serviceIdentity = serviceIdentity;
    this.listener = listener;
    this.timer = new ControlTimer(control, () -> apply(new OverlayEvent.Tick()));
  }

  /** The state object, for views; on the control thread. */
  Overlay overlay() {
    return overlay;
  }

  /** How many authenticated newcomers were refused, for instance as duplicates. */
  long refusedNewcomers() {
    return refusedNewcomers;
  }

  @Override
  public void linkUp(BgpLink link, PeerIdentity peer) {
    SortedSet<HostAddress> services = new TreeSet<>();
    for (ServiceName service : peer.entitledServices()) {
      HostAddress identity = serviceIdentity.apply(service);
      if (identity != null) {
        services.add(identity);
      }
    }
    PeerInfo info = new PeerInfo(peer.name(), peer.identity(), services, PeerInfo.Relation.MESH);
    switch (overlay.admit(info, peer.fingerprint())) {
      case Admission.Refused refused -> refuse(link, refused.text());
      case Admission.Admitted admitted -> {
        links.put(link.id(), link);
        known.put(peer.identity(), peer);
        apply(new OverlayEvent.LinkUp(info, peer.fingerprint(), link.id(), link.outgoing()));
      }
    }
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
    boolean held = links.remove(link.id()) != null;
    if (held) {
      apply(new OverlayEvent.LinkClosed(link.peer().identity(), link.id(), why));
    }
    HostAddress peer = link.peer().identity();
    if (links.values().stream().noneMatch(l -> l.peer().identity().equals(peer))) {
      listener.peerDown(peer, why);
    }
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

  private void carryOut(OverlayEffect effect) {
    switch (effect) {
      case OverlayEffect.Write write -> {
        BgpLink link = links.get(write.connection());
        if (link != null && !link.send(write.bytes())) {
          queue.add(new OverlayEvent.LinkFull(write.peer(), write.connection()));
        }
      }
      case OverlayEffect.CloseLink close -> {
        BgpLink link = links.get(close.connection());
        if (link != null) {
          link.close(close.why());
        }
      }
      case OverlayEffect.PeerUp up -> {
        NodeName name = up.peer().name();
        log.info("adjacency up peer={} identity={}", name, up.peer().identity());
        PeerIdentity peer = known.get(up.peer().identity());
        if (peer != null) {
          listener.peerUp(peer);
        }
      }
      case OverlayEffect.PeerDown down ->
          log.warn(
              "adjacency down peer={} identity={} by={} code={}/{} why=\"{}\"",
              down.peer().name(),
              down.peer().identity(),
              down.reason().byPeer() ? "peer" : "us",
              down.reason().code(),
              down.reason().subcode(),
              down.reason().text());
      case OverlayEffect.RoutesChanged changed -> listener.routesChanged(changed);
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
