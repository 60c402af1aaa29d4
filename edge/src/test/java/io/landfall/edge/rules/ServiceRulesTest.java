package io.landfall.edge.rules;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.SipHash;
import io.landfall.core.ServiceName;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.ClientClaims.Lookalikes;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.Rules;
import io.landfall.edge.RulesView;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.Access;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.TrafficSettings.Maintenance;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.TrafficSettings.Service;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of one service: which of them answers, and what the response has of them. */
class ServiceRulesTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("198.51.100.1");
  private static final RateLimit ONE = new RateLimit(Optional.empty(), 1, 1_000, 1, false);
  private static final Redirect MOVED =
      new Redirect.To(Optional.empty(), Optional.empty(), "/new", false, 302);

  private static ServiceRules of(Service rules) {
    return new ServiceRules(SHOP, rules, new SipHash(1, 2), Lookalikes.DROP, null);
  }

  private static Maintenance maintenance(boolean active, String... allowed) {
    return new Maintenance(Optional.empty(), 60, Rules.networks(allowed), active);
  }

  private static String judge(ServiceRules rules, @Nullable InetAddress client) {
    return rules.judge(Heads.with(), client, 0).getClass().getSimpleName();
  }

  private static String judgeCounted(ServiceRules rules, @Nullable InetAddress client) {
    return rules.judgeCounted(Heads.with(), client).getClass().getSimpleName();
  }

  @Test
  void whoIsDeniedIsAndNobodyElse() {
    ServiceRules none = of(Service.NONE);
    ServiceRules deny = of(Rules.access(List.of(), Rules.networks("192.0.2.0/24")));
    ServiceRules allow = of(Rules.access(Rules.networks("192.0.2.0/24"), List.of()));
    for (@Nullable InetAddress each : new @Nullable InetAddress[] {CLIENT, OTHER, null}) {
      assertThat(judge(none, each)).isEqualTo("Passed");
      assertThat(judgeCounted(none, each)).isEqualTo("Passed");
      assertThat(judge(deny, each)).isEqualTo(CLIENT.equals(each) ? "Denied" : "Passed");
      assertThat(judgeCounted(deny, each)).isEqualTo(CLIENT.equals(each) ? "Denied" : "Passed");
      assertThat(judge(allow, each)).isEqualTo(CLIENT.equals(each) ? "Passed" : "Denied");
      assertThat(judgeCounted(allow, each)).isEqualTo(CLIENT.equals(each) ? "Passed" : "Denied");
    }
  }

  @Test
  void theRulesAreAskedInTheirOrder() {
    Service rules =
        Rules.all(
            Rules.limits(ONE),
            Rules.maintenance(maintenance(true, "192.0.2.0/24")),
            Rules.redirects(MOVED));
    ServiceRules all = of(rules);
    assertThat(judge(all, OTHER)).isEqualTo("Maintained");
    assertThat(judge(all, OTHER)).isEqualTo("Limited");
    assertThat(judge(all, CLIENT)).isEqualTo("Redirected");
    assertThat(judge(all, CLIENT)).isEqualTo("Limited");
    assertThat(judgeCounted(all, CLIENT)).as("it is not counted again").isEqualTo("Redirected");
  }

  @Test
  void maintenanceHoldsForAllWhoAreNotServedInIt() {
    ServiceRules some = of(Rules.maintenance(maintenance(true, "192.0.2.0/24")));
    assertThat(judge(some, CLIENT)).isEqualTo("Passed");
    assertThat(judge(some, OTHER)).isEqualTo("Maintained");
    assertThat(judge(some, null)).isEqualTo("Maintained");
    ServiceRules closed = of(Rules.maintenance(maintenance(true)));
    assertThat(closed.judge(Heads.with(), CLIENT, 0))
        .isEqualTo(new Ruling.Maintained(Optional.empty(), 60));
    ServiceRules over = of(Rules.maintenance(maintenance(false, "192.0.2.0/24")));
    assertThat(judge(over, OTHER)).isEqualTo("Passed");
  }

  @Test
  void limitsThatStayKeepWhatWasUsed() {
    ServiceRules before = of(Rules.limits(ONE));
    assertThat(judge(before, CLIENT)).isEqualTo("Passed");
    ServiceRules after =
        new ServiceRules(SHOP, Rules.limits(ONE), new SipHash(3, 4), Lookalikes.DROP, before);
    assertThat(judge(after, CLIENT)).isEqualTo("Limited");
  }

  @Test
  void whatIsNotSetIsNull() {
    ServiceRules none = of(Service.NONE);
    assertThat(none.queue()).isNull();
    assertThat(none.request()).isNull();
    assertThat(none.authorization()).isNull();
    assertThat(none.identity()).isNull();
    assertThat(none.response(RequestHead.HTTP)).isNull();
    assertThat(none.response(RequestHead.HTTPS)).isNull();
    assertThat(none.view(Heads.with(), null))
        .isEqualTo(
            new RulesView(false, 0, false, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static Service authorized() {
    AuthorizationSettings authorization =
        new AuthorizationSettings(
            new OriginPlace(new InetSocketAddress(CLIENT, 80), Optional.empty()),
            AsciiString.of("auth.test"),
            "/check",
            1_000,
            List.of(),
            List.of(AsciiString.of("x-user")),
            false,
            10);
    return new Service(
        Access.ALL,
        List.of(),
        Optional.empty(),
        List.of(),
        FieldChanges.NONE,
        FieldChanges.NONE,
        Optional.empty(),
        Optional.of(authorization));
  }

  @Test
  void whatIsSetIsThere() {
    assertThat(of(Rules.queue(3, 4)).queue()).isEqualTo(new Queue(3, 4));
    FieldEdits request =
        requireNonNull(of(Rules.requestFields(Rules.changes(List.of("x-env: prod")))).request());
    assertThat(request.applyTo(Heads.fields("x_env: 1"))).hasToString("x-env: prod\n");
    ServiceRules authorized = of(authorized());
    assertThat(authorized.authorization()).isEqualTo(authorized().authorization().orElseThrow());
    assertThat(
            requireNonNull(authorized.identity()).applyTo(Heads.fields("x-user: me", "x_user: i")))
        .as("only the authorization service may give it")
        .hasToString("");
    assertThat(authorized.view(Heads.with(), null).authorization())
        .contains("http://auth.test/check");
  }

  @Test
  void strictTransportSecurityIsForHttpsOnly() {
    ServiceRules rules =
        of(
            Rules.responseFields(
                Rules.changes(List.of("x-env: prod", "strict-transport-security: max-age=1"))));
    assertThat(requireNonNull(rules.response(RequestHead.HTTP)).applyTo(Heads.fields()))
        .hasToString("x-env: prod\n");
    assertThat(requireNonNull(rules.response(RequestHead.HTTPS)).applyTo(Heads.fields()))
        .hasToString("x-env: prod\nstrict-transport-security: max-age=1\n");
  }

  @Test
  void aViewTellsWhichRulesThereAre() {
    assertThat(of(Rules.access(Rules.networks("192.0.2.0/24"), List.of())).view(Heads.with(), null))
        .matches(RulesView::byAddress);
    assertThat(of(Rules.access(List.of(), Rules.networks("192.0.2.0/24"))).view(Heads.with(), null))
        .matches(RulesView::byAddress);
    RulesView view =
        of(Rules.all(
                Rules.limits(ONE), Rules.maintenance(maintenance(true)), Rules.redirects(MOVED)))
            .view(Heads.with(), null);
    assertThat(view)
        .isEqualTo(
            new RulesView(
                false,
                1,
                true,
                Optional.of(new RulesView.Redirect(302, "/new")),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void aViewTellsWhichPrefixDecidesOfAClient() {
    ServiceRules rules =
        of(
            Rules.all(
                Rules.access(
                    Rules.networks("192.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24"),
                    Rules.networks("198.0.0.0/8", "198.51.0.0/16")),
                Rules.limits(ONE),
                Rules.maintenance(maintenance(true, "192.0.2.0/24"))));
    assertThat(rules.view(Heads.with(), CLIENT).client())
        .contains(
            new RulesView.OfClient(
                "192.0.2.1",
                false,
                Optional.of("192.0.2.0/24"),
                List.of(new RulesView.Counted("client", 1, 1_000, "192.0.2.1")),
                Optional.of("192.0.2.0/24")));
    assertThat(rules.view(Heads.with(), OTHER).client())
        .contains(
            new RulesView.OfClient(
                "198.51.100.1",
                true,
                Optional.of("198.51.0.0/16"),
                List.of(new RulesView.Counted("client", 1, 1_000, "198.51.100.1")),
                Optional.empty()));
    assertThat(of(Service.NONE).view(Heads.with(), CLIENT).client())
        .contains(
            new RulesView.OfClient(
                "192.0.2.1", false, Optional.empty(), List.of(), Optional.empty()));
  }

  private static TrafficSettings settings(Service rules) {
    return new TrafficSettings(new TreeMap<>(Map.of(SHOP, rules)));
  }

  @Test
  void aNodeHasTheRulesOfItsServicesAndWhatWasUsedOfThem() {
    assertThat(TrafficRules.of(TrafficSettings.NONE, ClientClaims.NONE, null)).isNull();
    ClientClaims claims =
        new ClientClaims(new TrustedProxies(Rules.networks("192.0.2.0/24")), Lookalikes.DROP);
    TrafficRules before =
        requireNonNull(TrafficRules.of(settings(Rules.limits(ONE)), claims, null));
    assertThat(before.of(new ServiceName("blog"))).isNull();
    assertThat(judge(requireNonNull(before.of(SHOP)), CLIENT)).isEqualTo("Passed");
    TrafficRules after =
        requireNonNull(TrafficRules.of(settings(Rules.limits(ONE)), claims, before));
    assertThat(judge(requireNonNull(after.of(SHOP)), CLIENT)).isEqualTo("Limited");
    assertThat(
            after.client(
                Heads.with("x-forwarded-for: 198.51.100.1"), new InetSocketAddress(CLIENT, 1)))
        .isEqualTo(OTHER);
  }
}
