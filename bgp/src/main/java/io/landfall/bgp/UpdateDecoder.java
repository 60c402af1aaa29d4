package io.landfall.bgp;

import io.landfall.bgp.MpAttributes.Field;
import io.landfall.bgp.UpdateMessage.Refusal;
import io.landfall.core.InvariantBroken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of an UPDATE (RFC 4271 section 4.3, RFC 4760) to its meaning, through the ladder of RFC
 * 7606.
 *
 * <p>The order of work keeps the ladder honest. First the frame: two lengths that must add up. Then
 * the attributes, which decides the rung without looking at a prefix. Then each run of prefixes,
 * read once, straight into the list that the rung chose for it. So a message that is treated as
 * withdraw can withdraw only prefixes that it names as announced or withdrawn itself, and there is
 * no half-applied message: either all of it comes out here, or a {@link Result.Reset}.
 *
 * <p>One message becomes two when it announces prefixes in the NLRI field and in MP_REACH_NLRI,
 * because these have different next hops. Nearly all become one, and some none: a message that
 * names no prefix and breaks no rule changes nothing.
 */
final class UpdateDecoder<P> {
  /** What the bytes of an UPDATE are. */
  sealed interface Result<P> {
    /**
     * The message's meaning.
     *
     * @param rung the one rung that the message landed on
     */
    record Updates<P>(List<UpdateMessage<P>> updates, ErrorRung rung) implements Result<P> {}

    /** The message ends the session. */
    record Reset<P>(BgpError error) implements Result<P> {}
  }

  static final String NOT_NEGOTIATED = "family-not-negotiated";
  private static final String TREAT_AS_WITHDRAW = "treat-as-withdraw";

  private final DecodeRules rules;
  private final NlriReader<P> prefixes;
  private final AttributeCache attributeCache;
  private final AttributeWalk walk = new AttributeWalk();

  UpdateDecoder(DecodeRules rules, PrefixCodec<P> codec, ReceivedPrefixes received) {
    this.rules = rules;
    this.prefixes = new NlriReader<>(codec, received);
    this.attributeCache = new AttributeCache(rules);
  }

  /** Where the fields of one message lie. */
  private record Body(byte[] bytes, int withdrawnFrom, int withdrawnTo, int nlriFrom, int to) {
    boolean hasWithdrawn() {
      return withdrawnTo > withdrawnFrom;
    }

    boolean hasNlri() {
      return to > nlriFrom;
    }
  }

  /** What the attributes of one message came to: its rung, and why. */
  private record Attributes(
      ParsedAttributes parsed, MpAttributes mp, ErrorRung rung, @Nullable BgpError error) {

    BgpError cause() {
      if (error == null) {
        throw new InvariantBroken("a message on a rung that ends or withdraws has an error");
      }
      return error;
    }
  }

  /** Reads a body, which is at least four bytes long. */
  Result<P> decode(byte[] bytes, int from, int to) {
    int withdrawnTo = from + 2 + Wire.u16(bytes, from);
    if (withdrawnTo + 2 > to) {
      return reset("the withdrawn routes overrun the message");
    }
    int attributesFrom = withdrawnTo + 2;
    int attributesTo = attributesFrom + Wire.u16(bytes, withdrawnTo);
    if (attributesTo > to) {
      return reset("the path attributes overrun the message");
    }
    if (to - from == 4) {
      return endOfRib(Family.IPV4_UNICAST);
    }
    walk.walk(bytes, attributesFrom, attributesTo);
    Body body = new Body(bytes, from + 2, withdrawnTo, attributesTo, to);
    Attributes attributes = attributes(body);
    boolean reachable = body.hasNlri() || attributes.mp().announces();
    if (attributes.rung() == ErrorRung.SESSION_RESET) {
      return new Result.Reset<>(attributes.cause());
    }
    if (attributes.rung() == ErrorRung.TREAT_AS_WITHDRAW && !reachable) {
      // RFC 7606 section 5.2: the prefixes may be what got lost, so nothing can be withdrawn.
      BgpError cause = attributes.cause();
      return new Result.Reset<>(
          new BgpError(
              cause.code(), cause.subcode(), cause.data(), cause.detail() + "; no reachable NLRI"));
    }
    if (isEndOfRib(body, attributes)) {
      return endOfRib(attributes.mp().unreach().orElseThrow().family());
    }
    return prefixes(body, attributes);
  }

  private Attributes attributes(Body body) {
    MpAttributes mp = MpAttributes.read(rules, walk, body.bytes());
    ParsedAttributes parsed = attributeCache.get(walk.plain(), walk.plainLength());
    ErrorRung rung = walk.rung().and(mp.rung()).and(parsed.rung());
    @Nullable BgpError error =
        walk.rung() == rung
            ? walk.error()
            : mp.rung() == rung ? mp.error() : parsed.error().orElse(null);
    boolean reachable = body.hasNlri() || mp.announces();
    if (reachable && rung.compareTo(ErrorRung.TREAT_AS_WITHDRAW) < 0) {
      String missing = parsed.missing(body.hasNlri());
      if (!missing.isEmpty()) {
        // RFC 7606 section 3.d.
        return new Attributes(
            parsed,
            mp,
            ErrorRung.TREAT_AS_WITHDRAW,
            updateError(NotificationCodes.MISSING_WELL_KNOWN, missing + " is missing"));
      }
    }
    return new Attributes(parsed, mp, rung, error);
  }

  /** RFC 4724 section 2: MP_UNREACH_NLRI with no prefix, and nothing else at all. */
  private boolean isEndOfRib(Body body, Attributes attributes) {
    return walk.count() == 1
        && attributes.rung() == ErrorRung.NONE
        && !body.hasWithdrawn()
        && !body.hasNlri()
        && attributes.mp().unreach().isPresent()
        && attributes.mp().unreach().get().from() == attributes.mp().unreach().get().to();
  }

  private Result<P> endOfRib(Family family) {
    if (!family.isIn(rules.families())) {
      return new Result.Updates<>(
          List.of(
              new UpdateMessage<>(
                  List.of(),
                  List.of(),
                  Optional.empty(),
                  List.of(notNegotiated(family, "End-of-RIB of " + family)),
                  Optional.empty())),
          ErrorRung.NONE);
    }
    return new Result.Updates<>(
        List.of(
            new UpdateMessage<>(
                List.of(), List.of(), Optional.empty(), List.of(), Optional.of(family))),
        ErrorRung.NONE);
  }

  /** The routes of one message, as its fields are read. */
  private record Routes<P>(
      List<Nlri<P>> withdrawn,
      List<Nlri<P>> announced,
      List<Nlri<P>> mpAnnounced,
      List<Refusal> refused) {}

  private Result<P> prefixes(Body body, Attributes attributes) {
    ParsedAttributes parsed = attributes.parsed();
    MpAttributes mp = attributes.mp();
    Routes<P> routes =
        new Routes<>(
            new ArrayList<>(0), new ArrayList<>(0), new ArrayList<>(0), new ArrayList<>(0));
    routes.refused().addAll(walk.refusals());
    routes.refused().addAll(parsed.refusals());
    routes.refused().addAll(mp.refusals());
    boolean take = attributes.rung() != ErrorRung.TREAT_AS_WITHDRAW;
    if (!take) {
      BgpError cause = attributes.cause();
      int about = AttributeType.namedIn(cause.detail());
      routes.refused().add(Refusal.message(TREAT_AS_WITHDRAW, about, cause.text()));
    }
    Optional<BgpError> bad = classicFields(body, take, routes);
    if (bad.isEmpty()) {
      bad = mpFields(body.bytes(), mp, take, routes);
    }
    if (bad.isPresent()) {
      return new Result.Reset<>(bad.get());
    }
    List<UpdateMessage<P>> updates = new ArrayList<>(1);
    if (!routes.announced().isEmpty() || routes.mpAnnounced().isEmpty()) {
      add(updates, routes, routes.announced(), parsed.attributes());
    }
    if (!routes.mpAnnounced().isEmpty()) {
      MpAttributes.Reach reach = mp.reach().orElseThrow();
      add(
          updates,
          routes,
          routes.mpAnnounced(),
          parsed.withNextHop(body.bytes(), reach.nextHopFrom(), reach.nextHopLength()));
    }
    return new Result.Updates<>(updates, attributes.rung());
  }

  /** Adds a message; the first one carries what was withdrawn and refused. */
  private void add(
      List<UpdateMessage<P>> updates,
      Routes<P> routes,
      List<Nlri<P>> announced,
      Optional<PathAttributes> attributes) {
    boolean first = updates.isEmpty();
    List<Nlri<P>> withdrawn = first ? routes.withdrawn() : List.of();
    List<Refusal> refused = first ? routes.refused() : List.of();
    if (!withdrawn.isEmpty() || !announced.isEmpty() || !refused.isEmpty()) {
      updates.add(
          new UpdateMessage<>(
              withdrawn,
              announced,
              announced.isEmpty() ? Optional.empty() : attributes,
              refused,
              Optional.empty()));
    }
  }

  private Optional<BgpError> classicFields(Body body, boolean take, Routes<P> routes) {
    if (!body.hasWithdrawn() && !body.hasNlri()) {
      return Optional.empty();
    }
    Family family = Family.IPV4_UNICAST;
    if (!family.isIn(rules.families())) {
      routes.refused().add(notNegotiated(family, "prefixes of " + family));
      return Optional.empty();
    }
    Optional<String> bad = Optional.empty();
    if (body.hasWithdrawn()) {
      bad =
          prefixes.read(
              run(body.bytes(), new Field(family, body.withdrawnFrom(), body.withdrawnTo()), false),
              routes.withdrawn(),
              routes.refused());
    }
    if (bad.isEmpty() && body.hasNlri()) {
      bad =
          prefixes.read(
              run(body.bytes(), new Field(family, body.nlriFrom(), body.to()), take),
              take ? routes.announced() : routes.withdrawn(),
              routes.refused());
    }
    // RFC 7606 section 5.3: the rest of the field cannot be told apart any more.
    return bad.map(why -> updateError(NotificationCodes.INVALID_NETWORK, why));
  }

  private Optional<BgpError> mpFields(
      byte[] bytes, MpAttributes mp, boolean take, Routes<P> routes) {
    Optional<String> bad = Optional.empty();
    if (mp.unreach().isPresent()) {
      bad =
          prefixes.read(
              run(bytes, mp.unreach().get(), false), routes.withdrawn(), routes.refused());
    }
    if (bad.isEmpty() && mp.reach().isPresent()) {
      bad =
          prefixes.read(
              run(bytes, mp.reach().get().prefixes(), take),
              take ? routes.mpAnnounced() : routes.withdrawn(),
              routes.refused());
    }
    return bad.map(why -> updateError(NotificationCodes.OPTIONAL_ATTRIBUTE, why));
  }

  private NlriReader.Run run(byte[] bytes, Field field, boolean announced) {
    boolean addPath = field.family().isIn(rules.addPathReceive());
    return new NlriReader.Run(bytes, field.from(), field.to(), field.family(), addPath, announced);
  }

  private static Refusal notNegotiated(Family family, String what) {
    return Refusal.family(NOT_NEGOTIATED, family.afi(), family.safi(), what);
  }

  private Result<P> reset(String detail) {
    return new Result.Reset<>(updateError(NotificationCodes.MALFORMED_ATTRIBUTE_LIST, detail));
  }

  private static BgpError updateError(int subcode, String detail) {
    return new BgpError(NotificationCodes.UPDATE, subcode, detail);
  }
}
