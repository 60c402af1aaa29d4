package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.testkit.BgpMessages;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * When the timers of a session run and when they do not (RFC 4271 sections 8.1.3 and 8.2.2, RFC
 * 9687): ConnectRetryTimer, IdleHoldTimer, HoldTimer, KeepaliveTimer and SendHoldTimer. The jitter
 * is the largest one, so each of the first two takes three quarters of its time.
 */
class SessionTimersTest {
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);
  private static final byte[] PEERS_OPEN = OpenCodec.encode(external(2));
  private static final long SECOND = Speaker.SECOND;
  private static final long JITTERED_SECOND = SECOND - SECOND / 4 + 1;
  private static final long CONNECT_RETRY = 10 * SECOND - 10 * SECOND / 4 + 1;
  private static final long OPEN_WAIT = 90 * SECOND;
  private static final long KEEPALIVE_TIME = 30 * SECOND - 30 * SECOND / 4 + 1;

  private static SessionConfig external(int side) {
    return Speaker.external(64496 + side, 64496 + 3 - side, side, Role.NONE);
  }

  private static Speaker started() {
    return new Speaker(external(1)).start();
  }

  private static SessionConfig overlay(int sendHoldSeconds) {
    return Speaker.with(
        Speaker.overlay(1),
        new Options(SessionConfig.AddPath.NONE, Role.NONE, sendHoldSeconds, 5, 100));
  }

  private static long untilDeadline(Speaker speaker) {
    return speaker.session.deadlineNanos().orElseThrow() - speaker.now;
  }

  /** A connection, numbered from 10 on, that ends by an error of the protocol. */
  private static void failByProtocol(Speaker speaker, int times) {
    for (int i = 0; i < times; i++) {
      speaker.connected(10 + i, false).hears(10 + i, KEEPALIVE);
      assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
      speaker.after(untilDeadline(speaker));
    }
  }

  @Test
  void connectRetryStopsWithTheConnectionThatWasAskedFor() {
    Speaker speaker = started();
    assertThat(untilDeadline(speaker)).isEqualTo(CONNECT_RETRY);
    speaker.connected(1, true);
    assertThat(untilDeadline(speaker)).isEqualTo(OPEN_WAIT);
  }

  @Test
  void connectRetryRunsOnBesideAConnectionOfThePeer() {
    Speaker speaker = started().connected(1, false);
    assertThat(untilDeadline(speaker)).isEqualTo(CONNECT_RETRY);
  }

  @Test
  void theEarlierOfTheTimersOfSessionAndConnectionIsTheDeadline() {
    SessionConfig config = external(1);
    Options o = config.options();
    Speaker speaker =
        new Speaker(
                Speaker.with(
                    config,
                    new Options(o.addPath(), o.role(), o.roleMode(), 0, 10, o.receiveLimit(), 3)))
            .start()
            .connected(1, false);
    assertThat(untilDeadline(speaker)).isEqualTo(3 * SECOND);
  }

  @Test
  void connectRetryStopsWhenTheConnectionFailedAndThePeersLives() {
    Speaker speaker = started().connected(1, false);
    speaker.step(new SessionEvent.ConnectFailed("refused"));
    assertThat(untilDeadline(speaker)).isEqualTo(OPEN_WAIT);
  }

  @Test
  void connectRetryStopsWithAnEstablishedSession() {
    Speaker speaker = started().connected(1, false);
    speaker.hears(1, PEERS_OPEN);
    speaker.hears(1, KEEPALIVE);
    assertThat(untilDeadline(speaker)).isEqualTo(KEEPALIVE_TIME);
  }

  @Test
  void aConnectionThatIsLostBeforeItsSessionIsTriedAgainAfterConnectRetry() {
    Speaker speaker = started().connected(1, true);
    speaker.step(new SessionEvent.Closed(1, "reset"));
    assertThat(speaker.session.state()).isEqualTo(SessionState.ACTIVE);
    assertThat(untilDeadline(speaker)).isEqualTo(CONNECT_RETRY);
    assertThat(Speaker.only(SessionEffect.Connect.class, speaker.after(CONNECT_RETRY))).hasSize(1);
  }

  @Test
  void theLossOfThePeersConnectionDoesNotForgetTheOneThatWasAskedFor() {
    Speaker speaker = started().connected(1, false);
    speaker.step(new SessionEvent.Closed(1, "reset"));
    assertThat(speaker.session.state()).isEqualTo(SessionState.CONNECT);
    assertThat(
            Speaker.only(
                SessionEffect.AttemptFailed.class,
                speaker.step(new SessionEvent.ConnectFailed("refused"))))
        .hasSize(1);
  }

  @Test
  void aPassiveSessionAsksForNoConnectionAfterALoss() {
    Speaker speaker = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    speaker.step(new SessionEvent.Closed(1, "reset"));
    assertThat(speaker.session.state()).isEqualTo(SessionState.ACTIVE);
    assertThat(speaker.session.deadlineNanos()).isEmpty();
  }

  @Test
  void noTimerRunsInAStoppedSession() {
    Speaker connecting = started();
    connecting.step(new SessionEvent.Stop(2, ""));
    assertThat(connecting.session.deadlineNanos()).isEmpty();

    Speaker holding = started().connected(1, true);
    holding.hears(1, KEEPALIVE);
    assertThat(untilDeadline(holding)).isEqualTo(JITTERED_SECOND);
    holding.step(new SessionEvent.Stop(2, ""));
    assertThat(holding.session.deadlineNanos()).isEmpty();
  }

  @Test
  void aStartInTheIdleHoldTimeStopsIt() {
    Speaker speaker = started().connected(1, true);
    speaker.hears(1, KEEPALIVE);
    speaker.step(new SessionEvent.Start());
    assertThat(untilDeadline(speaker)).isEqualTo(CONNECT_RETRY);
  }

  @Test
  void theIdleHoldTimeIsNotCutShortByAConnectRetryThatRan() {
    Speaker speaker = started();
    failByProtocol(speaker, 5);
    speaker.connected(20, false).hears(20, KEEPALIVE);
    assertThat(untilDeadline(speaker)).isEqualTo(32 * SECOND - 32 * SECOND / 4 + 1);
  }

  @Test
  void aSessionThatHeldForLessThanAMinuteForgivesNothing() {
    assertThat(holdAfterASessionOf(60 * SECOND - 1)).isEqualTo(4 * SECOND - SECOND + 1);
  }

  @Test
  void aSessionThatHeldForAMinuteForgivesWhatWasBefore() {
    assertThat(holdAfterASessionOf(60 * SECOND)).isEqualTo(JITTERED_SECOND);
  }

  /** The idle hold time after two errors, a session of this length, and one error more. */
  private static long holdAfterASessionOf(long nanos) {
    Speaker speaker = started();
    failByProtocol(speaker, 2);
    speaker.connected(20, false).hears(20, PEERS_OPEN);
    speaker.hears(20, KEEPALIVE);
    speaker.now += nanos;
    speaker.hears(20, PEERS_OPEN);
    assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
    return untilDeadline(speaker);
  }

  @Test
  void timersAreShortenedByUpToAQuarter() {
    // RFC 4271 section 10.
    assertThat(IdleHold.jittered(bound -> 0, 4_000)).isEqualTo(4_000);
    assertThat(IdleHold.jittered(bound -> bound - 1, 4_000)).isEqualTo(3_001);
    assertThat(IdleHold.jittered(bound -> bound - 1, 3)).isEqualTo(3);
  }

  @Test
  void theKeepaliveThatConfirmsTheOpenStartsTheHoldTimeAnew() {
    Speaker speaker = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    speaker.hears(1, OpenCodec.encode(Speaker.overlay(2)));
    speaker.passing(8 * SECOND);
    speaker.hears(1, KEEPALIVE);
    speaker.passing(8 * SECOND);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    speaker.passing(SECOND);
    assertThat(speaker.session.state()).isNotEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void anUpdateStartsTheHoldTimeAnew() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    speaker.passing(8 * SECOND);
    speaker.hears(1, BgpMessages.message(2, 0, 0, 0, 0));
    speaker.passing(8 * SECOND);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void anUpdateThatIsSentStandsForAKeepalive() {
    // RFC 4271 section 4.4.
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    long before = untilDeadline(speaker);
    speaker.now += SECOND;
    speaker.session.send(SessionPairTest.withdraw(List.of(HostPrefix.ipv4(1))), speaker.now);
    assertThat(untilDeadline(speaker)).isEqualTo(before);
  }

  @Test
  void whatCannotBeSentStandsForNoKeepalive() {
    Speaker speaker = Speaker.established(external(1), external(2));
    long before = untilDeadline(speaker);
    speaker.now += SECOND;
    speaker.session.send(SessionPairTest.withdraw(List.of(HostPrefix.ipv6(1))), speaker.now);
    assertThat(untilDeadline(speaker)).isEqualTo(before - SECOND);
  }

  @Test
  void theSendHoldTimeRunsFromTheFirstWriteThatFoundNoRoom() {
    // RFC 9687 section 4.
    Speaker speaker = Speaker.established(overlay(9), Speaker.overlay(2));
    for (int second = 0; second < 9; second++) {
      speaker.session.writeBlocked(1, speaker.now);
      speaker.after(SECOND);
      speaker.hears(1, KEEPALIVE);
    }
    assertThat(speaker.session.stats().lastDown().orElseThrow().code()).isEqualTo(8);
  }

  @Test
  void withoutASendHoldTimeAFullStreamEndsNothing() {
    Speaker speaker = Speaker.established(overlay(0), Speaker.overlay(2));
    speaker.session.writeBlocked(1, speaker.now);
    speaker.after(SECOND);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void withoutASendHoldTimeTheHoldTimeEndsAStreamThatIsNotRead() {
    Speaker speaker = Speaker.established(overlay(0), Speaker.overlay(2));
    speaker.session.stalled(1, speaker.now);
    speaker.passing(9 * SECOND);
    assertThat(speaker.session.stats().lastDown().orElseThrow().code()).isEqualTo(4);
  }

  @Test
  void oneKeepaliveIsOwedHoweverManyFellDueWhileTheStreamWasFull() {
    Speaker speaker = Speaker.established(overlay(60), Speaker.overlay(2));
    speaker.session.writeBlocked(1, speaker.now);
    for (int second = 0; second < 20; second++) {
      speaker.hears(1, KEEPALIVE);
      assertThat(speaker.after(SECOND)).isEmpty();
    }
    assertThat(Speaker.written(1, speaker.step(new SessionEvent.Writable(1)))).isEqualTo(KEEPALIVE);
    assertThat(untilDeadline(speaker)).isLessThanOrEqualTo(3 * SECOND);
  }
}
