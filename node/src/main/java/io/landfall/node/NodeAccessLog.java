package io.landfall.node;

import io.landfall.config.AccessLogConfig;
import io.landfall.config.NodeConfig;
import io.landfall.core.FailureText;
import io.landfall.edge.QueueUse;
import io.landfall.edge.access.AccessLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The access log of a node, if its config has one. */
final class NodeAccessLog implements AutoCloseable {
  private static final String KEY = "access-log.file";

  private final Optional<AccessLogConfig> config;
  private volatile @Nullable AccessLog running;

  NodeAccessLog(NodeConfig config) {
    this.config = config.operation().accessLog();
  }

  /** Whether the file can be written, as far as that can be seen without opening it. */
  static void trial(NodeConfig config, Findings findings) {
    config
        .operation()
        .accessLog()
        .flatMap(AccessLogConfig::file)
        .ifPresent(
            new OwnFileTrial(KEY, "name one, or - for standard output", false, findings::problem)
                ::look);
  }

  /**
   * Opens it.
   *
   * @return empty when the config has none
   * @throws StartFailed when the file cannot be opened
   */
  Optional<AccessLog> open() throws StartFailed {
    if (config.isEmpty()) {
      return Optional.empty();
    }
    AccessLogConfig of = config.get();
    try {
      AccessLog opened =
          AccessLog.open(
              of.file(),
              switch (of.format()) {
                case JSON -> AccessLog.Format.JSON;
                case COMBINED -> AccessLog.Format.COMBINED;
              },
              of.bufferBytes());
      running = opened;
      return Optional.of(opened);
    } catch (IOException e) {
      throw new StartFailed(
          KEY, of.file().map(Path::toString).orElse("-") + ": " + FailureText.of(e), e);
    }
  }

  /** The file is opened anew, as after it was moved. */
  void reopen() {
    AccessLog log = running;
    if (log != null) {
      log.reopen();
    }
  }

  /** What was counted; empty without an access log. */
  Optional<AccessLog.Stats> stats() {
    return Optional.ofNullable(running).map(AccessLog::stats);
  }

  /** How much of it waits for the disk, in bytes; empty without an access log. */
  Optional<QueueUse> queue() {
    return Optional.ofNullable(running).map(AccessLog::queue);
  }

  @Override
  public void close() {
    AccessLog log = running;
    if (log != null) {
      log.close();
    }
  }
}
