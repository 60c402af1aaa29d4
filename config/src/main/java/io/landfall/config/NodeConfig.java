package io.landfall.config;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A whole, valid config: every rule that can be checked without starting anything holds.
 *
 * @param file the file it was read from, absolute
 * @param name this node's name
 * @param identity this node's identity, inside {@link OverlayConfig#block()}
 * @param region a free label for people; empty when not given
 * @param overlay plane two
 * @param trust who this node is and whom it believes
 * @param ingress plane one; empty when this node announces nothing to the Internet
 * @param edge where clients connect; empty when none do, as at a node that only reflects routes
 * @param serviceBgp the service hosts with BGP sessions
 * @param services every service that this node knows, in the order of the file
 * @param watch who receives what the overlay receives: BMP stations and MRT files
 * @param admin where the node is read and steered
 * @param log what is logged and how
 * @param shutdownGraceMillis how long a stopping node lets requests in progress finish
 */
public record NodeConfig(
    Path file,
    NodeName name,
    HostAddress identity,
    String region,
    OverlayConfig overlay,
    TrustConfig trust,
    Optional<IngressConfig> ingress,
    Optional<EdgeConfig> edge,
    ServiceBgpConfig serviceBgp,
    List<ServiceConfig> services,
    WatchConfig watch,
    AdminConfig admin,
    LogConfig log,
    long shutdownGraceMillis) {
  /** The grace when the config gives none. */
  public static final long DEFAULT_SHUTDOWN_GRACE_MILLIS = 30_000;

  /** Copies the list. */
  public NodeConfig {
    services = List.copyOf(services);
  }
}
