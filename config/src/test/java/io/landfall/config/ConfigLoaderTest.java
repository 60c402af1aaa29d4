package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A good config becomes records with every value in its place. */
class ConfigLoaderTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  @Test
  void theLineOfAKeyIsFoundAsFarAsAFileThatIsAnotherByNowHasIt() throws IOException {
    Path file = Files.writeString(temp.resolve("changed.yaml"), "node: x\ntrust:\n  - a\n  - b\n");
    assertThat(ConfigLoader.lineOf(file, "trust.key")).isEqualTo(2);
    assertThat(ConfigLoader.lineOf(file, "trust[99999999999]")).isEqualTo(2);
    assertThat(ConfigLoader.lineOf(file, "trust[1]")).isEqualTo(4);
  }

  @Test
  void aDeviceThatGivesBytesWithoutEndIsTooLarge() {
    assertThat(ConfigLoader.load(Path.of("/dev/zero")))
        .isInstanceOfSatisfying(
            ConfigResult.Invalid.class,
            invalid ->
                assertThat(invalid.problems().getFirst().toString()).contains("is larger than"));
  }

  @Test
  void aGoodConfigGivesEveryValueAndDefault() {
    NodeConfig config = folder.valid(ConfigFolder.GOOD);

    assertThat(config.name()).isEqualTo(new NodeName("fra"));
    assertThat(config.identity()).hasToString("10.32.0.1");
    assertThat(config.self().region()).isEqualTo("eu");
    OverlayConfig overlay = config.overlay();
    assertThat(overlay.block()).hasToString("10.32.0.0/23");
    assertThat(overlay.asn()).isEqualTo(Asn.of(4_200_000_000L));
    assertThat(overlay.reach().listen().getPort()).isEqualTo(8443);
    assertThat(overlay.reach().candidates())
        .containsExactly(new HostPort("nyc.edge.example", 8443));
    assertThat(overlay.holdTimeMillis()).isEqualTo(9_000);
    assertThat(overlay.reflection().reflector()).isFalse();
    assertThat(overlay.costOf(new NodeName("nyc"))).isEqualTo(50);
    assertThat(overlay.costOf(new NodeName("sin"))).isEqualTo(100);
    assertThat(config.operation().log()).isEqualTo(LogConfig.DEFAULT);
    assertThat(config.operation().admin().metrics()).isPresent();
  }

  @Test
  void relativePathsStartAtTheConfigsFolder() {
    NodeConfig config = folder.valid(ConfigFolder.GOOD);

    assertThat(config.trust().ca()).isEqualTo(temp.resolve("ca.pem"));
    assertThat(config.operation().admin().socket()).isEqualTo(temp.resolve("run/fra.sock"));
    assertThat(config.edge().orElseThrow().listen().getFirst().certificates())
        .containsExactly(
            new EdgeConfig.KeyPairFiles(temp.resolve("site.pem"), temp.resolve("site.key")));
    assertThat(config.trust().entitlements())
        .containsEntry(new NodeName("nyc"), List.of(new ServiceName("shop")));
  }

  @Test
  void aServiceWithoutBackendsIsKnownHereAndHostedElsewhere() {
    NodeConfig config = folder.valid(ConfigFolder.GOOD);

    ServiceConfig shop = config.services().getFirst();
    ServiceConfig media = config.services().getLast();
    assertThat(shop.isLocal()).isTrue();
    assertThat(shop.here().backends())
        .containsExactly(
            new ServiceConfig.Backend("http://10.0.0.7:8080", new HostPort("10.0.0.7", 8080)));
    assertThat(shop.here().probe())
        .contains(new ProbeConfig(new ProbeConfig.Check.Http("/healthz"), 500, 300, 2, 3));
    assertThat(media.isLocal()).isFalse();
    assertThat(media.here().probe()).isEmpty();
    assertThat(media.cache()).contains(new ServiceConfig.Cache(OptionalLong.of(64L << 20)));
  }

  @Test
  void aServiceWithBackendsAndNoProbeIsProbedByTcp() {
    NodeConfig config =
        folder.valid(
            ConfigFolder.GOOD.replace(
                "    probe: {http: /healthz, interval: 500ms, timeout: 300ms, fall: 2, rise: 3}\n",
                ""));

    assertThat(config.services().getFirst().here().probe()).contains(ProbeReader.DEFAULT);
  }

  @Test
  void everyKeyOfAnUpstreamIsRead() {
    NodeConfig config =
        folder.valid(
            ConfigFolder.GOOD.replace(
                "local-asn: 64496, password-file: up1.key}",
                "local-asn: 64496, port: 1179, local-address: 192.0.2.2, ttl-security: true, "
                    + "communities: [\"64500:120\", no-export], large-communities:"
                    + " [\"64500:1:4294967295\"], med: 4294967295, prepend: 2, role: customer,"
                    + " role-strict: true}"));

    UpstreamConfig upstream = config.ingress().orElseThrow().upstreams().getFirst();
    assertThat(upstream.tcp().port()).isEqualTo(1179);
    assertThat(upstream.tcp().ttlSecurityHops()).isEqualTo(OptionalInt.of(1));
    assertThat(upstream.attributes().communities()).containsExactly(64500 << 16 | 120, 0xffffff01);
    assertThat(upstream.attributes().largeCommunities())
        .containsExactly(new UpstreamConfig.LargeValue(64500, 1, -1));
    assertThat(upstream.attributes().med()).hasValue(0xffff_ffffL);
    assertThat(upstream.roles().strict()).isTrue();
    assertThat(upstream.attributes().prepend()).isEqualTo(2);
    assertThat(upstream.roles().ours()).isEqualTo(Optional.of(UpstreamConfig.Role.CUSTOMER));
    assertThat(upstream.tcp().passwordFile()).isEmpty();
    assertThat(config.ingress().orElseThrow().drainWaitMillis()).isEqualTo(10_000);
    assertThat(config.ingress().orElseThrow().startDelayMillis()).isEqualTo(3_000);
  }

  @Test
  void theExampleOfTheDesignIsGood() {
    folder.write("node-up.key", "k\n");
    NodeConfig config =
        folder.valid(
            """
            node:     {name: fra, identity: 10.32.0.1, region: eu}
            overlay:  {block: 10.32.0.0/23, asn: 4200000000, listen: 203.0.113.10:8443, candidates: [nyc.edge.example:8443, sin.edge.example:8443]}
            trust:    {domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}
            ingress:  {prefixes: [198.51.100.0/24], upstreams: [{address: 192.0.2.1, asn: 64500, local-asn: 64496, password-file: up1.key}]}
            edge:     {listen: [{address: 198.51.100.1:443, tls: {certificate: site.pem, key: site.key}}, {address: 198.51.100.1:80}]}
            services:
              shop:   {identity: 10.32.1.10, hosts: [shop.example], backends: ["http://10.0.0.7:8080"], probe: {http: /healthz, interval: 500ms, timeout: 300ms, fall: 2, rise: 3}}
              media:  {identity: 10.32.1.11, hosts: [media.example], cache: {max-object: 64MiB}}          # known here, hosted elsewhere
            """);

    assertThat(config.services()).hasSize(2);
    assertThat(config.operation().admin().socket()).isEqualTo(AdminConfig.DEFAULT_SOCKET);
  }
}
