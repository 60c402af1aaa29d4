package io.landfall.core;

/**
 * The name of a node, unique in the overlay: a DNS label in lower case (RFC 1123 section 2.1), such
 * as {@code fra}.
 *
 * @param value the label
 */
public record NodeName(String value) implements Comparable<NodeName> {
  /** Checks the label. */
  public NodeName {
    Labels.check("node name", value);
  }

  @Override
  public int compareTo(NodeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
