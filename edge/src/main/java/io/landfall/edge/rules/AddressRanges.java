package io.landfall.edge.rules;

import io.landfall.edge.TrustedProxies.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prefixes, merged and in order: whether one has an address is a binary search. */
final class AddressRanges {
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;

  private final Family ipv4;
  private final Family ipv6;

  AddressRanges(List<Network> prefixes) {
    ipv4 = Family.of(prefixes, IPV4_BYTES);
    ipv6 = Family.of(prefixes, IPV6_BYTES);
  }

  /** The prefixes; null if there are none. */
  static @Nullable AddressRanges of(List<Network> prefixes) {
    return prefixes.isEmpty() ? null : new AddressRanges(prefixes);
  }

  /** Whether an address is in one of the prefixes. */
  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return (bytes.length == IPV4_BYTES ? ipv4 : ipv6).contains(bytes);
  }

  /** The ranges of one address family, none of which overlap. */
  private static final class Family {
    private final byte[][] firsts;
    private final byte[][] lasts;

    private Family(List<byte[]> firsts, List<byte[]> lasts) {
      this.firsts = firsts.toArray(byte[][]::new);
      this.lasts = lasts.toArray(byte[][]::new);
    }

    static Family of(List<Network> prefixes, int bytes) {
      List<Network> own =
          prefixes.stream()
              .filter(prefix -> prefix.address().getAddress().length == bytes)
              .sorted(
                  (a, b) ->
                      Arrays.compareUnsigned(a.address().getAddress(), b.address().getAddress()))
              .toList();
      List<byte[]> firsts = new ArrayList<>();
      List<byte[]> lasts = new ArrayList<>();
      for (Network prefix : own) {
        byte[] first = prefix.address().getAddress();
        byte[] last = last(first, prefix.length());
        if (!lasts.isEmpty() && Arrays.compareUnsigned(first, lasts.getLast()) <= 0) {
          // Of two prefixes that overlap, one has the other.
          if (Arrays.compareUnsigned(last, lasts.getLast()) > 0) {
            lasts.set(lasts.size() - 1, last);
          }
        } else {
          firsts.add(first);
          lasts.add(last);
        }
      }
      return new Family(firsts, lasts);
    }

    private static byte[] last(byte[] first, int length) {
      byte[] last = first.clone();
      for (int bit = length; bit < last.length * Byte.SIZE; bit++) {
        last[bit / Byte.SIZE] |= (byte) (0x80 >>> (bit % Byte.SIZE));
      }
      return last;
    }

    boolean contains(byte[] address) {
      int found = Arrays.binarySearch(firsts, address, Arrays::compareUnsigned);
      int at = found >= 0 ? found : -found - 2;
      return at >= 0 && Arrays.compareUnsigned(address, lasts[at]) <= 0;
    }
  }
}
