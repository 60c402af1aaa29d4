package io.landfall.bgp;

import static io.landfall.bgp.Bytes.GOOD;
import static io.landfall.bgp.Bytes.NONE;
import static io.landfall.testkit.BgpMessages.message;
import static io.landfall.testkit.BgpMessages.updateBody;
import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.testkit.Octets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever a peer sends gets the NOTIFICATION that an RFC names, and the session ends cleanly. */
class HostilePeerTest {
  private static final byte[] KEEPALIVE = MessageType.KEEPALIVE.frame(19);
  private static final byte[] OPEN = OpenCodec.encode(Speaker.overlay(2));

  /** In which state what arrives, and what the peer is told. */
  private record Row(
      String rule, SessionState state, byte[] bytes, int code, int subcode, byte[] data) {}

  private static Row row(
      String rule, SessionState state, byte[] bytes, int code, int subcode, int... data) {
    return new Row(rule, state, bytes, code, subcode, octets(data));
  }

  private static byte[] withHeader(int length, int type) {
    byte[] header = MessageType.KEEPALIVE.frame(19);
    Wire.putU16(header, 16, length);
    header[18] = (byte) type;
    return header;
  }

  private static List<Row> headers() {
    byte[] badMarker = KEEPALIVE.clone();
    badMarker[15] = 0;
    SessionState established = SessionState.ESTABLISHED;
    return List.of(
        row("6.1 wrong marker", established, badMarker, 1, 1),
        row("6.1 not BGP at all", SessionState.OPEN_SENT, octets('G', 'E', 'T', ' '), 1, 1),
        row("6.1 length 18", established, withHeader(18, 4), 1, 2, 0, 18),
        row("6.1 length 0", established, withHeader(0, 2), 1, 2, 0, 0),
        row("6.1 OPEN of 28 bytes", SessionState.OPEN_SENT, withHeader(28, 1), 1, 2, 0, 28),
        row("6.1 OPEN of 4097 bytes", SessionState.OPEN_SENT, withHeader(4097, 1), 1, 2, 16, 1),
        row("6.1 UPDATE of 22 bytes", established, withHeader(22, 2), 1, 2, 0, 22),
        row("6.1 NOTIFICATION of 20 bytes", established, withHeader(20, 3), 1, 2, 0, 20),
        row("6.1 KEEPALIVE of 20 bytes", established, withHeader(20, 4), 1, 2, 0, 20),
        row("8654 4: KEEPALIVE of 65535 bytes", established, withHeader(65535, 4), 1, 2, 255, 255),
        row("6.1 type 0", established, withHeader(19, 0), 1, 3, 0),
        row("6.1 type 6", established, withHeader(19, 6), 1, 3, 6),
        row("7313 5: ROUTE-REFRESH of 5 bytes", established, message(5, new byte[5]), 7, 1),
        row("7313 5: ROUTE-REFRESH of 0 bytes", established, message(5, NONE), 7, 1));
  }

  private static byte[] open(int version, int as, int hold, int id, byte[] parameters) {
    return message(
        1,
        join(
            octets(version, as >> 8, as, hold >> 8, hold),
            Octets.u32(id),
            octets(parameters.length),
            parameters));
  }

  private static byte[] capabilities(byte[]... capabilities) {
    byte[] all = join(capabilities);
    return join(octets(2, all.length), all);
  }

  private static final byte[] FOUR_OCTETS = join(octets(65, 4), Octets.u32(Speaker.OVERLAY_AS));

  private static List<Row> opens() {
    SessionState sent = SessionState.OPEN_SENT;
    byte[] good = capabilities(FOUR_OCTETS);
    byte[] otherAs = capabilities(octets(65, 4, 0, 0, 1, 0));
    byte[] noAs = capabilities(octets(65, 4, 0, 0, 0, 0));
    byte[] onlyVpn = capabilities(FOUR_OCTETS, octets(1, 4, 0, 1, 0, 128));
    return List.of(
        row("6.2 version 3", sent, open(3, 23456, 9, 2, good), 2, 1, 0, 4),
        row("6.2 another AS", sent, open(4, 256, 9, 2, otherAs), 2, 2),
        row("7607 AS 0", sent, open(4, 0, 9, 2, noAs), 2, 2),
        row("6793 the two AS numbers differ", sent, open(4, 77, 9, 2, good), 2, 2),
        row("6.2 identifier 0", sent, open(4, 23456, 9, 0, good), 2, 3),
        row("6286 2.1 this side's identifier", sent, open(4, 23456, 9, 1, good), 2, 3),
        row("6.2 unknown parameter", sent, open(4, 23456, 9, 2, octets(7, 1, 0)), 2, 4, 7, 1, 0),
        row("6.2 hold time 1", sent, open(4, 23456, 1, 2, good), 2, 6),
        row("6.2 hold time 2", sent, open(4, 23456, 2, 2, good), 2, 6),
        row(
            "6793 no 4-octet AS numbers",
            sent,
            open(4, 23456, 9, 2, NONE),
            2,
            7,
            join(octets(65, 4), Octets.u32(Speaker.OVERLAY_AS))),
        row(
            "5492 no family in common",
            sent,
            open(4, 23456, 9, 2, onlyVpn),
            2,
            7,
            octets(1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1)),
        row("6.2 parameters are cut off", sent, open(4, 23456, 9, 2, octets(2)), 2, 0),
        row("6.2 a parameter overruns", sent, open(4, 23456, 9, 2, octets(2, 9, 0)), 2, 0),
        row("5492 a capability overruns", sent, open(4, 23456, 9, 2, octets(2, 2, 65, 4)), 2, 0),
        row("6.2 parameters' length is wrong", sent, wrongParametersLength(), 2, 0));
  }

  private static Row row(
      String rule, SessionState state, byte[] bytes, int code, int subcode, byte[] data) {
    return new Row(rule, state, bytes, code, subcode, data);
  }

  private static byte[] wrongParametersLength() {
    byte[] open = open(4, 23456, 9, 2, capabilities(FOUR_OCTETS));
    open[28]++;
    return open;
  }

  private static List<Row> unexpected() {
    byte[] update = message(2, updateBody(NONE, GOOD, Bytes.HOST));
    byte[] refresh = RefreshCodec.encode(Family.IPV4_UNICAST, 0);
    return List.of(
        row("6608 KEEPALIVE in OpenSent", SessionState.OPEN_SENT, KEEPALIVE, 5, 1, 4),
        row("6608 UPDATE in OpenSent", SessionState.OPEN_SENT, update, 5, 1, 2),
        row("6608 ROUTE-REFRESH in OpenSent", SessionState.OPEN_SENT, refresh, 5, 1, 5),
        row("6608 OPEN in OpenConfirm", SessionState.OPEN_CONFIRM, OPEN, 5, 2, 1),
        row("6608 UPDATE in OpenConfirm", SessionState.OPEN_CONFIRM, update, 5, 2, 2),
        row("6608 ROUTE-REFRESH in OpenConfirm", SessionState.OPEN_CONFIRM, refresh, 5, 2, 5),
        row("6608 OPEN in Established", SessionState.ESTABLISHED, OPEN, 5, 3, 1),
        row(
            "7606 5.3 bad NLRI",
            SessionState.ESTABLISHED,
            message(2, updateBody(NONE, GOOD, octets(99))),
            3,
            10));
  }

  private static Speaker in(SessionState state) {
    Speaker speaker = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    if (state.compareTo(SessionState.OPEN_CONFIRM) >= 0) {
      speaker.hears(1, OPEN);
    }
    if (state == SessionState.ESTABLISHED) {
      speaker.hears(1, KEEPALIVE);
    }
    assertThat(speaker.session.state()).isEqualTo(state);
    return speaker;
  }

  @TestFactory
  Stream<DynamicTest> eachErrorGetsTheNotificationOfItsRule() {
    return Stream.of(headers(), opens(), unexpected())
        .flatMap(List::stream)
        .map(row -> DynamicTest.dynamicTest(row.rule(), () -> check(row)));
  }

  private static void check(Row row) {
    Speaker speaker = in(row.state());

    List<SessionEffect<HostPrefix>> effects = speaker.hears(1, row.bytes());

    DownReason told = Speaker.notification(1, effects);
    assertThat(told.code()).isEqualTo(row.code());
    assertThat(told.subcode()).isEqualTo(row.subcode());
    if (row.data().length > 0) {
      assertThat(Speaker.notificationData(1, effects)).isEqualTo(row.data());
    }
    assertThat(Speaker.only(SessionEffect.Close.class, effects)).hasSize(1);
    boolean wasUp = row.state() == SessionState.ESTABLISHED;
    assertThat(Speaker.only(SessionEffect.Down.class, effects)).hasSize(wasUp ? 1 : 0);
    assertThat(speaker.session.state()).isEqualTo(SessionState.IDLE);
    assertThat(speaker.hears(1, row.bytes())).as("a stream that was closed is deaf").isEmpty();
  }

  @Test
  void messagesCutOffAtEachByteDoNothingUntilTheStreamEnds() {
    byte[] update = message(2, updateBody(NONE, GOOD, Bytes.HOST));
    for (int length = 0; length < update.length; length++) {
      Speaker speaker = in(SessionState.ESTABLISHED);
      assertThat(speaker.hears(1, Arrays.copyOf(update, length))).isEmpty();
      List<SessionEffect<HostPrefix>> end = speaker.step(new SessionEvent.Closed(1, "gone"));
      assertThat(end)
          .containsExactly(
              new SessionEffect.Down<>(new DownReason(DownReason.By.PEER, 0, 0, "gone")));
    }
  }

  @Test
  void bodiesCutOffAtEachByteLandOnARung() {
    byte[] body = updateBody(Bytes.OTHER_HOST, join(Bytes.mpReach(16), GOOD), Bytes.HOST);
    for (int length = 4; length < body.length; length++) {
      byte[] cut = Arrays.copyOf(body, length);
      assertThat(ErrorRungTest.rung(ErrorRungTest.decode(ErrorRungTest.INTERNAL, cut))).isNotNull();
    }
  }

  @Test
  void openCutOffAtEachByteIsAnOpenErrorOrABadLength() {
    byte[] body = Arrays.copyOfRange(OPEN, 19, OPEN.length);
    for (int length = 0; length < body.length; length++) {
      Speaker speaker = in(SessionState.OPEN_SENT);
      DownReason told =
          Speaker.notification(1, speaker.hears(1, message(1, Arrays.copyOf(body, length))));
      assertThat(told.code()).isEqualTo(length < 10 ? 1 : 2);
    }
  }

  @Test
  void aMessageThatComesByteByByteIsOneMessage() {
    Speaker speaker = in(SessionState.ESTABLISHED);
    byte[] update = message(2, updateBody(NONE, GOOD, Bytes.HOST));
    for (byte b : update) {
      speaker.hears(1, new byte[] {b});
    }
    assertThat(SessionPairTest.updates(speaker)).hasSize(1);
  }

  @Test
  void oneByteASecondEndsWithTheHoldTimer() {
    Speaker speaker = in(SessionState.ESTABLISHED);
    byte[] update = message(2, updateBody(NONE, GOOD, Bytes.HOST));
    int seconds = 0;
    while (speaker.session.state() == SessionState.ESTABLISHED) {
      speaker.hears(1, new byte[] {update[seconds++]});
      speaker.after(Speaker.SECOND);
    }
    assertThat(seconds).isEqualTo(9);
    assertThat(speaker.session.stats().lastDown().orElseThrow().code()).isEqualTo(4);
  }

  @Test
  void silenceBeforeOpenEndsWithTheHoldTimer() {
    Speaker speaker = in(SessionState.OPEN_SENT);
    assertThat(speaker.after(29 * Speaker.SECOND)).isEmpty();
    assertThat(Speaker.notification(1, speaker.after(Speaker.SECOND)).code()).isEqualTo(4);
  }

  @Test
  void aMessageOfSixtyFourKilobytesIsTakenBecauseThisSideOffersItWhateverThePeerOffers() {
    byte[] nlri =
        join(
            IntStream.range(0, 13_000)
                .mapToObj(i -> octets(32, 10, 2, i >> 8, i))
                .toArray(byte[][]::new));
    byte[] large = message(2, updateBody(NONE, GOOD, nlri));

    Speaker speaker = in(SessionState.ESTABLISHED);
    speaker.hears(1, large);
    assertThat(SessionPairTest.updates(speaker).getFirst().announced()).hasSize(13_000);

    // RFC 8654 section 4: a peer may send them on our word alone, and we send none without its own.
    Speaker plain = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    plain.hears(1, open(4, 23456, 9, 2, capabilities(FOUR_OCTETS)));
    plain.hears(1, KEEPALIVE);
    plain.hears(1, large);
    assertThat(SessionPairTest.updates(plain).getFirst().announced()).hasSize(13_000);
    assertThat(plain.session.negotiated().orElseThrow().maxMessageBytes()).isEqualTo(4096);
  }

  @Test
  void tenTimesTheReceiveLimitIsCutOffAtTheLimit() {
    Options ten = new Options(SessionConfig.AddPath.NONE, Role.NONE, 9, 5, 10);
    Speaker speaker =
        Speaker.established(Speaker.with(Speaker.overlay(1), ten), Speaker.overlay(2));
    List<SessionEffect<HostPrefix>> effects = List.of();
    int sent = 0;
    while (speaker.session.state() == SessionState.ESTABLISHED && sent < 100) {
      // A default route each time, and prefixes that the plane refuses: they count all the same.
      byte[] nlri = join(octets(0), octets(24, 10, 1, sent++));
      effects = speaker.hears(1, message(2, updateBody(NONE, GOOD, nlri)));
    }
    assertThat(sent).isEqualTo(10);
    DownReason told = Speaker.notification(1, effects);
    assertThat(told.code()).isEqualTo(6);
    assertThat(told.subcode()).isEqualTo(1);
    assertThat(Speaker.notificationData(1, effects)).isEqualTo(octets(0, 1, 1, 0, 0, 0, 10));
  }

  @Test
  void oneRouteAnnouncedForEverStaysOneRoute() {
    Options one = new Options(SessionConfig.AddPath.NONE, Role.NONE, 9, 5, 1);
    Speaker speaker =
        Speaker.established(Speaker.with(Speaker.overlay(1), one), Speaker.overlay(2));
    for (int i = 0; i < 100; i++) {
      speaker.hears(1, message(2, updateBody(NONE, GOOD, Bytes.HOST)));
    }
    speaker.hears(1, message(2, updateBody(Bytes.HOST, NONE, NONE)));
    speaker.hears(1, message(2, updateBody(NONE, GOOD, Bytes.OTHER_HOST)));
    assertThat(speaker.session.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(speaker.session.prefixesReceived()).isEqualTo(1);
  }

  @Test
  void aPeerThatSendsANotificationIsNotAnsweredWithOne() {
    Speaker speaker = in(SessionState.ESTABLISHED);
    List<SessionEffect<HostPrefix>> effects =
        speaker.hears(1, NotificationCodec.encode(6, 4, octets(3, 'b', 'y', 'e')));
    assertThat(Speaker.written(1, effects)).isEmpty();
    assertThat(speaker.session.stats().lastDown().orElseThrow())
        .isEqualTo(new DownReason(DownReason.By.PEER, 6, 4, "Cease/Administrative Reset: bye"));
  }
}
