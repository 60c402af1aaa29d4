package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.AdminRequest.Caller;
import io.landfall.admin.metrics.MetricsText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Purges over TCP: with the token, and nothing else with or without it. */
class PurgeApiTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String BODY = "{\"tag\":\"t\"}";

  private final FakeBackend node = new FakeBackend();
  private final PurgeApi api =
      new PurgeApi(TOKEN, new AdminApi(node, new MetricsText(FakeMetrics::new))::purge);

  private AdminAnswer ask(String method, String path, Caller caller) {
    return api.handle(new AdminRequest(method, path, Map.of(), BODY, "", caller));
  }

  private AdminAnswer purge(String authorization) {
    return ask("POST", "/v1/purge", new Caller.Loopback("purge.example", authorization));
  }

  @Test
  void theTokenPurges() {
    assertThat(purge("Bearer " + TOKEN).status()).isEqualTo(200);
    assertThat(purge("bearer  " + TOKEN).status()).isEqualTo(200);
    assertThat(node.commands).hasSize(2);
  }

  @Test
  void whoDoesNotHaveItGetsOneAndTheSameAnswerToAll() {
    String refused = purge("").body();
    for (String wrong :
        List.of(
            "Bearer",
            "Bearer ",
            "Bearer " + TOKEN + "x",
            "Bearer " + TOKEN.substring(1),
            "Bearer x " + TOKEN,
            "Basic " + TOKEN,
            TOKEN)) {
      AdminAnswer answer = purge(wrong);
      assertThat(answer.status()).as(wrong).isEqualTo(401);
      assertThat(answer.body()).isEqualTo(refused).doesNotContain(TOKEN);
    }
    for (String path : List.of("/v1/show/peers", "/metrics", "/", "/v1/purge")) {
      AdminAnswer answer = ask("GET", path, new Caller.Loopback("localhost"));
      assertThat(answer.body()).as(path).isEqualTo(refused);
    }
    assertThat(ask("POST", "/v1/purge", new Caller.Local(Optional.empty())).status())
        .isEqualTo(401);
    assertThat(node.commands).isEmpty();
  }

  @Test
  void theTokenOpensNothingElse() {
    Caller holder = new Caller.Loopback("localhost", "Bearer " + TOKEN);
    for (String path :
        List.of("/v1/show/peers", "/metrics", "/v1/drain", "/v1/reload", "/v1/services/shop")) {
      for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
        assertThat(ask(method, path, holder).status()).as(method + path).isEqualTo(404);
      }
    }
    assertThat(ask("GET", "/v1/purge", holder).status()).isEqualTo(405);
    assertThat(node.commands).isEmpty();
  }
}
