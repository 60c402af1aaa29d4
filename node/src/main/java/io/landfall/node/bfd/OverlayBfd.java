package io.landfall.node.bfd;

import io.landfall.admin.BfdRow;
import io.landfall.bfd.BfdCodec;
import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.BfdEffect;
import io.landfall.bfd.BfdEvent;
import io.landfall.bfd.BfdPacket;
import io.landfall.bfd.BfdSession;
import io.landfall.bfd.DiscardCounts;
import io.landfall.bfd.DiscardRule;
import io.landfall.bfd.PathLiveness;
import io.landfall.config.BfdSettings;
import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.node.ControlLoop;
import io.landfall.node.link.BgpLink;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BFD with the other nodes (RFC 5883): one session for each adjacency, for as long as it is up,
 * between the addresses that forwarded requests take; on the control thread only.
 *
 * <p>Keys and discriminators come from the TLS session that carries the adjacency ({@link
 * LinkKeys}, decision 0006), so both ends know them without having said a word about it, and nobody
 * else can. The end that dialled sends first, to where it dialled; the other learns from the first
 * authentic packet where to answer.
 *
 * <p>It says of a peer's path what is proved. A peer that never answers is not known to be
 * unreachable: it may not speak BFD, or a firewall may drop UDP.
 */
public final class OverlayBfd {
  private static final Logger log = LoggerFactory.getLogger("landfall.bfd");

  /** Hears what is proved of the path to a node. */
  @FunctionalInterface
  public interface Listener {
    /** Something else is known than before. */
    void pathTo(HostAddress node, PathLiveness path);
  }

  private final BfdSettings settings;
  private final InetSocketAddress local;
  private final ControlLoop control;
  private final Listener listener;
  private final Map<HostAddress, Peer> peers = new LinkedHashMap<>();
  private final Map<Integer, Peer> byOurs = new LinkedHashMap<>();
  private final Map<Integer, Peer> byTheirs = new LinkedHashMap<>();
  private final DiscardCounts strangers = new DiscardCounts();
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
  }

  /** Binds the UDP port, unless BFD is switched off. */
  public Optional<ChannelFuture> bind() {
    if (!settings.enabled()) {
      return Optional.empty();
    }
    BfdSocket opened = BfdSocket.open(control, local, BfdSocket.Reach.MULTI_HOP, this::received);
    socket = opened;
    return Optional.of(opened.bound());
  }

  /** Where it listens. */
  public InetSocketAddress local() {
    return local;
  }

  /** An adjacency is up: what an older one proved is forgotten, and a new session begins. */
  public void adjacencyUp(PeerIdentity peer, BgpLink link) {
    if (!settings.enabled()) {
      return;
    }
    adjacencyLost(peer.identity());
    Optional<byte[]> material = link.exportSecret(LinkKeys.LABEL, LinkKeys.BYTES);
    if (material.isEmpty() || !(link.remoteAddress() instanceof InetSocketAddress remote)) {
      log.warn("bfd not used peer={} why=\"its TLS session exports no keys\"", peer.name());
      return;
    }
    LinkKeys.OwnEnd end =
        LinkKeys.derive(
            material.get(),
            link.outgoing(),
            new BfdConfig.Timing(settings.intervalMillis(), settings.multiplier()));
    BfdConfig config = end.config();
    if (byOurs.containsKey(config.discriminator())
        || byTheirs.containsKey(end.remoteDiscriminator())) {
      log.warn("bfd not used peer={} why=\"its discriminator is in use\"", peer.name());
      return;
    }
    Peer added = new Peer(peer, remote, link.outgoing(), end);
    peers.put(peer.identity(), added);
    byOurs.put(config.discriminator(), added);
    byTheirs.put(end.remoteDiscriminator(), added);
    added.runner.step(new BfdEvent.Start());
  }

  /** An adjacency is gone, and with it what was known of its path. */
  public void adjacencyLost(HostAddress identity) {
    Peer peer = peers.remove(identity);
    if (peer != null) {
      byOurs.remove(peer.end.config().discriminator());
      byTheirs.remove(peer.end.remoteDiscriminator());
      peer.runner.stop();
      listener.pathTo(identity, PathLiveness.UNPROVED);
    }
  }

  /** The node stops: says so to every peer, so that none takes its silence for a dead path. */
  public void stop() {
    for (Peer peer : peers.values()) {
      peer.runner.step(new BfdEvent.AdminDown());
      peer.runner.stop();
    }
    if (socket != null) {
      socket.close();
    }
  }

  /**
   * Every session, in the order in which the adjacencies came up, and what was discarded without
   * one.
   */
  public List<BfdRow> rows() {
    List<BfdRow> rows = new ArrayList<>();
    for (Peer peer : peers.values()) {
      rows.add(
          BfdRows.of(
              peer.identity.name().value(),
              peer.whereText(),
              peer.runner.session().view(),
              control));
    }
    BfdRows.ofNoSession("overlay", strangers, control).ifPresent(rows::add);
    return rows;
  }

  private void received(byte[] datagram, InetSocketAddress from) {
    switch (BfdCodec.decode(datagram)) {
      case BfdCodec.Decoding.Discarded(DiscardRule rule) -> strangers.add(rule);
      case BfdCodec.Decoding.Read(BfdPacket packet) -> {
        Peer peer =
            packet.yourDiscriminator() == 0
                ? byTheirs.get(packet.myDiscriminator())
                : byOurs.get(packet.yourDiscriminator());
        if (peer == null) {
          strangers.add(DiscardRule.NO_SESSION);
        } else if (!from.getAddress().equals(peer.address)) {
          strangers.add(DiscardRule.SOURCE_ADDRESS);
        } else {
          peer.arrivedFrom = from;
          peer.runner.step(new BfdEvent.Received(datagram));
        }
      }
    }
  }

  /** One adjacency's session. */
  private final class Peer implements BfdRunner.Owner {
    private final PeerIdentity identity;
    private final InetAddress address;
    private final LinkKeys.OwnEnd end;
    private final boolean dialed;
    private final BfdRunner runner;

    /** Null until it is known. */
    private @Nullable InetSocketAddress remote;

    private @Nullable InetSocketAddress arrivedFrom;

    Peer(PeerIdentity identity, InetSocketAddress linkRemote, boolean dialed, LinkKeys.OwnEnd end) {
      this.identity = identity;
      this.address = linkRemote.getAddress();
      this.dialed = dialed;
      this.end = end;
      this.remote =
          dialed ? new InetSocketAddress(address, settings.portOr(linkRemote.getPort())) : null;
      BfdSession session =
          new BfdSession(end.config(), bound -> ThreadLocalRandom.current().nextLong(bound));
      this.runner = new BfdRunner(session, control, this);
    }

    String whereText() {
      InetSocketAddress known = remote;
      return known == null ? Addresses.format(address.getAddress()) : Addresses.format(known);
    }

    @Override
    public void send(byte[] datagram) {
      InetSocketAddress to = remote;
      BfdSocket out = socket;
      if (to != null && out != null) {
        out.send(datagram, to);
      }
    }

    @Override
    public void heard() {
      // Authentic, and newer than all before. Whoever dialled keeps to the path that it dialled.
      if (!dialed) {
        remote = arrivedFrom;
      }
    }

    @Override
    public void pathChanged(PathLiveness path, String why) {
      listener.pathTo(identity.identity(), path);
    }

    @Override
    public void stateChanged(BfdEffect.StateChanged change) {
      String line = "bfd peer={} address={} from={} to={} why=\"{}\"";
      boolean bad = change.from() == io.landfall.bfd.BfdState.UP;
      Object[] words = {
        identity.name(), whereText(), change.from().word(), change.to().word(), change.why()
      };
      if (bad) {
        log.warn(line, words);
      } else {
        log.info(line, words);
      }
    }
  }
}
