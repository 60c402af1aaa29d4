package io.landfall.node.bfd;

import io.landfall.admin.model.BfdRow;
import io.landfall.bfd.BfdCodec;
import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.BfdEffect;
import io.landfall.bfd.BfdEvent;
import io.landfall.bfd.BfdPacket;
import io.landfall.bfd.BfdSession;
import io.landfall.bfd.BfdState;
import io.landfall.bfd.DiscardCounts;
import io.landfall.bfd.DiscardRule;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.Addresses;
import io.landfall.core.SocketText;
import io.landfall.node.ControlLoop;
import io.landfall.node.peering.LinkWatch;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * BFD with upstream routers over one hop (RFC 5881): without authentication, as routers speak it,
 * and so with a TTL of 255 both ways, which no host beyond the link can forge. On the control
 * thread only.
 *
 * <p>A session lives as long as there is a TCP connection to the router. It belongs to plane one:
 * it knows nothing of nodes, services or signals, and it can say one thing, that a link which was
 * proved alive is dead.
 */
public final class UpstreamBfd implements LinkWatch {
  /** RFC 5881 section 4. */
  static final int PORT = 3784;

  private static final int FIRST_SOURCE_PORT = 49_152;
  private static final int SOURCE_PORTS = 65_536 - FIRST_SOURCE_PORT;

  /** Tries to find a source port that is free. */
  private static final int MOST_TRIES = 16;

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
  private final Map<String, Link> links = new LinkedHashMap<>();

  /** Which upstreams have a connection, watched or not. */
  private final Map<String, Ends> connected = new LinkedHashMap<>();

  /** One for each address of ours on a link; bounded by the number of upstreams. */
  private final Map<InetAddress, BfdSocket> receivers = new LinkedHashMap<>();

  private final DiscardCounts strangers = new DiscardCounts();
  private boolean stopped;

  /** The addresses of a connection. */
  private record Ends(InetAddress local, InetAddress remote) {}

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
    for (Link link : List.copyOf(links.values())) {
      if (!others.contains(link.upstream)) {
        link.runner.step(new BfdEvent.AdminDown());
        end(link.upstream);
      }
    }
    watched.clear();
    watched.addAll(others);
    connected.forEach((upstream, ends) -> open(upstream, ends.local, ends.remote));
    Set<InetAddress> needed = new LinkedHashSet<>();
    links.values().forEach(link -> needed.add(link.local));
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
    Link known = links.get(upstream);
    if (stopped || !watched.contains(upstream) || (known != null && known.local.equals(local))) {
      return;
    }
    end(upstream);
    receivers.computeIfAbsent(local, this::receiver);
    Link link = new Link(upstream, local, remote);
    links.put(upstream, link);
    link.openSender(1);
  }

  private BfdSocket receiver(InetAddress local) {
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
    Link link = links.remove(upstream);
    if (link != null) {
      link.close();
    }
  }

  /** The node stops: signals it to every router, so that none takes it for a failure. */
  public void stop() {
    stopped = true;
    for (Link link : links.values()) {
      link.runner.step(new BfdEvent.AdminDown());
      link.close();
    }
    links.clear();
    receivers.values().forEach(BfdSocket::close);
    receivers.clear();
  }

  /** Every session, in the order in which the links came up, and what was discarded without one. */
  public List<BfdRow> rows() {
    List<BfdRow> rows = new ArrayList<>();
    for (Link link : links.values()) {
      rows.add(
          BfdRows.of(
              link.upstream,
              Addresses.format(new InetSocketAddress(link.remote, PORT)),
              link.runner.session().view(),
              control));
    }
    BfdRows.ofNoSession("upstreams", strangers, control).ifPresent(rows::add);
    return rows;
  }

  private void received(InetAddress local, byte[] datagram, InetSocketAddress from) {
    switch (BfdCodec.decode(datagram)) {
      case BfdCodec.Decoding.Discarded(DiscardRule rule) -> strangers.add(rule);
      case BfdCodec.Decoding.Read(BfdPacket packet) -> {
        Optional<Link> found =
            links.values().stream()
                .filter(link -> link.isOf(packet, local, from.getAddress()))
                .findFirst();
        if (found.isEmpty()) {
          strangers.add(DiscardRule.NO_SESSION);
        } else if (!from.getAddress().equals(found.get().remote)) {
          strangers.add(DiscardRule.SOURCE_ADDRESS);
        } else {
          found.get().runner.step(new BfdEvent.Received(datagram));
        }
      }
    }
  }

  /** One upstream's session. */
  private final class Link implements BfdRunner.Owner {
    private final String upstream;
    private final InetAddress local;
    private final InetAddress remote;
    private final BfdRunner runner;
    private @Nullable BfdSocket sender;
    private boolean closed;

    /**
     * The owner has yet to hear that the path is dead; until then nothing is said to the router.
     */
    private boolean telling;

    Link(String upstream, InetAddress local, InetAddress remote) {
      this.upstream = upstream;
      this.local = local;
      this.remote = remote;
      ThreadLocalRandom random = ThreadLocalRandom.current();
      int discriminator = random.nextInt(1, Integer.MAX_VALUE);
      while (isTaken(discriminator)) {
        discriminator = random.nextInt(1, Integer.MAX_VALUE);
      }
      this.runner =
          new BfdRunner(
              new BfdSession(
                  new BfdConfig(discriminator, BfdConfig.Timing.DEFAULT, Optional.empty()),
                  bound -> ThreadLocalRandom.current().nextLong(bound)),
              control,
              this);
    }

    private boolean isTaken(int discriminator) {
      return links.values().stream()
          .anyMatch(link -> link.runner.session().discriminator() == discriminator);
    }

    boolean isOf(BfdPacket packet, InetAddress arrivedAt, InetAddress from) {
      return packet.yourDiscriminator() == 0
          ? local.equals(arrivedAt) && remote.equals(from)
          : packet.yourDiscriminator() == runner.session().discriminator();
    }

    /** RFC 5881 section 4: a source port of its own, from the range that it names. */
    void openSender(int attempt) {
      int port = FIRST_SOURCE_PORT + ThreadLocalRandom.current().nextInt(SOURCE_PORTS);
      BfdSocket opened =
          BfdSocket.open(
              control,
              new InetSocketAddress(local, port),
              BfdSocket.Reach.SINGLE_HOP,
              BfdCodec.MAX_BYTES,
              (datagram, from) -> {});
      sender = opened;
      opened
          .bound()
          .addListener(
              done ->
                  control.execute(
                      () -> {
                        if (closed) {
                          opened.close();
                        } else if (done.isSuccess()) {
                          runner.step(new BfdEvent.Start());
                        } else if (attempt < MOST_TRIES) {
                          openSender(attempt + 1);
                        } else {
                          log.atWarn()
                              .addKeyValue("upstream", upstream)
                              .addKeyValue("why", SocketText.why(done.cause()))
                              .log("bfd cannot send");
                        }
                      }));
    }

    void close() {
      closed = true;
      runner.stop();
      if (sender != null) {
        // Behind what was still to be sent.
        control.execute(sender::close);
      }
    }

    @Override
    public void send(byte[] datagram) {
      if (sender == null) {
        return;
      }
      BfdSocket socket = sender;
      Runnable sending = () -> socket.send(datagram, new InetSocketAddress(remote, PORT));
      if (telling) {
        control.execute(sending);
      } else {
        sending.run();
      }
    }

    @Override
    public void heard() {
      // A router is where it is configured to be.
    }

    @Override
    public void pathChanged(PathLiveness path, String why) {
      if (path == PathLiveness.DEAD) {
        // Not from within the session's own step: what follows closes the link. And before the
        // packet that says Down: a router that reads it first closes the BGP session itself, and
        // neither end would then say why (RFC 9384).
        telling = true;
        control.execute(
            () -> {
              telling = false;
              if (!closed) {
                listener.pathDown(upstream, why);
              }
            });
      }
    }

    @Override
    public void stateChanged(BfdEffect.StateChanged change) {
      log.atLevel(change.from() == BfdState.UP ? Level.WARN : Level.INFO)
          .addKeyValue("upstream", upstream)
          .addKeyValue("from", change.from().label())
          .addKeyValue("to", change.to().label())
          .addKeyValue("why", change.why())
          .log("bfd");
    }
  }
}
