package io.landfall.node.bfd;

import io.landfall.admin.model.BfdRow;
import io.landfall.bfd.BfdCodec;
import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.PathLiveness;
import io.landfall.config.BfdSettings;
import io.landfall.control.ControlEffect;
import io.landfall.control.PathEffect;
import io.landfall.control.PathEvent;
import io.landfall.control.PathKeys;
import io.landfall.control.PathMonitor;
import io.landfall.core.HostAddress;
import io.landfall.node.ControlLoop;
import io.landfall.node.Driver;
import io.landfall.node.log.LogLines;
import io.landfall.transport.tls.BgpLink;
import io.landfall.transport.udp.BfdSocket;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Drives BFD with the other nodes ({@link PathMonitor}) with a real socket and clock; on the
 * control thread only. Without BFD in the config it does nothing.
 */
public final class OverlayBfd {
  private static final Logger log = LoggerFactory.getLogger("landfall.bfd");

  /** Receives what is proved of the path to a node. */
  @FunctionalInterface
  public interface Listener {
    /** Something else is known than before. */
    void pathTo(HostAddress node, PathLiveness path);
  }

  private final BfdSettings settings;
  private final InetSocketAddress local;
  private final ControlLoop control;
  private final Listener listener;
  private final PathMonitor monitor;
  private final Driver<PathEvent, PathEffect> driver;
  private @Nullable BfdSocket socket;

  /**
   * No sessions yet.
   *
   * @param listen the address of the overlay's TLS port; its port number is BFD's too unless the
   *     settings have another
   */
  public OverlayBfd(
      BfdSettings settings, InetSocketAddress listen, ControlLoop control, Listener listener) {
    this.settings = settings;
    this.local = new InetSocketAddress(listen.getAddress(), settings.portOr(listen.getPort()));
    this.control = control;
    this.listener = listener;
    this.monitor =
        new PathMonitor(
            new BfdConfig.Timing(settings.intervalMillis(), settings.multiplier()),
            settings.port(),
            bound -> ThreadLocalRandom.current().nextLong(bound));
    // Packets arrive on the control loop itself: a tick waits for nothing that others hand over.
    this.driver =
        Driver.withoutGrace(
            monitor, control, control::scheduleAhead, new PathEvent.Tick(), this::carryOut);
  }

  /** Binds the UDP port, unless BFD is switched off. */
  public Optional<ChannelFuture> bind() {
    if (!settings.enabled()) {
      return Optional.empty();
    }
    BfdSocket opened =
        BfdSocket.open(
            control,
            local,
            BfdSocket.Reach.MULTI_HOP,
            BfdCodec.MAX_BYTES,
            (datagram, from) -> driver.apply(new PathEvent.Datagram(datagram, from)));
    socket = opened;
    return Optional.of(opened.bound());
  }

  /** Closes the UDP port until it is bound again; without adjacencies there are no sessions. */
  public void release() {
    BfdSocket open = socket;
    socket = null;
    if (open != null) {
      open.close();
    }
  }

  /** Where it listens. */
  public InetSocketAddress local() {
    return local;
  }

  /** An adjacency is up, on this stream. */
  public void adjacencyUp(BgpLink link) {
    if (!settings.enabled()) {
      return;
    }
    Optional<byte[]> material = link.exportSecret(PathKeys.LABEL, PathKeys.BYTES);
    if (material.isPresent() && link.remoteAddress() instanceof InetSocketAddress remote) {
      driver.apply(
          new PathEvent.AdjacencyUp(link.peer(), remote, link.direction(), material.get()));
    } else {
      adjacencyLost(link.peer().identity());
      log.atWarn()
          .addKeyValue("peer", link.peer().name())
          .addKeyValue("why", "its TLS session exports no keys")
          .log("bfd not used");
    }
  }

  /** An adjacency is gone, and with it what was known of its path. */
  public void adjacencyLost(HostAddress identity) {
    driver.apply(new PathEvent.AdjacencyDown(identity));
  }

  /** The node stops: signals it to every peer, so that none takes its silence for a dead path. */
  public void stop() {
    driver.apply(new PathEvent.Stop());
    driver.stop();
    if (socket != null) {
      socket.close();
    }
  }

  /**
   * Every session, in the order in which the adjacencies came up, what was discarded without one,
   * and behind those the rows of ingress.
   */
  public List<BfdRow> rows(List<BfdRow> ofIngress) {
    List<BfdRow> rows = new ArrayList<>();
    for (PathMonitor.PathView path : monitor.sessions()) {
      rows.add(BfdRows.of(path.peer(), path.address(), path.session(), control));
    }
    BfdRows.ofNoSession("overlay", monitor.strangers(), control).ifPresent(rows::add);
    rows.addAll(ofIngress);
    return rows;
  }

  private void carryOut(PathEffect effect) {
    switch (effect) {
      case PathEffect.Send(byte[] datagram, InetSocketAddress to) -> {
        BfdSocket out = socket;
        if (out != null) {
          out.send(datagram, to);
        }
      }
      case PathEffect.Proved(HostAddress node, PathLiveness path) -> listener.pathTo(node, path);
      case PathEffect.Log line ->
          LogLines.write(
              log,
              line.level() == ControlEffect.Level.WARN ? Level.WARN : Level.INFO,
              line.message(),
              line.fields());
    }
  }
}
