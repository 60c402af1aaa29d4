package io.landfall.bgp;

import static io.landfall.bgp.Bytes.EMPTY_AS_PATH;
import static io.landfall.bgp.Bytes.GOOD;
import static io.landfall.bgp.Bytes.HOST;
import static io.landfall.bgp.Bytes.NEXT_HOP;
import static io.landfall.bgp.Bytes.NONE;
import static io.landfall.bgp.Bytes.ORIGIN;
import static io.landfall.bgp.Bytes.OTHER_HOST;
import static io.landfall.bgp.Bytes.attribute;
import static io.landfall.bgp.ErrorRungTest.EXTERNAL;
import static io.landfall.bgp.ErrorRungTest.INTERNAL;
import static io.landfall.bgp.ErrorRungTest.decode;
import static io.landfall.bgp.ErrorRungTest.only;
import static io.landfall.bgp.ErrorRungTest.rung;
import static io.landfall.testkit.BgpMessages.message;
import static io.landfall.testkit.BgpMessages.updateBody;
import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Octets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * One test for each class of bug that other BGP speakers have had in public, with the number under
 * which it is known. The first half are bugs of relaying and of judging one message, the second
 * half bugs of length arithmetic.
 */
class KnownBugsTest {
  /** The route is taken without the attribute, which is counted, and nothing of it is sent on. */
  private static void droppedFromTheRoute(byte[] attribute) {
    for (byte[] attributes : List.of(join(attribute, GOOD), join(GOOD, attribute))) {
      UpdateMessage<HostPrefix> update = only(decode(INTERNAL, updateBody(NONE, attributes, HOST)));
      PathAttributes clean =
          only(decode(INTERNAL, updateBody(NONE, GOOD, HOST))).attributes().orElseThrow();
      assertThat(update.announced()).hasSize(1);
      assertThat(update.attributes()).contains(clean);
      assertThat(update.refused())
          .extracting(UpdateMessage.Refusal::rule)
          .containsExactly("unwanted-attribute");

      Speaker relay = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
      assertThat(Speaker.written(1, relay.session.send(update, relay.now)))
          .isEqualTo(message(2, updateBody(NONE, GOOD, HOST)));
    }
  }

  @TestFactory
  Stream<DynamicTest> anAttributeOutsideTheVocabularyIsDroppedAndNeverRelayed() {
    int[] codes = {16, 20, 22, 23, 24, 25, 26, 28, 29, 33, 34, 36, 37, 39, 40, 99, 128, 254, 255};
    return IntStream.of(codes)
        .boxed()
        .flatMap(
            code ->
                Stream.of(0x80, 0xC0, 0xE0)
                    .filter(flags -> code != 16 || flags != 0x80)
                    .map(
                        flags ->
                            DynamicTest.dynamicTest(
                                AttributeType.nameOf(code) + " flags " + Integer.toHexString(flags),
                                () -> droppedFromTheRoute(attribute(flags, code, new byte[8])))));
  }

  @Test
  void frrCve2019x5892Attribute255DoesNotResetAndIsNotRelayed() {
    droppedFromTheRoute(attribute(0xC0, 255, NONE));
    droppedFromTheRoute(attribute(0xC0, 255, new byte[300]));
  }

  @Test
  void june2023EntropyLabelAttribute28IsDropped() {
    droppedFromTheRoute(attribute(0xE0, 28, NONE));
  }

  @Test
  void vu347067OfFrrCve2023x38802Attribute23WithACorruptTlvIsDropped() {
    droppedFromTheRoute(attribute(0xC0, 23, 0, 1, 255, 255, 0));
  }

  @Test
  void vu347067OfOpenBgpdCve2023x38283AndJunosCve2023x4481AndExosCve2023x40457NothingResets() {
    // What all four had in common: a malformed optional attribute that they relayed, or reset for.
    for (int code : new int[] {23, 25, 28, 29, 40, 128}) {
      for (int size : new int[] {0, 1, 3, 255, 256, 1000}) {
        byte[] value = new byte[size];
        java.util.Arrays.fill(value, (byte) 0xff);
        droppedFromTheRoute(attribute(0xC0, code, value));
      }
    }
  }

  @Test
  void may2025PrefixSidAttribute40FullOfZerosIsDropped() {
    droppedFromTheRoute(attribute(0xC0, 40, new byte[64]));
  }

  @Test
  void frr19336NoOptionalAttributeIsSentThatAReflectorCouldChokeOn() {
    PathAttributes everything =
        new PathAttributes(
            Origin.IGP,
            List.of(),
            java.util.Optional.of(java.net.InetAddress.ofLiteral("10.0.0.1")),
            java.util.OptionalLong.of(1),
            java.util.OptionalLong.of(1),
            new PathAttributes.Reflection(java.util.Optional.of(7), List.of(8)),
            new PathAttributes.Communities(
                List.of(PathAttributes.NO_LLGR), List.of(new LargeCommunity(1, 2, 3))),
            java.util.OptionalLong.of(64500));
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    UpdateMessage<HostPrefix> update =
        SessionPairTest.announce(everything, List.of(HostPrefix.ipv4(1)));
    byte[] sent = Speaker.written(1, speaker.session.send(update, speaker.now));
    assertThat(codesIn(sent)).containsExactly(1, 2, 3, 4, 5, 8, 9, 10, 32);
  }

  /** The numbers of the attributes of one UPDATE, in their order. */
  private static List<Integer> codesIn(byte[] message) {
    List<Integer> codes = new java.util.ArrayList<>();
    int end = 23 + Wire.u16(message, 21);
    for (int at = 23; at < end; ) {
      boolean extended = (message[at] & 0x10) != 0;
      codes.add(Wire.u8(message, at + 1));
      at += extended ? 4 + Wire.u16(message, at + 2) : 3 + Wire.u8(message, at + 2);
    }
    return codes;
  }

  @Test
  void frr23368AMedThatCameFromAnotherAsIsNotPassedOnToAThird() {
    // Nothing here relays between two AS: a route from outside has no way into another session but
    // through its plane, which originates its own. What a plane says is what leaves, MED or none.
    byte[] path = attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf4);
    byte[] withMed = join(ORIGIN, path, NEXT_HOP, attribute(0x80, 4, 0, 0, 0, 9));
    UpdateMessage<HostPrefix> heard = only(decode(EXTERNAL, updateBody(NONE, withMed, HOST)));
    assertThat(heard.attributes().orElseThrow().med()).hasValue(9);
    Speaker outside =
        Speaker.established(
            Speaker.external(64496, 64497, 1, SessionConfig.Role.NONE),
            Speaker.external(64497, 64496, 2, SessionConfig.Role.NONE));
    UpdateMessage<HostPrefix> own =
        SessionPairTest.announce(
            SessionPairTest.attributes("10.0.0.1"), List.of(HostPrefix.ipv4(1)));
    assertThat(codesIn(Speaker.written(1, outside.session.send(own, outside.now))))
        .doesNotContain(4, 5, 9, 10);
  }

  @Test
  void october2025AMangledOtcTouchesOneRouteAndNotTheSession() {
    byte[] path = attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf4);
    byte[] mangled = join(ORIGIN, path, NEXT_HOP, attribute(0xC0, 35, new byte[8]));

    assertThat(rung(decode(EXTERNAL, updateBody(NONE, mangled, HOST))))
        .isEqualTo(ErrorRung.TREAT_AS_WITHDRAW);
    // Inside the overlay OTC has no meaning, so it cannot be malformed either.
    droppedFromTheRoute(attribute(0xC0, 35, new byte[8]));
  }

  @Test
  void frrCve2022x40302AndCve2022x43681OpenParameter255WithoutItsLengthIsAnOpenError() {
    for (byte[] parameters :
        List.of(
            octets(255),
            octets(255, 255),
            octets(255, 255, 0),
            octets(255, 0, 9, 2),
            octets(255, 0, 3, 2, 0),
            octets(255, 0, 3, 2, 255, 255))) {
      Speaker speaker = new Speaker(Speaker.overlay(1)).start().connected(1, false);
      byte[] open = join(octets(4, 0x5b, 0xa0, 0, 9, 0, 0, 0, 2, 255), parameters);
      SessionEffect.DownReason told = Speaker.notification(1, speaker.hears(1, message(1, open)));
      assertThat(told.code()).isEqualTo(2);
      assertThat(told.subcode()).isZero();
    }
  }

  @Test
  void rfc9072ExtendedParametersAreRead() {
    byte[] capability = join(octets(65, 4), Octets.u32(Speaker.OVERLAY_AS));
    byte[] parameters = join(octets(255, 0, 9, 2, 0, 6), capability);
    Speaker speaker = new Speaker(Speaker.overlay(1)).start().connected(1, false);
    speaker.hears(1, message(1, join(octets(4, 0x5b, 0xa0, 0, 9, 0, 0, 0, 2, 255), parameters)));
    assertThat(speaker.session.state()).isEqualTo(SessionState.OPEN_CONFIRM);
  }

  @Test
  void frr22563AMalformedUpdateWithoutReachableNlriResets() {
    byte[] body = updateBody(OTHER_HOST, join(GOOD, attribute(0x80, 4, 1)), NONE);
    assertThat(rung(decode(INTERNAL, body))).isEqualTo(ErrorRung.SESSION_RESET);
    // An MP_REACH_NLRI that names no prefix is no reachable NLRI either.
    byte[] emptyReach = attribute(0x80, 14, join(octets(0, 2, 1, 16, 0xfd), new byte[16]));
    assertThat(
            rung(
                decode(
                    INTERNAL,
                    updateBody(NONE, join(emptyReach, GOOD, attribute(0x80, 4, 1)), NONE))))
        .isEqualTo(ErrorRung.SESSION_RESET);
    assertThat(rung(decode(INTERNAL, updateBody(NONE, join(emptyReach, GOOD), NONE))))
        .isEqualTo(ErrorRung.NONE);
  }

  @Test
  void cve2026x42285TreatAsWithdrawOfAMessageThatLacksAllAttributesWithdrawsItsPrefixes() {
    byte[] body = updateBody(NONE, attribute(0xC0, 99, 1), HOST);

    UpdateMessage<HostPrefix> update = only(decode(INTERNAL, body));

    assertThat(update.withdrawn()).hasSize(1);
    assertThat(update.attributes()).isEmpty();
  }

  @Test
  void nlriWithoutAnyAttributeIsTreatedAsWithdraw() {
    assertThat(only(decode(INTERNAL, updateBody(NONE, NONE, HOST))).withdrawn()).hasSize(1);
  }

  @Test
  void gobgpCve2026x41643AnAs4PathBeforeTheAsPathIsDroppedWhereverItStands() {
    byte[] as4Path = attribute(0xC0, 17, 2, 1, 0, 0, 0, 1);
    for (byte[] attributes :
        List.of(
            join(ORIGIN, as4Path, EMPTY_AS_PATH, NEXT_HOP),
            join(as4Path, ORIGIN, EMPTY_AS_PATH, NEXT_HOP),
            join(ORIGIN, EMPTY_AS_PATH, NEXT_HOP, as4Path))) {
      UpdateMessage<HostPrefix> update = only(decode(INTERNAL, updateBody(NONE, attributes, HOST)));
      assertThat(update.announced()).hasSize(1);
      assertThat(update.attributes().orElseThrow().asPath()).isEmpty();
    }
  }

  @Test
  void anAsPathOfNoBytesIsTheEmptyPathInsideTheAsOnly() {
    assertThat(rung(decode(INTERNAL, updateBody(NONE, GOOD, HOST)))).isEqualTo(ErrorRung.NONE);
    assertThat(rung(decode(EXTERNAL, updateBody(NONE, GOOD, HOST))))
        .isEqualTo(ErrorRung.TREAT_AS_WITHDRAW);
  }

  @Test
  void frr23411ReservedFlagBitsAreIgnoredAndNotRelayed() {
    byte[] attributes = join(attribute(0x4F, 1, 0), EMPTY_AS_PATH, NEXT_HOP, Bytes.LOCAL_PREF);
    UpdateMessage<HostPrefix> update = only(decode(INTERNAL, updateBody(NONE, attributes, HOST)));
    Speaker relay = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    assertThat(Speaker.written(1, relay.session.send(update, relay.now)))
        .isEqualTo(message(2, updateBody(NONE, GOOD, HOST)));
  }

  @Test
  void rustybgpMedSurvivesInsideTheAs() {
    byte[] attributes = join(GOOD, attribute(0x80, 4, 0, 0, 1, 244));
    Speaker speaker = Speaker.established(Speaker.overlay(1), Speaker.overlay(2));
    UpdateMessage<HostPrefix> update = only(decode(INTERNAL, updateBody(NONE, attributes, HOST)));
    speaker.hears(1, message(2, updateBody(NONE, attributes, HOST)));
    byte[] sent = Speaker.written(1, speaker.session.send(update, speaker.now));
    assertThat(only(decode(INTERNAL, java.util.Arrays.copyOfRange(sent, 19, sent.length))))
        .isEqualTo(update);
    assertThat(update.attributes().orElseThrow().med()).hasValue(500);
  }

  @Test
  void gobgpCve2026x37461AndCve2026x37462AndCve2026x30405EveryLengthThatLiesIsRefusedUnread() {
    // Each one-byte lie about a length, in a message with every attribute that is known.
    byte[] all =
        join(
            Bytes.mpReach(16),
            GOOD,
            attribute(0x80, 4, 0, 0, 0, 1),
            attribute(0xC0, 8, 255, 255, 0, 7),
            attribute(0x80, 9, 1, 2, 3, 4),
            attribute(0x80, 10, 1, 2, 3, 4),
            attribute(0xC0, 17, 2, 1, 0, 0, 0, 1),
            attribute(0xC0, 32, new byte[12]));
    byte[] good = updateBody(OTHER_HOST, all, HOST);
    for (int at = 0; at < good.length; at++) {
      for (int lie : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
        byte[] body = good.clone();
        body[at] = (byte) lie;
        // Each property of the fuzz target: one rung, and no prefix that the message does not name.
        UpdateFuzz.check(INTERNAL, body);
      }
    }
  }

  @Test
  void frrCve2026x37459AndBirdFlowspecARefusedFamilyHasNoParserToOverflow() {
    byte[] flowspec = attribute(0x80, 14, join(octets(0, 1, 133, 0, 0), new byte[] {-1, -1, -1}));
    byte[] nhc = attribute(0xC0, 39, 0, 1, 1, 255, 255);
    UpdateMessage<HostPrefix> update =
        only(decode(INTERNAL, updateBody(NONE, join(flowspec, GOOD, nhc), HOST)));
    assertThat(update.announced()).hasSize(1);
    assertThat(update.refused()).hasSize(2);
  }
}
