package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.metrics.MetricsText;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.core.Signal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Views of which a part is asked for. */
class FilteredApiTest {
  private final FakeBackend node = new FakeBackend();
  private final AdminApi api = new AdminApi(node, new MetricsText(FakeMetrics::new));

  private AdminAnswer ask(String view, Map<String, String> query, AdminRequest.Caller caller) {
    Map<String, List<String>> values = new TreeMap<>();
    query.forEach((name, value) -> values.put(name, List.of(value)));
    return api.handle(new AdminRequest("GET", "/v1/show/" + view, values, "", "", caller));
  }

  private AdminAnswer ask(String view, Map<String, String> query) {
    return ask(view, query, new AdminRequest.Caller.Local(Optional.empty()));
  }

  private List<ServiceStatus> services(Map<String, String> query) {
    AdminAnswer answer = ask("services", query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonReader.readAll(answer.body(), ServiceStatus.class);
  }

  /** The places of each service: here, then its sites. */
  private static List<String> places(List<ServiceStatus> services) {
    return services.stream()
        .map(
            each ->
                each.name()
                    + each.local().map(local -> " here").orElse("")
                    + String.join(
                        "", each.sites().stream().map(site -> " " + site.node()).toList()))
        .toList();
  }

  @Test
  void servicesByNameHaveAStarForAnyText() {
    assertThat(places(services(Map.of()))).containsExactly("shop here nyc", "media");
    assertThat(places(services(Map.of("name", "media")))).containsExactly("media");
    assertThat(places(services(Map.of("name", "s*p")))).containsExactly("shop here nyc");
    assertThat(places(services(Map.of("name", "*")))).hasSize(2);
    assertThat(services(Map.of("name", "s.*"))).as("only the star is no text").isEmpty();
  }

  @Test
  void aSiteOrAStateLeavesOutThePlacesThatAreOthers() {
    assertThat(places(services(Map.of("site", "nyc")))).containsExactly("shop nyc");
    assertThat(places(services(Map.of("site", "here")))).containsExactly("shop here");
    assertThat(places(services(Map.of("site", "fra"))))
        .as("the node's own name")
        .containsExactly("shop here");
    assertThat(places(services(Map.of("state", "up")))).containsExactly("shop here nyc");
    assertThat(places(services(Map.of("state", "DOWN"))))
        .as("what no site advertises is down")
        .containsExactly("media");
    assertThat(services(Map.of("state", "DOWN", "site", "nyc"))).isEmpty();
    assertThat(services(Map.of("state", "COLD"))).isEmpty();
  }

  @Test
  void servicesAreLeftWholeForWhoAsksForThat() {
    assertThat(places(services(Map.of("site", "nyc", "whole", "true"))))
        .containsExactly("shop here nyc");
  }

  private void assertRefused(int status, String why, String view, Map<String, String> query) {
    AdminAnswer answer = ask(view, query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(why);
  }

  @Test
  void wrongValuesOfServicesAreRefusedWithTheRightOnes() {
    assertRefused(
        400,
        "there is no state 'ILL'; there are UP, COLD, DRAINING, DOWN",
        "services",
        Map.of("state", "ill"));
    assertThat(Arrays.stream(Signal.values()).map(Signal::name))
        .as("every state is known")
        .allSatisfy(
            state -> assertThat(ask("services", Map.of("state", state)).status()).isEqualTo(200));
    assertRefused(
        404, "there is no site 'tyo'; there are fra, nyc", "services", Map.of("site", "tyo"));
    assertRefused(
        404,
        "there is no service 'sohp'; there are media, shop",
        "services",
        Map.of("name", "sohp"));
    assertRefused(
        400,
        "unknown parameter 'sight'; known: [name, site, state, whole]",
        "services",
        Map.of("sight", "nyc"));
  }

  @Test
  void decisionsAreAskedForByAllOfIt() {
    assertThat(ask("decisions", Map.of()).status()).isEqualTo(200);
    assertThat(node.decided).isEqualTo(DecisionFilter.ALL);
    AdminAnswer answer =
        ask(
            "decisions",
            Map.of(
                "service", "shop", "outcome", "Forward", "reason", "remote_up", "status", "2XX"));
    assertThat(answer.body()).contains("token=secret");
    assertThat(node.decided)
        .isEqualTo(
            new DecisionFilter(
                Optional.of("shop"),
                Optional.of("forward"),
                Optional.of("REMOTE_UP"),
                new StatusRange(200, 299)));
    assertThat(
            ask(
                    "decisions",
                    Map.of("service", "shop"),
                    new AdminRequest.Caller.Loopback("localhost"))
                .body())
        .as("over TCP")
        .contains("\"path\":\"/a\"")
        .doesNotContain("secret");
  }

  @Test
  void wrongValuesOfDecisionsAreRefusedWithTheRightOnes() {
    assertRefused(
        400,
        "there is no outcome 'served'; there are serve, forward, decline",
        "decisions",
        Map.of("outcome", "served"));
    assertRefused(400, "'9x' is no status; write 502, or 5xx", "decisions", Map.of("status", "9x"));
    assertRefused(
        400,
        "unknown parameter 'node'; known: [outcome, reason, service, status]",
        "decisions",
        Map.of("node", "nyc"));
    assertRefused(404, "there is no service 'api' here", "decisions", Map.of("service", "api"));
  }

  @Test
  void aStatusIsOneOrAClass() {
    assertThat(StatusRange.of("0")).contains(new StatusRange(0, 0));
    assertThat(StatusRange.of("502")).contains(new StatusRange(502, 502));
    assertThat(StatusRange.of("4xx")).contains(new StatusRange(400, 499));
    for (String wrong : List.of("", "xx", "0xx", "50", "5XXX", "-1", "5x", "6xx", "600")) {
      assertThat(StatusRange.of(wrong)).as(wrong).isEmpty();
    }
    assertThat(new StatusRange(400, 499).has(400)).isTrue();
    assertThat(new StatusRange(400, 499).has(500)).isFalse();
  }
}
