package io.landfall.bgp;

/**
 * A large community (RFC 8092): three unsigned 32-bit numbers.
 *
 * @param globalAdministrator an AS number
 * @param localData1 the first operator-defined part
 * @param localData2 the second operator-defined part
 */
public record LargeCommunity(int globalAdministrator, int localData1, int localData2)
    implements Comparable<LargeCommunity> {
  // Written out for the same reason as those of PathAttributes.

  @Override
  public boolean equals(Object other) {
    return other instanceof LargeCommunity that
        && globalAdministrator == that.globalAdministrator
        && localData1 == that.localData1
        && localData2 == that.localData2;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * globalAdministrator + localData1) + localData2;
  }

  @Override
  public int compareTo(LargeCommunity other) {
    int c = Integer.compareUnsigned(globalAdministrator, other.globalAdministrator);
    c = c != 0 ? c : Integer.compareUnsigned(localData1, other.localData1);
    return c != 0 ? c : Integer.compareUnsigned(localData2, other.localData2);
  }

  @Override
  public String toString() {
    return Integer.toUnsignedString(globalAdministrator)
        + ":"
        + Integer.toUnsignedString(localData1)
        + ":"
        + Integer.toUnsignedString(localData2);
  }
}
