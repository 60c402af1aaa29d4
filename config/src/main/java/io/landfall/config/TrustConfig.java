package io.landfall.config;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who this node is and whom it believes. The files existed and were readable when the config was
 * read; what is in them is the trust room's business.
 *
 * @param domain the trust domain: the authority of {@code spiffe://<domain>/node/<name>}
 * @param ca PEM file with the certificates of the authority
 * @param certificate PEM file with this node's certificate and chain
 * @param key PEM file with this node's private key
 * @param entitlements services that nodes may originate beyond what their certificates name
 * @param revoked file of revoked keys, serial numbers and nodes; empty when not given
 */
public record TrustConfig(
    String domain,
    Path ca,
    Path certificate,
    Path key,
    Map<NodeName, List<ServiceName>> entitlements,
    Optional<Path> revoked) {
  /** Copies the map and keeps its order. */
  public TrustConfig {
    entitlements = Collections.unmodifiableMap(new LinkedHashMap<>(entitlements));
  }
}
