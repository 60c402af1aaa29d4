package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.ConsoleView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.FleetView;
import io.landfall.testkit.Await;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The console of a node: what it answers, to whom, and what many of them cost. */
class ConsoleApiTest {
  private static final AdminRequest.Caller LOCAL = new AdminRequest.Caller.Local(Optional.empty());

  private final FakeBackend node = new FakeBackend();
  private final ConsoleFeed feed = new ConsoleFeed(node.routing());
  private final ConsoleApi api = new ConsoleApi(new NodeConsole(node, feed, "0.1.0"));

  private static AdminRequest get(String path, Map<String, List<String>> query) {
    return new AdminRequest("GET", path, query, "", "", LOCAL);
  }

  private AdminAnswer get(String path) {
    return api.handle(get(path, Map.of()));
  }

  private ConsoleView view() {
    return JsonReader.read(get("/console/view").body(), FleetView.class)
        .nodes()
        .getFirst()
        .view()
        .orElseThrow();
  }

  @Test
  void thePageLoadsNothingFromElsewhereAndTurnsNoTextIntoMarkup() {
    AdminAnswer page = get("/console/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.contentType()).isEqualTo("text/html; charset=utf-8");
    assertThat(page.fields().get("content-security-policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'none'")
        .contains("require-trusted-types-for 'script'")
        .doesNotContain("unsafe", "http:", "https:", "*");
    assertThat(page.fields())
        .containsEntry("x-content-type-options", "nosniff")
        .containsEntry("referrer-policy", "no-referrer");
    assertThat(page.body()).doesNotContain("://", "<style", " style=", " onclick");
    assertThat(get("/console").fields()).containsEntry("location", "console/");
  }

  @Test
  void everyFileThatThePageNamesIsThere() {
    List<String> missing = new ArrayList<>();
    List<String> looked = new ArrayList<>(List.of("index.html"));
    for (int i = 0; i < looked.size(); i++) {
      AdminAnswer file = get("/console/" + looked.get(i));
      if (file.status() != 200) {
        missing.add(looked.get(i));
      }
      Pattern.compile("(?:href=|src=|from )\"(?:\\./)?([a-z]+\\.[a-z]+)\"")
          .matcher(file.body())
          .results()
          .map(each -> each.group(1))
          .filter(each -> !looked.contains(each))
          .forEach(looked::add);
    }
    assertThat(missing).isEmpty();
    assertThat(looked).contains("main.js", "console.css", "icon.svg", "explain.js", "model.js");
  }

  @Test
  void noScriptMakesMarkupOfText() {
    for (String file : List.of("main", "dom", "model", "ring", "matrix", "tables", "explain")) {
      assertThat(get("/console/" + file + ".js").body())
          .as(file)
          .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")
          .doesNotContain("eval(", "new Function", "DOMParser");
    }
  }

  @Test
  void aFileThatTheBrowserHasIsNotSentAgain() {
    String etag = get("/console/main.js").fields().getOrDefault("etag", "");
    AdminAnswer again =
        api.handle(new AdminRequest("GET", "/console/main.js", Map.of(), "", "", etag, LOCAL));
    assertThat(etag).isNotEmpty();
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.fields())
        .containsEntry("etag", etag)
        .containsEntry("cache-control", "no-cache");
  }

  @Test
  void noOtherFileIsRead() {
    for (String name : List.of("../AdminApi.class", "x.js", "console/main.js", "", "main.js/")) {
      assertThat(get("/console/" + name).status()).as(name).isEqualTo(name.isEmpty() ? 200 : 404);
    }
  }

  @Test
  void itOnlyReads() {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
      for (String path : List.of("/console/", "/console/view", "/console/explain")) {
        AdminAnswer answer = api.handle(new AdminRequest(method, path, Map.of(), "{}", "", LOCAL));
        assertThat(answer.status()).as(method + " " + path).isEqualTo(405);
        assertThat(answer.fields()).containsEntry("allow", "GET, HEAD");
      }
    }
    assertThat(node.commands).isEmpty();
  }

  @Test
  void theViewIsWhatTheOtherViewsHave() {
    ConsoleView view = view();
    assertThat(view.about().node()).isEqualTo("fra");
    assertThat(view.about().identity()).isEqualTo("10.32.0.1");
    assertThat(JsonWriter.text(view.peers())).isEqualTo(JsonWriter.text(node.peers()));
    assertThat(JsonWriter.text(view.services())).isEqualTo(JsonWriter.text(node.services()));
    assertThat(JsonWriter.text(view.ingress())).isEqualTo(JsonWriter.text(node.ingress()));
    assertThat(view.past().refused()).hasSameSizeAs(node.refused());
    assertThat(view.problems()).anyMatch(each -> each.startsWith("peer sin.example:8443 is"));
  }

  @Test
  void aThousandConsolesCostOneViewASecond() throws InterruptedException {
    AtomicInteger made = new AtomicInteger();
    AtomicLong now = new AtomicLong();
    ConsoleApi shared =
        new ConsoleApi(
            new ConsoleSource() {
              @Override
              public FleetView view() {
                made.incrementAndGet();
                return new FleetView(List.of());
              }

              @Override
              public QueryResult<ExplainView> explain(String asked, String url) {
                return new QueryResult.Missing<>("no");
              }
            },
            now::get);
    CountDownLatch done = new CountDownLatch(1_000);
    for (int i = 0; i < 1_000; i++) {
      Thread.ofVirtual()
          .start(
              () -> {
                shared.handle(get("/console/view", Map.of()));
                done.countDown();
              });
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(made).hasValue(1);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(ConsoleApi.FRESH_MILLIS) - 1);
    shared.handle(get("/console/view", Map.of()));
    assertThat(made).hasValue(1);
    now.addAndGet(1);
    shared.handle(get("/console/view", Map.of()));
    assertThat(made).hasValue(2);
  }

  @Test
  void aNodeThatIsTooBusyIsNotAskedByEachConsoleInTurn() {
    AtomicInteger asked = new AtomicInteger();
    ConsoleApi busy =
        new ConsoleApi(
            new ConsoleSource() {
              @Override
              public FleetView view() {
                asked.incrementAndGet();
                throw new Unavailable("the control thread did not answer in time");
              }

              @Override
              public QueryResult<ExplainView> explain(String at, String url) {
                throw new Unavailable("the control thread did not answer in time");
              }
            },
            () -> 0);
    assertThat(busy.handle(get("/console/view", Map.of())).status()).isEqualTo(503);
    assertThat(busy.handle(get("/console/view", Map.of())).status()).isEqualTo(503);
    assertThat(asked).hasValue(1);
    assertThat(busy.handle(get("/console/explain", Map.of("url", List.of("a")))).status())
        .isEqualTo(503);
  }

  @Test
  void explainLeavesOutWhatTheCacheHas() {
    AdminAnswer answer =
        api.handle(get("/console/explain", Map.of("url", List.of("shop.example/a?token=1"))));
    assertThat(answer.status()).isEqualTo(200);
    ExplainView expected = node.explain(FakeBackend.routed("/a"), false);
    assertThat(JsonReader.read(answer.body(), ExplainView.class)).isEqualTo(expected);
    assertThat(expected).isNotEqualTo(node.explain(FakeBackend.routed("/a"), true));
    assertThat(get("/console/explain").status()).isEqualTo(400);
  }

  @Test
  void eventsAreKeptFromTheFirstConsoleOn() {
    assertThat(node.routing.hub.isWatched()).as("without a console").isFalse();
    assertThat(view().past().eventsSince()).isPresent();
    node.routing.hub.emit(drain("fra"));
    Await.until("the event is kept", () -> !feed.events().isEmpty(), () -> "none");
    ConsoleView.Event event = feed.events().getFirst();
    assertThat(event.number()).isEqualTo(1);
    assertThat(event.type() + " " + event.what()).isEqualTo("drain fra");
    assertThat(event.change()).isEqualTo("serving -> draining");
    for (int i = 0; i < ConsoleFeed.MAX_EVENTS + 5; i++) {
      node.routing.hub.emit(drain("n" + i));
    }
    Await.until(
        "the oldest go",
        () -> feed.events().getLast().what().equals("n" + (ConsoleFeed.MAX_EVENTS + 4)),
        () -> feed.events().getLast().toString());
    assertThat(feed.events()).hasSize(ConsoleFeed.MAX_EVENTS);
    feed.close();
    Await.until("its watch ends", () -> !node.routing.hub.isWatched(), () -> "it is watched");
  }

  @Test
  void theWatchEndsWhenNoConsoleAsksAnyMore() {
    ConsoleFeed brief = new ConsoleFeed(node.routing(), 50);
    assertThat(brief.since()).isPresent();
    assertThat(node.routing.hub.isWatched()).isTrue();
    Await.until("it ends", () -> !node.routing.hub.isWatched(), () -> "it is watched");
    Await.until("it can begin again", () -> brief.since().isPresent(), () -> "no");
    brief.close();
  }

  @Test
  void whereAsManyWatchAsMayTheViewSaysSo() {
    for (int i = 0; i < MonitorHub.MAX_WATCHERS; i++) {
      node.routing().watch(new MonitorFilter(Optional.empty(), Optional.empty()));
    }
    assertThat(view().past().eventsSince()).isEmpty();
    assertThat(get("/console/view").body()).contains("\"eventsSince\":null");
  }

  private static MonitorEvent drain(String name) {
    return new MonitorEvent(
        Instant.parse("2026-11-30T12:00:00Z"),
        "drain",
        "OPERATOR",
        new MonitorEvent.Subject(Optional.empty(), Optional.of(name), Optional.empty()),
        Optional.of("serving"),
        Optional.of("draining"),
        "an operator drains the node");
  }
}
