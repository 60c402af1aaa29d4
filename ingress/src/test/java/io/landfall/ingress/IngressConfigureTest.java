package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Now;
import io.landfall.ingress.IngressView.State;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Another configuration of plane one while its sessions are up, byte for byte. */
class IngressConfigureTest {
  private static final String PREFIX = "198.51.100.0/24";
  private static final String OTHER = "203.0.113.0/24";
  private static final String SECOND = "192.0.2.9";
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final SortedSet<String> NONE = new TreeSet<>();

  private final Ingress ingress =
      new Ingress(settings(List.of(upstream()), PREFIX), bound -> 0, 1_700_000_000_000L);
  private final TestUpstream router = new TestUpstream(ingress, Role.NONE);

  @Test
  void whatIsTheSameSendsNothing() {
    up();
    configure(settings(List.of(upstream()), PREFIX));

    assertThat(router.heard()).isEmpty();
    assertThat(router.notes()).noneMatch(note -> note.contains("announced -> announced"));
    assertThat(ingress.view().updatesSent()).isEqualTo(1);
  }

  @Test
  void anotherDressIsAnnouncedOnTheSessionThatThereIs() {
    up();
    configure(settings(List.of(upstream(64496, 64500, dress(2, 50))), PREFIX));

    assertThat(router.heard()).containsExactly("announce " + PREFIX);
    assertThat(router.attributes().getLast().asPath()).hasSize(3);
    assertThat(router.attributes().getLast().med()).hasValue(50);
    assertThat(router.ends()).isEmpty();
    assertThat(router.dialled()).isFalse();
  }

  @Test
  void aPrefixThatLeftIsWithdrawnAndANewOneAnnouncedAndTheOthersAreNotSentAgain() {
    up();
    configure(settings(List.of(upstream()), PREFIX, OTHER));
    assertThat(router.heard()).containsExactly("announce " + OTHER);

    configure(settings(List.of(upstream()), OTHER));
    assertThat(router.heard()).containsExactly("withdraw " + PREFIX);
    assertThat(ingress.view().prefixes())
        .extracting(IngressView.PrefixRow::prefix)
        .containsExactly(OTHER);
    router.refresh();
    assertThat(router.heard()).contains("announce " + OTHER).doesNotContain("announce " + PREFIX);
  }

  @Test
  void aNewPrefixIsNotAnnouncedInOrderToBeWithdrawn() {
    up();
    router.give(new IngressEvent.OperatorDrain());
    assertThat(router.heard()).containsExactly("announce " + PREFIX + " gshut");

    configure(settings(List.of(upstream()), PREFIX, OTHER));
    assertThat(router.heard()).isEmpty();
    assertThat(ingress.view().prefixes())
        .extracting(IngressView.PrefixRow::state)
        .containsExactly(State.DRAINING, State.WITHDRAWN);

    configure(settings(List.of(upstream(64496, 64500, dress(1, 7))), PREFIX, OTHER));
    assertThat(router.heard()).containsExactly("announce " + PREFIX + " gshut");
    router.pass(10_000);
    assertThat(router.heard()).containsExactly("withdraw " + PREFIX);
    router.give(new IngressEvent.OperatorUndrain());
    assertThat(router.heard()).containsExactly("announce " + PREFIX, "announce " + OTHER);
  }

  @Test
  void whatTheOpenSaysBeginsTheSessionAnew() {
    up();
    configure(settings(List.of(upstream(64511, 64500, TestUpstream.PLAIN)), PREFIX));

    assertThat(router.ends()).hasSize(1);
    assertThat(router.ends().getFirst().subcode()).isEqualTo(6);
    assertThat(router.dialled()).isTrue();
    assertThat(ingress.view().updatesSent()).as("counted from the start").isEqualTo(1);
  }

  @Test
  void anotherWayToARouterBeginsItsSessionAnew() {
    up();
    router.give(
        new IngressEvent.Configure(
            settings(List.of(upstream()), PREFIX), new TreeSet<>(List.of(TestUpstream.NAME))));

    assertThat(router.ends()).hasSize(1);
    assertThat(router.dialled()).isTrue();
  }

  @Test
  void anUpstreamThatLeftIsEndedAsDeConfiguredAndNotDialledAgain() {
    up();
    List<IngressEffect> effects =
        ingress.step(
            new IngressEvent.Configure(settings(List.of()), NONE),
            new Now(2_000_000_000L, 1_700_000_000_000L));

    // NOTIFICATION, Cease, Peer De-configured (RFC 4486 section 4).
    assertThat(effects)
        .anySatisfy(
            effect ->
                assertThat(effect)
                    .isInstanceOfSatisfying(
                        IngressEffect.Write.class,
                        write ->
                            assertThat(Arrays.copyOfRange(write.bytes(), 18, 21))
                                .containsExactly(3, 6, 3)))
        .anyMatch(IngressEffect.Close.class::isInstance)
        .noneMatch(IngressEffect.Dial.class::isInstance);
    assertThat(ingress.view().upstreams()).isEmpty();
    assertThat(ingress.deadlineNanos()).isEmpty();
  }

  @Test
  void aNewUpstreamIsDialledAndTheOthersAreNotTouched() {
    up();
    List<IngressEffect> effects =
        ingress.step(
            new IngressEvent.Configure(
                settings(
                    List.of(upstream(), upstream(SECOND, 64496, 64501, TestUpstream.PLAIN)),
                    PREFIX),
                NONE),
            new Now(2_000_000_000L, 1_700_000_000_000L));

    assertThat(effects).containsExactly(new IngressEffect.Dial(SECOND));
    assertThat(router.established()).isTrue();
  }

  @Test
  void aNewUpstreamOfANodeThatStopsIsNotDialled() {
    up();
    router.give(new IngressEvent.Shutdown("maintenance"));
    List<IngressEffect> effects =
        ingress.step(
            new IngressEvent.Configure(
                settings(List.of(upstream(SECOND, 64496, 64501, TestUpstream.PLAIN)), PREFIX),
                NONE),
            new Now(2_000_000_000L, 1_700_000_000_000L));

    assertThat(effects).noneMatch(IngressEffect.Dial.class::isInstance);
  }

  private void up() {
    router.give(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    router.answerDial();
    assertThat(router.heard()).contains("announce " + PREFIX);
  }

  private void configure(IngressSettings settings) {
    router.give(new IngressEvent.Configure(settings, NONE));
  }

  private static Announcement dress(int prepends, long med) {
    return new Announcement(prepends, List.of(), List.of(), OptionalLong.of(med), List.of());
  }

  private static Upstream upstream() {
    return upstream(64496, 64500, TestUpstream.PLAIN);
  }

  private static Upstream upstream(int localAs, int remoteAs, Announcement dress) {
    return upstream(TestUpstream.NAME, localAs, remoteAs, dress);
  }

  private static Upstream upstream(String address, int localAs, int remoteAs, Announcement dress) {
    return new Upstream(
        IngressSettingsTest.address(address),
        Asn.of(localAs),
        Asn.of(remoteAs),
        Role.NONE,
        dress,
        new Upstream.Timing(90, 0, 5));
  }

  private static IngressSettings settings(List<Upstream> upstreams, String... prefixes) {
    return new IngressSettings(
        Arrays.stream(prefixes).map(each -> AnycastPrefix.parse(each, BLOCK)).toList(),
        upstreams,
        0x0A200001,
        10_000,
        0);
  }
}
