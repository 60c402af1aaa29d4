package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.InvariantBroken;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The FSM of RFC 4271 section 8: each event in each state, and its timers. */
class SessionFsmTest {
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);
  private static final byte[] OPEN = OpenCodec.encode(external(2));
  private static final long SECOND = Speaker.SECOND;

  private static SessionConfig external(int side) {
    return Speaker.external(64496 + side, 64496 + 3 - side, side, Role.NONE);
  }

  private static Speaker in(SessionState state) {
    Speaker speaker = new Speaker(external(1));
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
      speaker.hears(1, OPEN);
    }
    if (state == SessionState.ESTABLISHED) {
      speaker.hears(1, KEEPALIVE);
    }
    assertThat(speaker.session.state()).isEqualTo(state);
    speaker.effects.clear();
    return speaker;
  }

  /** An event, and for the states from Idle to Established the state after it and the effects. */
  private record Row(SessionEvent event, List<String> outcomes) {}

  private static Row row(SessionEvent event, String... outcomes) {
    return new Row(event, List.of(outcomes));
  }

  private static final List<Row> TABLE =
      List.of(
          row(
              new SessionEvent.Start(),
              "CONNECT Connect",
              "CONNECT",
              "ACTIVE",
              "OPEN_SENT",
              "OPEN_CONFIRM",
              "ESTABLISHED"),
          row(
              new SessionEvent.Stop(2, ""),
              "IDLE",
              "IDLE",
              "IDLE",
              "IDLE Write Close AttemptFailed",
              "IDLE Write Close AttemptFailed",
              "IDLE Write Close Down"),
          row(
              new SessionEvent.Connected(2, Direction.OUTGOING),
              "IDLE Write Close AttemptFailed",
              "OPEN_SENT Write",
              "OPEN_SENT Write",
              "OPEN_SENT Write",
              "OPEN_CONFIRM Write",
              "ESTABLISHED Write Close AttemptFailed"),
          row(
              new SessionEvent.Connected(2, Direction.INCOMING),
              "IDLE Write Close AttemptFailed",
              "OPEN_SENT Write",
              "OPEN_SENT Write",
              "OPEN_SENT Write",
              "OPEN_CONFIRM Write",
              "ESTABLISHED Write Close AttemptFailed"),
          row(
              new SessionEvent.ConnectFailed("refused"),
              "IDLE",
              "ACTIVE AttemptFailed",
              "ACTIVE",
              "OPEN_SENT",
              "OPEN_CONFIRM",
              "ESTABLISHED"),
          row(
              new SessionEvent.Closed(1, "reset"),
              "IDLE",
              "CONNECT",
              "ACTIVE",
              "ACTIVE AttemptFailed",
              "ACTIVE AttemptFailed",
              "IDLE Down"),
          row(
              new SessionEvent.Received(1, KEEPALIVE),
              "IDLE",
              "CONNECT",
              "ACTIVE",
              "IDLE Write Close AttemptFailed",
              "ESTABLISHED Established",
              "ESTABLISHED"),
          row(
              new SessionEvent.Received(1, OPEN),
              "IDLE",
              "CONNECT",
              "ACTIVE",
              "OPEN_CONFIRM Write",
              "IDLE Write Close AttemptFailed",
              "IDLE Write Close Down"),
          row(
              new SessionEvent.Received(1, new byte[0]),
              "IDLE",
              "CONNECT",
              "ACTIVE",
              "OPEN_SENT",
              "OPEN_CONFIRM",
              "ESTABLISHED"),
          row(
              new SessionEvent.Tick(),
              "IDLE",
              "CONNECT",
              "ACTIVE",
              "OPEN_SENT",
              "OPEN_CONFIRM",
              "ESTABLISHED"),
          row(
              new SessionEvent.Writable(1),
              "IDLE",
              "CONNECT",
              "ACTIVE",
              "OPEN_SENT",
              "OPEN_CONFIRM",
              "ESTABLISHED"));

  @TestFactory
  Stream<DynamicTest> eachEventInEachStateHasOneOutcome() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Row row : TABLE) {
      List<SessionState> states = List.of(SessionState.values());
      for (int i = 0; i < states.size(); i++) {
        SessionState state = states.get(i);
        String expected = row.outcomes().get(i);
        String name = row.event().getClass().getSimpleName() + " in " + state;
        tests.add(DynamicTest.dynamicTest(name, () -> check(row.event(), state, expected)));
      }
    }
    return tests.stream();
  }

  private static void check(SessionEvent event, SessionState state, String expected) {
    Speaker speaker = in(state);
    List<SessionEffect<HostPrefix>> effects = speaker.step(event);
    StringBuilder outcome = new StringBuilder(speaker.session.state().name());
    effects.forEach(e -> outcome.append(' ').append(e.getClass().getSimpleName()));
    assertThat(outcome).hasToString(expected);
  }

  @Test
  void everyKindOfEventIsInTheTable() {
    assertThat(TABLE.stream().map(r -> r.event().getClass().getName()).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(SessionEvent.class.getPermittedSubclasses()).map(Class::getName).toList());
  }

  @Test
  void noTimerIsLeftInThePast() {
    for (SessionState state : SessionState.values()) {
      Speaker speaker = in(state);
      for (int i = 0; i < 200; i++) {
        speaker.after(7 * SECOND);
        speaker
            .session
            .deadlineNanos()
            .ifPresent(next -> assertThat(next).isGreaterThan(speaker.now));
      }
    }
  }

  @Test
  void aConnectThatIsNeverAnsweredIsAskedForAgain() {
    Speaker speaker = in(SessionState.CONNECT);
    speaker.passing(60 * SECOND);
    assertThat(Speaker.only(SessionEffect.Connect.class, speaker.effects)).hasSizeBetween(5, 9);
  }

  @Test
  void connectIsRetriedWithJitterAfterAFailure() {
    Speaker speaker = in(SessionState.ACTIVE);
    long wait = speaker.session.deadlineNanos().orElseThrow() - speaker.now;
    assertThat(wait).isBetween(7 * SECOND, 10 * SECOND);
    assertThat(speaker.after(wait)).hasSize(1);
    assertThat(speaker.session.state()).isEqualTo(SessionState.CONNECT);
  }

  @Test
  void idleHoldGrowsWithEachProtocolErrorAndAStableSessionResetsIt() {
    Speaker speaker = new Speaker(external(1)).start();
    List<Long> holds = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      holds.add(failOnce(speaker, i));
    }
    for (int i = 1; i < holds.size(); i++) {
      assertThat(holds.get(i)).isGreaterThanOrEqualTo(holds.get(i - 1));
    }
    assertThat(holds.getFirst()).isLessThan(2 * SECOND);
    assertThat(holds.getLast()).isBetween(90 * SECOND, 120 * SECOND);

    speaker.connected(50, true);
    speaker.hears(50, OPEN);
    speaker.hears(50, KEEPALIVE);
    for (int i = 0; i < 4; i++) {
      speaker.after(30 * SECOND);
      speaker.hears(50, KEEPALIVE);
    }
    speaker.hears(50, OPEN);
    assertThat(speaker.session.deadlineNanos().orElseThrow() - speaker.now).isLessThan(2 * SECOND);
  }

  private static long failOnce(Speaker speaker, int number) {
    speaker.connected(number, true);
    speaker.hears(number, KEEPALIVE);
    assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
    long hold = speaker.session.deadlineNanos().orElseThrow() - speaker.now;
    speaker.after(hold);
    assertThat(speaker.session.state()).isEqualTo(SessionState.CONNECT);
    return hold;
  }

  @Test
  void startCutsTheIdleHoldShort() {
    Speaker speaker = in(SessionState.OPEN_SENT);
    speaker.hears(1, KEEPALIVE);
    assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
    assertThat(Speaker.only(SessionEffect.Connect.class, speaker.step(new SessionEvent.Start())))
        .hasSize(1);
  }

  @Test
  void aStoppedSessionStaysIdleForEver() {
    Speaker speaker = in(SessionState.ESTABLISHED);
    speaker.step(new SessionEvent.Stop(2, "bye"));
    assertThat(speaker.session.deadlineNanos()).isEmpty();
    assertThat(speaker.after(3600 * SECOND)).isEmpty();
    assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
  }

  @Test
  void aPassivePeerThatWasKilledIsWelcomeAgainAtOnce() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    for (int i = 2; i < 40; i++) {
      speaker.step(new SessionEvent.Closed(i - 1, "killed"));
      speaker.connected(i, false);
      speaker.hears(i, OpenCodec.encode(Speaker.overlay(2)));
      speaker.hears(i, KEEPALIVE);
      assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    }
    assertThat(speaker.session.stats().timesEstablished()).isEqualTo(39);
  }

  @Test
  void theSmallerHoldTimeCountsAndZeroMeansNoTimers() {
    SessionConfig zero =
        new SessionConfig(
            new Asn(Speaker.OVERLAY_AS),
            new Asn(Speaker.OVERLAY_AS),
            1,
            java.util.OptionalLong.empty(),
            0,
            List.of(Family.IPV4_UNICAST),
            SessionConfig.Opening.PASSIVE,
            new Options(SessionConfig.AddPath.NONE, Role.NONE, 0, 5, 10));
    Speaker speaker = Speaker.established(zero, Speaker.overlay(2));
    assertThat(speaker.session.deadlineNanos()).isEmpty();
    assertThat(speaker.after(3600 * SECOND)).isEmpty();
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void keepalivesGoOutAtAThirdOfTheHoldTimeLessJitter() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    long wait = speaker.session.deadlineNanos().orElseThrow() - speaker.now;
    assertThat(wait).isBetween(2_250_000_000L, 3 * SECOND);
    assertThat(speaker.after(wait)).hasSize(1);
  }

  @Test
  void aStreamThatTakesNothingIsCutByTheSendHoldTimer() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    speaker.session.writeBlocked(1, speaker.now);
    for (int second = 0; second < 8; second++) {
      assertThat(speaker.after(SECOND)).as("nothing is queued").isEmpty();
      speaker.hears(1, KEEPALIVE);
    }
    List<SessionEffect<HostPrefix>> end = speaker.after(SECOND);

    assertThat(end).hasSize(2);
    assertThat(Speaker.written(1, end)).as("no NOTIFICATION could leave").isEmpty();
    assertThat(speaker.session.stats().lastDown().orElseThrow().code()).isEqualTo(8);
  }

  @Test
  void aStreamThatDrainsInTimeLivesAndSendsTheOneKeepaliveItOwes() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    speaker.session.writeBlocked(1, speaker.now);
    for (int second = 0; second < 8; second++) {
      speaker.after(SECOND);
      speaker.hears(1, KEEPALIVE);
    }
    assertThat(speaker.step(new SessionEvent.Writable(1))).hasSize(1);
    speaker.after(SECOND);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void whatIsSentWithoutASessionGoesNowhere() {
    Speaker speaker = in(SessionState.OPEN_CONFIRM);
    assertThat(
            speaker.session.send(
                SessionPairTest.withdraw(List.of(HostPrefix.ipv4(1))), speaker.now))
        .isEmpty();
    assertThat(speaker.session.requestRefresh(Family.IPV4_UNICAST, speaker.now)).isEmpty();
    assertThat(speaker.session.sendRefreshMarker(Family.IPV4_UNICAST, 1, speaker.now)).isEmpty();
  }

  @Test
  void eachMessageOfOneReadIsHandedOverBeforeTheNextIsJudged() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    List<SessionState> states = new ArrayList<>();
    byte[] read =
        Octets.join(
            BgpMessages.message(5, Octets.octets(0, 1, 0, 1)),
            BgpMessages.message(5, Octets.octets(0, 1, 0, 1)),
            NotificationCodec.encode(6, 2, Octets.octets(0)));
    speaker.session.step(
        new SessionEvent.Received(1, read),
        speaker.now,
        effect -> {
          if (effect instanceof SessionEffect.Refresh<HostPrefix>) {
            states.add(speaker.session.state());
          }
        });
    assertThat(states).containsExactly(SessionState.ESTABLISHED, SessionState.ESTABLISHED);
    assertThat(speaker.session.state()).isNotEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void anOwnerThatStepsTheSessionInsideOfAStepIsABug() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    assertThatThrownBy(
            () ->
                speaker.session.step(
                    new SessionEvent.Received(1, BgpMessages.message(5, Octets.octets(0, 1, 0, 1))),
                    speaker.now,
                    effect -> speaker.step(new SessionEvent.Stop(2, ""))))
        .isInstanceOf(InvariantBroken.class);
  }

  @Test
  void theLastReasonSurvivesTheNextSession() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    speaker.hears(1, NotificationCodec.encode(6, 2, Octets.octets(2, 'o', 'k')));
    speaker.connected(2, false);
    speaker.hears(2, OpenCodec.encode(Speaker.overlay(2)));
    speaker.hears(2, KEEPALIVE);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(speaker.session.stats().lastDown().orElseThrow().text()).endsWith(": ok");
  }
}
