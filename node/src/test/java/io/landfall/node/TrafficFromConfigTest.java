package io.landfall.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.core.ServiceName;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.Access;
import io.landfall.edge.TrafficSettings.Field;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.TrafficSettings.Maintenance;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.TrustedProxies.Network;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of services on their way from the config to the edge. */
class TrafficFromConfigTest {
  @TempDir Path folder;

  private NodeConfig config(String rules) throws IOException {
    for (String name : List.of("ca.pem", "fra.pem", "fra.key")) {
      Files.writeString(folder.resolve(name), name);
    }
    Path file = folder.resolve("fra.yaml");
    Files.writeString(
        file,
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:8443"}
        trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
        edge: {listen: [{address: "127.0.0.1:8080"}]}
        services:
          plain: {identity: 10.32.1.11, hosts: [plain.test]}
          shop:
            identity: 10.32.1.10
            hosts: [shop.test]
        RULES
        admin: {socket: fra.sock}
        """
            .replace("RULES", rules.indent(4)));
    ConfigResult result = ConfigLoader.load(file);
    assertThat(result).as(result.toString()).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  private static Network network(String address, int length) {
    return new Network(InetAddress.ofLiteral(address), length);
  }

  @Test
  void rateLimitsHaveAQuarterOfTheHeap() throws IOException {
    NodeConfig config =
        config("rate-limits: [{requests: 10, per: 1m}, {requests: 100, per: 1h}]\n");
    Findings enough = new Findings(config);
    TrafficFromConfig.trial(config, 4 * 1024 * 1024, enough);
    assertThat(enough.problems()).isEmpty();
    Findings less = new Findings(config);
    TrafficFromConfig.trial(config, 4 * 1024 * 1024 - 4, less);
    assertThat(less.problems())
        .singleElement()
        .extracting(ConfigProblem::toString)
        .asString()
        .contains("the 2 rate limits of all services take 1 MiB", "the heap, which has 3 MiB");
  }

  @Test
  void everyRuleReachesTheEdge() throws IOException {
    byte[] page = "<h1>sp\u00e4ter</h1>".getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("page.html"), page);
    NodeConfig config =
        config(
            """
            allow: [10.0.0.0/8]
            deny: [10.6.0.0/16]
            rate-limits: [{field: X-API-Key, requests: 10, per: 1m, burst: 3, always-report: true}]
            maintenance: {page: page.html, retry-after: 1500ms, allow: ["2001:db8::/32"]}
            redirects: [{to-https: true}, {path: /a, to: "https://b.test", status: 308}]
            request-fields: {set: {X-Env: prod}, remove: [X-Debug]}
            response-fields: {remove: [Server]}
            max-requests: 5
            queue: {max-waiting: 7, max-wait: 20ms}
            """);
    Findings findings = new Findings(config);
    TrafficSettings made = TrafficFromConfig.of(config, findings);
    assertThat(findings.problems()).isEmpty();
    assertThat(made.services()).containsOnlyKeys(new ServiceName("shop"));
    assertThat(made.services().get(new ServiceName("shop")))
        .isEqualTo(
            new TrafficSettings.Service(
                new Access(List.of(network("10.0.0.0", 8)), List.of(network("10.6.0.0", 16))),
                List.of(
                    new RateLimit(Optional.of(AsciiString.of("x-api-key")), 10, 60_000, 3, true)),
                Optional.of(
                    new Maintenance(
                        Optional.of(new AsciiString(page)), 2, List.of(network("2001:db8::", 32)))),
                List.of(
                    new Redirect.ToHttps(),
                    new Redirect.To(
                        Optional.empty(), Optional.of("/a"), "https://b.test", false, 308)),
                new FieldChanges(
                    List.of(new Field(AsciiString.of("x-env"), AsciiString.of("prod"))),
                    List.of(AsciiString.of("x-debug"))),
                new FieldChanges(List.of(), List.of(AsciiString.of("server"))),
                Optional.of(new Queue(7, 20))));
  }

  @Test
  void aServiceMayDenyMorePrefixesThanThereAreTrustedProxies() throws IOException {
    NodeConfig config = config("deny: [" + "10.0.0.0/8, ".repeat(1_023) + "10.6.0.0/16]");
    TrafficSettings made = TrafficFromConfig.of(config, new Findings(config));
    assertThat(requireNonNull(made.services().get(new ServiceName("shop"))).access().deny())
        .hasSize(1_024);
  }

  @Test
  void aNodeThatSeesNoHttpsIsWarnedOfRedirectsToIt() throws IOException {
    NodeConfig config = config("redirects: [{path: /a, to: /b}, {to-https: true}]");
    Findings findings = new Findings(config);
    TrafficFromConfig.of(config, findings);
    assertThat(findings.problems()).isEmpty();
    assertThat(findings.warnings())
        .singleElement()
        .extracting(ConfigProblem::key)
        .isEqualTo("services.shop.redirects[1].to-https");
    String proxies = Files.readString(folder.resolve("fra.yaml"));
    Files.writeString(
        folder.resolve("fra.yaml"),
        proxies.replace("edge: {", "edge: {trusted-proxies: [10.0.0.0/8], "));
    Findings others = new Findings(config);
    ConfigResult.Valid trusting =
        (ConfigResult.Valid) ConfigLoader.load(folder.resolve("fra.yaml"));
    TrafficFromConfig.of(trusting.config(), others);
    assertThat(others.warnings()).isEmpty();
  }

  @Test
  void aPageThatCannotBeReadIsAProblemWithItsKey() throws IOException {
    Files.write(folder.resolve("page.html"), new byte[] {'<', (byte) 0xff});
    NodeConfig config = config("maintenance: {page: page.html}");
    Findings findings = new Findings(config);
    TrafficFromConfig.of(config, findings);
    assertThat(findings.problems())
        .singleElement()
        .extracting(ConfigProblem::key, ConfigProblem::rule)
        .containsExactly(
            "services.shop.maintenance.page", folder.resolve("page.html") + " is not UTF-8 text");
  }
}
