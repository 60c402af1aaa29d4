package io.landfall.trust;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who a peer is, as its certificate proved it; made by {@link Admission} only.
 *
 * @param name the node's name, from the one SPIFFE URI
 * @param identity its host address in the block, from the one IP name
 * @param entitledServices the services that it may originate by its certificate; the config may
 *     have more
 * @param fingerprint SHA-256 of the certificate, 64 lower-case hex digits
 * @param keys SHA-256 of the public keys that prove it, 64 lower-case hex digits each: its own
 *     first, then those of the CAs above it
 * @param notAfterMillis the end of the certificate, wall-clock milliseconds since 1970
 * @param serial the certificate's serial number in lower-case hex
 */
public record PeerIdentity(
    NodeName name,
    HostAddress identity,
    SortedSet<ServiceName> entitledServices,
    String fingerprint,
    List<String> keys,
    long notAfterMillis,
    String serial) {
  /** Copies the set and the list, so that the identity never changes. */
  public PeerIdentity {
    entitledServices = Collections.unmodifiableSortedSet(new TreeSet<>(entitledServices));
    keys = List.copyOf(keys);
  }

  /** Whether another proof is of the same node: same name and same address, any certificate. */
  public boolean isSameNodeAs(PeerIdentity other) {
    return name.equals(other.name) && identity.equals(other.identity);
  }

  /** Short form for logs: {@code nyc (10.32.0.2)}. */
  public String label() {
    return name + " (" + identity + ")";
  }
}
