package io.landfall.node;

import io.landfall.control.ControlEffect;
import io.landfall.control.ControlEvent;
import io.landfall.control.ControlPlane;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.Links;
import io.landfall.node.log.LogLines;
import io.landfall.node.peering.PlainNeighbor;
import io.landfall.node.peering.PlainNeighbors;
import io.landfall.node.watch.OverlayMonitor;
import io.landfall.overlay.MonitoringEvent;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalEvent;
import io.landfall.transport.TcpEnds;
import io.landfall.transport.tls.BgpLink;
import io.landfall.transport.tls.LinkEvents;
import io.landfall.trust.PeerIdentity;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Drives plane two with real streams and a real clock: what happens on links goes in as events;
 * writes, closes and lines of the log are done here, and every other effect by the owner. It
 * decides nothing. On the control thread only.
 */
final class ControlDriver implements LinkEvents, PlainNeighbors.Events {
  private static final Logger OVERLAY = LoggerFactory.getLogger("landfall.overlay");
  private static final Logger SIGNAL = LoggerFactory.getLogger("landfall.signal");
  private static final Logger DISCOVERY = LoggerFactory.getLogger("landfall.discovery");
  private static final Logger FORWARD = LoggerFactory.getLogger("landfall.forward");
  private static final Logger NODE = LoggerFactory.getLogger("landfall.node");

  private final ControlPlane plane;
  private final Driver<ControlEvent, ControlEffect> driver;
  private final Consumer<ControlEffect> owner;
  private final Map<Long, Links> links = new LinkedHashMap<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private CompletableFuture<Void> yielded = new CompletableFuture<>();
  private OverlayMonitor watcher = OverlayMonitor.NONE;
  private SignalAnswer answer = new SignalAnswer.Done();
  private boolean silent;

  /**
   * A driver with no links.
   *
   * @param owner does what concerns neither streams nor the log
   */
  ControlDriver(ControlPlane plane, ControlLoop control, Consumer<ControlEffect> owner) {
    this.plane = plane;
    this.owner = owner;
    this.driver = new Driver<>(plane, control, control, new ControlEvent.Tick(), this::carryOut);
  }

  /** Writes nothing to the log from now on, for what is played and not real. */
  ControlDriver silently() {
    silent = true;
    return this;
  }

  /** Sends everything to this watcher from now on; before the first link. */
  void watch(OverlayMonitor everything) {
    watcher = everything;
  }

  /** The machine, for views; on the control thread. */
  ControlPlane plane() {
    return plane;
  }

  /** The table and the sessions, for views; on the control thread. */
  Overlay overlay() {
    return plane.overlay();
  }

  /** Steps the machine and does what it asks for. */
  void apply(ControlEvent event) {
    driver.apply(event);
  }

  /** The same for what concerns this node's own services, drain and address. */
  void apply(OverlayEvent event) {
    driver.apply(new ControlEvent.OfThisNode(event));
  }

  /** The same for a command to a service, which is answered. */
  SignalAnswer ask(SignalEvent command) {
    answer = new SignalAnswer.Done();
    driver.apply(new ControlEvent.OfSignals(command));
    return answer;
  }

  /** From now on this is done before the machine looks at the time: reading what has arrived. */
  void readBeforeTicks(Runnable read) {
    driver.before(read);
  }

  /** Looks at the time now. */
  void tick() {
    driver.tick();
  }

  /** The stream with this number, if a certificate proved its other end. */
  Optional<BgpLink> link(long stream) {
    return links.get(stream) instanceof BgpLink link ? Optional.of(link) : Optional.empty();
  }

  /** Done once the last stream is closed after {@link ControlEvent.Stop}. */
  CompletableFuture<Void> stopped() {
    return stopped;
  }

  /** Done once the last stream is closed after the {@link ControlEvent.Yield} that comes next. */
  CompletableFuture<Void> yielding() {
    yielded = new CompletableFuture<>();
    return yielded;
  }

  @Override
  public void linkUp(BgpLink link, PeerIdentity peer) {
    links.put(link.id(), link);
    if (link.remoteAddress() instanceof InetSocketAddress at) {
      apply(new ControlEvent.StreamOpened(link.id(), peer, at, link.direction()));
    }
  }

  @Override
  public void linkBytes(BgpLink link, byte[] bytes) {
    apply(new ControlEvent.StreamBytes(link.id(), bytes));
  }

  @Override
  public void linkWritable(BgpLink link) {
    apply(new ControlEvent.StreamWritable(link.id()));
  }

  @Override
  public void linkClosed(BgpLink link, String why) {
    closed(link.peer().identity(), link.id(), why);
  }

  @Override
  public void neighborUp(PlainNeighbor neighbor, long stream, Links link, Direction direction) {
    links.put(stream, link);
    apply(
        new ControlEvent.NeighborOpened(
            stream, neighbor.peer(), neighbor.fingerprint(), direction));
  }

  @Override
  public void neighborBytes(long stream, byte[] bytes) {
    apply(new ControlEvent.StreamBytes(stream, bytes));
  }

  @Override
  public void neighborFull(long stream) {
    apply(new ControlEvent.StreamFull(stream));
  }

  @Override
  public void neighborWritable(long stream) {
    apply(new ControlEvent.StreamWritable(stream));
  }

  @Override
  public void neighborClosed(PlainNeighbor neighbor, long stream, String why) {
    closed(neighbor.peer().identity(), stream, why);
  }

  private void closed(HostAddress peer, long stream, String why) {
    links.remove(stream);
    apply(new ControlEvent.StreamClosed(peer, stream, why));
  }

  private void carryOut(ControlEffect effect) {
    switch (effect) {
      case ControlEffect.Write(long stream, byte[] bytes) -> {
        Links link = links.get(stream);
        if (link != null && !link.send(bytes)) {
          apply(new ControlEvent.StreamFull(stream));
        }
      }
      case ControlEffect.CloseStream(long stream, String why) -> {
        Links link = links.get(stream);
        if (link != null) {
          link.close(why);
        }
      }
      case ControlEffect.PathsChanged(int[] paths) -> watcher.pathsChanged(paths);
      case ControlEffect.Monitored(MonitoringEvent what) -> watcher.seen(what, endsOf(what));
      case ControlEffect.Log line -> log(line);
      case ControlEffect.Answered(SignalAnswer given) -> answer = given;
      case ControlEffect.Yielded _ -> yielded.complete(null);
      case ControlEffect.Stopped _ -> stopped.complete(null);
      default -> owner.accept(effect);
    }
  }

  private Optional<TcpEnds> endsOf(MonitoringEvent what) {
    return what instanceof MonitoringEvent.PeerUp up
            && links.get(up.connection()) instanceof TcpEnds ends
        ? Optional.of(ends)
        : Optional.empty();
  }

  private void log(ControlEffect.Log line) {
    if (silent) {
      return;
    }
    Logger log =
        switch (line.subject()) {
          case OVERLAY -> OVERLAY;
          case SIGNAL -> SIGNAL;
          case DISCOVERY -> DISCOVERY;
          case FORWARD -> FORWARD;
          case NODE -> NODE;
        };
    Level level =
        switch (line.level()) {
          case DEBUG -> Level.DEBUG;
          case INFO -> Level.INFO;
          case WARN -> Level.WARN;
        };
    LogLines.write(log, level, line.message(), line.fields());
  }
}
