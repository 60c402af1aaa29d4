package io.landfall.control;

import io.landfall.control.RequestAdmission.Verdict;
import io.landfall.core.HostAddress;
import io.landfall.core.Machine;
import io.landfall.core.Now;
import io.landfall.trust.AdmissionRule;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The connections on which other nodes forward requests to this one. A handshake looks at a
 * certificate once and a connection may live for days, so each is judged again whenever something
 * changes about its node: requests are served while the node is live ({@link RequestAdmission}),
 * wait for a moment while its session comes up, and are refused otherwise, so that the other node
 * tries them elsewhere. A node that is revoked or expires is cut off, as its BGP session is.
 */
public final class RequestConnections implements Machine<RequestEvent, RequestEffect> {
  /** The most connections that wait for a session, of all nodes together. */
  public static final int MAX_WAITING = 256;

  /** The most connections of one node that wait for its session. */
  public static final int MAX_WAITING_PER_PEER = 32;

  /** How long a connection waits for the session of its node. */
  public static final long WAIT_MILLIS = 2_000;

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final BiFunction<PeerIdentity, InetAddress, Verdict> rules;
  private final TreeMap<HostAddress, TreeMap<Long, Connection>> bySender = new TreeMap<>();
  private final TreeMap<Long, Connection> connections = new TreeMap<>();

  /** In the order of their deadlines, since all wait equally long. */
  private final Map<Long, Connection> waiting = new LinkedHashMap<>();

  private Revocations revocations = Revocations.NONE;

  private enum State {
    WAITING,
    SERVED,
    ENDING
  }

  /** One connection. */
  private static final class Connection {
    final long number;
    final PeerIdentity peer;
    final InetAddress from;
    final long deadlineNanos;
    State state = State.WAITING;
    boolean cut;

    Connection(RequestEvent.Arrived arrived, long deadlineNanos) {
      this.number = arrived.connection();
      this.peer = arrived.peer();
      this.from = arrived.from();
      this.deadlineNanos = deadlineNanos;
    }
  }

  /**
   * No connections yet.
   *
   * @param rules what becomes of the requests of a peer that connected from an address
   */
  public RequestConnections(BiFunction<PeerIdentity, InetAddress, Verdict> rules) {
    this.rules = rules;
  }

  @Override
  public List<RequestEffect> step(RequestEvent event, Now now) {
    List<RequestEffect> out = new ArrayList<>();
    switch (event) {
      case RequestEvent.Arrived arrived -> arrived(arrived, now, out);
      case RequestEvent.Gone(long number) -> gone(number);
      case RequestEvent.SenderChanged(HostAddress sender) -> changed(sender, out);
      case RequestEvent.RoutesChanged(int[] offsets) -> {
        if (!bySender.isEmpty()) {
          for (int offset : offsets) {
            changed(new HostAddress(bySender.firstKey().block(), offset), out);
          }
        }
      }
      case RequestEvent.RightsChecked(Revocations list, long wallMillis) ->
          checkRights(list, wallMillis, out);
      case RequestEvent.Tick _ -> tick(now, out);
    }
    return out;
  }

  @Override
  public OptionalLong deadlineNanos() {
    return waiting.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(waiting.values().iterator().next().deadlineNanos);
  }

  private void arrived(RequestEvent.Arrived arrived, Now now, List<RequestEffect> out) {
    Connection connection =
        new Connection(arrived, now.monotonicNanos() + WAIT_MILLIS * NANOS_PER_MILLI);
    connections.put(connection.number, connection);
    TreeMap<Long, Connection> ofSender =
        bySender.computeIfAbsent(connection.peer.identity(), i -> new TreeMap<>());
    ofSender.put(connection.number, connection);
    waiting.put(connection.number, connection);
    long waitingToo =
        ofSender.values().stream().filter(each -> each.state == State.WAITING).count();
    judge(connection, waiting.size() > MAX_WAITING || waitingToo > MAX_WAITING_PER_PEER, out);
  }

  private void gone(long number) {
    Connection connection = connections.remove(number);
    if (connection == null) {
      return;
    }
    become(connection, State.ENDING);
    TreeMap<Long, Connection> ofSender = bySender.get(connection.peer.identity());
    if (ofSender != null && ofSender.remove(number) != null && ofSender.isEmpty()) {
      bySender.remove(connection.peer.identity());
    }
  }

  private void changed(HostAddress sender, List<RequestEffect> out) {
    TreeMap<Long, Connection> ofSender = bySender.get(sender);
    if (ofSender != null) {
      ofSender.values().forEach(connection -> judge(connection, false, out));
    }
  }

  private void tick(Now now, List<RequestEffect> out) {
    for (Connection connection : List.copyOf(waiting.values())) {
      if (now.monotonicNanos() - connection.deadlineNanos < 0) {
        return;
      }
      judge(connection, true, out);
    }
  }

  private void checkRights(Revocations list, long wallMillis, List<RequestEffect> out) {
    revocations = list;
    for (Connection connection : connections.values()) {
      if (isRevoked(connection.peer) || wallMillis > connection.peer.notAfterMillis()) {
        cut(connection, out);
      }
    }
  }

  private boolean isRevoked(PeerIdentity peer) {
    return revocations.reasonFor(peer).isPresent();
  }

  /** Serves, refuses or lets wait, the last not any longer if this is the last look. */
  private void judge(Connection connection, boolean last, List<RequestEffect> out) {
    if (connection.state == State.ENDING) {
      return;
    }
    if (isRevoked(connection.peer)) {
      // Since its handshake.
      cut(connection, out);
      out.add(
          new RequestEffect.Count(
              connection.number,
              AdmissionRule.REVOKED.label(),
              connection.peer.label() + " is revoked"));
      return;
    }
    switch (rules.apply(connection.peer, connection.from)) {
      case Verdict.Live _ -> {
        if (connection.state == State.WAITING) {
          become(connection, State.SERVED);
          out.add(new RequestEffect.Serve(connection.number));
        }
      }
      case Verdict.Refused(String rule, String sentence, boolean mayCome) -> {
        boolean served = connection.state == State.SERVED;
        if (served || last || !mayCome) {
          become(connection, State.ENDING);
          out.add(new RequestEffect.Refuse(connection.number));
          if (!served) {
            out.add(new RequestEffect.Count(connection.number, rule, sentence));
          }
        }
      }
    }
  }

  private void become(Connection connection, State next) {
    if (connection.state == State.WAITING) {
      waiting.remove(connection.number);
    }
    connection.state = next;
  }

  /** Also when it was refused already because its session went: that lets requests finish. */
  private void cut(Connection connection, List<RequestEffect> out) {
    if (!connection.cut) {
      connection.cut = true;
      become(connection, State.ENDING);
      out.add(new RequestEffect.Cut(connection.number, connection.peer.name()));
    }
  }
}
