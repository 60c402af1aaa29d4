package io.landfall.trust;

import io.landfall.core.ServiceName;
import java.util.Optional;

/**
 * The name of the one realm whose certificates this overlay believes, such as {@code cdn.example}
 * (SPIFFE-ID section 2.1: lower-case letters, digits, dots, dashes and underscores; at most 255).
 *
 * @param value the name
 */
public record TrustDomain(String value) {
  private static final int MAX_LENGTH = 255;
  private static final String SERVICE_LABEL = ".service.";

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException naming the rule that it breaks
   */
  public TrustDomain {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "trust domain '"
              + value
              + "' is not 1 to 255 of a-z, 0-9, '.', '-' and '_', starting with a letter or digit");
    }
  }

  static boolean isValid(String value) {
    if (value.isEmpty() || value.length() > MAX_LENGTH || !isAlphanumeric(value.charAt(0))) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isAlphanumeric(c) && c != '.' && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /** The DNS name in a node's certificate that entitles it to a service. */
  public String dnsNameOf(ServiceName service) {
    return service + SERVICE_LABEL + value;
  }

  /** The service that a DNS name of this domain entitles to, or empty when it is no such name. */
  public Optional<ServiceName> serviceOf(String dnsName) {
    String suffix = SERVICE_LABEL + value;
    if (!dnsName.endsWith(suffix)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ServiceName(dnsName.substring(0, dnsName.length() - suffix.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
