package io.landfall.bgp;

import io.landfall.bgp.NamedPrefixes.Named;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.UpdateDecoder.Result;
import io.landfall.core.Asn;
import io.landfall.testkit.FuzzCorpus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the body of an UPDATE. The first byte says on which session it arrives, the rest is
 * the body.
 *
 * <p>What must hold: it lands on one rung; what comes out are exactly the prefixes that {@link
 * NamedPrefixes} reads in it, announced ones among the withdrawn on the rung that says so; and what
 * was taken whole is the same after encoding and decoding it again.
 */
public final class UpdateFuzz {
  private static final int EXTERNAL_AS = 64500;

  /** For JUnit. */
  public UpdateFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyUpdateOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("UpdateFuzz", UpdateFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 5) {
      return; // MessageReader hands out no UPDATE with a body of less than four bytes
    }
    check(rules(data[0]), Arrays.copyOfRange(data, 1, data.length));
  }

  /** The session that an input names. */
  static DecodeRules rules(int options) {
    boolean internal = (options & 4) == 0;
    Role role = internal || (options & 32) == 0 ? Role.NONE : Role.CUSTOMER;
    return new DecodeRules(
        internal,
        new Asn(internal ? Speaker.OVERLAY_AS : EXTERNAL_AS),
        role,
        (options & 16) == 0 ? 3 : 1,
        options & 3,
        (options & 8) != 0);
  }

  /** Decodes and judges; throws when a rule is broken. */
  static Result<HostPrefix> check(DecodeRules rules, byte[] body) {
    byte[] before = body.clone();
    Result<HostPrefix> result = decode(rules, body);
    must(Arrays.equals(before, body), "the decoder wrote into the message");
    switch (result) {
      case Result.Reset<HostPrefix>(BgpError error) -> {
        must(error.code() == NotificationCodes.UPDATE, "a reset is an UPDATE error: " + error);
        must(error.subcode() >= 1 && error.subcode() <= 11, "subcode of " + error);
        must(error.toMessage().length <= MessageType.MAX_BYTES, "the NOTIFICATION is too long");
      }
      case Result.Updates<HostPrefix>(List<UpdateMessage<HostPrefix>> updates, ErrorRung rung) -> {
        must(rung != ErrorRung.SESSION_RESET, "a reset hands out nothing");
        must(updates.size() <= 2, updates.size() + " updates of one message");
        checkPrefixes(
            NamedPrefixes.in(body, rules.families(), rules.addPathReceive()), updates, rung);
        if (rules.internal()) {
          updates.forEach(update -> checkRoundTrip(rules, update));
        }
      }
    }
    return result;
  }

  private static Result<HostPrefix> decode(DecodeRules rules, byte[] body) {
    return new UpdateDecoder<>(rules, HostPrefix.CODEC, new ReceivedPrefixes(1_000_000, bound -> 0))
        .decode(body, 0, body.length);
  }

  private static void checkPrefixes(
      List<Named> named, List<UpdateMessage<HostPrefix>> updates, ErrorRung rung) {
    boolean withdrawn = rung == ErrorRung.TREAT_AS_WITHDRAW;
    List<Nlri<HostPrefix>> mayAnnounce = new ArrayList<>();
    List<Nlri<HostPrefix>> mayWithdraw = new ArrayList<>();
    for (Named one : named) {
      (one.announced() && !withdrawn ? mayAnnounce : mayWithdraw).add(one.nlri());
    }
    List<Nlri<HostPrefix>> announces = new ArrayList<>();
    List<Nlri<HostPrefix>> withdraws = new ArrayList<>();
    for (UpdateMessage<HostPrefix> update : updates) {
      announces.addAll(update.announced());
      withdraws.addAll(update.withdrawn());
      must(
          update.announced().isEmpty() == update.attributes().isEmpty(),
          "attributes exactly where something is announced");
    }
    same("announced", sorted(mayAnnounce), sorted(announces));
    same("withdrawn", sorted(mayWithdraw), sorted(withdraws));
  }

  private static void checkRoundTrip(DecodeRules rules, UpdateMessage<HostPrefix> update) {
    int most = MessageType.MAX_EXTENDED_BYTES;
    Negotiated negotiated =
        new Negotiated(
            9, 2, rules.families(), rules.addPathReceive(), rules.addPathReceive(), true, most);
    UpdateEncoder<HostPrefix> encoder =
        new UpdateEncoder<>(
            Speaker.overlay(1), HostPrefix.CODEC, negotiated, rules.extendedNextHop());
    List<byte[]> writes = encoder.encode(update);
    if (encoder.unsendable() > 0) {
      return; // attributes that leave no room for a prefix
    }
    List<Nlri<HostPrefix>> announced = new ArrayList<>();
    List<Nlri<HostPrefix>> withdrawn = new ArrayList<>();
    Optional<Family> endOfRib = Optional.empty();
    MessageReader reader = new MessageReader();
    reader.allow(most);
    writes.forEach(reader::feed);
    while (reader.poll() == MessageReader.Poll.MESSAGE) {
      byte[] body = Arrays.copyOfRange(reader.array(), reader.bodyFrom(), reader.bodyTo());
      if (!(decode(rules, body) instanceof Result.Updates<HostPrefix>(var again, var rung))
          || rung != ErrorRung.NONE) {
        throw new AssertionError("our own message is malformed: " + update);
      }
      for (UpdateMessage<HostPrefix> part : again) {
        must(part.refused().isEmpty(), "our own message is refused: " + part.refused());
        announced.addAll(part.announced());
        withdrawn.addAll(part.withdrawn());
        endOfRib = part.endOfRib();
        if (!part.announced().isEmpty()) {
          Optional<PathAttributes> sent = update.attributes().map(UpdateFuzz::asSent);
          must(part.attributes().equals(sent), "attributes changed: " + update);
        }
      }
    }
    same("announced again", sorted(update.announced()), sorted(announced));
    same("withdrawn again", sorted(update.withdrawn()), sorted(withdrawn));
    must(endOfRib.equals(update.endOfRib()), "End-of-RIB changed");
  }

  /** RFC 4271 section 5.1.5: an internal peer is always told a LOCAL_PREF. */
  private static PathAttributes asSent(PathAttributes a) {
    return new PathAttributes(
        a.origin(),
        a.asPath(),
        a.nextHop(),
        a.med(),
        OptionalLong.of(a.localPref().orElse(100)),
        a.reflection(),
        a.communities(),
        a.onlyToCustomer());
  }

  private static List<Nlri<HostPrefix>> sorted(List<Nlri<HostPrefix>> list) {
    List<Nlri<HostPrefix>> sorted = new ArrayList<>(list);
    Collections.sort(
        sorted,
        Comparator.comparing((Nlri<HostPrefix> n) -> n.prefix().address())
            .thenComparingInt(Nlri::pathId));
    return sorted;
  }

  private static void same(
      String what, List<Nlri<HostPrefix>> named, List<Nlri<HostPrefix>> touched) {
    must(named.equals(touched), what + ": the message names " + named + ", and touched " + touched);
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
