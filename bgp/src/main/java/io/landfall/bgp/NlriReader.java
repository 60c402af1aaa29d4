package io.landfall.bgp;

import io.landfall.bgp.PrefixCodec.Verdict;
import io.landfall.bgp.UpdateMessage.Refusal;
import io.landfall.core.Addresses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a run of prefixes (RFC 4271 section 4.3, RFC 7911 section 3): the hot loop of the decoder.
 * Whether a prefix is one of the plane is asked of the plane; whether it is one at all is decided
 * here.
 */
final class NlriReader<P> {
  /**
   * Where a run of prefixes lies.
   *
   * @param family their family
   * @param addPath whether each has a path identifier in front
   * @param announced whether they are announced or withdrawn
   */
  record Run(byte[] bytes, int from, int to, Family family, boolean addPath, boolean announced) {}

  private final PrefixCodec<P> codec;
  private final ReceivedPrefixes received;

  NlriReader(PrefixCodec<P> codec, ReceivedPrefixes received) {
    this.codec = codec;
    this.received = received;
  }

  /**
   * Reads the run into lists.
   *
   * @return what is wrong with it as BGP, if anything; the lists are then of no use
   */
  Optional<String> read(Run run, List<Nlri<P>> into, List<Refusal> refused) {
    byte[] bytes = run.bytes();
    int to = run.to();
    int maxBits = run.family().maxLengthBits();
    int pathIdBytes = run.addPath() ? 4 : 0;
    boolean counting = received.isCounting();
    if (into instanceof ArrayList<Nlri<P>> list) {
      list.ensureCapacity(list.size() + (to - run.from()) / (pathIdBytes + maxBits / 8 + 1));
    }
    int at = run.from();
    while (at < to) {
      if (to - at <= pathIdBytes) {
        return Optional.of("a path identifier is cut off");
      }
      int pathId = run.addPath() ? Wire.u32(bytes, at) : 0;
      at += pathIdBytes;
      int bits = Wire.u8(bytes, at);
      at++;
      if (bits > maxBits) {
        return Optional.of("prefix length " + bits + " in " + run.family());
      }
      int size = (bits + 7) >>> 3;
      if (size > to - at) {
        return Optional.of("a /" + bits + " prefix overruns its field");
      }
      if (counting) {
        count(run, bits, at, pathId);
      }
      switch (codec.readAt(run.family(), bits, bytes, at)) {
        case Verdict.Accepted<P>(P prefix) -> into.add(new Nlri<>(prefix, pathId));
        case Verdict.Refused<P>(String rule) -> {
          // A refused prefix was never taken, so its withdrawal is nothing to report.
          if (run.announced()) {
            refused.add(new Refusal(rule, text(run.family(), bits, bytes, at)));
          }
        }
      }
      at += size;
    }
    return Optional.empty();
  }

  private void count(Run run, int bits, int at, int pathId) {
    long fingerprint = ReceivedPrefixes.fingerprint(run.family(), bits, run.bytes(), at, pathId);
    if (run.announced()) {
      received.announced(fingerprint);
    } else {
      received.withdrawn(fingerprint);
    }
  }

  private static String text(Family family, int bits, byte[] bytes, int at) {
    int size = (bits + 7) >>> 3;
    byte[] address =
        Arrays.copyOf(Arrays.copyOfRange(bytes, at, at + size), family.maxLengthBits() / 8);
    return Addresses.format(address) + "/" + bits;
  }
}
