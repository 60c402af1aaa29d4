package io.landfall.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where spans of sampled requests go.
 *
 * @param collector the URL that they are posted to (OTLP over HTTP)
 * @param share which share of requests is sampled, from 0 to 1
 * @param authorities PEM file of whom the collector's certificate has to lead to; empty for those
 *     that the JDK comes with
 * @param mostRequests how many requests may wait to be sent
 */
public record TracingConfig(
    URI collector, double share, Optional<Path> authorities, int mostRequests) {
  /** The share when the config has no value for it: one of a hundred. */
  public static final double DEFAULT_SHARE = 0.01;

  /** How many requests may wait when the config has no value for it. */
  public static final int DEFAULT_MOST_REQUESTS = 2_048;
}
