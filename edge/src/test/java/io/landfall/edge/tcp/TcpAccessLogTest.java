package io.landfall.edge.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.HostedService;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.RawClient;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line of a connection to a TCP service in the access log: it is no request. */
class TcpAccessLogTest {
  @TempDir Path folder;

  private String line(AccessLog.Format format) throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), format, 1 << 20)) {
      try (TcpBackend backend = TcpBackend.echo();
          TestSite fra = TestSite.logging("fra", 1, log, TcpSites.tcp(9));
          RawClient client = connected(fra, backend)) {
        client.send("hello").endOutput();
        assertThat(client.readToEnd()).asString(ISO_8859_1).isEqualTo("hello");
        TestSite.await("it is over", () -> fra.edge().stats().tunnels().open() == 0);
      }
    }
    assertThat(Files.readAllLines(file)).hasSize(1);
    return Files.readString(file);
  }

  private static RawClient connected(TestSite site, TcpBackend backend) {
    TcpSites.publish(
        site, Signal.UP, new HostedService(TcpSites.places(ProxyProtocol.NONE, backend), 9));
    return new RawClient(site.http());
  }

  @Test
  void asJson() throws IOException {
    assertThat(line(AccessLog.Format.JSON))
        .contains("\"protocol\":\"TCP\",\"status\":101,\"bytes_sent\":5,\"bytes_received\":5")
        .contains("\"service\":\"shop\",\"outcome\":\"serve\"")
        .doesNotContain("method")
        .doesNotContain("target");
  }

  @Test
  void asCombined() throws IOException {
    assertThat(line(AccessLog.Format.COMBINED)).contains("] \"TCP\" 101 5 \"-\" \"-\"");
  }

  @Test
  void aRefusedOneWasSentNothing() throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), AccessLog.Format.JSON, 1 << 20)) {
      try (TcpBackend backend = TcpBackend.echo();
          TestSite fra = TestSite.logging("fra", 1, log, TcpSites.tcp(9))) {
        TcpSites.publish(
            fra, Signal.DOWN, new HostedService(TcpSites.places(ProxyProtocol.NONE, backend), 9));
        try (RawClient client = new RawClient(fra.http())) {
          assertThat(client.isReset()).isTrue();
        }
        fra.awaitLastDecision(Reason.NO_SITE);
      }
    }
    assertThat(Files.readString(file))
        .contains("\"protocol\":\"TCP\",\"status\":503,\"bytes_sent\":0,\"bytes_received\":0")
        .doesNotContain("first_byte_us");
  }
}
