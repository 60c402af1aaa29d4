package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.BackendRulesConfig.Circuit;
import io.landfall.config.BackendRulesConfig.Only;
import io.landfall.config.BackendRulesConfig.Sticky;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What beside weights decides which backend gets a request. */
class BackendRulesReaderTest {
  private static final String PLAIN = "backends: [\"http://10.0.0.7:8080\"]";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private ServiceConfig.Hosting shop(String... lines) {
    String text = String.join("\n    ", lines);
    return folder.valid(ConfigFolder.GOOD.replace(PLAIN, text)).services().getFirst().here();
  }

  private List<String> problems(String... lines) {
    return folder.problems(PLAIN, String.join("\n    ", lines));
  }

  @Test
  void withoutKeysWeightsAloneDecide() {
    assertThat(shop(PLAIN).rules()).isEqualTo(BackendRulesConfig.NONE);
  }

  @Test
  void rulesAreReadWithTheirDefaults() {
    assertThat(shop(PLAIN, "sticky: {cookie: b}", "circuit: {}").rules())
        .isEqualTo(
            new BackendRulesConfig(
                Optional.of(new Sticky("b", OptionalLong.empty())),
                0,
                Optional.of(new Circuit(5, 10_000, 50, List.of())),
                OptionalInt.empty()));
    assertThat(
            shop(
                    PLAIN,
                    "sticky: {cookie: b, ttl: 1h}",
                    "slow-start: 30s",
                    "circuit: {failures: 3, time: 1s, max-open: 30, statuses: [502, 503]}",
                    "retry-budget: 20")
                .rules())
        .isEqualTo(
            new BackendRulesConfig(
                Optional.of(new Sticky("b", OptionalLong.of(3_600_000))),
                30_000,
                Optional.of(new Circuit(3, 1_000, 30, List.of(502, 503))),
                OptionalInt.of(20)));
  }

  @Test
  void aBackendIsKeptForRequestsWithAFieldOrACookie() {
    assertThat(
            shop(
                    "backends:",
                    "  - http://a:1",
                    "  - {url: \"http://b:1\", only: {field: X-Canary, value: \"yes\"}}",
                    "  - {url: \"http://c:1\", only: {cookie: Beta}}")
                .backends())
        .extracting(ServiceConfig.Backend::only)
        .containsExactly(
            Optional.empty(),
            Optional.of(new Only(false, "x-canary", Optional.of("yes"))),
            Optional.of(new Only(true, "Beta", Optional.empty())));
  }

  @Test
  void aConditionNamesOneThingThatBackendsSee() {
    for (String broken : List.of("{}", "{value: a}", "{field: a, cookie: b}")) {
      assertThat(
              problems("backends: [\"http://a:1\", {url: \"http://b:1\", only: " + broken + "}]"))
          .as(broken)
          .singleElement()
          .asString()
          .contains("services.shop.backends[1].only.field: a condition names either");
    }
    for (String name : List.of("Host", "cookie", "Landfall-Cause", "Transfer-Encoding")) {
      assertThat(
              problems(
                  "backends: [\"http://a:1\", {url: \"http://b:1\", only: {field: " + name + "}}]"))
          .as(name)
          .singleElement()
          .asString()
          .contains("is of the connection or the message, or this CDN's own");
    }
    assertThat(
            problems("backends: [\"http://a:1\", {url: \"http://b:1\", only: {field: \"x y\"}}]"))
        .first()
        .asString()
        .contains("backends[1].only.field: 'x y' is not the name of a field or cookie");
  }

  @Test
  void oneBackendTakesAllOtherRequests() {
    assertThat(
            problems(
                "backends: [{url: \"http://a:1\", weight: 0},"
                    + " {url: \"http://b:1\", only: {field: x-canary}}]"))
        .singleElement()
        .asString()
        .contains("services.shop.backends: none with a weight takes requests without what 'only'");
  }

  @Test
  void whoHostsNothingChoosesNothingButMayBoundItsRepeats() {
    assertThat(problems("retry-budget: 20", "sticky: {cookie: b}", "slow-start: 1s", "circuit: {}"))
        .filteredOn(each -> each.contains("there are no backends to choose from"))
        .hasSize(3);
  }

  @Test
  void valuesAreBounded() {
    assertThat(
            problems(
                PLAIN,
                "sticky: {cookie: \"a b\", ttl: 0s}",
                "slow-start: 2h",
                "circuit: {failures: 0, time: 1h, max-open: 100, statuses: [404]}",
                "retry-budget: 101"))
        .hasSize(8);
    assertThat(problems(PLAIN, "sticky: {}"))
        .singleElement()
        .asString()
        .contains("services.shop.sticky.cookie: is missing; add 'cookie: backend'");
  }

  @Test
  void whatTakesTheStickyCookieFromItsClientIsAProblem() {
    assertThat(
            problems(
                "backends: [\"http://10.0.0.7:80\", {url: \"http://10.0.0.8:80\", only: {cookie: b}}]",
                "sticky: {cookie: b}"))
        .singleElement()
        .asString()
        .contains("services.shop.backends: 'only' asks for the cookie of 'sticky'");
    assertThat(
            problems(
                PLAIN,
                "sticky: {cookie: b}",
                "response-fields: {set: {Cache-Control: \"public, max-age=60\"}}"))
        .singleElement()
        .asString()
        .contains("services.shop.response-fields: changes 'cache-control', which a response with");
    assertThat(problems(PLAIN, "sticky: {cookie: b}", "response-fields: {remove: [Set-Cookie]}"))
        .singleElement()
        .asString()
        .contains("changes 'set-cookie'");
  }
}
