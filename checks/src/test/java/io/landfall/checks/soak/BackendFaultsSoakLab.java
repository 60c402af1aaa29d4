package io.landfall.checks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of a backend that closes connections when it likes, for a minute, at the node beside it
 * and at the one that forwards to it: no request is lost, and none damaged (RFC 9112 sections 8 and
 * 9.3.1).
 *
 * <p>{@code -Dsoak.faults.seconds=10} makes it shorter or longer.
 */
class BackendFaultsSoakLab {
  private static final long SECONDS = Long.getLong("soak.faults.seconds", 60);
  private static final int HEAP_MIB = 128;

  /** A tenth of what an idle machine does. */
  private static final long LEAST = 60;

  private static final Duration START = Duration.ofSeconds(60);
  private static final int PATIENT_MILLIS = 60_000;

  @Test
  @SuppressWarnings("SystemOut") // A line for people; what is asserted comes after it.
  void noRequestIsLostOrDamagedBetweenNodeAndBackend(@TempDir Path dir) throws Exception {
    SoakWorld world = new SoakWorld(dir);
    try (FaultyOrigin impatient =
            new FaultyOrigin(world.address(50, 1), FaultWitnesses.IDLE_MILLIS);
        FaultyOrigin patient = new FaultyOrigin(world.address(50, 2), PATIENT_MILLIS);
        SoakNode fra = new SoakNode("fra", dir, HEAP_MIB);
        SoakNode nyc = new SoakNode("nyc", dir, HEAP_MIB)) {
      world.node(
          "fra",
          1,
          List.of("near", "shop"),
          world.overlay(1, List.of(2), "")
              + SoakWorld.services(hosted(impatient.url()), hosted(patient.url()), "", ""));
      world.node(
          "nyc",
          2,
          List.of(),
          world.overlay(2, List.of(1), "") + SoakWorld.services("", "", "", ""));
      fra.start();
      nyc.start();
      Await.until(
          START, "both serve", () -> serves(world, 1) && serves(world, 2), () -> log(fra, nyc));
      FaultWitnesses witnesses = new FaultWitnesses(world.address(40, 1));
      try (witnesses) {
        witnesses.start(world.http(1));
        witnesses.start(world.http(2));
        assertThat(new CountDownLatch(1).await(SECONDS, TimeUnit.SECONDS)).isFalse();
      }
      System.out.println("faults of backends: " + witnesses.tally);
      assertThat(witnesses.failures()).as("%s", witnesses.tally).isEmpty();
      for (String each : List.of("GETs", FaultWitnesses.CUT_IN_THE_BODY)) {
        assertThat(witnesses.tally.of(each))
            .as("clients that got nowhere would not fail: %s, %s", each, witnesses.tally)
            .isGreaterThan(LEAST);
      }
    }
  }

  /** A backend that a busy machine does not take out of service: what it answers is looked at. */
  private static String hosted(String url) {
    return ", backends: [\"%s\"], probe: {exec: [/usr/bin/true], interval: 30s, timeout: 20s}"
        .formatted(url);
  }

  private static boolean serves(SoakWorld world, int node) {
    return serves(world, node, FaultWitnesses.IMPATIENT)
        && serves(world, node, FaultWitnesses.PATIENT);
  }

  private static boolean serves(SoakWorld world, int node, String host) {
    try (Socket socket = Connections.plain(world.address(40, 1), world.http(node))) {
      socket.setSoTimeout(2_000);
      return GoodClients.exchange(socket, socket.getInputStream(), host, "").startsWith("200");
    } catch (IOException e) {
      return false;
    }
  }

  private static String log(SoakNode... nodes) {
    StringBuilder all = new StringBuilder();
    for (SoakNode node : nodes) {
      all.append(node.log());
    }
    return all.toString();
  }
}
