package io.landfall.bgp;

import io.landfall.bgp.SessionEffect.DownReason;

/**
 * Why a session does not come up, over several attempts. What one side sent the other in a
 * NOTIFICATION is kept before attempts that end without one: while both wait for the other, most
 * attempts end by a refusal or a timeout, which does not show the cause.
 */
final class FailedAttempts {
  private String telling = "";
  private String since = "";

  /** An attempt ended without a word between the sides; gives what is known of all of them. */
  String failed(String why) {
    since = why;
    return text();
  }

  /** An attempt ended for this reason. */
  String failed(DownReason reason) {
    String why = reason.described();
    if (!isTelling(reason)) {
      return failed(why);
    }
    if (!why.equals(telling)) {
      telling = why;
      since = "";
    }
    return text();
  }

  /** The session is Established: what failed before is over. */
  void forget() {
    telling = "";
    since = "";
  }

  private String text() {
    if (telling.isEmpty()) {
      return since;
    }
    return since.isEmpty() ? telling : telling + "; since then: " + since;
  }

  /** That a connection is not wanted at this moment is the consequence of something else. */
  private static boolean isTelling(DownReason reason) {
    boolean isOfTheMoment =
        reason.code() == NotificationCodes.CEASE
            && (reason.subcode() == NotificationCodes.CONNECTION_REJECTED
                || reason.subcode() == NotificationCodes.COLLISION);
    return reason.code() > 0 && !isOfTheMoment;
  }
}
