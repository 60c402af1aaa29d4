package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Direction;
import io.landfall.testkit.Octets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connection collision detection (RFC 4271 section 6.8), from both ends. */
class CollisionTest {
  private static final int HIGH = (int) 3_000_000_000L;
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);

  @Test
  void bothSidesDialAndTheConnectionOfTheHigherIdentifierLives() {
    for (boolean early : List.of(false, true)) {
      SessionConfig low = Speaker.overlay(1);
      SessionConfig high = Speaker.overlay(HIGH);
      Pair pair =
          new Pair(
              early ? Speaker.expecting(low, HIGH) : low,
              early ? Speaker.expecting(high, 1) : high);
      pair.left.start();
      pair.right.start();
      pair.connect(1, true);
      pair.connect(2, false);
      pair.settle();

      assertThat(streamOf(pair.left)).isEqualTo(2);
      assertThat(streamOf(pair.right)).isEqualTo(2);
      assertThat(Speaker.only(SessionEffect.Down.class, pair.left.effects)).isEmpty();
      assertThat(Speaker.only(SessionEffect.Down.class, pair.right.effects)).isEmpty();
    }
  }

  @Test
  void theOrderInWhichTheConnectionsAppearDoesNotMatter() {
    Pair pair =
        new Pair(
            Speaker.expecting(Speaker.overlay(1), HIGH),
            Speaker.expecting(Speaker.overlay(HIGH), 1));
    pair.left.start();
    pair.right.start();
    pair.left.connected(1, true);
    pair.right.connected(2, true);
    pair.left.connected(2, false);
    pair.right.connected(1, false);
    pair.settle();

    assertThat(streamOf(pair.left)).isEqualTo(2);
    assertThat(streamOf(pair.right)).isEqualTo(2);
  }

  @Test
  void theLoserIsToldSo() {
    Speaker speaker = new Speaker(Speaker.overlay(1)).start();
    speaker.connected(1, true).hears(1, OpenCodec.encode(Speaker.overlay(HIGH)));
    speaker.connected(2, false);
    List<SessionEffect<HostPrefix>> effects =
        speaker.hears(2, OpenCodec.encode(Speaker.overlay(HIGH)));

    SessionEffect.DownReason told = Speaker.notification(1, effects);
    assertThat(told.code()).isEqualTo(6);
    assertThat(told.subcode()).isEqualTo(7);
    assertThat(speaker.session.state()).isEqualTo(SessionState.OPEN_CONFIRM);
  }

  @Test
  void theNewcomerLosesAgainstTheConnectionOfTheHigherIdentifier() {
    Speaker speaker = new Speaker(Speaker.overlay(HIGH)).start();
    speaker.connected(1, true).hears(1, OpenCodec.encode(Speaker.overlay(1)));
    speaker.connected(2, false);
    List<SessionEffect<HostPrefix>> effects =
        speaker.hears(2, OpenCodec.encode(Speaker.overlay(1)));

    assertThat(Speaker.notification(2, effects).subcode()).isEqualTo(7);
    speaker.hears(1, KEEPALIVE);
    assertThat(streamOf(speaker)).isEqualTo(1);
  }

  @Test
  void anEstablishedConnectionIsNeverGivenUpForANewOne() {
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(HIGH));
    List<SessionEffect<HostPrefix>> effects =
        speaker.step(new SessionEvent.Connected(2, Direction.INCOMING));

    assertThat(Speaker.notification(2, effects).subcode()).isEqualTo(7);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
  }

  @Test
  void theOtherConnectionIsClosedWhenOneIsEstablished() {
    Speaker speaker = new Speaker(Speaker.overlay(1)).start();
    speaker.connected(1, false).hears(1, OpenCodec.encode(Speaker.overlay(2)));
    speaker.connected(2, true);
    List<SessionEffect<HostPrefix>> effects = speaker.hears(1, KEEPALIVE);

    assertThat(Speaker.notification(2, effects).subcode()).isEqualTo(7);
    assertThat(streamOf(speaker)).isEqualTo(1);
  }

  @Test
  void aPeerThatDialsAgainHasGivenUpItsFirstConnection() {
    Speaker speaker = new Speaker(Speaker.overlay(HIGH)).start();
    speaker.connected(1, false).hears(1, OpenCodec.encode(Speaker.overlay(1)));
    speaker.connected(2, false);
    List<SessionEffect<HostPrefix>> effects =
        speaker.hears(2, OpenCodec.encode(Speaker.overlay(1)));
    assertThat(Speaker.notification(1, effects).subcode()).isEqualTo(7);
    speaker.hears(2, KEEPALIVE);
    assertThat(streamOf(speaker)).isEqualTo(2);
  }

  @Test
  void aThirdConnectionIsRefused() {
    Speaker speaker = new Speaker(Speaker.overlay(1)).start();
    speaker.connected(1, false).connected(2, true);
    List<SessionEffect<HostPrefix>> effects =
        speaker.step(new SessionEvent.Connected(3, Direction.INCOMING));
    assertThat(Speaker.notification(3, effects).subcode()).isEqualTo(8);
  }

  @Test
  void equalIdentifiersOfTwoAsAreDecidedByTheAsNumber() {
    SessionConfig low = Speaker.external(64497, 64498, 7, Role.NONE);
    SessionConfig high = Speaker.external(64498, 64497, 7, Role.NONE);
    assertThat(Collision.laterLives(high, 7, Direction.OUTGOING, Direction.INCOMING)).isTrue();
    assertThat(Collision.laterLives(low, 7, Direction.INCOMING, Direction.OUTGOING)).isTrue();
    assertThat(Collision.laterLives(low, 7, Direction.OUTGOING, Direction.INCOMING)).isFalse();
  }

  @Test
  void beforeTheOpensTheConnectionOfTheLowerIdentifierIsRefusedAtOnce() {
    Speaker speaker = new Speaker(Speaker.expecting(Speaker.overlay(HIGH), 1)).start();
    speaker.connected(1, true);
    List<SessionEffect<HostPrefix>> effects =
        speaker.step(new SessionEvent.Connected(2, Direction.INCOMING));
    assertThat(Speaker.notification(2, effects).subcode()).isEqualTo(7);
    assertThat(effects).hasSize(3).noneMatch(e -> e.equals(closeOf(1)));
  }

  @Test
  void beforeTheOpensTheConnectionOfTheHigherIdentifierReplacesTheOtherAtOnce() {
    Speaker speaker = new Speaker(Speaker.expecting(Speaker.overlay(1), HIGH)).start();
    speaker.connected(1, true);
    List<SessionEffect<HostPrefix>> effects =
        speaker.step(new SessionEvent.Connected(2, Direction.INCOMING));
    assertThat(Speaker.notification(1, effects).subcode()).isEqualTo(7);
    assertThat(Speaker.written(2, effects))
        .isEqualTo(OpenCodec.encode(Speaker.expecting(Speaker.overlay(1), HIGH)));
    speaker.hears(2, OpenCodec.encode(Speaker.overlay(HIGH)));
    speaker.hears(2, KEEPALIVE);
    assertThat(streamOf(speaker)).isEqualTo(2);
  }

  @Test
  void aConnectionInOpenConfirmIsComparedOnlyWithTheOpenOfTheOther() {
    Speaker speaker = new Speaker(Speaker.expecting(Speaker.overlay(1), HIGH)).start();
    speaker.connected(1, true).hears(1, OpenCodec.encode(Speaker.overlay(HIGH)));
    List<SessionEffect<HostPrefix>> effects =
        speaker.step(new SessionEvent.Connected(2, Direction.INCOMING));
    assertThat(effects).hasSize(1).allMatch(SessionEffect.Write.class::isInstance);
    speaker.hears(1, KEEPALIVE);
    assertThat(streamOf(speaker)).isEqualTo(1);
  }

  @Test
  void nothingIsReadFromTheLoserBehindItsOpen() {
    Speaker speaker = new Speaker(Speaker.overlay(HIGH)).start();
    speaker.connected(1, true).hears(1, OpenCodec.encode(Speaker.overlay(1)));
    speaker.connected(2, false);
    List<SessionEffect<HostPrefix>> effects =
        speaker.hears(2, Octets.join(OpenCodec.encode(Speaker.overlay(1)), KEEPALIVE));
    assertThat(Speaker.only(SessionEffect.Write.class, effects)).hasSize(1);
    assertThat(Speaker.only(SessionEffect.Close.class, effects)).hasSize(1);
    assertThat(speaker.session.state()).isEqualTo(SessionState.OPEN_CONFIRM);
  }

  private static SessionEffect<HostPrefix> closeOf(long number) {
    return new SessionEffect.Close<>(
        number, "Cease/Connection Collision Resolution: the other connection is preferred");
  }

  private static long streamOf(Speaker speaker) {
    List<?> established = Speaker.only(SessionEffect.Established.class, speaker.effects);
    assertThat(established).hasSize(1);
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    return ((SessionEffect.Established<?>) established.getFirst()).connection();
  }
}
