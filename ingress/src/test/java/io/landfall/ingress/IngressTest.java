package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Now;
import io.landfall.ingress.IngressView.State;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Plane one and an upstream, byte for byte, on a clock of the test's own. */
class IngressTest {
  private static final String PREFIX = "198.51.100.0/24";
  private static final String PREFIX_6 = "2001:db8:1::/48";
  private static final String END = "end-of-rib IPV4_UNICAST";
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  private Ingress ingress = ingress(TestUpstream.PLAIN, Role.NONE);
  private TestUpstream upstream = new TestUpstream(ingress, Role.NONE);

  @Test
  void announcesWhenTheSessionComesUpAndThenSaysEndOfRib() {
    up(ListenerLiveness.ACCEPTING);

    assertThat(upstream.heard()).containsExactly("announce " + PREFIX, END);
    assertThat(state()).isEqualTo(State.ANNOUNCED);
    assertThat(ingress.view().updatesSent()).isEqualTo(1);
    assertThat(ingress.view().endOfRibSent()).isEqualTo(1);
    assertThat(ingress.view().intent()).isEqualTo("advertise");
  }

  @Test
  void aSessionOfTheProcessBeforeIsAnnouncedOnAgainOrItsRouteIsTakenBack() {
    upstream.give(new IngressEvent.Inherited(TestUpstream.NAME, new TreeSet<>(Set.of(PREFIX))));
    upstream.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING, false));
    upstream.answerDial();
    assertThat(upstream.heard()).as("the same route").containsExactly("announce " + PREFIX, END);

    Ingress drained = ingress(TestUpstream.PLAIN, Role.NONE);
    TestUpstream other = new TestUpstream(drained, Role.NONE);
    other.give(new IngressEvent.OperatorDrain());
    other.give(new IngressEvent.Inherited(TestUpstream.NAME, new TreeSet<>(Set.of(PREFIX))));
    other.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING, false));
    other.answerDial();
    assertThat(other.heard()).containsExactly("withdraw " + PREFIX, END);

    Ingress notAnnounced = ingress(TestUpstream.PLAIN, Role.NONE);
    TestUpstream third = new TestUpstream(notAnnounced, Role.NONE);
    third.give(new IngressEvent.OperatorDrain());
    third.give(new IngressEvent.Inherited(TestUpstream.NAME, new TreeSet<>()));
    third.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING, false));
    third.answerDial();
    assertThat(third.heard()).containsExactly(END);
  }

  @Test
  void dressesTheRouteAsConfigured() {
    Announcement dress =
        new Announcement(
            2,
            List.of(64500 << 16 | 9),
            List.of(new LargeCommunity(64500, 1, 2)),
            OptionalLong.of(50),
            List.of());
    TestUpstream provider = new TestUpstream(ingress(dress, Role.CUSTOMER), Role.PROVIDER);
    provider.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    provider.answerDial();

    PathAttributes attributes = provider.attributes().getFirst();
    assertThat(attributes.origin()).isEqualTo(Origin.IGP);
    assertThat(attributes.asPath()).containsOnly(Asn.of(64496)).hasSize(3);
    assertThat(attributes.nextHop()).contains(TestUpstream.LOCAL);
    assertThat(attributes.communities().standard()).containsExactly(64500 << 16 | 9);
    assertThat(attributes.communities().large()).containsExactly(new LargeCommunity(64500, 1, 2));
    assertThat(attributes.med()).hasValue(50);
    assertThat(attributes.localPref()).isEmpty();
  }

  @Test
  void towardsAPeerTheRouteCarriesOnlyToCustomerAndTowardsAProviderItDoesNot() {
    for (Role role : List.of(Role.PEER, Role.CUSTOMER)) {
      TestUpstream router =
          new TestUpstream(
              ingress(TestUpstream.PLAIN, role), role == Role.PEER ? Role.PEER : Role.PROVIDER);
      router.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
      router.answerDial();

      // A provider refuses a customer's route that has it (RFC 9234 section 5): hearing is proof.
      assertThat(router.heard()).contains("announce " + PREFIX);
      assertThat(router.attributes().getFirst().onlyToCustomer())
          .isEqualTo(role == Role.PEER ? OptionalLong.of(64496) : OptionalLong.empty());
    }
  }

  @Test
  void aRoleMismatchEndsTheSessionWithItsNotificationAndIsShown() {
    Ingress customer = ingress(TestUpstream.PLAIN, Role.CUSTOMER);
    TestUpstream alsoCustomer = new TestUpstream(customer, Role.CUSTOMER);
    alsoCustomer.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    alsoCustomer.answerDial();

    assertThat(alsoCustomer.established()).isFalse();
    assertThat(alsoCustomer.heard()).isEmpty();
    assertThat(customer.view().upstreams().getFirst().lastError().orElse("-"))
        .contains("2/11")
        .contains("Role Mismatch");
  }

  @Test
  void aSessionIsSentThePrefixesForWhichItHasANextHopAndNoOthers() {
    TestUpstream ofFour = started(dual(TestUpstream.PLAIN));
    assertThat(ofFour.heard()).containsExactly("announce " + PREFIX, END);
    assertThat(ingress.view().prefixes())
        .extracting(row -> row.prefix() + " to " + row.upstream())
        .containsExactly(PREFIX + " to 192.0.2.1", PREFIX_6 + " to 2001:db8::1");
    ofFour.give(new IngressEvent.OperatorDrain());
    assertThat(ofFour.heard()).containsExactly("announce " + PREFIX + " gshut");

    Announcement withNextHop =
        new Announcement(
            0,
            List.of(),
            List.of(),
            OptionalLong.empty(),
            List.of(IngressSettingsTest.address("2001:db8::2")));
    TestUpstream ofBoth = started(dual(withNextHop));
    assertThat(ofBoth.heard())
        .containsExactly(
            "announce " + PREFIX, "announce " + PREFIX_6, END, "end-of-rib IPV6_UNICAST");
    assertThat(ofBoth.attributes().getLast().nextHop())
        .contains(IngressSettingsTest.address("2001:db8::2"));
  }

  private TestUpstream started(Ingress dual) {
    ingress = dual;
    TestUpstream router = new TestUpstream(dual, Role.NONE);
    router.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    router.answerDial();
    return router;
  }

  /** A prefix and a router of each family; the router of IPv4 is the one that is played. */
  private static Ingress dual(Announcement toTheRouterOfFour) {
    List<Upstream> routers =
        List.of(
            router(TestUpstream.NAME, toTheRouterOfFour),
            router("2001:db8::1", TestUpstream.PLAIN));
    return new Ingress(
        new IngressSettings(
            List.of(AnycastPrefix.parse(PREFIX, BLOCK), AnycastPrefix.parse(PREFIX_6, BLOCK)),
            routers,
            0x0A200001,
            10_000,
            0),
        bound -> 0,
        1_700_000_000_000L);
  }

  private static Upstream router(String address, Announcement announcement) {
    return new Upstream(
        IngressSettingsTest.address(address),
        Asn.of(64496),
        Asn.of(64500),
        Role.NONE,
        announcement,
        new Upstream.Timing(90, 0, 5));
  }

  @Test
  void announcesNothingWhenTheListenerDoesNotAccept() {
    up(ListenerLiveness.NOT_ACCEPTING);
    upstream.pass(60_000);
    assertThat(upstream.heard()).containsExactly(END);
    assertThat(state()).isEqualTo(State.WITHDRAWN);
  }

  @Test
  void announcesNothingBeforeTheStartDelayIsOver() {
    withStartDelay(3_000);
    up(ListenerLiveness.ACCEPTING);
    assertThat(ingress.view().intent()).isEqualTo("withdraw (start delay)");

    upstream.pass(2_999);
    assertThat(upstream.heard()).containsExactly(END);

    upstream.pass(1);
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX);
    assertThat(ingress.view().intent()).isEqualTo("advertise");
  }

  @Test
  void aDrainDuringTheStartDelayAnnouncesNothing() {
    withStartDelay(3_000);
    up(ListenerLiveness.ACCEPTING);
    forget();
    upstream.give(new IngressEvent.OperatorDrain());
    upstream.pass(60_000);
    assertThat(upstream.heard()).isEmpty();
    assertThat(ingress.view().intent()).isEqualTo("drain");

    upstream.give(new IngressEvent.OperatorUndrain());
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX);
  }

  @Test
  void aListenerThatFailsDuringTheStartDelayIsNeverAnnounced() {
    withStartDelay(3_000);
    up(ListenerLiveness.ACCEPTING);
    forget();
    upstream.give(new IngressEvent.ListenerFailed("EMFILE"));
    upstream.pass(60_000);
    assertThat(upstream.heard()).isEmpty();
  }

  @Test
  void aDeadPathEndsTheSessionWithCeaseBfdDownAndItComesBack() {
    up(ListenerLiveness.ACCEPTING);
    forget();

    upstream.give(new IngressEvent.PathDown("192.0.2.1", "no packet for 600 ms"));
    assertThat(upstream.ends().getLast().code()).isEqualTo(6);
    assertThat(upstream.ends().getLast().subcode()).isEqualTo(10);
    assertThat(state()).isEqualTo(State.DOWN);
    assertThat(ingress.view().upstreams().getFirst().lastReset().orElse(""))
        .contains("BFD Down: no packet for 600 ms");

    upstream.give(new IngressEvent.ConnectFailed("192.0.2.1", "connection refused"));
    assertThat(ingress.view().upstreams().getFirst().lastError()).contains("connection refused");
    assertThat(ingress.view().upstreams().getFirst().lastReset().orElse(""))
        .as("an attempt that failed afterwards does not hide why")
        .contains("BFD Down: no packet for 600 ms");
    upstream.pass(10_000);

    upstream.answerDial();
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX, END);
  }

  @Test
  void aDeadPathDoesNotBringASessionBackThatWasShutDown() {
    up(ListenerLiveness.ACCEPTING);
    upstream.give(new IngressEvent.Shutdown("maintenance"));
    forget();
    upstream.give(new IngressEvent.PathDown("192.0.2.1", "no packet for 600 ms"));
    assertThat(upstream.dialled()).isFalse();
  }

  @Test
  void drainSaysGracefulShutdownWaitsAndWithdraws() {
    up(ListenerLiveness.ACCEPTING);
    forget();

    upstream.give(new IngressEvent.OperatorDrain());
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX + " gshut");
    assertThat(state()).isEqualTo(State.DRAINING);

    upstream.pass(9_999);
    assertThat(upstream.heard()).isEmpty();
    upstream.pass(1);
    assertThat(upstream.heard()).containsExactly("withdraw " + PREFIX);
    assertThat(state()).isEqualTo(State.WITHDRAWN);
    assertThat(upstream.established()).isTrue();

    upstream.give(new IngressEvent.OperatorUndrain());
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX);
    assertThat(ingress.view().updatesSent()).isEqualTo(4);
  }

  @Test
  void aProcessThatEndsLeavesAsADrainDoesAndReportsItAtTheWithdrawal() {
    up(ListenerLiveness.ACCEPTING);
    forget();

    upstream.give(new IngressEvent.Leave());
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX + " gshut");
    upstream.give(new IngressEvent.OperatorUndrain());
    upstream.pass(9_999);
    assertThat(upstream.heard()).as("there is no way back").isEmpty();
    assertThat(upstream.left()).isZero();

    upstream.pass(1);
    assertThat(upstream.heard()).containsExactly("withdraw " + PREFIX);
    assertThat(upstream.left()).isEqualTo(1);
    assertThat(upstream.established()).isTrue();
  }

  @Test
  void aProcessThatEndsInADrainWaitsForTheRestOfIt() {
    up(ListenerLiveness.ACCEPTING);
    upstream.give(new IngressEvent.OperatorDrain());
    upstream.pass(9_000);
    upstream.give(new IngressEvent.Leave());
    assertThat(upstream.left()).isZero();
    upstream.pass(1_000);
    assertThat(upstream.left()).isEqualTo(1);
    upstream.give(new IngressEvent.ListenerFailed("stopped"));
    assertThat(upstream.left()).as("reported again, and so harmless").isBetween(1, 2);
  }

  @Test
  void aProcessThatEndsWaitsForNothingWhereNothingIsAnnounced() {
    up(ListenerLiveness.NOT_ACCEPTING);
    upstream.give(new IngressEvent.Leave());
    assertThat(upstream.left()).isEqualTo(1);
  }

  @Test
  void aProcessThatEndsWaitsForNothingWhereNoSessionIsUp() {
    upstream.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    upstream.give(new IngressEvent.Leave());
    assertThat(upstream.left()).isEqualTo(1);
  }

  @Test
  void undrainInTheMiddleTakesTheCommunityAwayAndNothingIsWithdrawnLater() {
    up(ListenerLiveness.ACCEPTING);
    upstream.give(new IngressEvent.OperatorDrain());
    forget();

    upstream.give(new IngressEvent.OperatorUndrain());
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX);
    upstream.pass(20_000);
    assertThat(upstream.heard()).isEmpty();
    assertThat(state()).isEqualTo(State.ANNOUNCED);
  }

  @Test
  void aSecondDrainDoesNotStartTheWaitAnew() {
    up(ListenerLiveness.ACCEPTING);
    upstream.give(new IngressEvent.OperatorDrain());
    upstream.pass(9_000);
    upstream.give(new IngressEvent.OperatorDrain());
    forget();

    upstream.pass(1_000);

    assertThat(upstream.heard()).containsExactly("withdraw " + PREFIX);
  }

  @Test
  void aSessionThatComesUpInADrainIsToldNothing() {
    up(ListenerLiveness.ACCEPTING);
    upstream.give(new IngressEvent.OperatorDrain());
    upstream.cut();
    forget();

    reconnect();

    assertThat(upstream.heard()).containsExactly(END);
    assertThat(state()).isEqualTo(State.WITHDRAWN);
  }

  @Test
  void aFailedListenerWithdrawsAtOnceAndForGood() {
    up(ListenerLiveness.ACCEPTING);
    forget();

    upstream.give(new IngressEvent.ListenerFailed("EMFILE"));
    assertThat(upstream.heard()).containsExactly("withdraw " + PREFIX);

    upstream.give(new IngressEvent.ListenerFailed("again"));
    upstream.give(new IngressEvent.OperatorDrain());
    upstream.give(new IngressEvent.OperatorUndrain());
    upstream.pass(60_000);
    assertThat(upstream.heard()).isEmpty();
  }

  @Test
  void shutdownWithdrawsAndThenSaysCeaseWithItsText() {
    up(ListenerLiveness.ACCEPTING);
    forget();

    upstream.give(new IngressEvent.Shutdown("moving racks"));

    assertThat(upstream.heard()).containsExactly("withdraw " + PREFIX);
    assertThat(upstream.ends()).hasSize(1);
    assertThat(upstream.ends().getFirst().code()).isEqualTo(6);
    assertThat(upstream.ends().getFirst().subcode()).isEqualTo(2);
    assertThat(upstream.ends().getFirst().text()).contains("moving racks");
    upstream.give(new IngressEvent.OperatorUndrain());
    upstream.pass(600_000);
    assertThat(upstream.heard()).isEmpty();
    assertThat(ingress.view().intent()).isEqualTo("withdraw (shutdown)");
  }

  @Test
  void whateverTheUpstreamSendsIsCountedAndDropped() {
    up(ListenerLiveness.ACCEPTING);
    forget();

    upstream.announce("0.0.0.0/0");
    upstream.announce(PREFIX);
    upstream.announce("10.32.1.10/32");
    upstream.withdraw("203.0.113.0/24");

    assertThat(ingress.view().upstreams().getFirst().refused())
        // Three announcements; to withdraw what was never taken is nothing to refuse.
        .isEqualTo(Map.of("ingress-imports-nothing", 3L));
    assertThat(upstream.heard()).isEmpty();
    assertThat(upstream.established()).isTrue();
    assertThat(state()).isEqualTo(State.ANNOUNCED);
  }

  @Test
  void aRefreshIsAnsweredWithWhatWasSaid() {
    up(ListenerLiveness.ACCEPTING);
    forget();
    upstream.refresh();
    // RFC 7313 section 4: between the two markers.
    assertThat(upstream.heard())
        .containsExactly("refresh 1 IPV4_UNICAST", "announce " + PREFIX, "refresh 2 IPV4_UNICAST");

    upstream.give(new IngressEvent.OperatorDrain());
    forget();
    upstream.refresh();
    assertThat(upstream.heard()).contains("announce " + PREFIX + " gshut");

    upstream.pass(10_000);
    forget();
    upstream.refresh();
    assertThat(upstream.heard()).noneMatch(line -> line.contains(PREFIX));
  }

  @Test
  void aLostSessionIsDownWithItsReasonAndComesBackByItself() {
    up(ListenerLiveness.ACCEPTING);
    long before = ingress.view().prefixes().getFirst().sinceMillis();
    upstream.pass(1_000);

    upstream.cut();

    assertThat(state()).isEqualTo(State.DOWN);
    assertThat(ingress.view().prefixes().getFirst().sinceMillis()).isEqualTo(before + 1_000);
    assertThat(ingress.view().upstreams().getFirst().lastError()).get().asString().contains("cut");
    forget();
    reconnect();
    assertThat(upstream.heard()).containsExactly("announce " + PREFIX, END);
    assertThat(ingress.view().upstreams().getFirst().lastError()).isPresent();
  }

  @Test
  void aDrainDoesNotChangeSinceWhenTheSessionIsEstablished() {
    up(ListenerLiveness.ACCEPTING);
    long established = sessionSince();
    upstream.pass(1_000);

    upstream.give(new IngressEvent.OperatorDrain());
    upstream.pass(10_000);

    assertThat(state()).isEqualTo(State.WITHDRAWN);
    assertThat(sessionSince()).isEqualTo(established);
    long drained = established + 11_000;

    upstream.cut();
    upstream.pass(1_000);
    assertThat(sessionSince()).isEqualTo(drained);
  }

  private long sessionSince() {
    return ingress.view().upstreams().getFirst().sinceMillis();
  }

  @Test
  void aRouterThatIsAwayFillsNoLog() {
    upstream.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    int before = upstream.notes().size();
    for (int i = 0; i < 50; i++) {
      upstream.give(new IngressEvent.ConnectFailed(TestUpstream.NAME, "Connection refused"));
      upstream.pass(60_000);
    }

    assertThat(upstream.notes()).hasSize(before + 1);
    assertThat(upstream.dialled()).isTrue();
    assertThat(state()).isEqualTo(State.DOWN);
  }

  @Test
  void anUpstreamThatIsNotConfiguredIsABug() {
    assertThatThrownBy(
            () -> ingress.step(new IngressEvent.ConnectFailed("192.0.2.99", "x"), new Now(0, 0)))
        .isInstanceOf(InvariantBroken.class);
  }

  private void up(ListenerLiveness listener) {
    upstream.give(new IngressEvent.Start(listener));
    upstream.answerDial();
    assertThat(upstream.established()).isTrue();
  }

  private void reconnect() {
    for (int i = 0; i < 1_000 && !upstream.dialled(); i++) {
      upstream.pass(10);
    }
    upstream.answerDial();
    assertThat(upstream.established()).isTrue();
  }

  private void forget() {
    var _ = upstream.heard();
  }

  private State state() {
    return ingress.view().prefixes().getFirst().state();
  }

  private void withStartDelay(long startDelayMillis) {
    ingress = ingress(TestUpstream.PLAIN, Role.NONE, startDelayMillis);
    upstream = new TestUpstream(ingress, Role.NONE);
  }

  static Ingress ingress(Announcement announcement, Role role) {
    return ingress(announcement, role, 0);
  }

  private static Ingress ingress(Announcement announcement, Role role, long startDelayMillis) {
    Upstream upstream =
        new Upstream(
            IngressSettingsTest.address(TestUpstream.NAME),
            Asn.of(64496),
            Asn.of(64500),
            role,
            announcement,
            new Upstream.Timing(90, 0, 5));
    IngressSettings config =
        new IngressSettings(
            List.of(AnycastPrefix.parse(PREFIX, BLOCK)),
            List.of(upstream),
            0x0A200001,
            10_000,
            startDelayMillis);
    return new Ingress(config, bound -> 0, 1_700_000_000_000L);
  }
}
