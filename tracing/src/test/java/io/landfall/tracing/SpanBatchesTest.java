package io.landfall.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.QueueUse;
import io.landfall.edge.RequestSpans;
import io.landfall.testkit.Await;
import io.landfall.testkit.FakeCollector;
import io.landfall.testkit.OtlpSpan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector gets of sampled requests, and what becomes of them where there is none. */
class SpanBatchesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final long END_MILLIS = 1_700_000_000_123L;

  @TempDir Path folder;
  private final FakeCollector collector = new FakeCollector();

  @AfterEach
  void stop() {
    collector.close();
  }

  private static RequestSpans open(URI collector, int most) {
    return open(collector, Optional.empty(), most);
  }

  private static RequestSpans open(URI collector, Optional<Path> authorities, int most) {
    return new OtlpProvider()
        .open(
            new RequestSpans.Settings(
                new RequestSpans.NodeLabel("fra", "10.32.0.1", "1.2"),
                collector.resolve("/v1/traces"),
                authorities,
                0.5,
                most));
  }

  private static FinishedRequest request(boolean byCache, int status, long parent) {
    return new FinishedRequest(
        new FinishedRequest.Ids("id-1", TRACE, 0x11, parent),
        new FinishedRequest.Asked(
            new FinishedRequest.By(
                "192.0.2.7", Optional.of(new NodeName("nyc")), "HTTP/2.0", byCache),
            "GET",
            "https",
            "shop.test",
            "/a/b?token=secret"),
        new FinishedRequest.Decided(Optional.of(new ServiceName("shop")), Reason.REMOTE_UP, "sin"),
        new FinishedRequest.Answer(status, 5, 7, Optional.of("fra; hit")),
        new FinishedRequest.Times(END_MILLIS, 2_000, 1_900),
        List.of(
            new FinishedRequest.Tried(
                "10.0.0.7:8080",
                false,
                0,
                Optional.of(new FinishedRequest.Failure("CONNECT_TIMEOUT", "late")),
                new FinishedRequest.During(10, -1, 500),
                0x22),
            new FinishedRequest.Tried(
                "sin",
                true,
                status,
                Optional.empty(),
                new FinishedRequest.During(600, 1_800, 1_950),
                0x33)));
  }

  private static FinishedRequest plain() {
    return request(false, 200, 0);
  }

  @Test
  void aRequestIsAServersSpanAndAClientsForEachPlaceThatWasTried() {
    try (RequestSpans spans = open(collector.url(), 64)) {
      spans.over(request(false, 503, 0x99));
      List<OtlpSpan> came = collector.await(3);
      assertThat(collector.paths).containsOnly("/v1/traces");
      assertThat(came).extracting(OtlpSpan::trace).containsOnly(TRACE);
      assertThat(came.getFirst().resource())
          .containsEntry("service.name", "landfall")
          .containsEntry("service.instance.id", "fra")
          .containsEntry("service.version", "1.2");
      OtlpSpan server = came.getFirst();
      assertThat(server.kind()).isEqualTo(OtlpSpan.SERVER);
      assertThat(server.name()).isEqualTo("GET");
      assertThat(server.span()).isEqualTo("0000000000000011");
      assertThat(server.parent()).isEqualTo("0000000000000099");
      assertThat(server.endNanos()).isEqualTo(END_MILLIS * 1_000_000);
      assertThat(server.endNanos() - server.startNanos()).isEqualTo(2_000_000);
      assertThat(server.isError()).isTrue();
      assertThat(server.attributes())
          .containsEntry("http.request.method", "GET")
          .containsEntry("http.response.status_code", "503")
          .containsEntry("error.type", "503")
          .containsEntry("url.scheme", "https")
          .containsEntry("url.path", "/a/b")
          .containsEntry("server.address", "shop.test")
          .containsEntry("client.address", "192.0.2.7")
          .containsEntry("network.protocol.version", "2")
          .containsEntry("landfall.service", "shop")
          .containsEntry("landfall.outcome", "forward")
          .containsEntry("landfall.reason", "REMOTE_UP")
          .containsEntry("landfall.request.id", "id-1")
          .containsEntry("landfall.from", "nyc")
          .containsEntry("landfall.cache.status", "fra; hit");
      OtlpSpan failed = came.get(1);
      assertThat(failed.kind()).isEqualTo(OtlpSpan.CLIENT);
      assertThat(failed.parent()).isEqualTo(server.span());
      assertThat(failed.isError()).isTrue();
      assertThat(failed.startNanos() - server.startNanos()).isEqualTo(10_000);
      assertThat(failed.attributes())
          .containsEntry("error.type", "connect_timeout")
          .containsEntry("landfall.upstream.backend", "10.0.0.7:8080")
          .containsEntry("url.full", "https://shop.test/a/b")
          .doesNotContainKeys("http.response.status_code", "http.request.resend_count");
      assertThat(came.get(2).attributes())
          .containsEntry("http.request.resend_count", "1")
          .containsEntry("landfall.upstream.node", "sin");
      assertThat(came.toString()).doesNotContain("secret");
      Await.until("counted", () -> spans.stats().exported() == 3);
    }
  }

  @Test
  void whatTheCacheFetchedHasNoSpanOfAServer() {
    try (RequestSpans spans = open(collector.url(), 64)) {
      spans.over(request(true, 200, 0));
      assertThat(collector.await(2))
          .allMatch(span -> span.kind() == OtlpSpan.CLIENT)
          .allMatch(span -> span.parent().equals("0000000000000011"));
    }
  }

  @Test
  void aCollectorThatIsGoneCostsSpansAndNothingElse() throws IOException {
    URI nowhere;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nowhere = URI.create("http://127.0.0.1:" + closed.getLocalPort());
    }
    try (RequestSpans spans = open(nowhere, 64)) {
      spans.over(plain());
      Await.until("it failed", () -> spans.stats().failed() == 3);
      Await.until("why", () -> spans.stats().problem().isPresent());
      assertThat(spans.stats().exported()).isZero();
    }
  }

  @Test
  void aCollectorThatRefusesAndThenTakesThemIsNoProblemAnyMore() {
    collector.answers(400);
    try (RequestSpans spans = open(collector.url(), 64)) {
      spans.over(plain());
      Await.until("it is refused", () -> spans.stats().failed() == 3);
      assertThat(spans.stats().problem().orElseThrow()).contains("400");
      collector.answers(200);
      spans.over(plain());
      Await.until("it is taken", () -> spans.stats().exported() == 3);
      assertThat(spans.stats().problem()).isEmpty();
    }
  }

  @Test
  void whileACollectorIsSilentOnlySoManyWaitAndTheRestIsDroppedAndCounted() {
    collector.silent(true);
    int most = 70;
    int all = 1_000;
    try (RequestSpans spans = open(collector.url(), most)) {
      for (int i = 0; i < all; i++) {
        spans.over(plain());
      }
      assertThat(spans.stats().dropped()).isEqualTo((all - most) * 3L);
      assertThat(spans.stats().exported()).isZero();
      assertThat(spans.queue()).isEqualTo(new QueueUse(most, most));
    }
  }

  @Test
  void aStopSendsWhatIsLeft() {
    RequestSpans spans = open(collector.url(), 64);
    spans.over(plain());
    spans.close();
    assertThat(collector.spans).hasSize(3);
    spans.over(plain());
    assertThat(spans.stats().dropped()).isEqualTo(3);
  }

  @Test
  void authoritiesThatAreNoneEndTheStart() throws IOException {
    Path file = Files.writeString(folder.resolve("ca.pem"), "nothing");
    URI https = URI.create("https://127.0.0.1:1");
    assertThatThrownBy(() -> open(https, Optional.of(file), 64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ca.pem cannot be used");
    open(https, Optional.empty(), 64).close();
  }
}
