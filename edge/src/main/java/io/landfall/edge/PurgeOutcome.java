package io.landfall.edge;

/** What became of a PURGE of a client, as the status of its answer. */
public enum PurgeOutcome {
  /** All nodes have applied it. */
  APPLIED(200),
  /** This node has applied it, and not all others are known to have. */
  PARTLY(202),
  /** What it names is nothing that can be purged. */
  WRONG(400),
  /** This client may not purge. */
  REFUSED(403),
  /** No client may purge here. */
  NOT_TAKEN(405),
  /** It is not known to be applied. */
  FAILED(503);

  private final int status;

  PurgeOutcome(int status) {
    this.status = status;
  }

  /** The status of the answer (RFC 9110 section 15). */
  public int status() {
    return status;
  }
}
