package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.UpdateMessage.Refusal;
import io.landfall.core.Direction;
import io.landfall.testkit.BgpMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a session counts, and what it remembers of its ends, for showing. */
class SessionRecordTest {
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);
  private static final byte[] UPDATE =
      BgpMessages.message(2, BgpMessages.updateBody(Bytes.NONE, Bytes.GOOD, Bytes.HOST));

  private static Speaker established() {
    return Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
  }

  private static Speaker active() {
    return new Speaker(Speaker.external(64497, 64498, 1, Role.NONE)).start();
  }

  @Test
  void messagesAreCountedByTypeInBothDirections() {
    Speaker speaker = established();
    SessionStats stats = speaker.session.stats();
    speaker.hears(1, UPDATE);
    speaker.hears(1, UPDATE);
    speaker.session.send(
        SessionPairTest.announce(
            SessionPairTest.attributes("10.0.0.1"), List.of(HostPrefix.ipv4(1))),
        speaker.now);
    speaker.session.requestRefresh(Family.IPV4_UNICAST, speaker.now);
    speaker.hears(1, NotificationCodec.encode(6, 2, Bytes.NONE));

    assertThat(stats.messagesIn())
        .isEqualTo(
            Map.of(
                MessageType.OPEN, 1L,
                MessageType.UPDATE, 2L,
                MessageType.NOTIFICATION, 1L,
                MessageType.KEEPALIVE, 1L,
                MessageType.ROUTE_REFRESH, 0L));
    assertThat(stats.messagesOut())
        .isEqualTo(
            Map.of(
                MessageType.OPEN, 1L,
                MessageType.UPDATE, 1L,
                MessageType.NOTIFICATION, 0L,
                MessageType.KEEPALIVE, 1L,
                MessageType.ROUTE_REFRESH, 1L));
    assertThat(stats.messagesReceived()).isEqualTo(5);
    assertThat(stats.messagesSent()).isEqualTo(4);
  }

  @Test
  void anUpdateThatEndsTheSessionIsCountedOnItsRung() {
    Speaker speaker = established();
    speaker.hears(1, BgpMessages.message(2, 0xff, 0xff, 0, 0));
    assertThat(speaker.session.stats().updates(ErrorRung.SESSION_RESET)).isEqualTo(1);
    assertThat(speaker.session.stats().updates(ErrorRung.NONE)).isZero();
  }

  @Test
  void eventsOfAConnectionThatIsGoneAreCountedAsLate() {
    Speaker speaker = active();
    SessionStats stats = speaker.session.stats();
    speaker.step(new SessionEvent.Received(9, KEEPALIVE));
    assertThat(stats.lateEvents()).isEqualTo(1);
    speaker.step(new SessionEvent.Closed(9, "reset"));
    assertThat(stats.lateEvents()).isEqualTo(2);
    speaker.step(new SessionEvent.Writable(9));
    assertThat(stats.lateEvents()).isEqualTo(3);
    speaker.step(new SessionEvent.ConnectFailed("refused"));
    assertThat(stats.lateEvents()).isEqualTo(3);
    speaker.step(new SessionEvent.ConnectFailed("refused"));
    assertThat(stats.lateEvents()).isEqualTo(4);
  }

  @Test
  void failedAttemptsAreCountedAndTheReasonOfTheLastIsKept() {
    Speaker speaker = active();
    SessionStats stats = speaker.session.stats();
    assertThat(stats.lastFailedAttempt()).isEmpty();
    speaker.step(new SessionEvent.ConnectFailed("refused"));
    speaker.connected(1, false).step(new SessionEvent.Closed(1, "reset"));
    assertThat(stats.failedAttempts()).isEqualTo(2);
    assertThat(stats.lastFailedAttempt()).hasValue("reset");
  }

  @Test
  void whatFailedBeforeASessionIsNoReasonAfterIt() {
    Speaker speaker = active();
    speaker.connected(1, true).hears(1, KEEPALIVE);
    assertThat(speaker.session.stats().lastFailedAttempt().orElseThrow())
        .startsWith("NOTIFICATION 5/1 sent, ");
    speaker.after(Speaker.SECOND);
    speaker.connected(2, true);
    speaker.hears(2, OpenCodec.encode(Speaker.external(64498, 64497, 2, Role.NONE)));
    speaker.hears(2, KEEPALIVE);
    speaker.step(new SessionEvent.Closed(2, "reset"));
    speaker.after(Speaker.SECOND);

    speaker.step(new SessionEvent.ConnectFailed("refused"));

    assertThat(speaker.session.stats().lastFailedAttempt()).hasValue("refused");
  }

  @Test
  void theNotificationThatThisSideSentLastIsKeptWithItsTime() {
    Speaker speaker = established();
    SessionStats stats = speaker.session.stats();
    assertThat(stats.lastNotificationSent()).isEmpty();
    speaker.now += 5;
    speaker.step(new SessionEvent.Stop(2, "maintenance"));

    assertThat(stats.lastNotificationSent())
        .hasValue(
            new SessionStats.Notification(
                6, 2, "Cease/Administrative Shutdown: maintenance", speaker.now));
    assertThat(stats.lastNotificationReceived()).isEmpty();
    assertThat(stats.lastDownNanos()).isEqualTo(speaker.now);
  }

  @Test
  void theNotificationThatThePeerSentLastIsKeptWithItsTime() {
    for (int[] error : new int[][] {{6, 2}, {2, 7}, {4, 0}}) {
      Speaker speaker = established();
      SessionStats stats = speaker.session.stats();
      speaker.now += 7;
      speaker.hears(1, NotificationCodec.encode(error[0], error[1], Bytes.NONE));

      SessionStats.Notification last = stats.lastNotificationReceived().orElseThrow();
      assertThat(last.code()).isEqualTo(error[0]);
      assertThat(last.subcode()).isEqualTo(error[1]);
      assertThat(last.nanos()).isEqualTo(speaker.now);
      assertThat(stats.lastNotificationSent()).isEmpty();
    }
  }

  @Test
  void aStreamThatEndsWithoutANotificationLeavesNone() {
    Speaker speaker = established();
    speaker.step(new SessionEvent.Closed(1, "reset"));
    assertThat(speaker.session.stats().lastNotificationReceived()).isEmpty();
    assertThat(speaker.session.stats().lastNotificationSent()).isEmpty();
  }

  @Test
  void theNotificationOfACollisionIsNotRememberedByEitherSide() {
    // RFC 4271 section 6.8: it closes one connection of two and ends no session.
    Speaker receiver = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    receiver.hears(1, NotificationCodec.encode(6, 7, Bytes.NONE));
    assertThat(receiver.session.stats().lastNotificationReceived()).isEmpty();

    Speaker sender = new Speaker(Speaker.overlay(1)).start();
    sender.connected(1, false).hears(1, OpenCodec.encode(Speaker.overlay(2)));
    sender.connected(2, true).hears(1, KEEPALIVE);
    assertThat(Speaker.notification(2, sender.effects).subcode()).isEqualTo(7);
    assertThat(sender.session.stats().lastNotificationSent()).isEmpty();
  }

  @Test
  void soManyRulesAreCountedByNameAndTheOthersTogether() {
    SessionStats stats = new SessionStats();
    for (int i = 0; i < 70; i++) {
      stats.countRefused(List.of(new Refusal("rule-" + i, "10.0.0.1/32")));
    }
    assertThat(stats.refusals()).hasSize(65).containsEntry("rule-63", 1L);
    assertThat(stats.refusals().values().stream().mapToLong(l -> l).sum()).isEqualTo(70);
    assertThat(stats.refusals().values()).contains(6L);
  }

  @Test
  void aRefusalIsCountedUnderTheAttributeOrTheFamilyThatItIsAbout() {
    assertThat(new Refusal("not-host-length", "10.0.0.0/8").subject()).isEmpty();
    assertThat(Refusal.attribute(MessageRule.UNWANTED_ATTRIBUTE, 40, "").subject())
        .isEqualTo("PREFIX_SID (40)");
    assertThat(Refusal.message(MessageRule.TREAT_AS_WITHDRAW, 1, "").subject())
        .isEqualTo("ORIGIN (1)");
    assertThat(Refusal.message(MessageRule.TREAT_AS_WITHDRAW, 0, "").subject())
        .isEqualTo("unnamed attribute");
    assertThat(Refusal.family(MessageRule.FAMILY_NOT_NEGOTIATED, 1, 133, "").subject())
        .isEqualTo("AFI 1, SAFI 133");
  }

  @Test
  void eachRuleHasANumberOfItsOwnAndAMeaning() {
    List<Integer> numbers = new ArrayList<>();
    for (MessageRule rule : MessageRule.values()) {
      numbers.add(rule.number());
      assertThat(rule.meaning()).isNotBlank();
    }
    assertThat(numbers).containsExactly(40, 41, 42, 43, 44, 45, 46);
  }

  @Test
  void onlyTheTwoHoldTimersAreSilence() {
    for (int code = 0; code <= 8; code++) {
      DownReason reason = new DownReason(DownReason.By.US, code, 0, "");
      assertThat(reason.isSilence()).as("code %s", code).isEqualTo(code == 4 || code == 8);
    }
  }

  @Test
  void aReasonNamesWhoSentItsNotification() {
    assertThat(new DownReason(DownReason.By.PEER, 6, 2, "bye").described())
        .isEqualTo("NOTIFICATION 6/2 received, bye");
    assertThat(new DownReason(DownReason.By.US, 2, 2, "Bad Peer AS").described())
        .isEqualTo("NOTIFICATION 2/2 sent, Bad Peer AS");
    assertThat(new DownReason(DownReason.By.PEER, 0, 0, "reset").described()).isEqualTo("reset");
  }

  @Test
  void anErrorIsNamedWithItsDetailIfThereIsOne() {
    assertThat(new BgpError(6, 2, "").text()).isEqualTo("Cease/Administrative Shutdown");
    assertThat(new BgpError(6, 2, "bye").text()).isEqualTo("Cease/Administrative Shutdown: bye");
  }

  @Test
  void whatAnOwnerThatFailedWasNotHandedIsGone() {
    Speaker speaker = active();
    assertThatThrownBy(
            () ->
                speaker.session.step(
                    new SessionEvent.Connected(1, Direction.OUTGOING),
                    speaker.now,
                    effect -> {
                      throw new IllegalStateException("the owner failed");
                    }))
        .hasMessage("the owner failed");
    assertThat(speaker.step(new SessionEvent.Tick())).isEmpty();
  }

  @Test
  void withoutALimitNothingIsCounted() {
    SessionConfig.Options options =
        new SessionConfig.Options(SessionConfig.AddPath.NONE, Role.NONE, 9, 5, Integer.MAX_VALUE);
    Speaker speaker =
        Speaker.established(Speaker.with(Speaker.overlay(1), options), Speaker.overlay(2));
    speaker.hears(1, UPDATE);
    assertThat(speaker.session.prefixesReceived()).isZero();
    Speaker counting = established();
    counting.hears(1, UPDATE);
    assertThat(counting.session.prefixesReceived()).isEqualTo(1);
  }
}
