package io.landfall.overlay;

/**
 * Why a route that is a host of the block is still not taken. The codec's rules come before these;
 * the label is what {@code show refused} counts by.
 */
enum ImportRule {
  NEXT_HOP_MISSING("next-hop-missing"),
  NEXT_HOP_OUTSIDE_BLOCK("next-hop-outside-block"),
  ORIGINATOR_IS_ME("originator-is-me"),
  CLUSTER_LOOP("cluster-list-loop"),
  NEXT_HOP_NOT_PEER("next-hop-not-the-peer"),
  ORIGINATOR_NOT_PEER("originator-not-the-peer"),
  NEXT_HOP_NOT_ORIGINATOR("next-hop-not-the-originator"),
  NEXT_HOP_NOT_A_NODE("next-hop-not-a-node"),
  AS_PATH_NOT_EMPTY("as-path-not-empty"),
  ATTRIBUTES_TOO_LONG("attributes-too-long"),
  STALE("stale"),
  OWN_IDENTITY("own-identity"),
  OTHER_IDENTITY("identity-of-another-node"),
  NOT_ENTITLED("not-entitled"),
  OVER_ACCEPT_LIMIT("over-accept-limit"),
  OVER_PATHS_PER_HOST("too-many-paths-of-a-host"),
  OVER_ATTRIBUTE_BYTES("too-many-attribute-bytes");

  private final String label;

  ImportRule(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  static boolean isLabel(String rule) {
    for (ImportRule each : values()) {
      if (each.label.equals(rule)) {
        return true;
      }
    }
    return false;
  }
}
