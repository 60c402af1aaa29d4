package io.landfall.bgp;

import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Capabilities.Extension;
import io.landfall.bgp.OpenCodec.Decoded;
import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.testkit.BgpMessages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shortest and the longest forms of OPEN (RFC 5492, RFC 9072) and NOTIFICATION. */
class CodecBoundsTest {
  private static final byte[] FIXED = octets(4, 0, 7, 0, 9, 0, 0, 0, 2);

  private static Decoded decode(byte[] parameters) {
    byte[] open = BgpMessages.message(1, join(FIXED, parameters));
    return OpenCodec.decode(open, 19, open.length);
  }

  private static boolean isGood(int... parameters) {
    return decode(octets(parameters)) instanceof Decoded.Good;
  }

  private static BgpError bad(int... parameters) {
    return ((Decoded.Bad) decode(octets(parameters))).error();
  }

  @Test
  void anOpenWithoutAnyParameterIsReadInEitherForm() {
    assertThat(isGood(0)).isTrue();
    assertThat(isGood(255, 255, 0, 0)).isTrue();
  }

  @Test
  void aCapabilitiesParameterMayBeEmpty() {
    assertThat(isGood(2, 2, 0)).isTrue();
    assertThat(isGood(255, 255, 0, 3, 2, 0, 0)).isTrue();
    assertThat(isGood(4, 2, 0, 2, 0)).isTrue();
  }

  @Test
  void aParameterThatOverrunsTheMessageIsMalformedWhateverItsType() {
    // RFC 4271 section 6.2: subcode 4 is for a parameter that is there and not recognized.
    for (int tooMany = 1; tooMany <= 8; tooMany++) {
      assertThat(bad(4, 1, 2 + tooMany, 0, 0).subcode()).isZero();
    }
    assertThat(bad(4, 1, 2, 7, 8).subcode()).isEqualTo(4);
    assertThat(bad(4, 1, 2, 7, 8).data()).isEqualTo(octets(1, 2, 7, 8));
  }

  @Test
  void aCapabilityWhoseHeaderIsCutOffMakesTheOpenMalformed() {
    byte[] value = octets(2, 0, 2, 0);
    assertThat(new CapabilityReader().read(value, 0, 1)).isFalse();
    assertThat(new CapabilityReader().read(value, 0, 2)).isTrue();
    assertThat(new CapabilityReader().read(value, 2, 3)).isFalse();
    assertThat(bad(3, 2, 1, 70).subcode()).isZero();
  }

  @Test
  void anEmptyExtendedNextHopCapabilityNamesNothing() {
    // What follows it would be IPv4 unicast with an IPv6 next hop if it were read on (RFC 8950).
    byte[] value = octets(5, 0, 0, 1, 0, 1, 0, 2, 0);
    CapabilityReader reader = new CapabilityReader();
    assertThat(reader.read(value, 0, value.length)).isTrue();
    assertThat(reader.result().has(Extension.EXTENDED_NEXT_HOP)).isFalse();
  }

  @Test
  void soManyForeignFamiliesOfAnOpenAreListed() {
    byte[] value = new byte[6 * 70];
    for (int i = 0; i < 70; i++) {
      System.arraycopy(octets(1, 4, 0, 9, 0, i), 0, value, 6 * i, 6);
    }
    CapabilityReader reader = new CapabilityReader();
    assertThat(reader.read(value, 0, value.length)).isTrue();
    assertThat(reader.result().unknown().families()).hasSize(64).endsWith((9 << 8) | 63);
  }

  private static OpenMessage open(SessionConfig config) {
    byte[] open = OpenCodec.encode(config);
    return ((Decoded.Good) OpenCodec.decode(open, 19, open.length)).open();
  }

  private static SessionConfig addPath(SessionConfig.AddPath direction) {
    return Speaker.with(Speaker.overlay(2), new Options(direction, Role.NONE, 9, 5, 100));
  }

  @Test
  void eachDirectionOfAddPathIsOfferedForItself() {
    // RFC 7911 section 4: 1 receive, 2 send, 3 both.
    String text = HexFormat.of().formatHex(octets(69, 8, 0, 1, 1));
    assertThat(HexFormat.of().formatHex(OpenCodec.encode(addPath(SessionConfig.AddPath.RECEIVE))))
        .contains(text + "01" + "000201" + "01");
    assertThat(HexFormat.of().formatHex(OpenCodec.encode(addPath(SessionConfig.AddPath.SEND))))
        .contains(text + "02" + "000201" + "02");
    assertThat(HexFormat.of().formatHex(OpenCodec.encode(addPath(SessionConfig.AddPath.NONE))))
        .doesNotContain(text);
  }

  @Test
  void severalPathsAreAgreedOnOnlyForFamiliesOfBothSidesAndInTheDirectionThatBothWant() {
    SessionConfig both = addPath(SessionConfig.AddPath.BOTH);
    byte[] capabilities =
        octets(1, 4, 0, 1, 0, 1, 65, 4, 0xfa, 0x56, 0xea, 0, 69, 8, 0, 1, 1, 3, 0, 2, 1, 3);
    OpenMessage ipv4 = ((Decoded.Good) decode(OpenCodec.parameters(capabilities))).open();
    Negotiated agreed = OpenRules.negotiate(both, ipv4);
    assertThat(agreed.families()).isEqualTo(1);
    assertThat(agreed.addPathReceive()).isEqualTo(1);
    assertThat(agreed.addPathSend()).isEqualTo(1);

    Negotiated receiving =
        OpenRules.negotiate(
            addPath(SessionConfig.AddPath.RECEIVE), open(addPath(SessionConfig.AddPath.SEND)));
    assertThat(receiving.addPathReceive()).isEqualTo(3);
    assertThat(receiving.addPathSend()).isZero();
    Negotiated none = OpenRules.negotiate(both, open(addPath(SessionConfig.AddPath.NONE)));
    assertThat(none.addPathReceive()).isZero();
    assertThat(none.addPathSend()).isZero();
  }

  @Test
  void anIdentifierThatIsNotExpectedIsToldAsFourNumbers() {
    SessionConfig config = Speaker.expecting(Speaker.overlay(1), 0x01020304);
    OpenMessage other = open(Speaker.overlay(0xc0a80a14));
    assertThat(OpenRules.check(config, other).orElseThrow().detail())
        .isEqualTo("the peer says 192.168.10.20, not 1.2.3.4");
  }

  @Test
  void anAsThatIsNotExpectedAndTwoThatDifferAreToldApart() {
    SessionConfig config = Speaker.external(64496, 64497, 1, Role.NONE);
    assertThat(
            OpenRules.check(config, open(Speaker.external(64499, 64496, 2, Role.NONE)))
                .orElseThrow()
                .detail())
        .isEqualTo("the OPEN names AS 64499, not 64497");
    byte[] differ =
        BgpMessages.message(
            1,
            join(
                octets(4, 0, 7, 0, 9, 0, 0, 0, 2),
                OpenCodec.parameters(octets(65, 4, 0, 0, 0xfb, 0xf1))));
    OpenMessage read = ((Decoded.Good) OpenCodec.decode(differ, 19, differ.length)).open();
    assertThat(OpenRules.check(config, read).orElseThrow().detail())
        .isEqualTo("the two AS numbers of the OPEN differ: 7");
  }

  @Test
  void aCeaseWhoseDataHasAnotherMeaningCarriesNoText() {
    // RFC 4486 section 4, RFC 8538 section 3.
    assertThat(NotificationCodec.cease(NotificationCodes.MAX_PREFIXES, "bye").data()).isEmpty();
    assertThat(NotificationCodec.cease(NotificationCodes.HARD_RESET, "bye").data()).isEmpty();
    assertThat(NotificationCodec.cease(NotificationCodes.ADMIN_SHUTDOWN, "bye").data())
        .isEqualTo(octets(3, 'b', 'y', 'e'));
    byte[] limit = NotificationCodec.encode(6, 1, octets(0, 1, 1, 0, 0, 0, 100));
    assertThat(NotificationCodec.decode(limit, 19, limit.length).text())
        .isEqualTo("Cease/Maximum Number of Prefixes Reached: data 00010100000064");
  }

  @Test
  void aShutdownTextOfExactlyTheBytesThatAreThereIsRead() {
    byte[] whole = NotificationCodec.encode(6, 2, octets(2, 'o', 'k'));
    assertThat(NotificationCodec.decode(whole, 19, whole.length).text()).endsWith(": ok");
    byte[] cut = NotificationCodec.encode(6, 2, octets(3, 'o', 'k'));
    assertThat(NotificationCodec.decode(cut, 19, cut.length).text()).endsWith(": data 036f6b");
  }

  @Test
  void everyCodeAndSubcodeHasANameOrItsNumbers() {
    assertThat(NotificationCodes.name(0, 0)).isEqualTo("No NOTIFICATION");
    assertThat(NotificationCodes.name(1, 3)).isEqualTo("Message Header Error/Bad Message Type");
    assertThat(NotificationCodes.name(1, 4)).isEqualTo("Message Header Error/4");
    assertThat(NotificationCodes.name(4, 0)).isEqualTo("Hold Timer Expired");
    assertThat(NotificationCodes.name(9, 0)).isEqualTo("error code 9/0");
  }

  @Test
  void aCollisionAndAPeerThatIsIdleAreNoTellingReasons() {
    for (int subcode : new int[] {5, 7}) {
      FailedAttempts failures = new FailedAttempts();
      failures.failed(
          new SessionEffect.DownReason(SessionEffect.DownReason.By.US, 6, subcode, "a"));
      assertThat(failures.failed("refused")).isEqualTo("refused");
    }
  }

  @Test
  void fingerprintsTellEveryPrefixFromEveryOther() {
    List<Long> all = new ArrayList<>();
    byte[] bytes = new byte[20];
    for (Family family : Family.values()) {
      for (int bits = 0; bits <= family.maxLengthBits(); bits++) {
        int lastBits = Math.min(bits, 10);
        for (int value = 0; value < 1 << lastBits; value++) {
          // The last bits of the prefix differ, and nothing else does.
          Arrays.fill(bytes, (byte) 0x5a);
          for (int b = 0; b < lastBits; b++) {
            int bit = bits - 1 - b;
            int mask = 0x80 >>> (bit & 7);
            int at = 3 + (bit >>> 3);
            bytes[at] = (byte) (((value >>> b) & 1) == 0 ? bytes[at] & ~mask : bytes[at] | mask);
          }
          all.add(ReceivedPrefixes.fingerprint(family, bits, bytes, 3, 0));
        }
        for (int pathId : new int[] {1, 2, 3, 1 << 16, -1, -2}) {
          all.add(ReceivedPrefixes.fingerprint(family, bits, bytes, 3, pathId));
        }
      }
    }
    assertThat(all).doesNotHaveDuplicates().doesNotContain(0L);
  }

  @Test
  void bitsBeyondAPrefixesLengthAndBytesAroundItDoNotChangeItsFingerprint() {
    for (int bits = 1; bits < 32; bits++) {
      byte[] bytes = octets(1, 2, 10, 11, 12, 13, 9);
      byte[] same = octets(7, 7, 10, 11, 12, 13, 7);
      int mask = -1 >>> bits;
      for (int i = 0; i < 4; i++) {
        same[2 + i] ^= (byte) (mask >>> (24 - 8 * i));
      }
      assertThat(ReceivedPrefixes.fingerprint(Family.IPV4_UNICAST, bits, same, 2, 5))
          .as("/%s", bits)
          .isEqualTo(ReceivedPrefixes.fingerprint(Family.IPV4_UNICAST, bits, bytes, 2, 5));
    }
  }

  @Test
  void prefixesThatAreNotAimedAtOneSlotAreFoundAtOnce() {
    ReceivedPrefixes received = new ReceivedPrefixes(10_000, bound -> 0);
    long probes = 0;
    for (long i = 1; i <= 2_000; i++) {
      received.announced(i);
    }
    for (long i = 1; i <= 2_000; i++) {
      probes += received.probes(i);
    }
    assertThat(probes).isBetween(2_000L, 6_000L);
  }

  @Test
  void prefixesOfOneSlotStandOneBehindTheOther() {
    ReceivedPrefixes received = new ReceivedPrefixes(100, bound -> 0);
    List<Long> aimed = new ArrayList<>();
    for (long i = 1; aimed.size() < 8; i++) {
      if ((i * 0x9E3779B97F4A7C15L) >>> 60 == 15) {
        aimed.add(i);
        received.announced(i);
      }
    }
    assertThat(aimed.stream().map(received::probes)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }
}
