package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.server.EdgeServer;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestRouter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a node leaves the Internet's tables, and that an operator's word outlives its process. */
class LeavingTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestRouter router;
  private TestSite fra;

  @BeforeEach
  void oneSiteWithARouter() {
    world = new TestWorld(folder);
    router = new TestRouter(world.address(1, 9));
    fra = world.site("fra", 1).hosts("shop", 10, world.origin("at fra", 1));
  }

  @AfterEach
  void stop() {
    world.close();
    router.close();
  }

  private void start(String drainWait) {
    fra.config(router.ingress("drain-wait: " + drainWait + "\n  start-delay: 0s")).start();
    Await.until("the router has the prefix", () -> router.told().contains("announce"));
  }

  private HttpWire.Answer get() {
    return HttpWire.get(fra.http, "shop.test", "/");
  }

  @Test
  void aNodeThatStopsIsLeftGracefullyAndServesClientsUntilItIsWithdrawn() throws Exception {
    start("4s");
    Await.until("shop is up", () -> get().status() == 200);
    assertThat(new KeptConnection(fra.http).get()).as("before").doesNotContain("close");

    Thread stopping = Thread.ofPlatform().start(fra.node()::close);
    Await.until("the router prefers others", () -> router.told().contains("gshut"));
    HttpWire.Answer meanwhile = get();
    assertThat(router.told()).as("it is still announced").doesNotContain("withdraw");
    assertThat(meanwhile.status()).isEqualTo(200);
    Await.until(
        "answers tell clients that their connection ends",
        () -> new KeptConnection(fra.http).get().contains("connection: close"),
        router::told);
    stopping.join();

    assertThat(router.told())
        .containsExactly("open", "announce", "end-of-rib", "gshut", "withdraw", "cease");
  }

  @Test
  void requestsForWhichTheGraceIsTooShortAreLogged() throws Exception {
    try (CapturedLog log = new CapturedLog();
        ServerSocket silent = new ServerSocket();
        Socket client = new Socket()) {
      silent.bind(world.free(1), 500);
      fra.hostsAt("slow", 11, "http://" + TestSite.text(address(silent)))
          .config("shutdown: {grace: 0s}");
      start("0s");
      Await.until("slow is up", () -> !log.with("service=slow", "to=UP").isEmpty());
      client.connect(fra.http);
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: slow.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Socket asked = silent.accept();
      while (!sentSomething(asked)) {
        asked.close();
        asked = silent.accept();
      }

      fra.node().close();
      assertThat(log.with("shutdown.grace is over", "requests=1")).hasSize(1);
      asked.close();
    }
  }

  /** A probe connects and sends nothing. */
  private static boolean sentSomething(Socket accepted) {
    try {
      return accepted.getInputStream().read() >= 0;
    } catch (IOException reset) {
      return false;
    }
  }

  private static InetSocketAddress address(ServerSocket listening) {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  /** A client that would keep its connection. */
  private record KeptConnection(InetSocketAddress to) {
    /** The head of the answer to a GET, in lower case. */
    String get() {
      try (Socket client = new Socket()) {
        client.connect(to);
        client
            .getOutputStream()
            .write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
          int next = client.getInputStream().read();
          if (next < 0) {
            throw new AssertionError("cut off after " + head);
          }
          head.append((char) next);
        }
        return head.toString().toLowerCase(Locale.ROOT);
      } catch (IOException e) {
        throw new AssertionError("no answer: " + e, e);
      }
    }
  }

  @Test
  void aRequestUnderWayWhenANodeStopsHasTheGraceOfTheConfig() throws Exception {
    fra.config("shutdown: {grace: 1h}");
    start("0s");
    Await.until("shop is up", () -> get().status() == 200);
    try (Socket client = new Socket()) {
      client.connect(fra.http);
      client
          .getOutputStream()
          .write(
              "POST /slow HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\na"
                  .getBytes(StandardCharsets.US_ASCII));
      EdgeServer edge = Objects.requireNonNull(fra.node().edge());
      Await.until("the request has begun", () -> edge.stats().requestsInProgress() == 1);
      Thread stopping = Thread.ofPlatform().start(fra.node()::close);
      Await.until("the prefix is gone", () -> router.told().contains("cease"));
      client.getOutputStream().write('b');
      byte[] head = client.getInputStream().readNBytes(15);
      assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
      stopping.join();
    }
  }

  @Test
  void aDrainByAnOperatorOutlivesARestart() throws IOException {
    start("0s");
    assertThat(fra.command("POST", "drain", "{\"node\": true}").status()).isEqualTo(200);
    Await.until("it is withdrawn", () -> router.told().contains("withdraw"));
    fra.node().close();
    int before = router.told().size();

    fra.start();
    Await.until(
        "the session is up again",
        () -> router.told().subList(before, router.told().size()).contains("end-of-rib"));
    assertThat(router.told().subList(before, router.told().size()))
        .containsExactly("open", "end-of-rib");
    Map<String, Object> shown = ParsedJson.object(ParsedJson.parse(fra.show("show/ingress")));
    assertThat(shown).containsEntry("intent", "drain");
    assertThat((String) shown.get("operator")).startsWith("drain (kept in ");

    assertThat(fra.command("POST", "undrain", "{\"node\": true}").status()).isEqualTo(200);
    Await.until("it is announced again", () -> router.told().getLast().equals("announce"));
    try (var files = Files.walk(folder)) {
      assertThat(files.map(Path::toString).filter(each -> each.endsWith(".state"))).isEmpty();
    }
  }

  @Test
  void aServiceThatAnOperatorWithdrewOrDrainedStaysSoAfterARestart() {
    fra.hosts("blog", 11, world.origin("blog", 1)).start();
    assertThat(fra.command("DELETE", "services/shop", "").status()).isEqualTo(200);
    assertThat(fra.command("POST", "drain", "{\"service\": \"blog\"}").status()).isEqualTo(200);
    fra.node().close();

    fra.start();
    Await.until("blog drains again", () -> why("blog").contains("drains"));
    assertThat(why("shop")).isEqualTo("withdrawn by command");
  }

  private String why(String service) {
    List<Map<String, Object>> services = fra.rows("services");
    return services.stream()
        .filter(each -> service.equals(each.get("name")))
        .map(
            each ->
                (String) ParsedJson.object(Objects.requireNonNull(each.get("local"))).get("why"))
        .findFirst()
        .orElseThrow();
  }
}
