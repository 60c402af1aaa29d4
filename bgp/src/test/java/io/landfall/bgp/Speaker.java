package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.Rng;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A session with a record of everything that it asked for, and a clock that the test turns. */
final class Speaker {
  static final long SECOND = 1_000_000_000L;
  static final int OVERLAY_AS = (int) 4_200_000_000L;

  final Session<HostPrefix> session;
  final List<SessionEffect<HostPrefix>> effects = new ArrayList<>();
  long now = 1_000 * SECOND;

  Speaker(SessionConfig config) {
    // The largest jitter that is allowed: every timer is as short as it may be.
    this(config, bound -> bound - 1);
  }

  Speaker(SessionConfig config, Rng jitter) {
    session = new Session<>(config, HostPrefix.CODEC, jitter);
  }

  /** An internal, passive session for both families, with a hold time of nine seconds. */
  static SessionConfig overlay(int localId) {
    return new SessionConfig(
        new Asn(OVERLAY_AS),
        new Asn(OVERLAY_AS),
        localId,
        OptionalLong.empty(),
        9,
        List.of(Family.IPV4_UNICAST, Family.IPV6_UNICAST),
        SessionConfig.Opening.PASSIVE,
        new Options(SessionConfig.AddPath.NONE, Role.NONE, 9, 5, 100_000));
  }

  /** An external, active session for IPv4. */
  static SessionConfig external(int localAs, int remoteAs, int localId, Role role) {
    return new SessionConfig(
        new Asn(localAs),
        new Asn(remoteAs),
        localId,
        OptionalLong.empty(),
        90,
        List.of(Family.IPV4_UNICAST),
        SessionConfig.Opening.ACTIVE,
        new Options(SessionConfig.AddPath.NONE, role, 0, 10, 100));
  }

  static SessionConfig with(SessionConfig c, Options options) {
    return new SessionConfig(
        c.localAs(),
        c.remoteAs(),
        c.localId(),
        c.expectedRemoteId(),
        c.holdTimeSeconds(),
        c.families(),
        c.opening(),
        options);
  }

  static SessionConfig expecting(SessionConfig c, int remoteId) {
    return new SessionConfig(
        c.localAs(),
        c.remoteAs(),
        c.localId(),
        OptionalLong.of(Integer.toUnsignedLong(remoteId)),
        c.holdTimeSeconds(),
        c.families(),
        c.opening(),
        c.options());
  }

  List<SessionEffect<HostPrefix>> step(SessionEvent event) {
    List<SessionEffect<HostPrefix>> asked = new ArrayList<>();
    session.step(event, now, asked::add);
    effects.addAll(asked);
    return asked;
  }

  void record(List<SessionEffect.Write<HostPrefix>> asked) {
    effects.addAll(asked);
  }

  Speaker start() {
    step(new SessionEvent.Start());
    return this;
  }

  Speaker connected(long number, boolean outgoing) {
    step(new SessionEvent.Connected(number, outgoing ? Direction.OUTGOING : Direction.INCOMING));
    return this;
  }

  List<SessionEffect<HostPrefix>> hears(long number, byte[] bytes) {
    return step(new SessionEvent.Received(number, bytes));
  }

  /** Turns the clock and ticks, once, at the end. */
  List<SessionEffect<HostPrefix>> after(long nanos) {
    now += nanos;
    return step(new SessionEvent.Tick());
  }

  /** Turns the clock, and ticks each time that the session asked for it. */
  void passing(long nanos) {
    long end = now + nanos;
    while (session.deadlineNanos().isPresent() && session.deadlineNanos().getAsLong() <= end) {
      now = Math.max(now, session.deadlineNanos().getAsLong());
      step(new SessionEvent.Tick());
    }
    now = end;
  }

  /** Everything of one kind among effects. */
  static <E> List<E> only(Class<E> kind, List<SessionEffect<HostPrefix>> effects) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The bytes written to one stream among effects. */
  static byte[] written(long number, List<? extends SessionEffect<HostPrefix>> effects) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (SessionEffect<HostPrefix> effect : effects) {
      if (effect instanceof SessionEffect.Write<HostPrefix>(long to, byte[] bytes)
          && to == number) {
        out.writeBytes(bytes);
      }
    }
    return out.toByteArray();
  }

  /** The NOTIFICATION among the bytes written to a stream, as the peer would read it. */
  static DownReason notification(long number, List<SessionEffect<HostPrefix>> effects) {
    MessageReader reader = new MessageReader();
    reader.feed(written(number, effects));
    while (reader.poll() == MessageReader.Poll.MESSAGE) {
      if (reader.type() == MessageType.NOTIFICATION) {
        return NotificationCodec.decode(reader.array(), reader.bodyFrom(), reader.bodyTo());
      }
    }
    throw new AssertionError("no NOTIFICATION among " + effects);
  }

  /** The data field of that NOTIFICATION. */
  static byte[] notificationData(long number, List<SessionEffect<HostPrefix>> effects) {
    MessageReader reader = new MessageReader();
    reader.feed(written(number, effects));
    while (reader.poll() == MessageReader.Poll.MESSAGE) {
      if (reader.type() == MessageType.NOTIFICATION) {
        return java.util.Arrays.copyOfRange(reader.array(), reader.bodyFrom() + 2, reader.bodyTo());
      }
    }
    throw new AssertionError("no NOTIFICATION among " + effects);
  }

  /** A speaker in OpenConfirm's successor: Established on stream 1 with a well behaved peer. */
  static Speaker established(SessionConfig config, SessionConfig peer) {
    Speaker speaker = new Speaker(config).start().connected(1, !config.passive());
    speaker.hears(1, OpenCodec.encode(peer));
    speaker.hears(1, MessageType.KEEPALIVE.frame(19));
    if (speaker.session.state() != SessionState.ESTABLISHED) {
      throw new AssertionError("not Established: " + speaker.effects);
    }
    speaker.effects.clear();
    return speaker;
  }
}
