package io.landfall.bgp;

import static io.landfall.bgp.Bytes.EMPTY_AS_PATH;
import static io.landfall.bgp.Bytes.GOOD;
import static io.landfall.bgp.Bytes.HOST;
import static io.landfall.bgp.Bytes.IPV6_HOST;
import static io.landfall.bgp.Bytes.LOCAL_PREF;
import static io.landfall.bgp.Bytes.NEXT_HOP;
import static io.landfall.bgp.Bytes.NONE;
import static io.landfall.bgp.Bytes.ORIGIN;
import static io.landfall.bgp.Bytes.attribute;
import static io.landfall.testkit.BgpMessages.updateBody;
import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.UpdateDecoder.Result;
import io.landfall.bgp.UpdateMessage.Refusal;
import io.landfall.core.Asn;
import io.landfall.testkit.Octets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What a malformed UPDATE is reported as: the first error of the worst rung (RFC 7606 section 3.h),
 * under the name that RFC 4271 section 6.3 has for it.
 */
class UpdateErrorsTest {
  private static final byte[] BAD_ORIGIN = attribute(0x40, 1, 0, 0);
  private static final byte[] FIRST_BYTE_ZERO = Octets.address("::1:2");

  private static Result<HostPrefix> decode(DecodeRules rules, byte[] body) {
    return new UpdateDecoder<>(rules, HostPrefix.CODEC, new ReceivedPrefixes(1_000, bound -> 0))
        .decode(body, 0, body.length);
  }

  private static Result<HostPrefix> decode(byte[] body) {
    return decode(ErrorRungTest.INTERNAL, body);
  }

  private static String withdrawnBecause(byte[] attributes) {
    return withdrawal(updateBody(NONE, attributes, HOST));
  }

  /** Why what a body announces is withdrawn instead, and that nothing else is refused. */
  private static String withdrawal(byte[] body) {
    UpdateMessage<HostPrefix> update = ErrorRungTest.only(decode(body));
    assertThat(update.announced()).isEmpty();
    List<String> why =
        update.refused().stream()
            .filter(r -> r.rule().equals("treat-as-withdraw"))
            .map(Refusal::what)
            .toList();
    assertThat(why).hasSize(1);
    assertThat(update.refused()).hasSize(1);
    return why.getFirst();
  }

  private static BgpError resetBecause(byte[] body) {
    return ((Result.Reset<HostPrefix>) decode(body)).error();
  }

  private static byte[] mpReach(int flags, int afi, byte[] nextHop, byte[] prefixes) {
    return attribute(
        flags, 14, join(octets(0, afi, 1, nextHop.length), nextHop, octets(0), prefixes));
  }

  private static byte[] announceIpv6(int flags, String nextHop) {
    return updateBody(
        NONE,
        join(mpReach(flags, 2, Octets.address(nextHop), IPV6_HOST), ORIGIN, EMPTY_AS_PATH),
        NONE);
  }

  @Test
  void theErrorOfAMalformedAttributeHasItsNameOfTheRfc() {
    assertThat(withdrawnBecause(join(BAD_ORIGIN, EMPTY_AS_PATH, NEXT_HOP)))
        .isEqualTo("UPDATE Message Error/Attribute Length Error: ORIGIN (1), 2 bytes");
    assertThat(withdrawnBecause(join(ORIGIN, attribute(0x40, 2, 1, 1, 0, 0, 0, 1), NEXT_HOP)))
        .isEqualTo("UPDATE Message Error/Malformed AS_PATH: AS_PATH (2), AS_SET (RFC 9774)");
    assertThat(withdrawnBecause(join(ORIGIN, EMPTY_AS_PATH, attribute(0x40, 3, 1, 2, 3))))
        .isEqualTo("UPDATE Message Error/Attribute Length Error: NEXT_HOP (3), 3 bytes");
    assertThat(withdrawnBecause(join(ORIGIN, EMPTY_AS_PATH, attribute(0x40, 3, 224, 0, 0, 1))))
        .isEqualTo("UPDATE Message Error/Invalid NEXT_HOP Attribute: NEXT_HOP (3), 224.0.0.1");
    assertThat(withdrawnBecause(join(ORIGIN, NEXT_HOP)))
        .isEqualTo("UPDATE Message Error/Missing Well-known Attribute: AS_PATH is missing");
  }

  @Test
  void ofTwoErrorsOfOneRungTheFirstIsTold() {
    assertThat(
            withdrawnBecause(
                join(BAD_ORIGIN, EMPTY_AS_PATH, NEXT_HOP, attribute(0x40, 5, 1, 2, 3))))
        .contains("ORIGIN (1), 2 bytes");
    assertThat(withdrawal(announceIpv6(0xC0, "ff02::1")))
        .isEqualTo("UPDATE Message Error/Attribute Flags Error: MP_REACH_NLRI, flags c0");
  }

  @Test
  void anErrorThatEndsTheSessionIsToldBeforeAnEarlierOneThatDoesNot() {
    // RFC 4271 section 6.3: an unknown attribute that says it is well-known.
    BgpError unknown =
        resetBecause(
            updateBody(
                NONE, join(BAD_ORIGIN, EMPTY_AS_PATH, NEXT_HOP, attribute(0x40, 99, 1)), HOST));
    assertThat(unknown.subcode()).isEqualTo(2);
    BgpError unreach =
        resetBecause(
            updateBody(
                NONE,
                join(
                    mpReach(0xC0, 2, Octets.address("fd00::1"), IPV6_HOST),
                    attribute(0x80, 15, 0, 2)),
                NONE));
    assertThat(unreach.subcode()).isEqualTo(9);
    assertThat(unreach.detail()).isEqualTo("MP_UNREACH_NLRI, 2 bytes");
  }

  @Test
  void anEarlierErrorThatEndsTheSessionIsNotHiddenByALesserOne() {
    BgpError reach =
        resetBecause(
            updateBody(
                NONE, join(attribute(0x80, 14, 0, 2, 1, 0), attribute(0xC0, 15, 0, 2, 1)), NONE));
    assertThat(reach.subcode()).isEqualTo(9);
    assertThat(reach.detail()).isEqualTo("MP_REACH_NLRI, 4 bytes");
    BgpError unknown =
        resetBecause(
            updateBody(
                NONE, join(attribute(0x40, 99, 1), BAD_ORIGIN, EMPTY_AS_PATH, NEXT_HOP), HOST));
    assertThat(unknown.subcode()).isEqualTo(2);
  }

  @Test
  void mpReachNlriWithTheFlagsOfAnotherIsTreatedAsWithdraw() {
    // RFC 7606 section 3.c.
    for (int flags : new int[] {0x00, 0x40, 0xC0}) {
      assertThat(withdrawal(announceIpv6(flags, "fd00::1"))).contains("Flags Error");
    }
  }

  @Test
  void mpUnreachNlriWithTheFlagsOfAnotherEndsASessionThatAnnouncesNothingWithIt() {
    // RFC 7606 section 5.2.
    byte[] unreach = attribute(0xC0, 15, join(octets(0, 2, 1), IPV6_HOST));
    assertThat(resetBecause(updateBody(NONE, unreach, NONE)).subcode()).isEqualTo(4);
  }

  @Test
  void mpUnreachNlriWithTheFlagsOfAnotherTakesTheAnnouncementsBack() {
    byte[] unreach = attribute(0xC0, 15, join(octets(0, 2, 1), IPV6_HOST));
    assertThat(withdrawal(updateBody(NONE, join(unreach, GOOD), HOST)))
        .isEqualTo("UPDATE Message Error/Attribute Flags Error: MP_UNREACH_NLRI, flags c0");
  }

  @Test
  void theShortestMpReachNlriOfAnotherFamilyIsRefusedAndEndsNothing() {
    byte[] body = updateBody(NONE, attribute(0x80, 14, 0, 25, 65, 0, 0), NONE);
    assertThat(ErrorRungTest.only(decode(body)).refused())
        .extracting(Refusal::rule)
        .containsExactly("family-not-negotiated");
  }

  @TestFactory
  Stream<DynamicTest> anAddressThatNoHostCanHaveIsNoNextHop() {
    return Stream.of(
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "ff02::1")
        .map(
            text ->
                DynamicTest.dynamicTest(
                    text,
                    () ->
                        assertThat(NextHopCodec.isImpossible(java.net.InetAddress.ofLiteral(text)))
                            .isTrue()));
  }

  @Test
  void anIpv6AddressMayBeginWithAnyByteButThatOfMulticast() {
    assertThat(ErrorRungTest.only(decode(announceIpv6(0x80, "fd00::1"))).announced()).hasSize(1);
    assertThat(ErrorRungTest.only(decode(announceIpv6(0x80, "f0::1"))).announced()).hasSize(1);
    assertThat(
            ErrorRungTest.only(
                    decode(
                        updateBody(
                            NONE,
                            join(
                                mpReach(0x80, 2, FIRST_BYTE_ZERO, IPV6_HOST),
                                ORIGIN,
                                EMPTY_AS_PATH),
                            NONE)))
                .announced())
        .hasSize(1);
  }

  @Test
  void anAttributeThatIsWellFormedAndNotWantedIsListed() {
    UpdateMessage<HostPrefix> update =
        ErrorRungTest.only(
            decode(
                updateBody(
                    NONE,
                    join(GOOD, attribute(0x40, 6), attribute(0xC0, 7, 0, 0, 0, 1, 10, 0, 0, 1)),
                    HOST)));
    assertThat(update.announced()).hasSize(1);
    assertThat(update.refused())
        .containsExactly(
            Refusal.attribute(MessageRule.UNWANTED_ATTRIBUTE, 6, "ATOMIC_AGGREGATE (6), 0 bytes"),
            Refusal.attribute(MessageRule.UNWANTED_ATTRIBUTE, 7, "AGGREGATOR (7), 8 bytes"));
  }

  @Test
  void aPathIdentifierThatIsCutOffEndsTheSession() {
    // RFC 7606 section 5.3, RFC 7911 section 3.
    DecodeRules addPath =
        new DecodeRules(true, new Asn(Speaker.OVERLAY_AS), Role.NONE, 3, 3, false);
    byte[] nlri = join(octets(0, 0, 0, 7), HOST);
    assertThat(ErrorRungTest.only(decode(addPath, updateBody(NONE, GOOD, nlri))).announced())
        .containsExactly(new Nlri<>(new HostPrefix("10.1.0.1"), 7));
    for (int left = 1; left < nlri.length; left++) {
      byte[] body = updateBody(NONE, GOOD, join(nlri, Arrays.copyOf(nlri, left)));
      Result<HostPrefix> result = decode(addPath, body);
      assertThat(((Result.Reset<HostPrefix>) result).error().subcode()).isEqualTo(10);
    }
  }

  @Test
  void messagesWithOneSetOfAttributesAndOneNextHopShareIt() {
    UpdateDecoder<HostPrefix> decoder =
        new UpdateDecoder<>(
            ErrorRungTest.INTERNAL, HostPrefix.CODEC, new ReceivedPrefixes(1_000, bound -> 0));
    PathAttributes first = attributes(decoder, announceIpv6(0x80, "fd00::1"));
    PathAttributes other = attributes(decoder, announceIpv6(0x80, "fd00::2"));
    assertThat(first.nextHop()).hasValue(java.net.InetAddress.ofLiteral("fd00::1"));
    assertThat(other.nextHop()).hasValue(java.net.InetAddress.ofLiteral("fd00::2"));
    assertThat(attributes(decoder, announceIpv6(0x80, "fd00::2"))).isSameAs(other);
  }

  private static PathAttributes attributes(UpdateDecoder<HostPrefix> decoder, byte[] body) {
    return ErrorRungTest.only(decoder.decode(body, 0, body.length)).attributes().orElseThrow();
  }

  @Test
  void theBitsBeyondAPrefixesLengthAreClearedForThePlane() {
    byte[] seen = new byte[4];
    PrefixCodec<HostPrefix> codec =
        new PrefixCodec<>() {
          @Override
          public Verdict<HostPrefix> read(Family family, int lengthBits, byte[] address) {
            System.arraycopy(address, 0, seen, 0, 4);
            return new Verdict.Refused<>("not-host-length");
          }

          @Override
          public Family family(HostPrefix prefix) {
            return Family.IPV4_UNICAST;
          }

          @Override
          public int lengthBits(HostPrefix prefix) {
            return 32;
          }

          @Override
          public byte[] address(HostPrefix prefix) {
            return new byte[4];
          }
        };
    codec.readAt(Family.IPV4_UNICAST, 11, octets(9, 10, 0xff, 0xff, 0xff), 1);
    assertThat(seen).isEqualTo(octets(10, 0xe0, 0, 0));
    codec.readAt(Family.IPV4_UNICAST, 24, octets(9, 10, 1, 0xff, 0xff), 1);
    assertThat(seen).isEqualTo(octets(10, 1, 0xff, 0));
    codec.readAt(Family.IPV4_UNICAST, 17, octets(9, 10, 1, 0xff, 0xff), 1);
    assertThat(seen).isEqualTo(octets(10, 1, 0x80, 0));
    codec.readAt(Family.IPV4_UNICAST, 0, octets(9), 1);
    assertThat(seen).isEqualTo(octets(0, 0, 0, 0));
  }

  @Test
  void localPrefIsNoDutyOfAnInternalPeer() {
    byte[] body = updateBody(NONE, join(ORIGIN, EMPTY_AS_PATH, NEXT_HOP), HOST);
    assertThat(ErrorRungTest.only(decode(body)).announced()).hasSize(1);
    byte[] with = updateBody(NONE, join(ORIGIN, EMPTY_AS_PATH, NEXT_HOP, LOCAL_PREF), HOST);
    assertThat(ErrorRungTest.only(decode(with)).attributes().orElseThrow().localPref())
        .hasValue(100);
  }
}
