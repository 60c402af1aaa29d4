package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.FakeCollector;
import io.landfall.testkit.OtlpSpan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request over two real nodes is one trace at the collector. */
class TracingEndToEndTest {
  @TempDir Path folder;
  private final FakeCollector collector = new FakeCollector();
  private TestWorld world;

  @BeforeEach
  void world() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
    collector.close();
  }

  private String tracing(String sample) {
    return "tracing: {otlp: \"" + collector.url() + "\", sample: " + sample + "}";
  }

  private TestSite start(String atFra, String atNyc) {
    TestSite fra = world.site("fra", 1).knows("shop", 10).config(atFra);
    TestSite nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("shop", 2)).config(atNyc);
    fra.start();
    nyc.dials(fra.overlay).start();
    fra.awaitNextHops(10, nyc.identity());
    return fra;
  }

  private OtlpSpan only(String node, long kind) {
    List<OtlpSpan> found = new ArrayList<>();
    Await.until(
        "a span of " + node,
        () -> {
          found.clear();
          collector.spans.stream()
              .filter(each -> each.attributes().getOrDefault("url.path", "/x").equals("/x"))
              .filter(
                  each ->
                      each.kind() == kind
                          && node.equals(each.resource().get("service.instance.id")))
              .filter(each -> "200".equals(each.attributes().get("http.response.status_code")))
              .forEach(found::add);
          return !found.isEmpty();
        },
        () -> collector.spans);
    return found.getFirst();
  }

  @Test
  void theNodesServersAndTheirAttemptsAreOneTrace() {
    TestSite fra = start(tracing("1"), tracing("0"));
    Await.until(
        "it is served", () -> HttpWire.get(fra.http, "shop.test", "/x?q=1").status() == 200);
    OtlpSpan landed = only("fra", OtlpSpan.SERVER);
    OtlpSpan forwarded = only("fra", OtlpSpan.CLIENT);
    OtlpSpan served = only("nyc", OtlpSpan.SERVER);
    OtlpSpan asked = only("nyc", OtlpSpan.CLIENT);
    assertThat(landed.parent()).isEmpty();
    assertThat(forwarded.parent()).isEqualTo(landed.span());
    assertThat(served.parent()).isEqualTo(forwarded.span());
    assertThat(asked.parent()).isEqualTo(served.span());
    assertThat(List.of(forwarded, served, asked))
        .extracting(OtlpSpan::trace)
        .containsOnly(landed.trace());
    assertThat(served.attributes())
        .containsEntry("landfall.from", "fra")
        .containsEntry("landfall.outcome", "serve");
    assertThat(fra.show("explain/request?id=" + landed.attributes().get("landfall.request.id")))
        .contains("\"traceId\":\"" + landed.trace() + "\"");
  }

  @Test
  void withoutASampleNothingIsSentAndRequestsAreServedWithoutACollector() {
    collector.close();
    TestSite fra = start(tracing("0"), tracing("0.5"));
    Await.until("it is served", () -> HttpWire.get(fra.http, "shop.test", "/x").status() == 200);
    assertThat(collector.spans).isEmpty();
  }
}
