package io.landfall.cache;

/**
 * The field Age of a response (RFC 9111 section 5.1). It has one number. Of a list on one line the
 * first counts, as the RFC asks; but an age that cannot be relied on (no number, several lines, the
 * same number again, which a copy leaves) makes the response as old as can be, so that it is stale.
 * The RFC would let such a field be ignored; the conformance suite (http-cache-tests, age-parse)
 * asks for stale, and stale is the safe side.
 */
final class AgeField {
  private AgeField() {}

  /** The age in seconds: 0 if there is no field, 2^31 if it cannot be relied on. */
  static long seconds(FieldSection fields) {
    int line = CacheFields.indexOf(fields, CacheFields.AGE);
    if (line < 0) {
      return 0;
    }
    CharSequence value = CacheFields.only(fields, CacheFields.AGE);
    return value == null ? AsciiText.MOST_SECONDS : seconds(value);
  }

  private static long seconds(CharSequence value) {
    ListMembers members = new ListMembers(value);
    if (!members.next()) {
      return AsciiText.MOST_SECONDS;
    }
    long first = AsciiText.seconds(value, members.from(), members.to());
    while (first != AsciiText.NOT_SECONDS && members.next()) {
      if (AsciiText.seconds(value, members.from(), members.to()) == first) {
        first = AsciiText.NOT_SECONDS;
      }
    }
    return first == AsciiText.NOT_SECONDS ? AsciiText.MOST_SECONDS : first;
  }
}
