package io.landfall.bgp;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.core.InvariantBroken;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Routes to UPDATE messages, as few as the negotiated size allows, several in one array.
 *
 * <p>Withdrawals go first and in messages of their own, so that nothing that is gone waits behind
 * attributes. IPv4 prefixes travel in the fields of RFC 4271; IPv6 ones, and IPv4 ones with an IPv6
 * next hop (RFC 8950), in MP_REACH_NLRI, which is the first attribute (RFC 7606 section 5.1). A set
 * of attributes is turned into bytes once for a run of calls with the same instance.
 *
 * <p>What cannot be sent to this peer at all (a family that was not negotiated, an IPv6 next hop
 * that it cannot take, attributes longer than a message, a route with OTC towards a provider or
 * peer) is withdrawn instead, since the peer must not be left with an older path, and is counted.
 */
final class UpdateEncoder<P> {
  /** About how many bytes go into one array. */
  private static final int WRITE_BYTES = 64 * 1024;

  // values() copies its array each time it is asked.
  private static final Family[] FAMILIES = Family.values();

  private static final int MP_HEADER = 0x90;
  private static final int MIN_UPDATE = 23;

  /** Where the prefixes of a message stand. */
  private enum Field {
    WITHDRAWN,
    NLRI,
    MP_UNREACH,
    MP_REACH
  }

  private final SessionConfig config;
  private final PrefixCodec<P> codec;
  private final Negotiated negotiated;
  private final boolean extendedNextHop;
  private final AttributeWriter attributeWriter;

  private @Nullable PathAttributes lastAttributes;
  private boolean lastWithNextHop;
  private byte[] lastBytes = {};

  private List<byte[]> writes = new ArrayList<>(1);
  private byte[] buffer = {};
  private int at;
  private int messages;
  private int unsendable;

  UpdateEncoder(
      SessionConfig config, PrefixCodec<P> codec, Negotiated negotiated, boolean extendedNextHop) {
    this.config = config;
    this.codec = codec;
    this.negotiated = negotiated;
    this.extendedNextHop = extendedNextHop;
    this.attributeWriter = new AttributeWriter(config);
  }

  /** Encodes; each array holds one or more whole messages. */
  List<byte[]> encode(UpdateMessage<P> update) {
    writes = new ArrayList<>(1);
    messages = 0;
    unsendable = 0;
    at = 0;
    int prefixes = update.withdrawn().size() + update.announced().size();
    buffer = new byte[(int) Math.min(WRITE_BYTES, 128 + 12L * prefixes)];
    for (Family family : FAMILIES) {
      if (family.isIn(negotiated.families())) {
        withdraw(family, update.withdrawn());
      }
    }
    if (!update.announced().isEmpty()) {
      announce(update.announced(), update.attributes().orElseThrow());
    }
    // Not ifPresent(this::endOfRib): that makes an object for each UPDATE, through JNI in code of
    // C1.
    if (update.endOfRib().isPresent()) {
      endOfRib(update.endOfRib().get());
    }
    flush();
    buffer = new byte[0];
    return writes;
  }

  /** How many messages the last call produced. */
  int messages() {
    return messages;
  }

  /** How many announced prefixes the last call could not express. */
  int unsendable() {
    return unsendable;
  }

  /** RFC 9234 section 5: a route with OTC goes to no provider, peer or route server. */
  private static boolean mayNotPassOn(Role role) {
    return role == Role.CUSTOMER || role == Role.PEER || role == Role.RS_CLIENT;
  }

  private void announce(List<Nlri<P>> announced, PathAttributes attributes) {
    InetAddress nextHop =
        attributes
            .nextHop()
            .orElseThrow(() -> new InvariantBroken("a route that is announced has a next hop"));
    boolean leak =
        !config.internal()
            && mayNotPassOn(config.options().role())
            && attributes.onlyToCustomer().isPresent();
    for (Family family : FAMILIES) {
      boolean mp = family == Family.IPV6_UNICAST || nextHop instanceof Inet6Address;
      boolean nextHopFits = family == Family.IPV6_UNICAST || !mp || extendedNextHop;
      if (!family.isIn(negotiated.families())) {
        unsendable += count(announced, family);
      } else if (leak || !nextHopFits) {
        unsendable += count(announced, family);
        withdraw(family, announced);
      } else {
        byte[] bytes = attributeBytes(attributes, !mp);
        byte[] nextHopBytes = mp ? nextHopBytes(family, nextHop) : new byte[0];
        Field field = mp ? Field.MP_REACH : Field.NLRI;
        if (MIN_UPDATE + bytes.length + 64 > negotiated.maxMessageBytes()) {
          unsendable += count(announced, family);
          withdraw(family, announced);
        } else {
          run(new Run(field, family, bytes, nextHopBytes), announced);
        }
      }
    }
  }

  private static byte[] nextHopBytes(Family family, InetAddress nextHop) {
    return family == Family.IPV6_UNICAST
        ? NextHopCodec.sixteenBytes(nextHop)
        : nextHop.getAddress();
  }

  // The same instance is the common case and costs nothing to see; equal ones are encoded again.
  @SuppressWarnings("ReferenceEquality")
  private byte[] attributeBytes(PathAttributes attributes, boolean withNextHop) {
    if (attributes != lastAttributes || withNextHop != lastWithNextHop) {
      lastBytes = attributeWriter.write(attributes, withNextHop);
      lastAttributes = attributes;
      lastWithNextHop = withNextHop;
    }
    return lastBytes;
  }

  private void withdraw(Family family, List<Nlri<P>> prefixes) {
    Field field = family == Family.IPV4_UNICAST ? Field.WITHDRAWN : Field.MP_UNREACH;
    run(new Run(field, family, new byte[0], new byte[0]), prefixes);
  }

  private int count(List<Nlri<P>> prefixes, Family family) {
    int count = 0;
    for (Nlri<P> nlri : prefixes) {
      count += codec.family(nlri.prefix()) == family ? 1 : 0;
    }
    return count;
  }

  /** What the messages of one run have in common. */
  private record Run(Field field, Family family, byte[] attributes, byte[] nextHop) {}

  /** Writes the prefixes of one family, in as many messages as they need. */
  private void run(Run run, List<Nlri<P>> prefixes) {
    int size = prefixes.size();
    boolean addPath = run.family().isIn(negotiated.addPathSend());
    int trailing = run.field() == Field.MP_REACH ? run.attributes().length : 0;
    int next = 0;
    while (next < size) {
      int start = at;
      begin(run);
      int prefixesFrom = at;
      int limit = start + negotiated.maxMessageBytes() - trailing - 2;
      while (next < size) {
        Nlri<P> nlri = prefixes.get(next);
        P prefix = nlri.prefix();
        if (codec.family(prefix) == run.family()) {
          int bits = codec.lengthBits(prefix);
          int needed = (addPath ? 5 : 1) + ((bits + 7) >>> 3);
          if (at + needed > limit) {
            break;
          }
          put(nlri, bits, addPath, needed);
        }
        next++;
      }
      if (at == prefixesFrom) {
        at = start; // the rest is of the other family
      } else {
        end(run, start);
      }
    }
  }

  private void put(Nlri<P> nlri, int bits, boolean addPath, int needed) {
    ensure(needed);
    if (addPath) {
      Wire.putU32(buffer, at, nlri.pathId());
      at += 4;
    }
    buffer[at++] = (byte) bits;
    at += codec.writeAt(nlri.prefix(), buffer, at);
  }

  /** Everything in front of the prefixes; the lengths are filled in by {@link #end}. */
  private void begin(Run run) {
    byte[] attributes = run.attributes();
    byte[] nextHop = run.nextHop();
    ensure(MIN_UPDATE + 16 + attributes.length + nextHop.length);
    at += MessageType.HEADER_BYTES + 2;
    switch (run.field()) {
      case WITHDRAWN -> {}
      case NLRI -> {
        Wire.putU16(buffer, at - 2, 0);
        Wire.putU16(buffer, at, attributes.length);
        System.arraycopy(attributes, 0, buffer, at + 2, attributes.length);
        at += 2 + attributes.length;
      }
      case MP_UNREACH, MP_REACH -> {
        Wire.putU16(buffer, at - 2, 0);
        at += 2;
        boolean reach = run.field() == Field.MP_REACH;
        buffer[at] = (byte) MP_HEADER;
        buffer[at + 1] =
            (byte) (reach ? AttributeType.MP_REACH_NLRI : AttributeType.MP_UNREACH_NLRI).code();
        Wire.putU16(buffer, at + 4, run.family().afi());
        buffer[at + 6] = (byte) run.family().safi();
        at += 7;
        if (reach) {
          buffer[at++] = (byte) nextHop.length;
          System.arraycopy(nextHop, 0, buffer, at, nextHop.length);
          at += nextHop.length;
          buffer[at++] = 0;
        }
      }
    }
  }

  private void end(Run run, int start) {
    byte[] attributes = run.attributes();
    int body = start + MessageType.HEADER_BYTES;
    switch (run.field()) {
      case WITHDRAWN -> {
        Wire.putU16(buffer, body, at - body - 2);
        ensure(2);
        Wire.putU16(buffer, at, 0);
        at += 2;
      }
      case NLRI -> {}
      case MP_UNREACH, MP_REACH -> {
        Wire.putU16(buffer, body + 6, at - body - 8);
        ensure(attributes.length);
        System.arraycopy(attributes, 0, buffer, at, attributes.length);
        at += attributes.length;
        Wire.putU16(buffer, body + 2, at - body - 4);
      }
    }
    finish(start);
  }

  private void endOfRib(Family family) {
    if (!family.isIn(negotiated.families())) {
      return;
    }
    int start = at;
    if (family == Family.IPV4_UNICAST) {
      ensure(MIN_UPDATE);
      at += MIN_UPDATE;
      Wire.putU32(buffer, at - 4, 0);
      finish(start);
    } else {
      Run run = new Run(Field.MP_UNREACH, family, new byte[0], new byte[0]);
      begin(run);
      end(run, start);
    }
  }

  private void finish(int start) {
    MessageType.UPDATE.putHeader(buffer, start, at - start);
    messages++;
    if (at >= WRITE_BYTES) {
      flush();
    }
  }

  private void flush() {
    if (at > 0) {
      writes.add(Arrays.copyOf(buffer, at));
      at = 0;
    }
  }

  private void ensure(int bytes) {
    if (at + bytes > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, at + bytes));
    }
  }
}
