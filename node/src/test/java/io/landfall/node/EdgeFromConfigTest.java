package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.Limits;
import io.landfall.config.HostPort;
import io.landfall.config.PrefixConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.config.TrafficConfig;
import io.landfall.core.ServiceName;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.TunnelSettings;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What the edge is started with, compared with what the process has. */
class EdgeFromConfigTest {
  @Test
  void clientsLeaveDescriptorsForEverythingElse() {
    assertThat(EdgeFromConfig.connectionsThatFit(10_000, Long.MAX_VALUE)).isEqualTo(10_000);
    assertThat(EdgeFromConfig.connectionsThatFit(10_000, 1_024)).isEqualTo(384);
    assertThat(EdgeFromConfig.connectionsThatFit(10_000, 64)).isEqualTo(1);
    String limits = "Limit  Soft  Hard\nMax open files            1024        524288       files\n";
    assertThat(Descriptors.parse(limits)).isEqualTo(1_024);
    assertThat(Descriptors.parse("Max open files  unlimited unlimited files"))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(Descriptors.parse("")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatClientsMayHaveMadeUpCountsAsConfigured() {
    for (EdgeConfig.LookalikeFields configured : EdgeConfig.LookalikeFields.values()) {
      EdgeConfig edge =
          new EdgeConfig(
              List.of(),
              Limits.DEFAULT,
              List.of(new PrefixConfig(InetAddress.ofLiteral("192.0.2.0"), 24)),
              EdgeConfig.TlsHosts.CERTIFIED,
              configured,
              EdgeConfig.Http2.ALL);
      ClientClaims claims = EdgeFromConfig.claims(edge);
      assertThat(claims.lookalikes()).hasToString(configured.toString());
      assertThat(claims.trustedProxies().contains(new InetSocketAddress("192.0.2.7", 1))).isTrue();
      assertThat(claims.trustedProxies().contains(new InetSocketAddress("192.0.3.7", 1))).isFalse();
    }
  }

  @Test
  void tunnelsAreThoseThatTheConfigAllowsAndDescriptorsAreLeft() {
    ServiceName shop = new ServiceName("shop");
    ServiceConfig service =
        new ServiceConfig(
            shop,
            TestWorld.BLOCK.host(256),
            List.of("shop.test"),
            List.of(),
            new ServiceConfig.Hosting(List.of(), Optional.empty(), 0, OptionalInt.empty()),
            Optional.empty(),
            Optional.empty(),
            TrafficConfig.of(List.of("chat")));
    TunnelSettings made = EdgeFromConfig.tunnels(Limits.DEFAULT, List.of(service), 1_024);
    assertThat(made.most()).as("three quarters of 384 connections").isEqualTo(288);
    assertThat(made.idleMillis()).isEqualTo(600_000);
    assertThat(made.of(shop)).containsExactly(AsciiString.of("chat"));
    assertThat(made.of(new ServiceName("other"))).containsExactly(AsciiString.of("websocket"));
    assertThat(EdgeFromConfig.tunnels(Limits.DEFAULT, List.of(), Long.MAX_VALUE).most())
        .isEqualTo(7_500);
  }

  @Test
  void anAddressHasAsManyConnectionsAsTheConfigAllows() {
    Limits usual = Limits.DEFAULT;
    EdgeConfig.AtOnce atOnce =
        new EdgeConfig.AtOnce(10_000, OptionalInt.of(20), 100, usual.atOnce().tunnels());
    Limits bounded =
        new Limits(
            usual.headerTimeoutMillis(),
            usual.idleTimeoutMillis(),
            atOnce,
            usual.maxHeaderBytes(),
            usual.inputMemoryBytes(),
            usual.connectTimeoutMillis(),
            usual.responseTimeoutMillis(),
            usual.bodyTimeoutMillis());
    assertThat(EdgeFromConfig.limits(bounded, 2).connections().maxPerClient()).isEqualTo(20);
    assertThat(EdgeFromConfig.limits(usual, 2).connections().maxPerClient())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aTcpServiceIsFoundByItsServerNamesAndAllowsNothingElse() {
    ServiceName mail = new ServiceName("mail");
    HostPort at = new HostPort("192.0.2.9", 993);
    ServiceConfig service =
        new ServiceConfig(
            mail,
            TestWorld.BLOCK.host(256),
            List.of(),
            List.of(),
            new ServiceConfig.Hosting(
                List.of(new ServiceConfig.Backend("tcp://" + at, at)),
                Optional.empty(),
                0,
                OptionalInt.empty()),
            Optional.empty(),
            Optional.empty(),
            new ServiceConfig.Clients(
                TrafficConfig.USUAL,
                Optional.of(new ServiceConfig.Tcp(List.of("mail.test", "*.mail.test")))));
    TunnelSettings made = EdgeFromConfig.tunnels(Limits.DEFAULT, List.of(service), 1_024);
    assertThat(made.of(mail)).containsExactly(TunnelSettings.TCP);
    assertThat(made.tcpService("mail.test")).isEqualTo(mail);
    assertThat(made.tcpService("a.mail.test")).isEqualTo(mail);
    assertThat(made.tcpService("a.b.mail.test")).isNull();
    assertThat(made.tcpService("test")).isNull();
    Backends backends = new Backends(List.of(service), Map.of(), Map.of(), 0);
    assertThat(backends.protocol(mail, 0)).isEqualTo(OriginProtocol.TCP);
    assertThat(backends.proxy(mail, 0)).isEqualTo(ProxyProtocol.NONE);
  }

  @Test
  void inputMemoryIsAtMostAQuarterOfWhatThereIs() {
    Limits limits = Limits.DEFAULT;
    assertThat(EdgeFromConfig.inputMemory(limits, 4L << 30)).isEqualTo(limits.inputMemoryBytes());
    assertThat(EdgeFromConfig.inputMemory(limits, 256 << 20)).isEqualTo(64 << 20);
    assertThat(EdgeFromConfig.inputMemory(limits, 128 << 20)).isEqualTo(32 << 20);
  }
}
