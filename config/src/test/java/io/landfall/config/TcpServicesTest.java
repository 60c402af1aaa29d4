package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services of which connections are carried as bytes. */
class TcpServicesTest {
  private static final String MORE = "  media:\n";
  private static final String LISTEN = "    - address: 127.0.0.1:8080\n";
  private static final String DB =
      "  db:\n    identity: 10.32.1.20\n    tcp: {}\n    backends: [\"tcp://10.0.0.9:5432\"]\n";
  private static final String MAIL =
      "  mail:\n    identity: 10.32.1.21\n    tcp: {server-names: [mail.example, \"*.mail.example\"]}\n";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String with(String services, String listener) {
    return ConfigFolder.GOOD.replace(MORE, services + MORE).replace(LISTEN, LISTEN + listener);
  }

  private static String listener(String more) {
    return "    - {address: \"127.0.0.1:5432\", " + more + "}\n";
  }

  @Test
  void aServiceIsReachedByPortOrByServerName() {
    NodeConfig config = folder.valid(with(DB + MAIL, listener("service: db")));
    assertThat(config.services())
        .extracting(ServiceConfig::tcp)
        .containsExactlyInAnyOrder(
            Optional.empty(),
            Optional.empty(),
            Optional.of(new ServiceConfig.Tcp(List.of())),
            Optional.of(new ServiceConfig.Tcp(List.of("mail.example", "*.mail.example"))));
    assertThat(config.edge().orElseThrow().listen().getLast().service())
        .contains(new ServiceName("db"));
    ServiceConfig db =
        config.services().stream()
            .filter(service -> service.name().value().equals("db"))
            .findFirst()
            .orElseThrow();
    assertThat(db.here().backends().getFirst().isTcp()).isTrue();
    assertThat(db.here().probe()).contains(ProbeReader.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hosts: [db.example]",
        "paths: [/]",
        "upgrades: [websocket]",
        "cache: {}",
        "redirects: [{to-https: true}]",
        "request-fields: {remove: [X-A]}",
        "response-fields: {remove: [X-A]}",
        "maintenance: {}",
        "sticky: {cookie: backend}",
      })
  void whatIsOfHttpIsRefused(String key) {
    String name = key.substring(0, key.indexOf(':'));
    assertThat(folder.problems(with(DB.replace("    tcp", "    " + key + "\n    tcp"), "")))
        .singleElement()
        .asString()
        .contains("services.db." + name + ": this is a TCP service");
  }

  @Test
  void backendsAreOfTheServicesKind() {
    assertThat(folder.problems(with(DB.replace("tcp://", "http://"), "")))
        .singleElement()
        .asString()
        .contains("services.db.backends: http://10.0.0.9:5432 is no tcp:// backend");
    assertThat(folder.problems("\"http://10.0.0.7:8080\"", "\"tcp://10.0.0.7:8080\""))
        .singleElement()
        .asString()
        .contains("services.shop.backends: tcp://10.0.0.7:8080 is a backend of a TCP service");
    assertThat(folder.problems(with(DB.replace(":5432", ""), "")))
        .singleElement()
        .asString()
        .contains("services.db.backends[0]: 'tcp://10.0.0.9' has no port");
  }

  @Test
  void rulesThatNeedARequestAreRefusedAndOthersAreTaken() {
    assertThat(
            folder.problems(
                with(
                    DB.replace(
                        "[\"tcp://10.0.0.9:5432\"]",
                        "[{url: \"tcp://10.0.0.9:5432\", only: {cookie: a}}, \"tcp://10.0.0.8:5432\"]"),
                    "")))
        .singleElement()
        .asString()
        .contains("services.db.backends: connections have nothing that 'only' could ask for");
    assertThat(
            folder.problems(
                with(DB + "    rate-limits: [{field: X-Key, requests: 9, per: 1s}]\n", "")))
        .singleElement()
        .asString()
        .contains("services.db.rate-limits: connections of a TCP service have no 'field'");
    assertThat(
            folder.problems(
                with(DB + "    rate-limits: [{requests: 9, per: 1s, always-report: true}]\n", "")))
        .singleElement()
        .asString()
        .contains("services.db.rate-limits: connections of a TCP service have no response that");
    assertThat(folder.problems(with(DB + "    circuit: {statuses: [502]}\n", "")))
        .singleElement()
        .asString()
        .contains("services.db.circuit: connections of a TCP service have no 'statuses'");
    assertThat(folder.problems(with(DB + "    authorization: {url: \"http://127.0.0.1/\"}\n", "")))
        .singleElement()
        .asString()
        .contains("services.db.authorization: this is a TCP service");
    folder.valid(
        with(
            DB
                + "    rate-limits: [{requests: 9, per: 1s}]\n    deny: [192.0.2.0/24]\n"
                + "    max-requests: 9\n    queue: {max-waiting: 9}\n    circuit: {failures: 3}\n",
            ""));
  }

  @Test
  void aListenerNamesATcpServiceAndHasNoTls() {
    assertThat(folder.problems(with(DB, listener("service: bd"))))
        .singleElement()
        .asString()
        .contains("edge.listen[2].service: there is no TCP service 'bd' under services");
    assertThat(folder.problems(with(DB, listener("service: shop"))))
        .singleElement()
        .asString()
        .contains("edge.listen[2].service: there is no TCP service 'shop'");
    assertThat(
            folder.problems(
                with(DB, listener("service: db, tls: {certificate: site.pem, key: site.key}"))))
        .singleElement()
        .asString()
        .contains("edge.listen[2].service: TLS of a TCP service is not ended here");
  }

  @Test
  void aServerNameIsOfOneServiceAlone() {
    String twice = MAIL.replace("mail:", "post:").replace("1.21", "1.22");
    assertThat(folder.problems(with(MAIL + twice, "")))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("services.post.tcp: server name"));
    assertThat(folder.problems(with(MAIL.replace("[mail.example", "[shop.example"), "")))
        .singleElement()
        .asString()
        .contains("services.mail.tcp.server-names: shop.example is also in services.shop.hosts");
    // Its TLS would go to the TCP service's backends.
    assertThat(folder.problems(with(MAIL.replace("*.mail.example", "*.example"), "")))
        .hasSize(2)
        .first()
        .asString()
        .contains("server-names: *.example covers shop.example, which is in services.shop.hosts");
  }

  @Test
  void whatNodesUseAmongThemselvesIsNoUpgrade() {
    assertThat(
            folder.problems(
                "hosts: [shop.example]\n", "hosts: [shop.example]\n    upgrades: [landfall-tcp]\n"))
        .singleElement()
        .asString()
        .contains("'landfall-tcp' is what nodes use among themselves");
  }
}
