package io.landfall.bgp;

import io.landfall.bgp.Connection.Ending;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.core.Direction;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One BGP session with one peer as a pure step: events in, effects out, no sockets, no threads, no
 * clock.
 *
 * <p>RFC 4271 section 8 describes one FSM per connection and says that two connections may exist
 * for a while (section 6.8). Here that is two classes. A {@link Connection} is the FSM from
 * OpenSent on, one per byte stream. This class is the rest: {@link Phase} says what the session
 * does while it has no connection (Idle because it was stopped, Idle because it waits out a
 * failure, Connect, Active), and the list of connections says everything else. {@link #state} folds
 * both into the RFC's term.
 *
 * <table>
 * <caption>Events of the owner, and those of the RFC</caption>
 * <tr><td>Start</td><td>1 ManualStart, 3 AutomaticStart, 4 and 5 the passive ones</td></tr>
 * <tr><td>Stop</td><td>2 ManualStop, 8 AutomaticStop</td></tr>
 * <tr><td>Connected</td><td>16 Tcp_CR_Acked, 17 TcpConnectionConfirmed</td></tr>
 * <tr><td>ConnectFailed, Closed</td><td>18 TcpConnectionFails</td></tr>
 * <tr><td>Received</td><td>19 to 28, by message</td></tr>
 * <tr><td>Tick</td><td>9 to 13, whichever is due; 29 of RFC 9687</td></tr>
 * </table>
 *
 * <p><b>Effects.</b> The owner is handed them one after another, while {@link #step} runs, and what
 * one message led to before the next message is judged. So bytes that arrive together are events
 * one after another, however TCP has joined or cut them: the owner answers each in the state that
 * the one before left. It may send while it is handed an effect; it steps the session again only
 * after {@link #step} has returned. What is sent through a session that has ended meanwhile goes
 * nowhere: the last message of a session may bring routes and its end at once.
 *
 * <p><b>Writing.</b> The owner calls {@link #writeBlocked} when a Write found the stream's buffer
 * full, and sends {@code Writable} when it drained. In between runs the send hold timer (RFC 9687),
 * and nothing that a peer can ask for is queued: KEEPALIVEs and answers to ROUTE-REFRESH are owed,
 * one of each (see {@link Connection}). After a pause of its own the owner reads what has arrived
 * before it ticks, or a hold timer would blame the peer.
 *
 * <p><b>Collisions.</b> Of two connections the one that was opened by the side with the higher BGP
 * Identifier lives. That is decided when the second OPEN arrives, or at once while both wait for
 * OPEN, when the owner has given the peer's identifier beforehand: then both sides choose alike
 * before either has gone further. An Established connection is never given up for a new one.
 *
 * @param <P> the plane's prefix type
 */
public final class Session<P> {
  /** RFC 4271 section 6.8 has two. */
  private static final int MAX_CONNECTIONS = 2;

  private final SessionConfig config;
  private final Connection.Shared<P> shared;
  private final SessionStats stats = new SessionStats();
  private final Reconnect reconnect;
  private final FailedAttempts failures = new FailedAttempts();
  private final List<Connection<P>> connections = new ArrayList<>(MAX_CONNECTIONS);

  /** What the owner has not been handed yet. */
  private final List<SessionEffect<P>> asked = new ArrayList<>();

  private boolean stepping;

  /** A session in Idle that no listener watches. */
  public Session(SessionConfig config, PrefixCodec<P> codec, Rng jitter) {
    this(config, codec, jitter, Optional.empty());
  }

  /** A session in Idle. */
  public Session(
      SessionConfig config, PrefixCodec<P> codec, Rng jitter, Optional<SessionListener> watcher) {
    this.config = config;
    this.shared = new Connection.Shared<>(config, codec, jitter, stats, watcher.orElse(null));
    this.reconnect = new Reconnect(config, jitter);
  }

  /**
   * Applies one event.
   *
   * @param owner does what is asked for, one effect after another
   * @throws InvariantBroken when the owner steps the session while it is handed an effect
   */
  public void step(SessionEvent event, long nowNanos, Consumer<? super SessionEffect<P>> owner) {
    if (stepping) {
      throw new InvariantBroken("one event after another, not inside of one: " + event);
    }
    stepping = true;
    try {
      step(event, nowNanos, asked, owner);
      handOver(owner);
    } finally {
      stepping = false;
      asked.clear();
    }
  }

  private void step(
      SessionEvent event,
      long nowNanos,
      List<SessionEffect<P>> out,
      Consumer<? super SessionEffect<P>> owner) {
    switch (event) {
      case SessionEvent.Start start -> start(nowNanos, out);
      case SessionEvent.Stop(int subcode, String text) -> stop(subcode, text, nowNanos, out);
      case SessionEvent.Connected(long number, Direction direction) ->
          connected(number, direction, nowNanos, out);
      case SessionEvent.ConnectFailed(String why) -> connectFailed(why, nowNanos, out);
      case SessionEvent.Closed(long number, String why) -> closed(number, why, nowNanos, out);
      case SessionEvent.Received(long number, byte[] bytes) ->
          received(number, bytes, nowNanos, owner);
      case SessionEvent.Tick tick -> tick(nowNanos, out);
      case SessionEvent.Writable(long number) -> {
        Connection<P> connection = find(number);
        if (connection == null) {
          stats.countLateEvent();
        } else {
          connection.writable(nowNanos, out);
        }
      }
    }
  }

  private void handOver(Consumer<? super SessionEffect<P>> owner) {
    for (int i = 0; i < asked.size(); i++) {
      owner.accept(asked.get(i));
    }
    asked.clear();
  }

  private void start(long nowNanos, List<SessionEffect<P>> out) {
    // An operator's Start does not wait for the idle hold time; outside Idle it is ignored.
    if (reconnect.isIdle()) {
      begin(nowNanos, out);
    }
  }

  /** Asks for a connection, or waits for the peer's. */
  private void begin(long nowNanos, List<SessionEffect<P>> out) {
    if (reconnect.begin(nowNanos)) {
      out.add(new SessionEffect.Connect<>());
    }
  }

  private void stop(int subcode, String text, long nowNanos, List<SessionEffect<P>> out) {
    Ending ending = Ending.local(NotificationCodec.cease(subcode, text));
    for (Connection<P> connection : List.copyOf(connections)) {
      remove(connection, ending, nowNanos, out);
    }
    reconnect.stop();
  }

  private void connected(
      long number, Direction direction, long nowNanos, List<SessionEffect<P>> out) {
    if (find(number) != null) {
      throw new InvariantBroken("connection number " + number + " is in use");
    }
    if (direction.isOutgoing()) {
      reconnect.connected();
    }
    Connection<P> connection = new Connection<>(shared, number, direction);
    if (reconnect.isIdle()) {
      // RFC 4271 section 8.2.2: Idle refuses all connections.
      refuse(connection, NotificationCodes.CONNECTION_REJECTED, "the session is idle", out);
      return;
    }
    if (isEstablished()) {
      refuse(connection, NotificationCodes.COLLISION, "the session is Established", out);
      return;
    }
    Connection<P> rival = earlyRival();
    if (rival != null) {
      if (!isPreferred(connection, rival, (int) config.expectedRemoteId().orElseThrow())) {
        refuse(connection, NotificationCodes.COLLISION, "the other connection is preferred", out);
        return;
      }
      remove(rival, collision(), nowNanos, out);
    }
    if (connections.size() == MAX_CONNECTIONS) {
      refuse(connection, NotificationCodes.OUT_OF_RESOURCES, "a third connection", out);
      return;
    }
    connections.add(connection);
    connection.open(nowNanos, out);
  }

  private void refuse(
      Connection<P> connection, int subcode, String why, List<SessionEffect<P>> out) {
    BgpError error = NotificationCodec.cease(subcode, why);
    connection.notify(error, out);
    out.add(new SessionEffect.Close<>(connection.number(), error.text()));
    attemptFailed(failures.failed(error.text()), out);
  }

  private void connectFailed(String why, long nowNanos, List<SessionEffect<P>> out) {
    switch (reconnect.phase()) {
      case CONNECTING -> {
        reconnect.connectFailed(!connections.isEmpty(), nowNanos);
        attemptFailed(failures.failed(why), out);
      }
      case STOPPED, HOLDING, WAITING -> stats.countLateEvent();
    }
  }

  private void closed(long number, String why, long nowNanos, List<SessionEffect<P>> out) {
    Connection<P> connection = find(number);
    if (connection == null) {
      stats.countLateEvent();
    } else {
      connection.streamIsGone();
      ended(
          connection, Ending.silent(new DownReason(DownReason.By.PEER, 0, 0, why)), nowNanos, out);
    }
  }

  private void received(
      long number, byte[] bytes, long nowNanos, Consumer<? super SessionEffect<P>> owner) {
    Connection<P> connection = find(number);
    if (connection == null) {
      stats.countLateEvent();
      return;
    }
    connection.feed(bytes);
    while (judgeNext(connection, nowNanos, asked)) {
      handOver(owner);
    }
  }

  /** Judges one message; false when there is no whole one, or none is wanted any more. */
  private boolean judgeNext(Connection<P> connection, long nowNanos, List<SessionEffect<P>> out) {
    return switch (connection.next(nowNanos, out)) {
      case NOTHING -> {
        connection.answerOwed(out);
        yield false;
      }
      case CONTINUE -> true;
      case OPEN_ACCEPTED -> resolveCollision(connection, nowNanos, out);
      case ESTABLISHED -> {
        established(connection, nowNanos, out);
        yield true;
      }
      case ENDED -> {
        ended(connection, connection.ending(), nowNanos, out);
        yield false;
      }
    };
  }

  /** RFC 4271 section 6.8, on receipt of an OPEN; false when this connection is the loser. */
  private boolean resolveCollision(
      Connection<P> connection, long nowNanos, List<SessionEffect<P>> out) {
    Connection<P> other = otherThan(connection);
    if (other != null && other.state() == SessionState.OPEN_CONFIRM) {
      if (!isPreferred(connection, other, connection.remoteOpen().id())) {
        remove(connection, collision(), nowNanos, out);
        return false;
      }
      remove(other, collision(), nowNanos, out);
    }
    connection.confirm(nowNanos, out);
    return true;
  }

  private Ending collision() {
    return Ending.local(
        NotificationCodec.cease(NotificationCodes.COLLISION, "the other connection is preferred"));
  }

  /** The connection with which a new one collides already now, while both wait for OPEN. */
  private @Nullable Connection<P> earlyRival() {
    if (connections.size() != 1 || config.expectedRemoteId().isEmpty()) {
      return null;
    }
    Connection<P> existing = connections.getFirst();
    return existing.state() == SessionState.OPEN_SENT ? existing : null;
  }

  private boolean isPreferred(Connection<P> later, Connection<P> earlier, int remoteId) {
    return Collision.laterLives(config, remoteId, later.direction(), earlier.direction());
  }

  private void established(Connection<P> connection, long nowNanos, List<SessionEffect<P>> out) {
    Connection<P> other = otherThan(connection);
    if (other != null) {
      remove(other, collision(), nowNanos, out);
    }
    reconnect.established();
    failures.forget();
    stats.countEstablished();
    SessionListener watcher = shared.watcher();
    if (watcher != null) {
      byte[] sentOpen = OpenCodec.encode(config);
      watcher.up(connection.number(), connection.negotiated(), sentOpen, connection.openBytes());
    }
    out.add(new SessionEffect.Established<>(connection.number(), connection.negotiated()));
  }

  private void tick(long nowNanos, List<SessionEffect<P>> out) {
    for (Connection<P> connection : List.copyOf(connections)) {
      if (connection.tick(nowNanos, out) == Connection.Progress.ENDED) {
        ended(connection, connection.ending(), nowNanos, out);
      }
    }
    if (reconnect.isDue(nowNanos) && connections.isEmpty()) {
      begin(nowNanos, out);
    }
  }

  /** A connection ended by itself: takes it away, and decides what comes next. */
  private void ended(
      Connection<P> connection, Ending ending, long nowNanos, List<SessionEffect<P>> out) {
    remove(connection, ending, nowNanos, out);
    if (connections.isEmpty()) {
      boolean wasEstablished = connection.state() == SessionState.ESTABLISHED;
      // Never 0 when it was: the two moments may be one.
      long nanos = wasEstablished ? Math.max(1, nowNanos - connection.establishedAtNanos()) : 0;
      DownReason reason = ending.reason();
      reconnect.lost(IdleHold.damps(reason.code(), reason.subcode()), nanos, nowNanos);
    }
  }

  /** Sends the peer the reason, closes the stream, and reports to the owner. */
  private void remove(
      Connection<P> connection, Ending ending, long nowNanos, List<SessionEffect<P>> out) {
    connections.remove(connection);
    DownReason reason = ending.reason();
    ending.notification().ifPresent(error -> connection.notify(error, out));
    remember(ending, nowNanos);
    if (!connection.isStreamGone()) {
      out.add(new SessionEffect.Close<>(connection.number(), reason.text()));
    }
    if (connection.state() == SessionState.ESTABLISHED) {
      stats.down(reason, nowNanos);
      SessionListener watcher = shared.watcher();
      if (watcher != null) {
        Optional<byte[]> sent = ending.notification().map(BgpError::toMessage);
        watcher.down(reason, sent.orElseGet(connection::notificationBytes));
      }
      out.add(new SessionEffect.Down<>(reason));
    } else {
      attemptFailed(failures.failed(reason), out);
    }
  }

  /** Keeps the NOTIFICATION that ended a connection for showing, unless it resolved a collision. */
  private void remember(Ending ending, long nowNanos) {
    DownReason reason = ending.reason();
    if (reason.code() == NotificationCodes.CEASE
        && reason.subcode() == NotificationCodes.COLLISION) {
      return;
    }
    ending.notification().ifPresent(error -> stats.notificationSent(error, nowNanos));
    if (reason.byPeer() && reason.code() > 0) {
      stats.notificationReceived(reason, nowNanos);
    }
  }

  private void attemptFailed(String why, List<SessionEffect<P>> out) {
    stats.countFailedAttempt(why);
    out.add(new SessionEffect.AttemptFailed<>(why));
  }

  /** The connection with a number; an event for one that is gone is late, counted, and harmless. */
  private @Nullable Connection<P> find(long number) {
    for (Connection<P> connection : connections) {
      if (connection.number() == number) {
        return connection;
      }
    }
    return null;
  }

  // Connections are compared as the objects they are.
  @SuppressWarnings("ReferenceEquality")
  private @Nullable Connection<P> otherThan(Connection<P> one) {
    for (Connection<P> connection : connections) {
      if (connection != one) {
        return connection;
      }
    }
    return null;
  }

  private boolean isEstablished() {
    return state() == SessionState.ESTABLISHED;
  }

  private @Nullable Connection<P> establishedConnection() {
    for (Connection<P> connection : connections) {
      if (connection.state() == SessionState.ESTABLISHED) {
        return connection;
      }
    }
    return null;
  }

  /**
   * Encodes routes for the peer, in one or more messages of the negotiated size.
   *
   * @return the messages; none when the session is not Established
   */
  public List<SessionEffect.Write<P>> send(UpdateMessage<P> update, long nowNanos) {
    List<SessionEffect.Write<P>> out = new ArrayList<>(1);
    Connection<P> connection = establishedConnection();
    if (connection != null) {
      connection.send(update, nowNanos, out);
    }
    return out;
  }

  /**
   * Asks the peer for all its routes again (RFC 2918); asks nothing of a peer that cannot do it.
   *
   * @return the message; none when the session is not Established
   */
  public List<SessionEffect.Write<P>> requestRefresh(Family family, long nowNanos) {
    List<SessionEffect.Write<P>> out = new ArrayList<>(1);
    Connection<P> connection = establishedConnection();
    if (connection != null
        && connection.negotiated().routeRefresh()
        && family.isIn(connection.negotiated().families())) {
      connection.sendRefresh(family, RefreshCodec.NORMAL, out);
    }
    return out;
  }

  /**
   * Answers a refresh with BoRR (1) or EoRR (2) of RFC 7313, when the peer understands it.
   *
   * @return the message; none when the session is not Established
   */
  public List<SessionEffect.Write<P>> sendRefreshMarker(Family family, int subtype, long nowNanos) {
    List<SessionEffect.Write<P>> out = new ArrayList<>(1);
    Connection<P> connection = establishedConnection();
    if (connection != null
        && connection.remoteOpen().capabilities().has(Capabilities.Extension.ENHANCED_ROUTE_REFRESH)
        && family.isIn(connection.negotiated().families())) {
      connection.sendRefresh(family, subtype, out);
    }
    return out;
  }

  /**
   * Reports that a Write found the stream's buffer full: the send hold timer runs until {@code
   * Writable} (RFC 9687). KEEPALIVEs that fall due meanwhile are not queued.
   */
  public void writeBlocked(long connection, long nowNanos) {
    Connection<P> blocked = find(connection);
    if (blocked != null) {
      blocked.writeBlocked(nowNanos);
    }
  }

  /**
   * Reports that a Write found the stream's buffer full, and that nothing is read from it either
   * until {@code Writable}. As {@link #writeBlocked}, and the hold timer rests: who is not listened
   * to is not blamed for silence. The send hold timer decides.
   */
  public void stalled(long connection, long nowNanos) {
    Connection<P> blocked = find(connection);
    if (blocked != null) {
      blocked.stalled(nowNanos);
    }
  }

  /** When the next Tick is due, by the monotonic clock; empty when no timer runs. */
  public OptionalLong deadlineNanos() {
    OptionalLong earliest = reconnect.deadlineNanos();
    for (Connection<P> connection : connections) {
      OptionalLong own = connection.deadlineNanos();
      if (own.isPresent() && (earliest.isEmpty() || own.getAsLong() - earliest.getAsLong() < 0)) {
        earliest = own;
      }
    }
    return earliest;
  }

  /** The state of the connection that is furthest along. */
  public SessionState state() {
    SessionState state = reconnect.state();
    for (Connection<P> connection : connections) {
      if (connection.state().compareTo(state) > 0) {
        state = connection.state();
      }
    }
    return state;
  }

  /** What was negotiated, while Established. */
  public Optional<Negotiated> negotiated() {
    return Optional.ofNullable(establishedConnection()).map(Connection::negotiated);
  }

  /** The peer's OPEN, while Established; for showing. */
  public Optional<OpenMessage> remoteOpen() {
    return Optional.ofNullable(establishedConnection()).map(Connection::remoteOpen);
  }

  /** The OPEN that this side sends, read back from its bytes; for showing. */
  public OpenMessage localOpen() {
    byte[] open = OpenCodec.encode(config);
    return switch (OpenCodec.decode(open, MessageType.HEADER_BYTES, open.length)) {
      case OpenCodec.Decoded.Good(OpenMessage message) -> message;
      case OpenCodec.Decoded.Bad(BgpError error) ->
          throw new InvariantBroken("our own OPEN is well formed: " + error.text());
    };
  }

  /** How many prefixes the peer has announced and not withdrawn, before filtering. */
  public int prefixesReceived() {
    Connection<P> connection = establishedConnection();
    return connection == null ? 0 : connection.prefixesHeld();
  }

  /** What this session is configured with. */
  public SessionConfig config() {
    return config;
  }

  /** What this session has counted. */
  public SessionStats stats() {
    return stats;
  }

  @Override
  public String toString() {
    return "session AS " + config.localAs() + " with AS " + config.remoteAs() + " " + state();
  }
}
