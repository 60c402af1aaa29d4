package io.landfall.edge;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where requests go, once they are over, that are sampled for tracing. What sends their spans to a
 * collector is another room, which a node without tracing does not load: it is found by {@link
 * Provider}.
 */
public interface RequestSpans extends AutoCloseable {
  /** Which share of requests is sampled if none has decided that before, from 0 to 1. */
  double share();

  /**
   * A sampled request is over. On an event loop, which it does not hold up: what there is no room
   * for is dropped, and counted.
   */
  void over(FinishedRequest request);

  /** What was counted. */
  Stats stats();

  /** How many requests wait to be sent, and how many may. */
  QueueUse queue();

  /** Sends what is left, for some seconds at most. */
  @Override
  void close();

  /**
   * What became of spans since the start.
   *
   * @param exported spans that the collector took
   * @param dropped spans for which there was no room
   * @param failed spans that the collector did not take
   * @param problem why it takes none now; empty while it does
   */
  record Stats(long exported, long dropped, long failed, Optional<String> problem) {}

  /**
   * How spans are sent.
   *
   * @param node this node, as they name it
   * @param collector the URL that they are posted to (OTLP over HTTP)
   * @param authorities PEM file of whom a collector's certificate has to lead to; empty for those
   *     that the JDK comes with
   * @param share which share of requests is sampled
   * @param mostRequests how many requests may wait to be sent
   */
  record Settings(
      NodeLabel node, URI collector, Optional<Path> authorities, double share, int mostRequests) {}

  /**
   * Which node sends them.
   *
   * @param name its name
   * @param identity its identity in the overlay
   * @param version the version of the program
   */
  record NodeLabel(String name, String identity, String version) {}

  /** Makes what sends them. */
  interface Provider {
    /**
     * Begins; a collector that cannot be reached is no failure.
     *
     * @throws IllegalArgumentException if the authorities cannot be read
     */
    RequestSpans open(Settings settings);
  }
}
