package io.landfall.node.bfd;

import io.landfall.admin.model.BfdRow;
import io.landfall.bfd.BfdCodec;
import io.landfall.bfd.BfdPacket;
import io.landfall.bfd.DiscardCounts;
import io.landfall.bfd.DiscardRule;
import io.landfall.core.Addresses;
import io.landfall.core.InvariantBroken;
import io.landfall.node.ControlLoop;
import io.landfall.node.peering.LinkWatch;
import io.landfall.node.peering.PassedBfd;
import io.landfall.transport.udp.BfdSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BFD with upstream routers over one hop (RFC 5881): without authentication, as routers speak it,
 * and so with a TTL of 255 both ways, which no host beyond the link can forge. On the control
 * thread only.
 *
 * <p>A session lives as long as there is a TCP connection to the router. It belongs to plane one:
 * it knows nothing of nodes, services or signals, and it can say one thing, that a link which was
 * proved alive is dead.
 *
 * <p>A session that is Up can go on in another process of this node ({@link #suspend}, {@link
 * #inherit}): this one sends the router what it sent last until that one has taken over, so that
 * the time between the two is no silence.
 */
public final class UpstreamBfd implements LinkWatch {
  /** RFC 5881 section 4. */
  static final int PORT = 3784;

  /** How often a port is tried that another process of this node may have still. */
  private static final int TRIES = 20;

  private static final long BETWEEN_TRIES_NANOS = 100_000_000;

  private static final Logger log = LoggerFactory.getLogger("landfall.bfd");

  /** Hears of dead links. */
  @FunctionalInterface
  public interface Listener {
    /** The link to this upstream was alive, and is dead. */
    void pathDown(String upstream, String why);
  }

  private final Set<String> watched;
  private final ControlLoop control;
  private final Listener listener;
  private final Map<String, UpstreamLink> links = new LinkedHashMap<>();

  /** Which upstreams have a connection, watched or not. */
  private final Map<String, Ends> connected = new LinkedHashMap<>();

  /** One for each address of ours on a link; bounded by the number of upstreams. */
  private final Map<InetAddress, BfdSocket> receivers = new LinkedHashMap<>();

  /** Sessions of another process that wait for their connection. */
  private final Map<String, UpstreamLink.Inherited> inherited = new LinkedHashMap<>();

  private final DiscardCounts strangers = new DiscardCounts();
  private boolean stopped;

  /** Whether another process may have the sessions. */
  private boolean suspended;

  /** The addresses of a connection. */
  record Ends(InetAddress local, InetAddress remote) {}

  /**
   * Nothing is watched yet.
   *
   * @param watched the names of the upstreams whose links are to be watched
   */
  public UpstreamBfd(Set<String> watched, ControlLoop control, Listener listener) {
    this.watched = new TreeSet<>(watched);
    this.control = control;
    this.listener = listener;
  }

  /**
   * Others are to be watched from now on. A router that is no longer gets AdminDown, so that it
   * does not take it for a failure; the link to one that is now is watched if there is one.
   */
  public void watch(Set<String> others) {
    for (UpstreamLink link : List.copyOf(links.values())) {
      if (!others.contains(link.upstream())) {
        links.remove(link.upstream());
        link.endInOrder();
      }
    }
    watched.clear();
    watched.addAll(others);
    connected.forEach((upstream, ends) -> open(upstream, ends.local, ends.remote));
    Set<InetAddress> needed = new LinkedHashSet<>();
    links.values().forEach(link -> needed.add(link.local()));
    for (InetAddress local : List.copyOf(receivers.keySet())) {
      BfdSocket unused = needed.contains(local) ? null : receivers.remove(local);
      if (unused != null) {
        unused.close();
      }
    }
  }

  @Override
  public void linkUp(String upstream, InetAddress local, InetAddress remote) {
    connected.put(upstream, new Ends(local, remote));
    open(upstream, local, remote);
  }

  private void open(String upstream, InetAddress local, InetAddress remote) {
    UpstreamLink known = links.get(upstream);
    boolean goesOn = inherited.containsKey(upstream);
    if (stopped
        || !(goesOn || watched.contains(upstream))
        || (known != null && known.local().equals(local))) {
      return;
    }
    end(upstream);
    listen(local, TRIES);
    UpstreamLink.Inherited before = inherited.remove(upstream);
    if (before == null) {
      UpstreamLink link = link(upstream, local, remote, freeDiscriminator());
      links.put(upstream, link);
      link.openSender(1);
    } else {
      UpstreamLink link = link(upstream, local, remote, before.session().discriminator());
      links.put(upstream, link);
      link.goOn(before, () -> endUnwatched(link));
    }
  }

  private UpstreamLink link(
      String upstream, InetAddress local, InetAddress remote, int discriminator) {
    return new UpstreamLink(upstream, new Ends(local, remote), discriminator, control, listener);
  }

  /** The process before had BFD there and this one has not: the router is not to miss it. */
  private void endUnwatched(UpstreamLink link) {
    if (!watched.contains(link.upstream())) {
      links.remove(link.upstream(), link);
      link.endInOrder();
    }
  }

  private int freeDiscriminator() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int discriminator = random.nextInt(1, Integer.MAX_VALUE);
    while (isTaken(discriminator)) {
      discriminator = random.nextInt(1, Integer.MAX_VALUE);
    }
    return discriminator;
  }

  private boolean isTaken(int discriminator) {
    return links.values().stream()
        .anyMatch(link -> link.session().discriminator() == discriminator);
  }

  /**
   * Gives the sessions up that are Up, so that another process can go on with them: what was sent
   * last is sent again and again until {@link #stop} or {@link #goOn}. All others end, and nothing
   * is received any more: that port is the other process's.
   *
   * @param upstreams whose session can be passed
   */
  public void suspend(Set<String> upstreams) {
    stopped = true;
    suspended = true;
    for (UpstreamLink link : List.copyOf(links.values())) {
      if (upstreams.contains(link.upstream()) && link.passed().isPresent()) {
        link.suspend();
      } else {
        links.remove(link.upstream());
        link.endInOrder();
      }
    }
    receivers.values().forEach(BfdSocket::close);
    receivers.clear();
  }

  /** A session that was given up; empty if there is none, or its connection has ended since. */
  public Optional<PassedBfd> passed(String upstream) {
    return Optional.ofNullable(links.get(upstream)).flatMap(UpstreamLink::passed);
  }

  /** The socket of a session that {@link #passed} has. */
  public int sender(String upstream) {
    UpstreamLink link = links.get(upstream);
    BfdSocket socket = link == null ? null : link.sender();
    if (socket == null) {
      throw new InvariantBroken("no BFD session was given up with " + upstream);
    }
    return socket.descriptor().orElseThrow();
  }

  /**
   * Another process has had this session until now: this one goes on with it as soon as the
   * connection to the router is here, also to end it in good order where it is not to be.
   *
   * @param descriptor the socket that its packets are sent from, owned by this from now on
   */
  public void inherit(String upstream, PassedBfd session, int descriptor) {
    inherited.put(
        upstream, new UpstreamLink.Inherited(session, BfdSocket.adopt(control, descriptor)));
  }

  /** The other process did not go on: sessions that were given up do, and others begin anew. */
  public void goOn() {
    if (!suspended) {
      return;
    }
    suspended = false;
    stopped = false;
    for (UpstreamLink link : List.copyOf(links.values())) {
      links.remove(link.upstream());
      link.passed()
          .ifPresent(
              session -> {
                BfdSocket sender = link.withoutSender();
                if (sender != null) {
                  inherited.put(link.upstream(), new UpstreamLink.Inherited(session, sender));
                }
              });
      link.close();
    }
    connected.forEach((upstream, ends) -> open(upstream, ends.local, ends.remote));
  }

  private void listen(InetAddress local, int tries) {
    receivers.computeIfAbsent(local, address -> receiver(address, tries));
  }

  private BfdSocket receiver(InetAddress local, int tries) {
    BfdSocket socket =
        BfdSocket.open(
            control,
            new InetSocketAddress(local, PORT),
            BfdSocket.Reach.SINGLE_HOP,
            BfdCodec.MAX_BYTES,
            (datagram, from) -> received(local, datagram, from));
    socket.whenBound(
        why -> {
          receivers.remove(local);
          if (stopped || links.values().stream().noneMatch(link -> link.local().equals(local))) {
            return;
          }
          if (tries > 1) {
            var _ = control.schedule(BETWEEN_TRIES_NANOS, () -> listen(local, tries - 1));
            return;
          }
          log.atWarn()
              .addKeyValue("address", Addresses.format(local.getAddress()))
              .addKeyValue("port", PORT)
              .addKeyValue("why", why)
              .log("bfd cannot listen");
        });
    return socket;
  }

  @Override
  public void linkDown(String upstream) {
    connected.remove(upstream);
    end(upstream);
  }

  private void end(String upstream) {
    UpstreamLink link = links.remove(upstream);
    if (link != null) {
      link.close();
    }
  }

  /** The node stops: signals it to every router, so that none takes it for a failure. */
  public void stop() {
    stopped = true;
    for (UpstreamLink link : links.values()) {
      if (link.isSuspended()) {
        link.close();
      } else {
        link.endInOrder();
      }
    }
    links.clear();
    receivers.values().forEach(BfdSocket::close);
    receivers.clear();
  }

  /** Every session, in the order in which the links came up, and what was discarded without one. */
  public List<BfdRow> rows() {
    List<BfdRow> rows = new ArrayList<>();
    for (UpstreamLink link : links.values()) {
      rows.add(
          BfdRows.of(
              link.upstream(),
              Addresses.format(new InetSocketAddress(link.remote(), PORT)),
              link.session().view(),
              control));
    }
    BfdRows.ofNoSession("upstreams", strangers, control).ifPresent(rows::add);
    return rows;
  }

  private void received(InetAddress local, byte[] datagram, InetSocketAddress from) {
    switch (BfdCodec.decode(datagram)) {
      case BfdCodec.Decoding.Discarded(DiscardRule rule) -> strangers.add(rule);
      case BfdCodec.Decoding.Read(BfdPacket packet) -> {
        Optional<UpstreamLink> found =
            links.values().stream()
                .filter(link -> link.isOf(packet, local, from.getAddress()))
                .findFirst();
        if (found.isEmpty()) {
          strangers.add(DiscardRule.NO_SESSION);
        } else if (!from.getAddress().equals(found.get().remote())) {
          strangers.add(DiscardRule.SOURCE_ADDRESS);
        } else {
          found.get().received(datagram);
        }
      }
    }
  }
}
