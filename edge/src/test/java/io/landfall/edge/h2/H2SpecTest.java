package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Shield;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.server.TestSite;
import io.landfall.edge.tls.ServerNames;
import io.landfall.testkit.H2Spec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What h2spec finds at the port for clients, and at that on which other nodes forward requests. TLS
 * is left out there, for it has no certificate to show; what is behind TLS is the same.
 */
class H2SpecTest {
  /** More than the streams of a connection, all of which h2spec opens at once. */
  private static final int MANY_REQUESTS = 2_000;

  @TempDir Path folder;

  @Test
  void theServerOfForwardedRequestsPassesEveryCase() throws IOException, InterruptedException {
    passesEveryCase(UnaryOperator.identity(), TestSite::overlay);
  }

  @Test
  void theServerOfClientsOverTlsPassesEveryCase() throws IOException, InterruptedException {
    ServerNames.Identity identity =
        new TestKeys(folder).key("site", "-ext", "SAN=ip:127.0.0.1").identity("site");
    if (ServerNames.of(List.of(identity), ServerNames.Hosts.CERTIFIED_ONLY, true)
        instanceof ServerNames.Result.Usable(ServerNames names)) {
      EdgeListener listener =
          EdgeListener.tls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), names);
      passesEveryCase(TestSite.listening(listener), TestSite::http, "--tls", "--insecure");
    } else {
      throw new AssertionError("an identity that was just made");
    }
  }

  private void passesEveryCase(
      UnaryOperator<EdgeSettings> settings,
      Function<TestSite, InetSocketAddress> port,
      String... options)
      throws IOException, InterruptedException {
    try (TestBackend backend = TestBackend.saying("0123456789");
        TestSite site = new TestSite("fra", 1, settings)) {
      InetSocketAddress server = port.apply(site);
      site.publish(
          List.of(server.getAddress().getHostAddress()),
          Shield.NONE,
          Signal.UP,
          new HostedService(TestSite.backends(backend), MANY_REQUESTS));
      List<H2Spec.Case> cases = H2Spec.against(server, folder, options);
      assertThat(cases).filteredOn(each -> each.failure() != null).isEmpty();
      assertThat(cases).hasSize(H2Spec.CASES);
    }
  }
}
