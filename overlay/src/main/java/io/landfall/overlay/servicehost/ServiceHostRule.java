package io.landfall.overlay.servicehost;

/**
 * Why an announcement of a service host is not taken, beyond the rules of the overlay's codec; the
 * label is what {@code show refused} counts by.
 */
enum ServiceHostRule {
  /** A host of the block, but none that is configured for this session. */
  NOT_CONFIGURED("not-configured-for-this-host"),
  /** The path has an AS in it that is not the host's own: another network's route, passed on. */
  AS_PATH_NOT_OWN("as-path-not-the-hosts-own"),
  /** The path came through a reflector (RFC 4456): another network's route too. */
  REFLECTED("reflected-path");

  private final String label;

  ServiceHostRule(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
