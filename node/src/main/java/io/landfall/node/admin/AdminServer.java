package io.landfall.node.admin;

import io.landfall.node.config.AdminConfig;
import io.landfall.node.metrics.MetricsSource;
import java.io.IOException;

/** The admin API of a running node: a Unix socket to read and steer, loopback TCP to read. */
public final class AdminServer implements AutoCloseable {
  private AdminServer() {}

  /**
   * Binds and serves.
   *
   * @throws IOException with a sentence on what is wrong with the socket or the address
   */
  public static AdminServer start(AdminConfig config, AdminBackend backend, MetricsSource metrics)
      throws IOException {
    throw new IOException("the admin API is not there yet");
  }

  /** Stops serving and removes the socket. */
  @Override
  public void close() {}
}
