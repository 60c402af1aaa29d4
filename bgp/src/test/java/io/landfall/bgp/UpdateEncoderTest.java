package io.landfall.bgp;

import static io.landfall.bgp.Bytes.ORIGIN;
import static io.landfall.bgp.Bytes.attribute;
import static io.landfall.testkit.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.core.Asn;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an UPDATE holds, byte for byte, and what cannot be put into one. */
class UpdateEncoderTest {
  private static final int BOTH = 3;
  private static final int IPV4 = Family.IPV4_UNICAST.bit();

  private static UpdateEncoder<HostPrefix> encoder(int families, boolean extendedNextHop) {
    Negotiated negotiated = new Negotiated(9, 2, families, 0, 0, true, MessageType.MAX_BYTES);
    return new UpdateEncoder<>(Speaker.overlay(1), HostPrefix.CODEC, negotiated, extendedNextHop);
  }

  private static PathAttributes with(PathAttributes a, List<Integer> communities) {
    return new PathAttributes(
        a.origin(),
        a.asPath(),
        a.nextHop(),
        a.med(),
        a.localPref(),
        a.reflection(),
        new PathAttributes.Communities(communities, List.of()),
        a.onlyToCustomer());
  }

  private static PathAttributes with(
      PathAttributes a, List<Asn> asPath, OptionalLong onlyToCustomer) {
    return new PathAttributes(
        a.origin(),
        asPath,
        a.nextHop(),
        a.med(),
        a.localPref(),
        a.reflection(),
        PathAttributes.Communities.NONE,
        onlyToCustomer);
  }

  private static PathAttributes attributes(String nextHop) {
    return with(SessionPairTest.attributes(nextHop), List.of());
  }

  private static List<Integer> communities(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static List<HostPrefix> hosts(int count) {
    return IntStream.range(0, count).mapToObj(i -> HostPrefix.ipv4(0xa5a5a5 ^ i)).toList();
  }

  private static List<HostPrefix> hosts6(int count) {
    return IntStream.range(0, count).mapToObj(i -> HostPrefix.ipv6(0xa5a5a5a5 ^ i)).toList();
  }

  /** What a peer reads of these writes: all messages are good, and as many as were counted. */
  private static List<UpdateMessage<HostPrefix>> read(
      UpdateEncoder<HostPrefix> encoder, List<byte[]> writes) {
    UpdateDecoder<HostPrefix> decoder =
        new UpdateDecoder<>(
            new DecodeRules(true, new Asn(Speaker.OVERLAY_AS), Role.NONE, BOTH, 0, true),
            HostPrefix.CODEC,
            new ReceivedPrefixes(1_000_000, bound -> 0));
    List<UpdateMessage<HostPrefix>> updates = new ArrayList<>();
    MessageReader reader = new MessageReader();
    writes.forEach(reader::feed);
    while (reader.poll() == MessageReader.Poll.MESSAGE) {
      var result = decoder.decode(reader.array(), reader.bodyFrom(), reader.bodyTo());
      assertThat(ErrorRungTest.rung(result)).isEqualTo(ErrorRung.NONE);
      updates.add(ErrorRungTest.only(result));
    }
    assertThat(reader.poll()).isEqualTo(MessageReader.Poll.NEED_MORE);
    assertThat(updates).hasSize(encoder.messages());
    return updates;
  }

  private static List<HostPrefix> announced(List<UpdateMessage<HostPrefix>> updates) {
    return updates.stream().flatMap(u -> u.announced().stream()).map(Nlri::prefix).toList();
  }

  private static List<HostPrefix> withdrawn(List<UpdateMessage<HostPrefix>> updates) {
    return updates.stream().flatMap(u -> u.withdrawn().stream()).map(Nlri::prefix).toList();
  }

  @Test
  void aFamilyThatIsNotNegotiatedIsNotSentAndCounted() {
    UpdateEncoder<HostPrefix> encoder = encoder(IPV4, false);
    var writes = encoder.encode(SessionPairTest.announce(attributes("fd00::1"), hosts6(3)));
    assertThat(writes).isEmpty();
    assertThat(encoder.unsendable()).isEqualTo(3);
    assertThat(encoder.messages()).isZero();
  }

  @Test
  void anIpv6NextHopOfIpv4PrefixesGoesOnlyToAPeerThatTakesIt() {
    // RFC 8950 section 4.
    UpdateEncoder<HostPrefix> able = encoder(BOTH, true);
    var update = SessionPairTest.announce(attributes("fd00::1"), hosts(2));
    assertThat(announced(read(able, able.encode(update)))).isEqualTo(hosts(2));
    assertThat(able.unsendable()).isZero();

    UpdateEncoder<HostPrefix> unable = encoder(BOTH, false);
    var updates = read(unable, unable.encode(update));
    assertThat(announced(updates)).isEmpty();
    assertThat(withdrawn(updates)).isEqualTo(hosts(2));
    assertThat(unable.unsendable()).isEqualTo(2);
  }

  @Test
  void withoutThatCapabilityEachFamilyGoesWithItsOwnNextHop() {
    UpdateEncoder<HostPrefix> encoder = encoder(BOTH, false);
    var updates =
        read(encoder, encoder.encode(SessionPairTest.announce(attributes("fd00::1"), hosts6(2))));
    assertThat(announced(updates)).isEqualTo(hosts6(2));
    updates =
        read(encoder, encoder.encode(SessionPairTest.announce(attributes("10.0.0.1"), hosts(2))));
    assertThat(announced(updates)).isEqualTo(hosts(2));
    assertThat(encoder.unsendable()).isZero();
  }

  @Test
  void thePeersCapabilityAndBothFamiliesOfOursMakeAnIpv6NextHopSendable() {
    SessionConfig ipv4 = ipv4Only(1);
    assertThat(unsendable(Speaker.overlay(1), Speaker.overlay(2))).isZero();
    assertThat(unsendable(Speaker.overlay(1), ipv4Only(2))).isEqualTo(1);
    assertThat(unsendable(ipv4, Speaker.overlay(2))).isEqualTo(1);
  }

  private static SessionConfig ipv4Only(int id) {
    SessionConfig both = Speaker.overlay(id);
    return new SessionConfig(
        both.localAs(),
        both.remoteAs(),
        id,
        both.expectedRemoteId(),
        both.holdTimeSeconds(),
        List.of(Family.IPV4_UNICAST),
        both.opening(),
        both.options());
  }

  private static long unsendable(SessionConfig config, SessionConfig peer) {
    Speaker speaker = Speaker.established(config, peer);
    speaker.session.send(SessionPairTest.announce(attributes("fd00::1"), hosts(1)), speaker.now);
    return speaker.session.stats().unsendable();
  }

  @Test
  void bothFamiliesOfOneAnnouncementHaveTheirNextHopWhereItBelongs() {
    UpdateEncoder<HostPrefix> encoder = encoder(BOTH, false);
    List<HostPrefix> both = List.of(HostPrefix.ipv4(1), HostPrefix.ipv6(9));
    List<byte[]> writes = encoder.encode(SessionPairTest.announce(attributes("10.0.0.1"), both));

    byte[] ipv4 = join(ORIGIN, Bytes.EMPTY_AS_PATH, Bytes.NEXT_HOP, Bytes.LOCAL_PREF);
    byte[] reach =
        join(
            Octets.octets(0x90, 14, 0, 38, 0, 2, 1, 16),
            Octets.octets(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1),
            Octets.octets(0),
            Bytes.IPV6_HOST);
    byte[] ipv6 = join(reach, ORIGIN, Bytes.EMPTY_AS_PATH, Bytes.LOCAL_PREF);
    assertThat(join(writes))
        .isEqualTo(
            join(
                BgpMessages.announce(ipv4, Octets.octets(32, 10, 0, 0, 1)),
                BgpMessages.announce(ipv6)));
  }

  @Test
  void attributesThatLeaveNoRoomInAMessageAreWithdrawnInstead() {
    // 21 bytes of the others, and communities with a header of four bytes.
    UpdateEncoder<HostPrefix> encoder = encoder(BOTH, false);
    PathAttributes longest = with(attributes("10.0.0.1"), communities(996));
    var updates = read(encoder, encoder.encode(SessionPairTest.announce(longest, hosts(3))));
    assertThat(announced(updates)).isEqualTo(hosts(3));
    assertThat(encoder.unsendable()).isZero();

    PathAttributes tooLong = with(attributes("10.0.0.1"), communities(997));
    updates = read(encoder, encoder.encode(SessionPairTest.announce(tooLong, hosts(3))));
    assertThat(announced(updates)).isEmpty();
    assertThat(withdrawn(updates)).isEqualTo(hosts(3));
    assertThat(encoder.unsendable()).isEqualTo(3);
  }

  @Test
  void messagesOfEverySizeHoldTheirPrefixesWhole() {
    // The second message of about 240 prefixes on begins where the first buffer ends.
    for (int more = 0; more < 3; more++) {
      PathAttributes ipv6 = with(attributes("fd00::1"), communities(more));
      PathAttributes ipv4 = with(attributes("10.0.0.1"), communities(more));
      for (int count = 230; count < 350; count++) {
        UpdateEncoder<HostPrefix> encoder = encoder(BOTH, false);
        var update = SessionPairTest.announce(ipv6, hosts6(count));
        assertThat(announced(read(encoder, encoder.encode(update)))).isEqualTo(hosts6(count));
        update = SessionPairTest.announce(ipv4, hosts(count));
        assertThat(announced(read(encoder, encoder.encode(update)))).isEqualTo(hosts(count));
      }
    }
  }

  @Test
  void whatIsWrittenInSeveralPiecesIsAsGoodAsInOne() {
    // 814 withdrawals fill a message of 4096 bytes, and 17 such messages fill a piece.
    for (int withdrawn : new int[] {16 * 814 + 100, 17 * 814, 17 * 814 + 10, 18 * 814 + 20}) {
      for (boolean ipv6 : new boolean[] {false, true}) {
        UpdateEncoder<HostPrefix> encoder = encoder(ipv6 ? BOTH : IPV4, false);
        List<HostPrefix> announced = ipv6 ? hosts6(300) : hosts(300);
        List<byte[]> writes =
            encoder.encode(
                new UpdateMessage<>(
                    hosts(withdrawn).stream().map(p -> new Nlri<>(p, 0)).toList(),
                    announced.stream().map(p -> new Nlri<>(p, 0)).toList(),
                    Optional.of(attributes(ipv6 ? "fd00::1" : "10.0.0.1")),
                    List.of(),
                    Optional.empty()));
        var updates = read(encoder, writes);
        assertThat(writes).hasSizeGreaterThan(1);
        assertThat(writes.getFirst()).hasSizeBetween(64 * 1024, 64 * 1024 + 4096);
        assertThat(withdrawn(updates)).isEqualTo(hosts(withdrawn));
        assertThat(announced(updates)).isEqualTo(announced);
      }
    }
  }

  @Test
  void endOfRibIsTheEmptyUpdateOfItsFamilyAlsoBehindOtherMessages() {
    // RFC 4724 section 2.
    byte[] ipv4 = BgpMessages.message(2, 0, 0, 0, 0);
    byte[] ipv6 = BgpMessages.message(2, 0, 0, 0, 7, 0x90, 15, 0, 3, 0, 2, 1);
    for (int withdrawn : new int[] {0, 1, 17 * 814}) {
      for (Family family : Family.values()) {
        UpdateEncoder<HostPrefix> encoder = encoder(BOTH, false);
        byte[] all = join(encoder.encode(endOfRib(family, withdrawn)));
        byte[] marker = family == Family.IPV4_UNICAST ? ipv4 : ipv6;
        assertThat(all).endsWith(marker);
        assertThat(encoder.messages()).isEqualTo(1 + (withdrawn + 813) / 814);
      }
    }
    assertThat(encoder(IPV4, false).encode(endOfRib(Family.IPV6_UNICAST, 0))).isEmpty();
  }

  private static UpdateMessage<HostPrefix> endOfRib(Family family, int withdrawn) {
    return new UpdateMessage<>(
        hosts(withdrawn).stream().map(p -> new Nlri<>(p, 0)).toList(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.of(family));
  }

  private static byte[] external(Role role, PathAttributes attributes) {
    return new AttributeWriter(Speaker.external(64496, 64497, 1, role)).write(attributes, true);
  }

  @Test
  void towardsAnotherAsThePathBeginsWithThisOneOnce() {
    // RFC 4271 section 5.1.2.
    PathAttributes none = attributes("10.0.0.1");
    List<Asn> foreign = List.of(Asn.of(7), Asn.of(8), Asn.of(9));
    List<Asn> own = List.of(Asn.of(64496), Asn.of(64496), Asn.of(7));
    byte[] prepended =
        attribute(0x40, 2, 2, 4, 0, 0, 0xfb, 0xf0, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9);
    byte[] kept = attribute(0x40, 2, 2, 3, 0, 0, 0xfb, 0xf0, 0, 0, 0xfb, 0xf0, 0, 0, 0, 7);
    assertThat(external(Role.NONE, with(none, foreign, OptionalLong.empty())))
        .isEqualTo(join(ORIGIN, prepended, Bytes.NEXT_HOP));
    assertThat(external(Role.NONE, with(none, own, OptionalLong.empty())))
        .isEqualTo(join(ORIGIN, kept, Bytes.NEXT_HOP));
    byte[] inside =
        new AttributeWriter(Speaker.overlay(1))
            .write(with(none, foreign, OptionalLong.empty()), true);
    assertThat(inside)
        .isEqualTo(
            join(
                ORIGIN,
                attribute(0x40, 2, 2, 3, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9),
                Bytes.NEXT_HOP,
                Bytes.LOCAL_PREF));
  }

  @Test
  void onlyToCustomerIsAddedKeptOrLeftOutByRole() {
    // RFC 9234 section 5.
    PathAttributes plain = attributes("10.0.0.1");
    PathAttributes marked = with(plain, List.of(), OptionalLong.of(7));
    byte[] rest = join(ORIGIN, attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf0), Bytes.NEXT_HOP);
    byte[] added = join(rest, attribute(0xC0, 35, 0, 0, 0xfb, 0xf0));
    byte[] kept = join(rest, attribute(0xC0, 35, 0, 0, 0, 7));
    assertThat(external(Role.PROVIDER, plain)).isEqualTo(added);
    assertThat(external(Role.PEER, plain)).isEqualTo(added);
    assertThat(external(Role.PROVIDER, marked)).isEqualTo(kept);
    assertThat(external(Role.CUSTOMER, plain)).isEqualTo(rest);
    assertThat(external(Role.RS_CLIENT, plain)).isEqualTo(rest);
    assertThat(external(Role.NONE, marked)).isEqualTo(rest);
  }

  @Test
  void theLengthOfAnAttributeHasTwoBytesWhereOneIsTooFew() {
    // RFC 4271 section 4.3.
    PathAttributes short63 = with(attributes("10.0.0.1"), communities(63));
    PathAttributes long64 = with(attributes("10.0.0.1"), communities(64));
    AttributeWriter writer = new AttributeWriter(Speaker.overlay(1));
    int others = 21;
    byte[] bytes = writer.write(short63, true);
    assertThat(java.util.Arrays.copyOfRange(bytes, others, others + 3))
        .isEqualTo(Octets.octets(0xC0, 8, 252));
    assertThat(bytes).hasSize(others + 3 + 252);
    bytes = writer.write(long64, true);
    assertThat(java.util.Arrays.copyOfRange(bytes, others, others + 4))
        .isEqualTo(Octets.octets(0xD0, 8, 1, 0));
    assertThat(bytes).hasSize(others + 4 + 256);
  }

  @Test
  void anAttributeMayFillItsBufferToTheLastByte() {
    AttributeWriter writer = new AttributeWriter(Speaker.overlay(1));
    for (int count = 0; count < 300; count++) {
      PathAttributes attributes = with(attributes("10.0.0.1"), communities(count));
      byte[] again = new AttributeWriter(Speaker.overlay(1)).write(attributes, true);
      assertThat(writer.write(attributes, true)).isEqualTo(again);
      int header = count == 0 ? 0 : count > 63 ? 4 : 3;
      assertThat(again).hasSize(21 + header + 4 * count);
    }
  }

  @Test
  void thePathOfSeveralSegmentsHasAnExtendedLength() {
    for (int length : new int[] {62, 63, 64, 255, 256, 510, 511}) {
      List<Asn> path = IntStream.rangeClosed(1, length).mapToObj(Asn::of).toList();
      byte[] bytes =
          new AttributeWriter(Speaker.overlay(1))
              .write(with(attributes("10.0.0.1"), path, OptionalLong.empty()), true);
      AttributeWalk walk = new AttributeWalk();
      walk.walk(bytes, 0, bytes.length);
      assertThat(walk.rung()).isEqualTo(ErrorRung.NONE);
      ParsedAttributes parsed =
          AttributeParser.parse(ErrorRungTest.INTERNAL, walk.plain(), walk.plainLength());
      assertThat(parsed.attributes().orElseThrow().asPath()).isEqualTo(path);
    }
  }

  @Test
  void anIpv4AddressInSixteenBytesIsTheMappedOne() throws java.net.UnknownHostException {
    byte[] mapped = NextHopCodec.sixteenBytes(InetAddress.getByAddress(new byte[] {1, 2, 3, 4}));
    assertThat(mapped)
        .isEqualTo(Octets.octets(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4));
  }
}
