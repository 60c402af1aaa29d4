package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.admin.QueryResult;
import io.landfall.admin.Unavailable;
import io.landfall.admin.client.HttpCall;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.ConfigurationStatus;
import io.landfall.admin.model.ConsoleView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.FleetView;
import io.landfall.admin.model.IngressStatus;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code landfall console}: several nodes as one, and what is said of those that do not answer. */
class ConsoleCommandTest {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

  @TempDir private Path dir;

  private static String view(String node) {
    ConsoleView view =
        new ConsoleView(
            new ConsoleView.About(node, "10.32.0.1", "0.1.0", NOON),
            new ConfigurationStatus(
                3,
                "abc",
                "/etc/landfall/node.yaml",
                NOON,
                "uid 0",
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty()),
            List.of("service shop is DOWN here: it drains"),
            List.of(),
            List.of(),
            IngressStatus.NONE,
            List.of(),
            new ConsoleView.Past(
                List.of(),
                Optional.of(NOON),
                List.of(
                    new ConsoleView.Event(1, NOON, "signal", "shop", "UP -> DOWN", "LOCAL", "x"))));
    return FakeNode.ok(
        JsonWriter.text(
            new FleetView(
                List.of(
                    new FleetView.Member(
                        node, "this node", Optional.empty(), 0, Optional.of(view))))));
  }

  private FleetNodes.Place place(String name) {
    Path socket = dir.resolve(name + ".sock");
    return new FleetNodes.Place(name, UnixDomainSocketAddress.of(socket), socket.toString());
  }

  @Test
  void nodesThatAnswerAndNodesThatDoNotAreShownTogether() throws IOException {
    FleetNodes fleet =
        new FleetNodes(List.of(place("fra"), place("nyc"), place("old"), place("odd")));
    try (FakeNode _ = node("fra", view("fra"));
        FakeNode _ = node("old", FakeNode.response("404 Not Found", "{}"));
        FakeNode _ = node("odd", FakeNode.ok("{\"nodes\":7}"))) {
      List<FleetView.Member> nodes = fleet.view().nodes();
      assertThat(nodes)
          .extracting(FleetView.Member::name)
          .containsExactly("fra", "nyc", "old", "odd");
      assertThat(nodes.get(0).problem()).isEmpty();
      assertThat(nodes.get(0).view().orElseThrow().past().events()).hasSize(1);
      assertThat(nodes.get(1).problem()).hasValue("No such file or directory");
      assertThat(nodes.get(2).problem())
          .hasValue("it has no console: its version is older than this one");
      assertThat(nodes.get(3).problem()).hasValue("its answer has no node");
    }
  }

  @Test
  void aNodeThatIsGoneKeepsItsLastViewWithItsAge() throws IOException {
    FleetNodes fleet = new FleetNodes(List.of(place("fra")));
    try (FakeNode _ = node("fra", view("fra-1"))) {
      assertThat(fleet.view().nodes().getFirst().name()).as("its own name").isEqualTo("fra-1");
    }
    FleetView.Member gone = fleet.view().nodes().getFirst();
    assertThat(gone.problem()).isPresent();
    assertThat(gone.view()).isPresent();
    assertThat(gone.ageSeconds()).isPositive();
  }

  @Test
  void explainIsAskedOfTheNodeThatTheRequestLandsAt() throws IOException {
    ExplainView answer =
        new ExplainView(
            "shop.lab",
            "/x",
            Optional.of("shop"),
            new ExplainView.Outcome("serve", "LOCAL_UP", "it is up here"),
            List.of(),
            Optional.empty(),
            List.of());
    FleetNodes fleet = new FleetNodes(List.of(place("fra"), place("nyc")));
    try (FakeNode _ =
        new FakeNode(
            dir.resolve("nyc.sock"),
            Map.of(
                "GET /console/explain?url=shop.lab%2Fx", FakeNode.ok(JsonWriter.text(answer)),
                "GET /console/explain?url=%2F",
                    FakeNode.response("400 Bad Request", "{\"detail\":\"no URL\"}")))) {
      assertThat(fleet.explain("nyc", "shop.lab/x")).isEqualTo(new QueryResult.Found<>(answer));
      assertThat(fleet.explain("nyc", "/")).isEqualTo(new QueryResult.Wrong<>("no URL"));
      assertThat(fleet.explain("sin", "shop.lab/x"))
          .isEqualTo(new QueryResult.Missing<>("this console has no node 'sin'"));
      assertThatThrownBy(() -> fleet.explain("fra", "shop.lab/x"))
          .isInstanceOf(Unavailable.class)
          .hasMessage("cannot ask fra: No such file or directory");
    }
  }

  private FakeNode node(String name, String answer) throws IOException {
    return new FakeNode(dir.resolve(name + ".sock"), Map.of("GET /console/view", answer));
  }

  @Test
  void itPrintsTheAddressThatItServes() throws Exception {
    StringWriter out = new StringWriter();
    try (FakeNode _ = node("fra", view("fra"))) {
      Thread command =
          Thread.ofPlatform()
              .start(
                  () ->
                      Main.run(
                          new PrintWriter(out),
                          new PrintWriter(new StringWriter()),
                          "console",
                          "--node",
                          "fra=" + dir.resolve("fra.sock")));
      Await.until("it serves", () -> out.toString().contains("\n"), out::toString);
      URI url = URI.create(out.toString().strip());
      HttpCall.Answer answer =
          HttpCall.get(
              new InetSocketAddress(url.getHost(), url.getPort()),
              url.getAuthority(),
              url.getPath() + "view",
              5_000);
      assertThat(answer.body()).contains("\"node\":\"fra\"");
      command.interrupt();
      command.join();
    }
  }

  @Test
  void aWrongCommandLineIsExplained() {
    assertThat(console("--node", "fra")).contains("--node fra: write NAME=SOCKET");
    assertThat(console("--node", "a=/x", "--node", "a=/y")).contains("--node a is given twice");
    assertThat(console("--node", "a=http://192.0.2.1:9100")).contains("no loopback address");
    assertThat(console("--node", "a=http://localhost:99999")).contains("no loopback address");
    assertThat(console("--listen", "0.0.0.0:80")).contains("no loopback address", "ssh -L");
    String[] many = new String[2 * (ConsoleCommand.MAX_NODES + 1)];
    for (int i = 0; i < many.length; i += 2) {
      many[i] = "--node";
      many[i + 1] = "n" + i + "=/tmp/s";
    }
    assertThat(console(many)).contains("at most 64 nodes");
  }

  private static String console(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "console";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Ran ran = Ran.landfall(all);
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
    return ran.err();
  }
}
