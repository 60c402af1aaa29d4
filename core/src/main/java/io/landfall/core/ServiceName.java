package io.landfall.core;

/**
 * The name of a service, the same at every site: a DNS label in lower case (RFC 1123 section 2.1),
 * such as {@code shop}.
 *
 * @param value the label
 */
public record ServiceName(String value) implements Comparable<ServiceName> {
  /** Checks the label. */
  public ServiceName {
    Labels.check("service name", value);
  }

  @Override
  public int compareTo(ServiceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
