package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The events of the BGP FSM by their numbers and names (RFC 4271 section 8.1, RFC 9687 section 3),
 * each as it happens here: in which state, by what, and what it leads to. What every event of the
 * owner does in every state is in {@link SessionFsmTest}.
 */
class FsmEventsTest {
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);
  private static final long SECOND = Speaker.SECOND;

  /** One event; the outcome is the next state and the kinds of effects. */
  private record Row(int number, String name, Supplier<Speaker> happens, String outcome) {}

  private static Row row(
      int number, String name, SessionState state, Consumer<Speaker> event, String outcome) {
    return new Row(
        number,
        name + " in " + state,
        () -> {
          Speaker speaker = in(state);
          event.accept(speaker);
          return speaker;
        },
        outcome);
  }

  /** An event of a session that never dials. */
  private static Row passive(int number, String name, Supplier<Speaker> happens, String outcome) {
    return new Row(number, name, happens, outcome);
  }

  private static SessionConfig config() {
    SessionConfig active = Speaker.external(64497, 64498, 1, Role.NONE);
    return Speaker.with(active, new Options(SessionConfig.AddPath.NONE, Role.NONE, 180, 10, 100));
  }

  private static byte[] peersOpen() {
    return OpenCodec.encode(Speaker.external(64498, 64497, 2, Role.NONE));
  }

  private static byte[] openOfVersion(int version) {
    byte[] open = peersOpen();
    open[19] = (byte) version;
    return open;
  }

  private static Consumer<Speaker> hears(byte[] bytes) {
    return speaker -> speaker.hears(1, bytes);
  }

  private static final byte[] BAD_HEADER = new byte[19];
  private static final byte[] VERSION_ERROR = NotificationCodec.encode(2, 1, Octets.octets(0, 4));
  private static final byte[] CEASE = NotificationCodec.encode(6, 2, Bytes.NONE);
  private static final byte[] UPDATE =
      BgpMessages.message(
          2,
          BgpMessages.updateBody(
              Bytes.NONE,
              Octets.join(
                  Bytes.ORIGIN, Bytes.attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf2), Bytes.NEXT_HOP),
              Bytes.HOST));
  private static final byte[] BAD_UPDATE =
      BgpMessages.message(2, BgpMessages.updateBody(Bytes.NONE, Bytes.GOOD, Octets.octets(99)));

  private static final List<Row> EVENTS =
      List.of(
          row(
              1,
              "ManualStart",
              SessionState.IDLE,
              s -> s.step(new SessionEvent.Start()),
              "CONNECT Connect"),
          row(
              2,
              "ManualStop",
              SessionState.ESTABLISHED,
              s -> s.step(new SessionEvent.Stop(2, "")),
              "IDLE Write Close Down"),
          row(
              3,
              "AutomaticStart, after the idle hold time",
              SessionState.OPEN_SENT,
              s -> {
                s.hears(1, BAD_HEADER);
                s.effects.clear();
                s.after(SECOND);
              },
              "CONNECT Connect"),
          passive(
              4,
              "ManualStart_with_PassiveTcpEstablishment",
              () -> new Speaker(Speaker.overlay(1)).start(),
              "ACTIVE"),
          passive(
              5,
              "AutomaticStart_with_PassiveTcpEstablishment: after a loss it waits on",
              FsmEventsTest::waitsOnAfterALoss,
              "ACTIVE"),
          row(
              6,
              "AutomaticStart_with_DampPeerOscillations: the wait has grown",
              SessionState.OPEN_SENT,
              FsmEventsTest::failsTwice,
              "IDLE"),
          passive(
              7,
              "AutomaticStart_with_DampPeerOscillations_and_PassiveTcpEstablishment",
              FsmEventsTest::waitsOnAfterAnError,
              "ACTIVE"),
          row(
              8,
              "AutomaticStop, with a reason of its own",
              SessionState.OPEN_CONFIRM,
              s -> s.step(new SessionEvent.Stop(8, "out of memory")),
              "IDLE Write Close AttemptFailed"),
          row(
              9,
              "ConnectRetryTimer_Expires",
              SessionState.ACTIVE,
              s -> s.after(10 * SECOND),
              "CONNECT Connect"),
          row(
              10,
              "HoldTimer_Expires",
              SessionState.ESTABLISHED,
              s -> s.after(90 * SECOND),
              "IDLE Write Close Down"),
          row(
              11,
              "KeepaliveTimer_Expires",
              SessionState.ESTABLISHED,
              s -> s.after(30 * SECOND),
              "ESTABLISHED Write"),
          row(
              12,
              "DelayOpenTimer_Expires: optional, not used; OPEN leaves with the connection",
              SessionState.CONNECT,
              s -> s.connected(1, true),
              "OPEN_SENT Write"),
          row(
              13,
              "IdleHoldTimer_Expires",
              SessionState.OPEN_SENT,
              s -> {
                s.hears(1, KEEPALIVE);
                s.effects.clear();
                s.after(SECOND);
              },
              "CONNECT Connect"),
          row(
              14,
              "TcpConnection_Valid: the owner asks nobody's leave to accept; Idle refuses",
              SessionState.IDLE,
              s -> s.connected(1, false),
              "IDLE Write Close AttemptFailed"),
          row(
              15,
              "Tcp_CR_Invalid: the owner hands over no stranger; a third stream is refused",
              SessionState.OPEN_SENT,
              s -> {
                s.connected(2, false);
                s.effects.clear();
                s.connected(3, false);
              },
              "OPEN_SENT Write Close AttemptFailed"),
          row(
              16,
              "Tcp_CR_Acked",
              SessionState.CONNECT,
              s -> s.connected(1, true),
              "OPEN_SENT Write"),
          row(
              17,
              "TcpConnectionConfirmed",
              SessionState.ACTIVE,
              s -> s.connected(1, false),
              "OPEN_SENT Write"),
          row(
              18,
              "TcpConnectionFails",
              SessionState.ESTABLISHED,
              s -> s.step(new SessionEvent.Closed(1, "reset")),
              "IDLE Down"),
          row(19, "BGPOpen", SessionState.OPEN_SENT, hears(peersOpen()), "OPEN_CONFIRM Write"),
          row(
              20,
              "BGPOpen with DelayOpenTimer running: DelayOpen is not used",
              SessionState.OPEN_SENT,
              hears(peersOpen()),
              "OPEN_CONFIRM Write"),
          row(
              21,
              "BGPHeaderErr",
              SessionState.OPEN_CONFIRM,
              hears(BAD_HEADER),
              "IDLE Write Close AttemptFailed"),
          row(
              22,
              "BGPOpenMsgErr",
              SessionState.OPEN_SENT,
              hears(openOfVersion(3)),
              "IDLE Write Close AttemptFailed"),
          row(
              23,
              "OpenCollisionDump",
              SessionState.OPEN_CONFIRM,
              s -> {
                s.connected(2, false);
                s.effects.clear();
                s.hears(2, peersOpen());
              },
              "OPEN_CONFIRM Write Close AttemptFailed Write"),
          row(
              24,
              "NotifMsgVerErr",
              SessionState.OPEN_SENT,
              hears(VERSION_ERROR),
              "IDLE Close AttemptFailed"),
          row(25, "NotifMsg", SessionState.ESTABLISHED, hears(CEASE), "IDLE Close Down"),
          row(
              26,
              "KeepAliveMsg",
              SessionState.OPEN_CONFIRM,
              hears(KEEPALIVE),
              "ESTABLISHED Established"),
          row(27, "UpdateMsg", SessionState.ESTABLISHED, hears(UPDATE), "ESTABLISHED Update"),
          row(
              28,
              "UpdateMsgErr",
              SessionState.ESTABLISHED,
              hears(BAD_UPDATE),
              "IDLE Write Close Down"),
          row(
              29,
              "SendHoldTimer_Expires: nothing could leave, so no NOTIFICATION",
              SessionState.ESTABLISHED,
              FsmEventsTest::takesNothing,
              "IDLE Close Down"));

  private static Speaker in(SessionState state) {
    Speaker speaker = new Speaker(config());
    if (state != SessionState.IDLE) {
      speaker.start();
    }
    if (state == SessionState.ACTIVE) {
      speaker.step(new SessionEvent.ConnectFailed("refused"));
    }
    if (state.compareTo(SessionState.OPEN_SENT) >= 0) {
      speaker.connected(1, true);
    }
    if (state.compareTo(SessionState.OPEN_CONFIRM) >= 0) {
      speaker.hears(1, peersOpen());
    }
    if (state == SessionState.ESTABLISHED) {
      speaker.hears(1, KEEPALIVE);
    }
    assertThat(speaker.session.state()).isEqualTo(state);
    speaker.effects.clear();
    return speaker;
  }

  private static Speaker waitsOnAfterALoss() {
    Speaker passive = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    passive.step(new SessionEvent.Closed(1, "reset"));
    passive.effects.clear();
    return passive;
  }

  private static Speaker waitsOnAfterAnError() {
    Speaker passive = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    passive.hears(1, KEEPALIVE);
    assertThat(passive.session.state()).isEqualTo(SessionState.IDLE);
    passive.effects.clear();
    passive.after(SECOND);
    return passive;
  }

  private static void failsTwice(Speaker speaker) {
    speaker.hears(1, BAD_HEADER);
    speaker.after(SECOND);
    speaker.connected(2, true);
    speaker.hears(2, BAD_HEADER);
    speaker.effects.clear();
    speaker.after(SECOND);
  }

  private static void takesNothing(Speaker speaker) {
    speaker.session.writeBlocked(1, speaker.now);
    for (int i = 0; i < 3; i++) {
      speaker.after(59 * SECOND);
      speaker.hears(1, KEEPALIVE);
    }
    speaker.effects.clear();
    speaker.after(3 * SECOND);
  }

  @TestFactory
  Stream<DynamicTest> eachEventOfTheRfcHasItsPlaceHere() {
    return EVENTS.stream()
        .map(row -> DynamicTest.dynamicTest(row.number() + " " + row.name(), () -> check(row)));
  }

  private static void check(Row row) {
    Speaker speaker = row.happens().get();
    StringBuilder outcome = new StringBuilder(speaker.session.state().name());
    speaker.effects.forEach(e -> outcome.append(' ').append(e.getClass().getSimpleName()));
    assertThat(outcome).hasToString(row.outcome());
  }

  @Test
  void allTwentyNineEventsAreInTheTable() {
    assertThat(EVENTS.stream().map(Row::number))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 29).boxed().toList());
  }
}
