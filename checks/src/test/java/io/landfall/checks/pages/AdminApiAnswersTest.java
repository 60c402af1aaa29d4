package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.client.HttpCall;
import io.landfall.admin.json.JsonWriter;
import io.landfall.checks.e2e.NodeFiles;
import io.landfall.checks.e2e.NodeProcess;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A running node answers each operation of docs/admin-api.yaml, with its examples, as the document
 * says: a status that is there, with the members that its schema has.
 */
class AdminApiAnswersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOST = "127.98.14.1";
  private static final int EDGE = 7412;
  private static final int METRICS = 7413;
  private static final int GLASS = 7414;

  @TempDir Path folder;
  private NodeProcess node;

  @BeforeEach
  void aNodeWithAService() throws IOException {
    NodeFiles.write(folder, "shop");
    Path config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "127.98.14.1:7411"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: node.pem, key: node.key}
            edge: {listen: [{address: "127.98.14.1:7412"}]}
            services:
              shop: {identity: 10.32.1.10, hosts: [shop.lab], backends: ["http://127.98.14.1:7413"], probe: {tcp: true}, cache: {}}
            admin: {socket: node.sock, metrics: "127.98.14.1:7413", looking-glass: "127.98.14.1:7414"}
            """);
    node = NodeProcess.start(config);
    Await.until(PATIENCE, "it serves shop", this::serves, node::log);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private boolean serves() {
    try {
      return Files.exists(folder.resolve("node.sock"))
          && ask(tcp(EDGE), "GET", "shop.lab", "/metrics", "").status() != 503;
    } catch (IOException e) {
      return false;
    }
  }

  private SocketAddress unix() {
    return UnixDomainSocketAddress.of(folder.resolve("node.sock"));
  }

  private static SocketAddress tcp(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(HOST), port);
  }

  private static HttpCall.Answer ask(
      SocketAddress to, String method, String host, String target, String body) throws IOException {
    return HttpCall.send(
        to, HttpCall.Request.json(method, host, target, body), PATIENCE.toMillis());
  }

  @Test
  void everyOperationIsAnsweredAsTheDocumentSays() throws IOException {
    ApiDocument document = ApiDocument.read();
    List<String> problems = new ArrayList<>();
    int good = 0;
    for (ApiDocument.Operation operation : document.operations()) {
      String where = operation.method() + " " + operation.path() + ": ";
      // A stream does not end: it is asked for in a way that it refuses.
      String target =
          operation.path().startsWith("/v1/monitor")
              ? operation.path() + "?service=none"
              : operation.target();
      Map<?, ?> body = operation.body();
      HttpCall.Answer answer =
          ask(
              operation.isOfLookingGlass() ? tcp(GLASS) : unix(),
              operation.method(),
              "localhost",
              target,
              body.isEmpty() ? "" : JsonWriter.text(body));
      String text = new String(answer.content(), StandardCharsets.UTF_8);
      Map<?, ?> documented = document.answers(operation).get(String.valueOf(answer.status()));
      good += answer.status() == 200 ? 1 : 0;
      if (documented == null || text.contains("there is nothing at")) {
        problems.add(where + answer.status() + " is not in the document: " + text);
        continue;
      }
      String type = answer.headers("content-type").getFirst().split(";", 2)[0];
      if (!ApiDocument.map(documented.get("content")).containsKey(type)) {
        problems.add(where + "the content type is " + type);
      } else if (type.endsWith("json")) {
        SchemaRules.problems(
                document.root(),
                ApiDocument.content(documented).get("schema"),
                ApiDocument.yaml(text))
            .forEach(each -> problems.add(where + each));
      }
    }
    assertThat(problems).isEmpty();
    assertThat(good).as("operations that were answered with 200").isGreaterThan(25);
  }

  @Test
  void overTcpOneMayReadOnly() throws IOException {
    for (ApiDocument.Operation operation : ApiDocument.read().operations()) {
      if (!operation.isOfLookingGlass() && !operation.method().equals("GET")) {
        String target = operation.target();
        assertThat(ask(tcp(METRICS), operation.method(), "localhost", target, "").status())
            .as(operation.method() + " " + target)
            .isEqualTo(405);
      }
    }
    assertThat(ask(tcp(METRICS), "GET", "evil.example", "/metrics", "").status()).isEqualTo(403);
    assertThat(ask(tcp(METRICS), "GET", "localhost", "/v1/monitor", "").status()).isEqualTo(403);
  }
}
