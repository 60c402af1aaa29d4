package io.landfall.core;

/**
 * A signal with an end: silence withdraws.
 *
 * <p>Validity is judged by monotonic time only. The pair (incarnation, sequence) fences: a renewal
 * that is not newer than what is held is ignored, so a holder that was replaced cannot revive
 * itself.
 *
 * @param incarnation which life of the holder this grant belongs to; a later life has a larger
 *     number
 * @param sequence the grant's number within its incarnation
 * @param grantedAtNanos the monotonic time of the grant, by the reader's clock
 * @param ttlNanos how long the grant lasts
 */
public record Lease(long incarnation, long sequence, long grantedAtNanos, long ttlNanos) {
  /** Checks that the lease lasts for a positive time. */
  public Lease {
    if (ttlNanos <= 0) {
      throw new IllegalArgumentException("a lease lasts longer than zero, not " + ttlNanos + " ns");
    }
  }

  /** Whether the lease has ended for a reader whose monotonic clock shows this. */
  public boolean isExpired(long nowNanos) {
    return nowNanos - grantedAtNanos >= ttlNanos;
  }

  /** The monotonic time at which the reader drops the lease. */
  public long expiresAtNanos() {
    return grantedAtNanos + ttlNanos;
  }

  /** Whether this grant is newer than another by its fence. */
  public boolean isNewerThan(Lease other) {
    return incarnation != other.incarnation
        ? incarnation > other.incarnation
        : sequence > other.sequence;
  }
}
