package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node is started with an empty default trust store (tools/start.sh); CAs are believed still. */
class AcmeTrustTest {
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
  void withoutAFileTheCasOfTheJdkAreBelieved() throws Exception {
    assertThat(AcmeHttp.trustManagers(Optional.empty()))
        .singleElement()
        .isInstanceOfSatisfying(
            X509TrustManager.class,
            trust -> assertThat(trust.getAcceptedIssuers()).hasSizeGreaterThan(50));
  }
}
