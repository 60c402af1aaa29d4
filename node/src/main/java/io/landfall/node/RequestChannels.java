package io.landfall.node;

import io.landfall.control.RequestAdmission.Verdict;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Timers;
import io.landfall.transport.Sockets;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections on which other nodes forward requests to this one. A handshake looks at a
 * certificate once and a connection may live for days, so each is judged again whenever something
 * changes about its node: requests are served while the node is live ({@link
 * io.landfall.control.RequestAdmission}), wait for a moment while its session comes up, and are
 * refused otherwise, so that the other node tries them elsewhere. Whoever is revoked or expires is
 * cut off, as its BGP session is (design section 7).
 *
 * <p>On the control thread, but for {@link #add} and {@link #size}.
 */
final class RequestChannels {
  /** The most connections of one node; its edge opens a few for each of its event loops. */
  static final int MAX_PER_PEER = 1024;

  /** The most connections that wait for a session, of all nodes together. */
  static final int MAX_WAITING = 256;

  /** The most connections of one node that wait for its session. */
  static final int MAX_WAITING_PER_PEER = 32;

  /** How long a connection waits for the session of its node. */
  static final long WAIT_MILLIS = 2_000;

  /** The node has as many connections as it may have. */
  static final String TOO_MANY_CHANNELS = "too-many-channels";

  private static final Logger log = LoggerFactory.getLogger("landfall.overlay.port");

  private final ControlLoop control;
  private final BiFunction<PeerIdentity, InetAddress, Verdict> rules;

  /** Any thread: how many connections a node has. */
  private final Map<HostAddress, Integer> counts = new ConcurrentHashMap<>();

  private final TreeMap<HostAddress, Map<Channel, Connection>> connections = new TreeMap<>();
  private int waiting;
  private Revocations revocations = Revocations.NONE;

  /** What is done with a connection; on any thread. */
  interface Door {
    /** Its requests are served. */
    void open();

    /** Its requests are refused, and it ends when those under way are done. */
    void refuse();

    /** It was refused for a rule, which is to be counted and perhaps logged. */
    void refused(String rule, String sentence);
  }

  private enum State {
    WAITING,
    SERVED,
    ENDING
  }

  /**
   * No connections yet.
   *
   * @param rules what becomes of the requests of a peer that connected from an address
   */
  RequestChannels(ControlLoop control, BiFunction<PeerIdentity, InetAddress, Verdict> rules) {
    this.control = control;
    this.rules = rules;
  }

  /**
   * Takes note of a connection whose requests wait, and judges it on the control thread; false when
   * its node has too many already. Any thread.
   */
  boolean add(Channel channel, PeerIdentity peer, Door door) {
    if (counts.merge(peer.identity(), 1, Integer::sum) > MAX_PER_PEER) {
      leave(peer);
      door.refused(TOO_MANY_CHANNELS, peer.label() + " has " + MAX_PER_PEER + " already");
      return false;
    }
    Connection connection = new Connection(channel, peer, door);
    control.execute(connection::arrive);
    channel
        .closeFuture()
        .addListener(
            gone -> {
              leave(peer);
              control.execute(connection::end);
            });
    return true;
  }

  private void leave(PeerIdentity peer) {
    counts.computeIfPresent(peer.identity(), (identity, count) -> count == 1 ? null : count - 1);
  }

  /** How many connections there are. */
  int size() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Something changed about a node: its connections are judged again. */
  void changed(HostAddress identity) {
    Map<Channel, Connection> of = connections.get(identity);
    if (of != null) {
      List.copyOf(of.values()).forEach(connection -> connection.judge(false));
    }
  }

  /** The same for nodes whose routes changed, as offsets in the block of the identities. */
  void changed(int[] offsets) {
    if (connections.isEmpty()) {
      return;
    }
    for (int offset : offsets) {
      changed(new HostAddress(connections.firstKey().block(), offset));
    }
  }

  /**
   * Closes the connections of nodes that are revoked, or whose certificate has run out.
   *
   * @param list the list in force
   * @return whose connections were closed
   */
  NavigableSet<NodeName> cut(Revocations list, long wallMillis) {
    revocations = list;
    NavigableSet<NodeName> cut = new TreeSet<>();
    for (Map<Channel, Connection> of : connections.values()) {
      for (Connection connection : of.values()) {
        if ((isRevoked(connection.peer) || wallMillis > connection.peer.notAfterMillis())
            && connection.cut()) {
          cut.add(connection.peer.name());
        }
      }
    }
    return cut;
  }

  private boolean isRevoked(PeerIdentity peer) {
    return revocations.reasonFor(peer).isPresent();
  }

  /** One connection. */
  private final class Connection {
    private final Channel channel;
    private final PeerIdentity peer;
    private final InetAddress from;
    private final Door door;
    private State state = State.WAITING;
    private boolean known;
    private boolean gone;
    private boolean cut;
    private Timers.Cancellable timeout = () -> {};

    Connection(Channel channel, PeerIdentity peer, Door door) {
      this.channel = channel;
      this.peer = peer;
      this.from =
          channel.remoteAddress() instanceof InetSocketAddress at
              ? at.getAddress()
              : InetAddress.getLoopbackAddress();
      this.door = door;
    }

    void arrive() {
      if (gone) {
        return;
      }
      known = true;
      waiting++;
      Map<Channel, Connection> of =
          connections.computeIfAbsent(peer.identity(), i -> new LinkedHashMap<>());
      of.put(channel, this);
      long waitingToo = of.values().stream().filter(each -> each.state == State.WAITING).count();
      judge(waiting > MAX_WAITING || waitingToo > MAX_WAITING_PER_PEER);
      if (state == State.WAITING) {
        timeout = control.schedule(TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS), () -> judge(true));
      }
    }

    /** Serves, refuses or lets wait, the last not any longer if this is the last look. */
    void judge(boolean last) {
      if (state == State.ENDING) {
        return;
      }
      if (isRevoked(peer)) {
        // Since its handshake.
        cut();
        door.refused(AdmissionRule.REVOKED.label(), peer.label() + " is revoked");
        return;
      }
      switch (rules.apply(peer, from)) {
        case Verdict.Live live -> {
          if (state == State.WAITING) {
            become(State.SERVED);
            door.open();
          }
        }
        case Verdict.Refused refused -> {
          boolean served = state == State.SERVED;
          if (served || last || !refused.mayCome()) {
            become(State.ENDING);
            door.refuse();
            if (!served) {
              door.refused(refused.rule(), refused.sentence());
            }
          }
        }
      }
    }

    private void become(State next) {
      if (state == State.WAITING) {
        waiting--;
        timeout.cancel();
      }
      state = next;
    }

    /**
     * Ends it with the requests under way, whether or not the peer reads, and also when it was
     * refused already because its session went: that lets them finish. False when it was cut.
     */
    boolean cut() {
      if (cut) {
        return false;
      }
      cut = true;
      become(State.ENDING);
      log.warn(
          "requests cut peer={} why=\"its certificate is revoked or has expired\"", peer.name());
      Sockets.closeAtOnce(channel);
      return true;
    }

    void end() {
      gone = true;
      if (known) {
        become(State.ENDING);
        Map<Channel, Connection> of = connections.get(peer.identity());
        if (of != null && of.remove(channel) != null && of.isEmpty()) {
          connections.remove(peer.identity());
        }
      }
    }
  }
}
