package io.landfall.edge.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to TCP services in the access log. */
class TcpAccessLogTest {
  @TempDir Path folder;

  private static void sayHello(TestSite site) {
    try (RawClient client = new RawClient(site.http())) {
      client.send("hello").endOutput();
      client.readToEnd();
    } catch (UncheckedIOException e) {
      // It was reset.
    }
  }

  private String line(AccessLog.Format format, UnaryOperator<EdgeSettings> rules)
      throws IOException {
    Path file = folder.resolve("access.log");
    try (AccessLog log = AccessLog.open(Optional.of(file), format, 1 << 20)) {
      try (TcpBackend backend = TcpBackend.echo();
          TestSite fra =
              TestSite.logging("fra", 1, usual -> rules.apply(TcpSites.tcp(9).apply(usual)), log)) {
        TcpSites.publish(
            fra,
            Signal.UP,
            new HostedService(TcpSites.places(ProxyProtocol.NONE, backend), 1000));
        sayHello(fra);
      }
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  @Test
  void oneThatWasOpenHasItsBytesAndNoMethodOfHttp() throws IOException {
    assertThat(line(AccessLog.Format.JSON, UnaryOperator.identity()))
        .contains("\"method\":\"TCP\",")
        .contains("\"host\":\"tcp:shop\"")
        .contains("\"status\":101,\"bytes_sent\":5,\"bytes_received\":5");
    Files.delete(folder.resolve("access.log"));
    assertThat(line(AccessLog.Format.COMBINED, UnaryOperator.identity())).contains("\"TCP / ");
  }

  @Test
  void oneThatIsRefusedWasSentNothing() throws IOException {
    assertThat(
            line(
                AccessLog.Format.JSON,
                Rules.of(Rules.access(List.of(), Rules.networks("127.0.0.0/8")))))
        .contains("\"method\":\"TCP\",")
        .contains("\"status\":403,\"bytes_sent\":0,")
        .contains("\"reason\":\"CLIENT_DENIED\"");
  }
}
