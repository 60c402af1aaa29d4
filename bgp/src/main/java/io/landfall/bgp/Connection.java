package io.landfall.bgp;

import io.landfall.bgp.Capabilities.Extension;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.core.Direction;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Rng;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One byte stream of a session, from OpenSent on: the half of the FSM of RFC 4271 section 8.2.2
 * that each connection has for itself. {@link Session} owns the other half: when to connect, which
 * of two connections lives, and what happens after one ended.
 *
 * <p>Every message type in every state has an answer in {@link #openSent}, {@link #openConfirm} and
 * {@link #established}. A connection that ended reports why and does nothing more.
 *
 * <p>A peer can ask for its routes again in 23 bytes, and as often as it likes. It is answered at
 * once while little has been written since the last read, {@link #ANSWERS_PER_READ_BYTES}; beyond
 * that, and while the stream takes nothing, one answer per family is owed, which is given when all
 * that was read is judged, or when the stream has drained. So a peer that reads nothing makes this
 * side hold a bounded number of bytes.
 *
 * @param <P> the plane's prefix type
 */
final class Connection<P> {
  /** What one message, or one tick, led to. */
  enum Progress {
    /** Nothing is left to do. */
    NOTHING,
    /** Go on with the next message. */
    CONTINUE,
    /** The peer's OPEN is acceptable; the session resolves collisions, then confirms. */
    OPEN_ACCEPTED,
    /** The connection is Established. */
    ESTABLISHED,
    /** The connection ended; see {@link #ending}. */
    ENDED
  }

  /**
   * Why a connection ended.
   *
   * @param reason for the owner
   * @param notification what the peer is to be sent, if anything
   */
  record Ending(DownReason reason, Optional<BgpError> notification) {
    static Ending local(BgpError error) {
      return new Ending(DownReason.byUs(error), Optional.of(error));
    }

    static Ending silent(DownReason reason) {
      return new Ending(reason, Optional.empty());
    }
  }

  /** What all connections of a session share. */
  record Shared<P>(
      SessionConfig config,
      PrefixCodec<P> codec,
      Rng jitter,
      SessionStats stats,
      @Nullable SessionListener watcher) {}

  /**
   * How long the peer may take to send OPEN. RFC 4271 suggests four minutes for a hold time of 90
   * s; beside a hold time of seconds that would keep a dead stream for far too long.
   */
  private static final int MIN_OPEN_WAIT_SECONDS = 30;

  private static final int MAX_OPEN_WAIT_SECONDS = 240;

  /**
   * How much may be written to a stream in answer to one read before further refreshes are owed and
   * not answered one by one. Far above what a well-behaved peer asks for at a time.
   */
  static final int ANSWERS_PER_READ_BYTES = 16 * 1024;

  private final Shared<P> shared;
  private final long number;
  private final Direction direction;
  private final MessageReader reader = new MessageReader();
  private final ReceivedPrefixes received;

  private final ConnectionTimers timers;
  private boolean streamGone;

  private SessionState state = SessionState.CONNECT;
  private @Nullable OpenMessage remoteOpen;
  private @Nullable Negotiated negotiated;
  private @Nullable UpdateDecoder<P> decoder;
  private @Nullable UpdateEncoder<P> encoder;
  private @Nullable Ending ending;

  /** The peer's OPEN and NOTIFICATION as they came; kept only when a listener is set. */
  private byte[] openBytes = {};

  private byte[] notificationBytes = {};
  private long establishedAtNanos;

  /** How many bytes were written since the last read. */
  private long writtenBytes;

  /**
   * Bit set of the families whose refresh the peer has asked for and the owner has not been given.
   */
  private int owedRefreshes;

  Connection(Shared<P> shared, long number, Direction direction) {
    this.shared = shared;
    this.number = number;
    this.direction = direction;
    this.timers =
        new ConnectionTimers(shared.jitter(), shared.config().options().sendHoldTimeSeconds());
    this.received = new ReceivedPrefixes(shared.config().options().receiveLimit(), shared.jitter());
  }

  /** Sends OPEN and waits for the peer's. */
  void open(long nowNanos, List<SessionEffect<P>> out) {
    SessionConfig config = shared.config();
    int wait =
        config.options().openWaitSeconds() > 0
            ? config.options().openWaitSeconds()
            : Math.clamp(config.holdTimeSeconds(), MIN_OPEN_WAIT_SECONDS, MAX_OPEN_WAIT_SECONDS);
    timers.awaitOpen(nowNanos, wait);
    // RFC 8654 section 4: who offers to take long messages, as this OPEN does, takes them.
    reader.allow(MessageType.MAX_EXTENDED_BYTES);
    state = SessionState.OPEN_SENT;
    write(MessageType.OPEN, OpenCodec.encode(shared.config()), out);
  }

  void feed(byte[] bytes) {
    writtenBytes = 0;
    reader.feed(bytes);
  }

  /** Handles the next whole message, if there is one. */
  Progress next(long nowNanos, List<SessionEffect<P>> out) {
    return switch (reader.poll()) {
      case NEED_MORE -> Progress.NOTHING;
      case ERROR -> end(reader.error());
      case MESSAGE -> {
        shared.stats().countReceived(reader.type());
        if (reader.type() == MessageType.NOTIFICATION) {
          yield endedByPeer();
        }
        yield switch (state) {
          case OPEN_SENT -> openSent();
          case OPEN_CONFIRM -> openConfirm(nowNanos);
          case ESTABLISHED -> established(nowNanos, out);
          case IDLE, CONNECT, ACTIVE ->
              throw new InvariantBroken("a connection reads nothing before its OPEN: " + state);
        };
      }
    };
  }

  private Progress openSent() {
    return switch (reader.type()) {
      case OPEN -> open();
      case UPDATE, KEEPALIVE, ROUTE_REFRESH -> end(fsmError(state, reader.type().code()));
      case NOTIFICATION -> endedByPeer();
    };
  }

  private Progress open() {
    return switch (OpenCodec.decode(reader.array(), reader.bodyFrom(), reader.bodyTo())) {
      case OpenCodec.Decoded.Bad(BgpError error) -> end(error);
      case OpenCodec.Decoded.Good(OpenMessage open) -> {
        Optional<BgpError> broken = OpenRules.check(shared.config(), open);
        shared.stats().countOffered(open.capabilities(), OpenRules.familyBits(shared.config()));
        remoteOpen = open;
        openBytes = shared.watcher() == null ? openBytes : reader.message();
        yield broken.isPresent() ? end(broken.get()) : Progress.OPEN_ACCEPTED;
      }
    };
  }

  /** Accepts the peer's OPEN: answers KEEPALIVE, and waits for the peer's. */
  void confirm(long nowNanos, List<SessionEffect<P>> out) {
    OpenMessage open = remoteOpen;
    if (open == null) {
      throw new InvariantBroken("only an OPEN that was received is confirmed");
    }
    SessionConfig config = shared.config();
    Negotiated agreed = OpenRules.negotiate(config, open);
    boolean both = config.families().size() == Family.values().length;
    boolean extendedNextHop = both && open.capabilities().has(Extension.EXTENDED_NEXT_HOP);
    negotiated = agreed;
    DecodeRules rules =
        new DecodeRules(
            config.internal(),
            config.remoteAs(),
            config.options().role(),
            agreed.families(),
            agreed.addPathReceive(),
            extendedNextHop);
    decoder = new UpdateDecoder<>(rules, shared.codec(), received);
    encoder = new UpdateEncoder<>(config, shared.codec(), agreed, extendedNextHop);
    state = SessionState.OPEN_CONFIRM;
    timers.negotiated(nowNanos, agreed.holdTimeSeconds());
    sendKeepalive(nowNanos, out);
  }

  private Progress openConfirm(long nowNanos) {
    return switch (reader.type()) {
      case KEEPALIVE -> {
        state = SessionState.ESTABLISHED;
        establishedAtNanos = nowNanos;
        timers.messageReceived(nowNanos);
        yield Progress.ESTABLISHED;
      }
      case OPEN, UPDATE, ROUTE_REFRESH -> end(fsmError(state, reader.type().code()));
      case NOTIFICATION -> endedByPeer();
    };
  }

  private Progress established(long nowNanos, List<SessionEffect<P>> out) {
    return switch (reader.type()) {
      case KEEPALIVE -> {
        timers.messageReceived(nowNanos);
        yield Progress.CONTINUE;
      }
      case UPDATE -> {
        timers.messageReceived(nowNanos);
        yield update(out);
      }
      case ROUTE_REFRESH -> refresh(out);
      case OPEN -> end(fsmError(state, reader.type().code()));
      case NOTIFICATION -> endedByPeer();
    };
  }

  private Progress update(List<SessionEffect<P>> out) {
    UpdateDecoder<P> decoder = this.decoder;
    if (decoder == null) {
      throw new InvariantBroken("an Established connection has a decoder");
    }
    SessionListener watcher = shared.watcher();
    if (watcher != null && watcher.wantsUpdates()) {
      watcher.update(reader.message());
    }
    switch (decoder.decode(reader.array(), reader.bodyFrom(), reader.bodyTo())) {
      case UpdateDecoder.Result.Reset<P>(BgpError error) -> {
        shared.stats().countUpdate(ErrorRung.SESSION_RESET);
        return end(error);
      }
      case UpdateDecoder.Result.Updates<P>(List<UpdateMessage<P>> updates, ErrorRung rung) -> {
        shared.stats().countUpdate(rung);
        for (UpdateMessage<P> update : updates) {
          shared.stats().countRefused(update.refused());
          out.add(new SessionEffect.Update<>(update));
        }
      }
    }
    return received.isOverLimit() ? end(tooManyPrefixes()) : Progress.CONTINUE;
  }

  /** RFC 4486 section 4: the data names a family and the bound. */
  private BgpError tooManyPrefixes() {
    int limit = shared.config().options().receiveLimit();
    Family family = shared.config().families().getFirst();
    byte[] data = new byte[7];
    Wire.putU16(data, 0, family.afi());
    data[2] = (byte) family.safi();
    Wire.putU32(data, 3, limit);
    return new BgpError(
        NotificationCodes.CEASE,
        NotificationCodes.MAX_PREFIXES,
        data,
        "the peer sent more than " + limit + " prefixes");
  }

  private Progress refresh(List<SessionEffect<P>> out) {
    boolean enhanced = remoteOpen().capabilities().has(Extension.ENHANCED_ROUTE_REFRESH);
    byte[] array = reader.array();
    int from = reader.bodyFrom();
    return switch (RefreshCodec.decode(array, from, reader.bodyTo(), enhanced)) {
      case RefreshCodec.Decoded.Bad(BgpError error) -> end(error);
      case RefreshCodec.Decoded.Ignored() -> Progress.CONTINUE;
      case RefreshCodec.Decoded.Good(Family family, int subtype) -> {
        if (family.isIn(negotiated().families())) {
          if (subtype == RefreshCodec.NORMAL && isAnswerOwed()) {
            owedRefreshes |= family.bit();
          } else {
            out.add(new SessionEffect.Refresh<>(family, subtype));
          }
        }
        yield Progress.CONTINUE;
      }
    };
  }

  private boolean isAnswerOwed() {
    return timers.isBlocked() || writtenBytes >= ANSWERS_PER_READ_BYTES;
  }

  /** Hands on the refreshes that are owed, one for each family, unless the stream is blocked. */
  void answerOwed(List<SessionEffect<P>> out) {
    if (owedRefreshes == 0 || timers.isBlocked()) {
      return;
    }
    for (Family family : Family.values()) {
      if (family.isIn(owedRefreshes)) {
        out.add(new SessionEffect.Refresh<>(family, RefreshCodec.NORMAL));
      }
    }
    owedRefreshes = 0;
  }

  /** Runs the timers that are due. */
  Progress tick(long nowNanos, List<SessionEffect<P>> out) {
    if (timers.sendHoldExpired(nowNanos)) {
      // RFC 9687 section 4.3: the stream takes nothing, so a NOTIFICATION could not leave either.
      BgpError error = new BgpError(NotificationCodes.SEND_HOLD_TIMER, 0, "");
      ending = Ending.silent(DownReason.byUs(error));
      return Progress.ENDED;
    }
    if (timers.holdExpired(nowNanos)) {
      return end(new BgpError(NotificationCodes.HOLD_TIMER, 0, "nothing was received in " + state));
    }
    if (timers.keepaliveDue(nowNanos)) {
      sendKeepalive(nowNanos, out);
    }
    return Progress.CONTINUE;
  }

  /** The stream takes no more for now. */
  void writeBlocked(long nowNanos) {
    timers.writeBlocked(nowNanos);
  }

  /** The stream takes no more for now, and nothing is read from it meanwhile. */
  void stalled(long nowNanos) {
    timers.stalled(nowNanos);
  }

  /** The stream has drained. */
  void writable(long nowNanos, List<SessionEffect<P>> out) {
    timers.writable(nowNanos);
    if (timers.keepaliveDue(nowNanos)) {
      sendKeepalive(nowNanos, out);
    }
    answerOwed(out);
  }

  void send(UpdateMessage<P> update, long nowNanos, List<? super SessionEffect.Write<P>> out) {
    UpdateEncoder<P> encoder = this.encoder;
    if (encoder == null) {
      throw new InvariantBroken("an Established connection has an encoder");
    }
    for (byte[] bytes : encoder.encode(update)) {
      writtenBytes += bytes.length;
      out.add(new SessionEffect.Write<>(number, bytes));
    }
    shared.stats().countSent(MessageType.UPDATE, encoder.messages());
    shared.stats().countUnsendable(encoder.unsendable());
    if (encoder.messages() > 0) {
      timers.messageSent(nowNanos);
    }
  }

  void sendRefresh(Family family, int subtype, List<? super SessionEffect.Write<P>> out) {
    write(MessageType.ROUTE_REFRESH, RefreshCodec.encode(family, subtype), out);
  }

  private void sendKeepalive(long nowNanos, List<SessionEffect<P>> out) {
    write(MessageType.KEEPALIVE, MessageType.KEEPALIVE.frame(MessageType.HEADER_BYTES), out);
    timers.messageSent(nowNanos);
  }

  private void write(MessageType type, byte[] message, List<? super SessionEffect.Write<P>> out) {
    writtenBytes += message.length;
    shared.stats().countSent(type, 1);
    out.add(new SessionEffect.Write<>(number, message));
  }

  /** Sends the peer the reason, unless the stream takes nothing any more. */
  void notify(BgpError error, List<SessionEffect<P>> out) {
    if (!timers.isBlocked()) {
      write(MessageType.NOTIFICATION, error.toMessage(), out);
    }
  }

  private Progress end(BgpError error) {
    ending = Ending.local(error);
    return Progress.ENDED;
  }

  private Progress endedByPeer() {
    notificationBytes = shared.watcher() == null ? notificationBytes : reader.message();
    ending =
        Ending.silent(NotificationCodec.decode(reader.array(), reader.bodyFrom(), reader.bodyTo()));
    return Progress.ENDED;
  }

  /** RFC 6608: the subcode names the state, the data the message's type. */
  private static BgpError fsmError(SessionState state, int type) {
    int subcode =
        switch (state) {
          case OPEN_SENT -> NotificationCodes.UNEXPECTED_IN_OPEN_SENT;
          case OPEN_CONFIRM -> NotificationCodes.UNEXPECTED_IN_OPEN_CONFIRM;
          case ESTABLISHED -> NotificationCodes.UNEXPECTED_IN_ESTABLISHED;
          case IDLE, CONNECT, ACTIVE -> 0;
        };
    String what = MessageType.of(type).map(MessageType::name).orElse("message " + type);
    return new BgpError(NotificationCodes.FSM, subcode, new byte[] {(byte) type}, what);
  }

  /** The peer's OPEN as it came; empty when no listener watches. */
  byte[] openBytes() {
    return openBytes;
  }

  /** The peer's NOTIFICATION as it came; empty when there was none, or when no listener watches. */
  byte[] notificationBytes() {
    return notificationBytes;
  }

  OptionalLong deadlineNanos() {
    return timers.deadlineNanos();
  }

  /** The owner reports that the stream ended, so it is not to be closed again. */
  void streamIsGone() {
    streamGone = true;
  }

  boolean isStreamGone() {
    return streamGone;
  }

  long number() {
    return number;
  }

  Direction direction() {
    return direction;
  }

  SessionState state() {
    return state;
  }

  long establishedAtNanos() {
    return establishedAtNanos;
  }

  int prefixesHeld() {
    return received.size();
  }

  OpenMessage remoteOpen() {
    OpenMessage open = remoteOpen;
    if (open == null) {
      throw new InvariantBroken("the peer's OPEN is known from OpenConfirm on");
    }
    return open;
  }

  Negotiated negotiated() {
    Negotiated agreed = negotiated;
    if (agreed == null) {
      throw new InvariantBroken("what was negotiated is known from OpenConfirm on");
    }
    return agreed;
  }

  Ending ending() {
    Ending why = ending;
    if (why == null) {
      throw new InvariantBroken("a connection that ended says why");
    }
    return why;
  }
}
