package io.landfall.cli.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What ./landfall runs once after a build so that the JVM can write an AOT cache (JEP 483, 514): in
 * one process, for a moment, everything that the command, a node and a backend do at start.
 */
final class Training {
  private static final int REQUESTS = 20;
  private static final long TIMEOUT_MILLIS = 5_000;

  private Training() {}

  static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory("landfall-training-");
    try {
      backend();
      labFiles(directory);
    } finally {
      delete(directory);
    }
    // Threads of what was started may still live.
    System.exit(0);
  }

  private static void backend() throws IOException {
    try (ServerSocket listener = new ServerSocket()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread.ofVirtual().start(() -> serve(listener));
      InetSocketAddress address =
          new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
      for (int i = 0; i < REQUESTS; i++) {
        LabHttp.get(address, "shop.lab", i % 2 == 0 ? "/healthz" : "/", TIMEOUT_MILLIS);
      }
    }
  }

  private static void serve(ServerSocket listener) {
    try {
      new Backend("shop", "fra").serve(listener);
    } catch (IOException e) {
      // Closed when the training is over.
    }
  }

  private static void labFiles(Path directory) throws IOException {
    LabLock.take(directory, ProcessHandle.current().pid(), Instant.now());
    LabPlan plan = LabPlan.of(1, List.of("fra", "nyc", "sin"));
    LabLayout layout = LabLayout.prepare(directory, plan);
    LabCredentials.write(plan, layout, System.currentTimeMillis());
    SiteConfigText text = new SiteConfigText(plan, layout);
    for (LabPlan.Site site : plan.sites()) {
      Files.writeString(layout.config(site), text.of(site));
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
