package io.landfall.overlay;

/**
 * The steps of {@link BestPath#compare}, each by itself and with a name: what {@code show routes
 * all} answers when a person asks why a path is not the best. The comparison itself does not go
 * through here, since it is run for every path; a property test holds the two together.
 */
public enum DecisionStep {
  /** RFC 4271 section 9.1.2.1: a path whose next hop cannot be used is behind all that can. */
  NEXT_HOP_USABLE("usable next hop") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Boolean.compare(
          nextHops.isUsable(b.attributes.nextHop.offset()),
          nextHops.isUsable(a.attributes.nextHop.offset()));
    }

    @Override
    String value(Path path) {
      return path.attributes.nextHop.toString();
    }
  },
  /** The degree of preference; 0 for a draining service. */
  LOCAL_PREF("higher LOCAL_PREF") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Long.compare(b.attributes.localPref, a.attributes.localPref);
    }

    @Override
    String value(Path path) {
      return Long.toString(path.attributes.localPref);
    }
  },
  /** MED, which is the service's tier. */
  TIER("lower tier (MED)") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Long.compare(a.attributes.tier, b.attributes.tier);
    }

    @Override
    String value(Path path) {
      return Long.toString(path.attributes.tier);
    }
  },
  /** The configured cost of the next hop, in place of the interior cost. */
  COST("lower cost") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Integer.compare(a.attributes.cost, b.attributes.cost);
    }

    @Override
    String value(Path path) {
      return Integer.toString(path.attributes.cost);
    }
  },
  /** RFC 4456 section 9: fewer reflectors on the way. */
  CLUSTER_LIST("shorter CLUSTER_LIST") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Integer.compare(a.attributes.clusterListLength(), b.attributes.clusterListLength());
    }

    @Override
    String value(Path path) {
      return Integer.toString(path.attributes.clusterListLength());
    }
  },
  /** RFC 4456 section 9, RFC 4271 section 9.1.2.2 f. */
  ORIGINATOR("lower originator") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Integer.compareUnsigned(a.attributes.originator, b.attributes.originator);
    }

    @Override
    String value(Path path) {
      return BgpIdentifier.text(path.attributes.originator);
    }
  },
  /** Only so that the order is total. */
  NEXT_HOP("lower next hop") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Integer.compare(a.attributes.nextHop.offset(), b.attributes.nextHop.offset());
    }

    @Override
    String value(Path path) {
      return path.attributes.nextHop.toString();
    }
  },
  /** RFC 4271 section 9.1.2.2 g: the peer with the lower address. */
  PEER("lower peer identity") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return a.from.identity.compareTo(b.from.identity);
    }

    @Override
    String value(Path path) {
      return path.from.identity.toString();
    }
  },
  /** The identifiers of one peer's paths (RFC 7911). */
  PATH_ID("lower path identifier") {
    @Override
    int compare(Path a, Path b, UsableNextHops nextHops) {
      return Integer.compareUnsigned(a.pathId, b.pathId);
    }

    @Override
    String value(Path path) {
      return Integer.toUnsignedString(path.pathId);
    }
  };

  private final String words;

  DecisionStep(String words) {
    this.words = words;
  }

  /** Negative when this step prefers the first path, zero when it does not decide. */
  abstract int compare(Path a, Path b, UsableNextHops nextHops);

  /** What this step looks at, of one path. */
  abstract String value(Path path);

  /** What wins at this step, such as {@code lower cost}. */
  public String words() {
    return words;
  }

  /** The step that distinguishes two paths; the last when they are one path. */
  static DecisionStep between(Path a, Path b, UsableNextHops nextHops) {
    for (DecisionStep step : values()) {
      if (step.compare(a, b, nextHops) != 0) {
        return step;
      }
    }
    return PATH_ID;
  }
}
