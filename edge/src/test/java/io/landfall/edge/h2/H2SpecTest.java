package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Shield;
import io.landfall.edge.HostedService;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.landfall.testkit.H2Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What h2spec finds at the port on which other nodes forward requests. TLS is left out, for it has
 * no certificate to show; what is behind TLS is the same.
 */
class H2SpecTest {
  /** More than the streams of a connection, all of which h2spec opens at once. */
  private static final int MANY_REQUESTS = 2_000;

  @TempDir Path folder;

  @Test
  void theServerOfForwardedRequestsPassesEveryCase() throws IOException, InterruptedException {
    try (TestBackend backend = TestBackend.saying("0123456789");
        TestSite site = new TestSite("fra", 1)) {
      site.publish(
          List.of(site.overlay().getAddress().getHostAddress()),
          Shield.NONE,
          Signal.UP,
          new HostedService(TestSite.backends(backend), MANY_REQUESTS));
      List<H2Spec.Case> cases = H2Spec.against(site.overlay(), folder);
      assertThat(cases).filteredOn(each -> each.failure() != null).isEmpty();
      assertThat(cases).hasSize(H2Spec.CASES);
    }
  }
}
