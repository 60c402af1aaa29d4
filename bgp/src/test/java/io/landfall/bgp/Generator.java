package io.landfall.bgp;

import io.landfall.core.Asn;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Random routes and messages from a seed. */
final class Generator {
  private final SplittableRandom random;

  Generator(long seed) {
    random = new SplittableRandom(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private <T> List<T> list(int max, Supplier<T> item) {
    int size = random.nextInt(3) == 0 ? 0 : random.nextInt(max + 1);
    List<T> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(item.get());
    }
    return list;
  }

  private OptionalLong number() {
    return random.nextBoolean()
        ? OptionalLong.of(random.nextInt() & 0xffffffffL)
        : OptionalLong.empty();
  }

  PathAttributes internalAttributes(Family family) {
    String nextHop =
        family == Family.IPV4_UNICAST ? HostPrefix.ipv4(below(1000)).address() : "fd00::1";
    return new PathAttributes(
        List.of(Origin.values()).get(below(3)),
        list(300, () -> Asn.of(1 + below(1_000_000))),
        Optional.of(InetAddress.ofLiteral(nextHop)),
        number(),
        OptionalLong.of(below(1000)),
        new PathAttributes.Reflection(
            random.nextBoolean() ? Optional.of(random.nextInt()) : Optional.empty(),
            list(5, random::nextInt)),
        new PathAttributes.Communities(
            list(100, random::nextInt),
            list(
                40,
                () -> new LargeCommunity(random.nextInt(), random.nextInt(), random.nextInt()))),
        OptionalLong.empty());
  }

  List<Nlri<HostPrefix>> prefixes(Family family, int max, boolean addPath) {
    return list(
        max,
        () ->
            new Nlri<>(
                family == Family.IPV4_UNICAST
                    ? HostPrefix.ipv4(below(1 << 20))
                    : HostPrefix.ipv6(below(1 << 20)),
                addPath ? random.nextInt() : 0));
  }

  UpdateMessage<HostPrefix> update(int maxPrefixes, boolean addPath) {
    Family family = random.nextBoolean() ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
    List<Nlri<HostPrefix>> announced = prefixes(family, maxPrefixes, addPath);
    return new UpdateMessage<>(
        prefixes(family, maxPrefixes, addPath),
        announced,
        announced.isEmpty() ? Optional.empty() : Optional.of(internalAttributes(family)),
        List.of(),
        Optional.empty());
  }
}
