package io.landfall.bgp;

import static io.landfall.testkit.BgpMessages.message;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.testkit.Octets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** ROUTE-REFRESH (RFC 2918) and its subtypes (RFC 7313). */
class RefreshTest {
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);

  private static Speaker enhanced() {
    return Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
  }

  /** Established with a peer that names neither route refresh capability. */
  private static Speaker plain() {
    byte[] parameters =
        OpenCodec.parameters(Octets.join(octets(65, 4), Octets.u32(Speaker.OVERLAY_AS)));
    Speaker speaker = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    speaker.hears(1, message(1, Octets.join(octets(4, 0x5b, 0xa0, 0, 9, 0, 0, 0, 2), parameters)));
    speaker.hears(1, KEEPALIVE);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    speaker.effects.clear();
    return speaker;
  }

  private static byte[] refresh(int afi, int subtype, int safi) {
    return message(5, octets(0, afi, subtype, safi));
  }

  @Test
  void eachSubtypeThatTheRfcNamesIsHandedOn() {
    for (int subtype = 0; subtype <= 2; subtype++) {
      Speaker speaker = enhanced();
      assertThat(speaker.hears(1, refresh(1, subtype, 1)))
          .containsExactly(new SessionEffect.Refresh<>(Family.IPV4_UNICAST, subtype));
    }
  }

  @Test
  void anUnknownSubtypeIsIgnoredAndEndsNothing() {
    // RFC 7313 section 5.
    for (int subtype : new int[] {3, 4, 127, 128, 255}) {
      Speaker speaker = enhanced();
      assertThat(speaker.hears(1, refresh(1, subtype, 1))).isEmpty();
      assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    }
  }

  @Test
  void aFamilyThatIsNotSpokenIsIgnored() {
    // RFC 2918 section 4.
    Speaker speaker = enhanced();
    assertThat(speaker.hears(1, refresh(1, 0, 133))).isEmpty();
    assertThat(speaker.hears(1, refresh(25, 0, 65))).isEmpty();
    assertThat(plain().hears(1, refresh(2, 0, 1))).isEmpty();
  }

  @Test
  void withoutTheEnhancedCapabilityTheSubtypeIsAReservedByte() {
    assertThat(plain().hears(1, refresh(1, 2, 1)))
        .containsExactly(new SessionEffect.Refresh<>(Family.IPV4_UNICAST, 0));
  }

  @Test
  void aWrongLengthIsARouteRefreshErrorWithTheWholeMessageAsItsData() {
    // RFC 7313 section 5.
    Speaker speaker = enhanced();
    byte[] wrong = message(5, octets(0, 1, 1, 1, 9));
    List<SessionEffect<HostPrefix>> effects = speaker.hears(1, wrong);
    DownReason told = Speaker.notification(1, effects);
    assertThat(told.code()).isEqualTo(7);
    assertThat(told.subcode()).isEqualTo(1);
    assertThat(Speaker.notificationData(1, effects)).isEqualTo(wrong);
  }

  @Test
  void fromAPeerWithoutTheCapabilityAWrongLengthIsABadMessageLength() {
    List<SessionEffect<HostPrefix>> effects = plain().hears(1, message(5, octets(0, 1, 1)));
    DownReason told = Speaker.notification(1, effects);
    assertThat(told.code()).isEqualTo(1);
    assertThat(told.subcode()).isEqualTo(2);
    assertThat(Speaker.notificationData(1, effects)).isEqualTo(octets(0, 22));
  }

  @Test
  void refreshesThatAreAskedForWhileTheStreamIsFullAreOneAnswerForEachFamily() {
    Speaker speaker = enhanced();
    speaker.session.writeBlocked(1, speaker.now);
    for (int i = 0; i < 1_000; i++) {
      assertThat(speaker.hears(1, Octets.join(refresh(1, 0, 1), refresh(2, 0, 1)))).isEmpty();
    }
    assertThat(speaker.step(new SessionEvent.Writable(1)))
        .containsExactly(
            new SessionEffect.Refresh<>(Family.IPV4_UNICAST, 0),
            new SessionEffect.Refresh<>(Family.IPV6_UNICAST, 0));
    assertThat(speaker.step(new SessionEvent.Writable(1))).isEmpty();
  }

  @Test
  void whatOneReadIsAnsweredHasABound() {
    Speaker speaker = enhanced();
    byte[][] flood = new byte[2_800][];
    Arrays.setAll(flood, i -> refresh(1, 0, 1));
    long[] written = new long[1];
    speaker.session.step(
        new SessionEvent.Received(1, Octets.join(flood)),
        speaker.now,
        effect -> {
          for (int marker = 1; marker <= 2; marker++) {
            for (var write :
                speaker.session.sendRefreshMarker(Family.IPV4_UNICAST, marker, speaker.now)) {
              written[0] += write.bytes().length;
            }
          }
        });
    assertThat(written[0])
        .isBetween(
            (long) Connection.ANSWERS_PER_READ_BYTES,
            (long) Connection.ANSWERS_PER_READ_BYTES + 4 * 23);
  }

  @Test
  void whatIsOwedForOneReadIsAnsweredWhenAllOfItIsJudged() {
    Speaker speaker = enhanced();
    List<SessionEffect.Refresh<HostPrefix>> handed = new ArrayList<>();
    speaker.session.step(
        new SessionEvent.Received(
            1, Octets.join(refresh(1, 0, 1), refresh(1, 0, 1), refresh(1, 0, 1), refresh(2, 0, 1))),
        speaker.now,
        effect -> {
          if (effect instanceof SessionEffect.Refresh<HostPrefix> refresh) {
            handed.add(refresh);
            answerWith(speaker, Connection.ANSWERS_PER_READ_BYTES);
          }
        });
    assertThat(handed)
        .containsExactly(
            new SessionEffect.Refresh<>(Family.IPV4_UNICAST, 0),
            new SessionEffect.Refresh<>(Family.IPV4_UNICAST, 0),
            new SessionEffect.Refresh<>(Family.IPV6_UNICAST, 0));
  }

  /** Writes exactly so many bytes, as End-of-RIB markers of 23 and of 30 bytes. */
  private static void answerWith(Speaker speaker, int bytes) {
    int left = bytes;
    while (left > 0) {
      Family family = left % 23 == 0 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
      for (var write :
          speaker.session.send(
              new UpdateMessage<>(
                  List.of(), List.of(), Optional.empty(), List.of(), Optional.of(family)),
              speaker.now)) {
        left -= write.bytes().length;
      }
    }
    assertThat(left).isZero();
  }

  @Test
  void whileNothingIsReadEitherTheSendHoldTimerDecidesAndNotTheHoldTimer() {
    Speaker speaker =
        Speaker.established(
            Speaker.with(
                Speaker.overlay(1),
                new SessionConfig.Options(
                    SessionConfig.AddPath.NONE, SessionConfig.Role.NONE, 18, 5, 100_000)),
            Speaker.overlay(2));
    speaker.session.stalled(1, speaker.now);
    speaker.passing(17 * Speaker.SECOND);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    speaker.passing(2 * Speaker.SECOND);
    assertThat(speaker.session.stats().lastDown().orElseThrow().code()).isEqualTo(8);
  }

  @Test
  void afterAStallTheHoldTimerRunsAgain() {
    Speaker speaker =
        Speaker.established(
            Speaker.with(
                Speaker.overlay(1),
                new SessionConfig.Options(
                    SessionConfig.AddPath.NONE, SessionConfig.Role.NONE, 18, 5, 100_000)),
            Speaker.overlay(2));
    speaker.session.stalled(1, speaker.now);
    speaker.passing(10 * Speaker.SECOND);
    speaker.step(new SessionEvent.Writable(1));
    speaker.passing(8 * Speaker.SECOND);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    speaker.passing(2 * Speaker.SECOND);
    assertThat(speaker.session.stats().lastDown().orElseThrow().code()).isEqualTo(4);
  }

  @Test
  void nobodyIsAskedWhoCannotAnswerAndNoMarkerGoesToWhoKnowsNone() {
    Speaker speaker = plain();
    assertThat(speaker.session.requestRefresh(Family.IPV4_UNICAST, speaker.now)).isEmpty();
    assertThat(speaker.session.sendRefreshMarker(Family.IPV4_UNICAST, 1, speaker.now)).isEmpty();
  }
}
