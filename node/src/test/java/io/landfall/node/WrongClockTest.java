package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Clock;
import io.landfall.core.NodeName;
import io.landfall.testkit.Await;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Admission;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.Credentials;
import io.landfall.trust.LandfallTrustManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes with good certificates, one of which has a wrong clock: both report that. */
class WrongClockTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;

  @BeforeEach
  void start() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  /** The TLS of nyc, whose clock is this far from the right time. */
  private SSLContext tlsOfNyc(long wrongByMillis) {
    Clock wrong =
        new Clock() {
          @Override
          public long monotonicNanos() {
            return System.nanoTime();
          }

          @Override
          public long wallMillis() {
            return System.currentTimeMillis() + wrongByMillis;
          }
        };
    AdmissionConfig config =
        new AdmissionConfig(
            TestWorld.DOMAIN,
            TestWorld.BLOCK,
            List.of(world.ca.certificate()),
            new NodeName("nyc"),
            TestWorld.identity(2));
    Credentials own = world.credentials("nyc", 2);
    return ScriptedPeer.tls(own, new LandfallTrustManager(new Admission(config), wrong));
  }

  @ParameterizedTest
  @ValueSource(longs = {-2 * TestWorld.DAY_MILLIS, 2 * TestWorld.DAY_MILLIS})
  void theNodeWithTheRightClockReportsItWhereItDialled(long wrongByMillis) {
    SilentThief nyc = world.owned(new SilentThief(world.free(2), tlsOfNyc(wrongByMillis)));
    fra.dials(nyc.address()).start();
    Await.until(
        "show peers has both dates, this clock and what to check",
        () ->
            fra.rows("peers").stream()
                .map(row -> String.valueOf(row.get("lastError")))
                .anyMatch(WrongClockTest::isAboutTheClocks),
        () -> fra.show("show/peers"));
  }

  private static boolean isAboutTheClocks(String text) {
    // The JDK's server has one alert for all that it holds against a client's certificate.
    boolean named =
        text.contains("takes this node's certificate for expired or not yet valid")
            ? text.contains("check the clocks of both")
            : text.contains("TLS alert certificate_unknown") && text.contains("that node's clock");
    return named && text.contains("this node's clock shows 20");
  }

  @ParameterizedTest
  @ValueSource(strings = {TrustingTls.BGP, "h2"})
  void theNodeWithTheRightClockReportsItWhereItWasDialledOnBothProtocols(String protocol) {
    fra.start();
    assertThatThrownBy(() -> dialFra(2 * TestWorld.DAY_MILLIS, protocol))
        .isInstanceOf(SSLException.class);
    Await.until(
        "show refused has both dates, this clock and what to check",
        () ->
            fra.rows("refused").stream()
                .filter(row -> "own-refused".equals(row.get("rule")))
                .map(row -> String.valueOf(row.get("what")))
                .anyMatch(WrongClockTest::isAboutTheClocks),
        () -> fra.show("show/refused"));
  }

  @Test
  void theNodeWithTheWrongClockReportsWhatItShows() {
    fra.start();
    assertThatThrownBy(() -> dialFra(2 * TestWorld.DAY_MILLIS, TrustingTls.BGP))
        .hasStackTraceContaining("this node's clock shows 20")
        .hasStackTraceContaining("renew it, or check this node's clock");
    assertThatThrownBy(() -> dialFra(-2 * TestWorld.DAY_MILLIS, TrustingTls.BGP))
        .hasStackTraceContaining("check the clocks of this node and of the issuer");
  }

  private void dialFra(long wrongByMillis, String protocol) throws IOException {
    ScriptedPeer.handshake(fra.overlay, tlsOfNyc(wrongByMillis), new String[] {"TLSv1.3"}, protocol)
        .close();
  }
}
