package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What plane one refuses to be told. */
class IngressSettingsTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  @Test
  void aNodeWithoutAPublicSideIsLegal() {
    assertThatCode(() -> new IngressSettings(List.of(), List.of(), 1, 0, 0))
        .doesNotThrowAnyException();
  }

  @Test
  void theSamePrefixOrUpstreamTwiceIsRefused() {
    AnycastPrefix prefix = AnycastPrefix.parse("198.51.100.0/24", BLOCK);
    Upstream upstream = upstream(1, 2, Role.NONE, TestUpstream.PLAIN);
    assertThatThrownBy(() -> new IngressSettings(List.of(prefix, prefix), List.of(), 1, 0, 0))
        .hasMessageContaining("prefix 198.51.100.0/24 is configured twice");
    assertThatThrownBy(() -> new IngressSettings(List.of(), List.of(upstream, upstream), 1, 0, 0))
        .hasMessageContaining("upstream 192.0.2.1 is configured twice");
  }

  @Test
  void aPrefixOfTheOtherFamilyNeedsAConfiguredNextHop() {
    List<AnycastPrefix> prefixes = List.of(AnycastPrefix.parse("2001:db8:1::/48", BLOCK));
    Upstream without = upstream(1, 2, Role.NONE, TestUpstream.PLAIN);
    Upstream with =
        upstream(
            1,
            2,
            Role.NONE,
            new Announcement(
                0, List.of(), List.of(), OptionalLong.empty(), List.of(address("2001:db8::2"))));

    assertThatThrownBy(() -> new IngressSettings(prefixes, List.of(without), 1, 0, 0))
        .hasMessageContaining("no upstream has a next hop for 2001:db8:1::/48");
    List<AnycastPrefix> both =
        List.of(
            AnycastPrefix.parse("2001:db8:1::/48", BLOCK),
            AnycastPrefix.parse("198.51.100.0/24", BLOCK));
    Upstream ofSix =
        new Upstream(
            address("2001:db8::1"),
            new Asn(1),
            new Asn(2),
            Role.NONE,
            TestUpstream.PLAIN,
            Upstream.Timing.DEFAULT);
    IngressSettings dual = new IngressSettings(both, List.of(without, ofSix), 1, 0, 0);
    assertThat(dual.prefixesOf(without)).extracting("lengthBits").containsExactly(24);
    assertThat(dual.prefixesOf(ofSix)).extracting("lengthBits").containsExactly(48);
    assertThatThrownBy(
            () -> new IngressSettings(both.subList(1, 2), List.of(without, ofSix), 1, 0, 0))
        .hasMessageContaining("upstream 2001:db8::1 has no next hop for any of the prefixes");
    assertThatCode(() -> new IngressSettings(prefixes, List.of(with), 1, 0, 0))
        .doesNotThrowAnyException();
  }

  /** RFC 9687 section 3: it must exceed the hold time, and is twice it here. */
  @Test
  void theSendHoldTimeIsTwiceTheHoldTime() {
    Upstream.Timing timing = Upstream.Timing.DEFAULT;
    assertThat(timing.sendHoldTimeSeconds()).isEqualTo(2 * timing.holdTimeSeconds());
  }

  @Test
  void anUpstreamInTheSameAsOrAsOurCustomerIsRefused() {
    assertThatThrownBy(() -> upstream(1, 1, Role.NONE, TestUpstream.PLAIN))
        .hasMessageContaining("eBGP");
    assertThatThrownBy(() -> upstream(1, 0, Role.NONE, TestUpstream.PLAIN))
        .hasMessageContaining("RFC 7607");
    assertThatThrownBy(() -> upstream(1, 2, Role.PROVIDER, TestUpstream.PLAIN))
        .hasMessageContaining("role");
    assertThatThrownBy(
            () ->
                new Upstream(
                    address("192.0.2.1"),
                    Asn.of(1),
                    Asn.of(2),
                    Role.NONE,
                    SessionConfig.RoleMode.STRICT,
                    TestUpstream.PLAIN,
                    Upstream.Timing.DEFAULT))
        .hasMessageContaining("strict");
    assertThatCode(() -> upstream(1, 2, Role.RS_CLIENT, TestUpstream.PLAIN))
        .doesNotThrowAnyException();
  }

  /** RFC 7607 for 0, RFC 7300 for the last ones. */
  @Test
  void theNumberThatIsNotToBeUsedIsNamed() {
    assertThatThrownBy(() -> upstream(64_496, 65_535, Role.NONE, TestUpstream.PLAIN))
        .hasMessageContaining("AS number 65535 is not to be used");
    assertThatThrownBy(() -> upstream(0, 64_500, Role.NONE, TestUpstream.PLAIN))
        .hasMessageContaining("AS number 0 is not to be used");
  }

  @Test
  void theLastValuesInTheBoundsAreTaken() {
    Announcement most =
        new Announcement(
            Announcement.MAX_PREPENDS,
            Collections.nCopies(Announcement.MAX_COMMUNITIES, 1),
            Collections.nCopies(Announcement.MAX_COMMUNITIES, new LargeCommunity(1, 2, 3)),
            OptionalLong.empty(),
            List.of());
    assertThat(most.prepends()).isEqualTo(16);
    assertThatThrownBy(
            () ->
                new Announcement(
                    0,
                    List.of(),
                    Collections.nCopies(33, new LargeCommunity(1, 2, 3)),
                    OptionalLong.empty(),
                    List.of()))
        .hasMessageContaining("at most 32 communities of each kind");
    for (int hold : new int[] {0, 3, 65_535}) {
      assertThat(new Upstream.Timing(hold, 0, 1).holdTimeSeconds()).isEqualTo(hold);
    }
    for (int hold : new int[] {-1, 1, 2, 65_536}) {
      assertThatThrownBy(() -> new Upstream.Timing(hold, 0, 1)).hasMessageContaining("hold time");
    }
    assertThatThrownBy(() -> new Upstream.Timing(30, -1, 1)).hasMessageContaining("send hold");
    assertThatThrownBy(() -> new Upstream.Timing(30, 0, 0)).hasMessageContaining("connect retry");
  }

  @Test
  void sixtyFourPrefixesAndSixteenUpstreamsAreTheMost() {
    List<AnycastPrefix> prefixes =
        IntStream.rangeClosed(0, IngressSettings.MAX_PREFIXES)
            .mapToObj(i -> AnycastPrefix.parse("198.51." + i + ".0/24", BLOCK))
            .toList();
    List<Upstream> upstreams =
        IntStream.rangeClosed(1, IngressSettings.MAX_UPSTREAMS + 1).mapToObj(this::router).toList();
    List<AnycastPrefix> mostPrefixes = prefixes.subList(0, IngressSettings.MAX_PREFIXES);
    List<Upstream> mostUpstreams = upstreams.subList(0, IngressSettings.MAX_UPSTREAMS);
    assertThat(new IngressSettings(mostPrefixes, mostUpstreams, 1, 0, 0).upstreams()).hasSize(16);
    assertThatThrownBy(() -> new IngressSettings(prefixes, mostUpstreams, 1, 0, 0))
        .hasMessageContaining("at most 64 prefixes");
    assertThatThrownBy(() -> new IngressSettings(mostPrefixes, upstreams, 1, 0, 0))
        .hasMessageContaining("16 upstreams");
  }

  private Upstream router(int host) {
    return new Upstream(
        address("192.0.2." + host),
        new Asn(1),
        new Asn(2),
        Role.NONE,
        TestUpstream.PLAIN,
        Upstream.Timing.DEFAULT);
  }

  @Test
  void boundsAreKept() {
    assertThatThrownBy(
            () -> new Announcement(17, List.of(), List.of(), OptionalLong.empty(), List.of()))
        .hasMessageContaining("prepends");
    assertThatThrownBy(
            () ->
                new Announcement(
                    0, Collections.nCopies(33, 1), List.of(), OptionalLong.empty(), List.of()))
        .hasMessageContaining("communities");
    assertThatThrownBy(() -> new Upstream.Timing(2, 0, 1)).hasMessageContaining("hold time");
    assertThatThrownBy(() -> new IngressSettings(List.of(), List.of(), 0, 0, 0))
        .hasMessageContaining("Identifier");
  }

  private static Upstream upstream(int localAs, int remoteAs, Role role, Announcement dress) {
    return new Upstream(
        address("192.0.2.1"),
        new Asn(localAs),
        new Asn(remoteAs),
        role,
        dress,
        Upstream.Timing.DEFAULT);
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByAddress(Addresses.parseLiteral(literal).orElseThrow());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
