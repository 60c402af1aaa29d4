package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.ingress.IngressView.State;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is shown of an upstream: why its session ended, and what it has of each prefix. */
class UpstreamRowTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final Announcement BOTH_NEXT_HOPS =
      new Announcement(
          0,
          List.of(),
          List.of(),
          OptionalLong.empty(),
          List.of(IngressSettingsTest.address("2001:db8::2")));

  private static Ingress dual() {
    Upstream upstream =
        new Upstream(
            IngressSettingsTest.address(TestUpstream.NAME),
            Asn.of(64496),
            Asn.of(64500),
            Role.NONE,
            BOTH_NEXT_HOPS,
            new Upstream.Timing(90, 0, 5));
    return new Ingress(
        new IngressSettings(
            List.of(
                AnycastPrefix.parse("198.51.100.0/24", BLOCK),
                AnycastPrefix.parse("2001:db8:1::/48", BLOCK)),
            List.of(upstream),
            0x0A200001,
            10_000,
            0),
        bound -> 0,
        1_700_000_000_000L);
  }

  private static TestUpstream up(Ingress ingress, Family... families) {
    TestUpstream router = new TestUpstream(ingress, Role.NONE, List.of(families));
    router.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    router.answerDial();
    assertThat(router.established()).isTrue();
    return router;
  }

  private static String lastReset(Ingress ingress) {
    return ingress.view().upstreams().getFirst().lastReset().orElse("-");
  }

  /** RFC 4760 section 8: what both sides have named. */
  @Test
  void aPrefixOfAFamilyThatTheRouterDoesNotTakeIsDownThere() {
    Ingress ingress = dual();
    TestUpstream router = up(ingress, Family.IPV4_UNICAST);
    assertThat(router.heard())
        .containsExactly("announce 198.51.100.0/24", "end-of-rib IPV4_UNICAST");
    assertThat(ingress.view().prefixes())
        .extracting(IngressView.PrefixRow::state)
        .containsExactly(State.ANNOUNCED, State.DOWN);

    Ingress other = dual();
    up(other, Family.IPV4_UNICAST, Family.IPV6_UNICAST);
    assertThat(other.view().prefixes())
        .extracting(IngressView.PrefixRow::state)
        .containsExactly(State.ANNOUNCED, State.ANNOUNCED);
  }

  @Test
  void whoEndedASessionIsShownWithItsNotificationIfThereWasOne() {
    Ingress ingress = dual();
    TestUpstream router = up(ingress, Family.IPV4_UNICAST);
    router.stop(2, "moving racks");
    assertThat(lastReset(ingress))
        .startsWith("by the upstream: NOTIFICATION 6/2 ")
        .contains("moving racks");

    Ingress ended = dual();
    up(ended, Family.IPV4_UNICAST).give(new IngressEvent.PathDown(TestUpstream.NAME, "silence"));
    assertThat(lastReset(ended))
        .startsWith("by us: NOTIFICATION 6/10 ")
        .endsWith("BFD Down: silence");

    Ingress cut = dual();
    up(cut, Family.IPV4_UNICAST).cut();
    assertThat(lastReset(cut)).doesNotContain("NOTIFICATION").contains("cut");
  }

  @Test
  void theLogHasEachChangeByItsLabel() {
    Ingress ingress = dual();
    TestUpstream router = up(ingress, Family.IPV4_UNICAST);
    router.give(new IngressEvent.OperatorDrain());
    assertThat(router.notes())
        .containsExactly(
            "ingress: withdraw (listener does not accept) -> advertise",
            "192.0.2.1: down -> withdrawn",
            "192.0.2.1: withdrawn -> announced",
            "ingress: advertise -> drain",
            "192.0.2.1: announced -> draining");
  }
}
