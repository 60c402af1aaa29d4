package io.landfall.control;

import java.util.concurrent.TimeUnit;

/**
 * Why a node is not reached. It is reported once per reason, and not often: a node that is away for
 * a day must not fill a disk.
 */
final class LastFailure {
  /** How soon another reason is reported. */
  private static final long REASON_MILLIS = 10_000;

  private String text = "";
  private long reportedNanos;

  /** Nothing has failed. */
  LastFailure(long nowNanos) {
    reportedNanos = nowNanos - TimeUnit.MILLISECONDS.toNanos(REASON_MILLIS);
  }

  /** The reason that was reported last; empty text when there is none. */
  String text() {
    return text;
  }

  /** It went well. */
  void forget() {
    text = "";
  }

  /** Whether this reason is to be reported now. */
  boolean isNews(String why, long nowNanos) {
    boolean due = nowNanos - reportedNanos >= TimeUnit.MILLISECONDS.toNanos(REASON_MILLIS);
    if (why.equals(text) || !(due || text.isEmpty())) {
      return false;
    }
    text = why;
    reportedNanos = nowNanos;
    return true;
  }
}
