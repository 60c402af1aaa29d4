package io.landfall.edge.cache.disk;

/**
 * One record of a segment, as the index and the segment's footer have it.
 *
 * <p>Beside responses there are records that replace what is older under a fingerprint, whatever
 * selects it, since something newer was stored on another disk. They stay as long as what they
 * replace may be there: segments go the oldest first.
 *
 * @param fingerprint the hash of its key
 * @param ticket its place in the order of all that was stored and forgotten
 * @param offset where it begins in the segment, in units
 * @param length how long it is, in units
 * @param variant a hash of what selects it beside the key
 * @param replaces whether it is no response, and replaces what is older
 */
record SegmentEntry(
    long fingerprint, long ticket, int offset, int length, int variant, boolean replaces) {
  /** What one takes in a footer. */
  static final int BYTES = 32;

  static SegmentEntry of(RecordFormat format, long offset) {
    return new SegmentEntry(
        format.fingerprint(),
        format.ticket(),
        (int) (offset / RecordFormat.UNIT_BYTES),
        (int) (format.bytes() / RecordFormat.UNIT_BYTES),
        format.variant(),
        format.replaces());
  }
}
