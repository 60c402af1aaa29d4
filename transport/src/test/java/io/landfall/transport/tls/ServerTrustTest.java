package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.trust.FileResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node is started with an empty default trust store (tools/start.sh). */
class ServerTrustTest {
  private static final String STORE = "javax.net.ssl.trustStore";

  private Optional<String> before = Optional.empty();

  @BeforeEach
  void asTheProgramIsStarted() {
    before = Optional.ofNullable(System.setProperty(STORE, "NONE"));
  }

  @AfterEach
  void asBefore() {
    before.ifPresentOrElse(
        store -> System.setProperty(STORE, store), () -> System.clearProperty(STORE));
  }

  @Test
  void backendsWithoutAFileOfAuthoritiesAreVerifiedByTheJdks() {
    assertThat(ServerTrust.of(List.of()))
        .isInstanceOfSatisfying(
            FileResult.Good.class,
            good ->
                assertThat(((ServerTrust) good.value()).getAcceptedIssuers())
                    .hasSizeGreaterThan(50));
  }
}
