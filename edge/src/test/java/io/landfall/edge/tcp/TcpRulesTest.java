package io.landfall.edge.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.decision.Reason;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.RateLimit;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of a TCP service, where its connections land. */
class TcpRulesTest {
  private static UnaryOperator<EdgeSettings> rules(TrafficSettings.Service rules) {
    return Rules.of(rules);
  }

  /** The reset may come before the client has set up its own end. */
  private static boolean isReset(TcpSites sites) {
    try (RawClient client = sites.client()) {
      return client.isReset();
    } catch (UncheckedIOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatIsKeptOutGetsAReset(boolean forwarded) {
    try (TcpBackend backend = TcpBackend.echo();
        TcpSites sites =
            new TcpSites(
                forwarded,
                rules(Rules.access(List.of(), Rules.networks("127.0.0.0/8"))),
                backend)) {
      assertThat(isReset(sites)).isTrue();
      sites.awaitNone();
      sites.landing.awaitLastDecision(Reason.CLIENT_DENIED);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatMayUseItIsServedAtBothSites(boolean forwarded) {
    try (TcpBackend backend = TcpBackend.echo();
        TcpSites sites =
            new TcpSites(
                forwarded,
                rules(Rules.access(Rules.networks("127.0.0.1/32"), List.of())),
                backend)) {
      try (RawClient client = sites.client()) {
        client.send("hello").endOutput();
        assertThat(client.readToEnd()).asString(ISO_8859_1).isEqualTo("hello");
      }
    }
  }

  @Test
  void connectionsAreCountedByTheirClient() {
    RateLimit two = new RateLimit(Optional.empty(), 2, 86_400_000, 2, false);
    try (TcpBackend backend = TcpBackend.echo();
        TcpSites sites = new TcpSites(false, rules(Rules.limits(two)), backend)) {
      for (int i = 0; i < 2; i++) {
        try (RawClient client = sites.client()) {
          client.send("hello").endOutput();
          assertThat(client.readToEnd()).asString(ISO_8859_1).isEqualTo("hello");
        }
      }
      assertThat(isReset(sites)).isTrue();
      sites.landing.awaitLastDecision(Reason.RATE_LIMITED);
    }
  }
}
