package io.landfall.config;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A whole, valid config: every rule that can be checked without starting anything holds.
 *
 * @param self which node this is
 * @param overlay plane two
 * @param trust who this node is and whom it believes
 * @param ingress plane one; empty when this node announces nothing to the Internet
 * @param edge where clients connect; empty when none do, as at a node that only reflects routes
 * @param serviceBgp the service hosts with BGP sessions
 * @param known the services, and their cache
 * @param operation how the node is watched, steered and stopped
 */
public record NodeConfig(
    Self self,
    OverlayConfig overlay,
    TrustConfig trust,
    Optional<IngressConfig> ingress,
    Optional<EdgeConfig> edge,
    ServiceBgpConfig serviceBgp,
    Known known,
    Operation operation) {
  /** The grace when the config gives none. */
  public static final long DEFAULT_SHUTDOWN_GRACE_MILLIS = 30_000;

  /**
   * The services.
   *
   * @param services every service that this node knows, in the order of the file
   * @param cache the cache of all of them
   */
  public record Known(List<ServiceConfig> services, CacheConfig cache) {
    /** Copies the list. */
    public Known {
      services = List.copyOf(services);
    }
  }

  /**
   * Which node this is.
   *
   * @param file the file that its config was read from, absolute
   * @param name its name
   * @param identity its identity, inside {@link OverlayConfig#block()}
   * @param region a free label for people; empty when not given
   */
  public record Self(Path file, NodeName name, HostAddress identity, String region) {}

  /**
   * How the node is watched, steered and stopped.
   *
   * @param watch who receives what the overlay receives: BMP stations and MRT files
   * @param admin where the node is read and steered
   * @param log what is logged and how
   * @param accessLog where a line for each request goes; empty for nowhere
   * @param tracing where spans of sampled requests go; empty for nowhere
   * @param shutdownGraceMillis how long a stopping node lets requests in progress finish
   */
  public record Operation(
      WatchConfig watch,
      AdminConfig admin,
      LogConfig log,
      Optional<AccessLogConfig> accessLog,
      Optional<TracingConfig> tracing,
      long shutdownGraceMillis) {}

  /** Every service that this node knows, in the order of the file. */
  public List<ServiceConfig> services() {
    return known.services;
  }

  /** The cache of all services. */
  public CacheConfig cache() {
    return known.cache;
  }

  /** This node's name. */
  public NodeName name() {
    return self.name;
  }

  /** This node's identity. */
  public HostAddress identity() {
    return self.identity;
  }
}
