package io.landfall.transport.probe;

import io.landfall.core.OwnLimit;
import java.io.IOException;
import java.util.Locale;

/** What went wrong with a connection, in the words of the system and not of a library. */
final class Reasons {
  /** Netty: "finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:80". */
  private static final String NATIVE = "failed with error(";

  private Reasons() {}

  /** The verdict on a connection that failed like this. */
  static Verdict verdict(String where, Throwable cause) {
    String why = where + ": " + of(cause);
    return OwnLimit.isReached(cause) ? Verdict.notRun(why) : Verdict.bad(why);
  }

  /** The reason without the address, which is known, and without the name of a call. */
  static String of(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && !(root instanceof IOException)) {
      root = root.getCause();
    }
    String text = root.getMessage();
    if (text == null || text.isEmpty()) {
      return root.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
    int call = text.indexOf(NATIVE);
    int after = call < 0 ? -1 : text.indexOf("): ", call);
    String reason = after < 0 ? text : text.substring(after + 3);
    int address = reason.indexOf(": /");
    return address < 0 ? reason : reason.substring(0, address);
  }
}
