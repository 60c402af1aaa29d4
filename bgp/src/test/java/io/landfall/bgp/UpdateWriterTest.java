package io.landfall.bgp;

import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.UpdateWriter.PathIds;
import io.landfall.core.Asn;
import io.landfall.testkit.BgpMessages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a BMP station and an MRT file are given, byte for byte (RFC 7854, RFC 6396). */
class UpdateWriterTest {
  private static final Asn ASN = new Asn(Speaker.OVERLAY_AS);
  private static final byte[] COMMUNITY = Bytes.attribute(0xC0, 8, 255, 255, 0, 7);

  private static UpdateWriter<HostPrefix> writer(Family family, PathIds pathIds) {
    return new UpdateWriter<>(ASN, HostPrefix.CODEC, family, pathIds);
  }

  @Test
  void eachUpdateStandsInAnArrayOfItsOwn() {
    List<HostPrefix> hosts = IntStream.range(0, 2_000).mapToObj(HostPrefix::ipv4).toList();
    List<byte[]> messages =
        writer(Family.IPV4_UNICAST, PathIds.ABSENT).write(SessionPairTest.withdraw(hosts));

    assertThat(messages).hasSize(3);
    List<byte[]> prefixes = new ArrayList<>();
    for (byte[] message : messages) {
      int length = Wire.u16(message, 16);
      assertThat(message).hasSize(length);
      assertThat(length).isLessThanOrEqualTo(MessageType.MAX_BYTES);
      prefixes.add(Arrays.copyOfRange(message, 21, length - 2));
    }
    byte[] expected =
        join(IntStream.range(0, 2_000).mapToObj(i -> octets(32, 10, 0, i >> 8, i)).toList());
    assertThat(join(prefixes)).isEqualTo(expected);
  }

  @Test
  void nothingIsWrittenOfAnUpdateThatIsEmpty() {
    assertThat(
            writer(Family.IPV4_UNICAST, PathIds.ABSENT).write(SessionPairTest.withdraw(List.of())))
        .isEmpty();
  }

  @Test
  void prefixesHaveTheirPathIdentifierWhereItIsAskedFor() {
    UpdateMessage<HostPrefix> update = SessionPairTest.withdraw(List.of(HostPrefix.ipv4(1)));
    assertThat(writer(Family.IPV4_UNICAST, PathIds.ABSENT).write(update))
        .containsExactly(BgpMessages.withdraw(octets(32, 10, 0, 0, 1)));
    assertThat(writer(Family.IPV4_UNICAST, PathIds.PRESENT).write(update))
        .containsExactly(BgpMessages.withdraw(octets(0, 0, 0, 0, 32, 10, 0, 0, 1)));
  }

  @Test
  void theEndOfRibMarkerIsThatOfTheFamily() {
    assertThat(writer(Family.IPV4_UNICAST, PathIds.ABSENT).endOfRib())
        .isEqualTo(BgpMessages.message(2, 0, 0, 0, 0));
    assertThat(writer(Family.IPV6_UNICAST, PathIds.ABSENT).endOfRib())
        .isEqualTo(BgpMessages.message(2, 0, 0, 0, 7, 0x90, 15, 0, 3, 0, 2, 1));
  }

  @Test
  void anIpv4RouteOfAnMrtFileHasItsNextHopInNextHop() {
    assertThat(
            writer(Family.IPV4_UNICAST, PathIds.ABSENT)
                .mrtAttributes(SessionPairTest.attributes("10.0.0.1")))
        .isEqualTo(join(Bytes.GOOD, COMMUNITY));
  }

  @Test
  void anIpv6NextHopOfAnMrtFileStandsInAnMpReachThatHoldsNothingElse() {
    // RFC 6396 section 4.3.4.
    byte[] rest = join(Bytes.ORIGIN, Bytes.EMPTY_AS_PATH, Bytes.LOCAL_PREF, COMMUNITY);
    byte[] reach = octets(0x80, 14, 17, 16, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    for (Family family : Family.values()) {
      assertThat(
              writer(family, PathIds.ABSENT).mrtAttributes(SessionPairTest.attributes("fd00::1")))
          .isEqualTo(join(rest, reach));
    }
    byte[] mapped = octets(0x80, 14, 17, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1);
    assertThat(
            writer(Family.IPV6_UNICAST, PathIds.ABSENT)
                .mrtAttributes(SessionPairTest.attributes("10.0.0.1")))
        .isEqualTo(join(rest, mapped));
  }
}
