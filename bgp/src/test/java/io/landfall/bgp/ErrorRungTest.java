package io.landfall.bgp;

import static io.landfall.bgp.Bytes.EMPTY_AS_PATH;
import static io.landfall.bgp.Bytes.GOOD;
import static io.landfall.bgp.Bytes.HOST;
import static io.landfall.bgp.Bytes.IPV6_HOST;
import static io.landfall.bgp.Bytes.LOCAL_PREF;
import static io.landfall.bgp.Bytes.NEXT_HOP;
import static io.landfall.bgp.Bytes.NONE;
import static io.landfall.bgp.Bytes.ORIGIN;
import static io.landfall.bgp.Bytes.OTHER_HOST;
import static io.landfall.bgp.Bytes.attribute;
import static io.landfall.bgp.Bytes.mpReach;
import static io.landfall.testkit.BgpMessages.updateBody;
import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.UpdateDecoder.Result;
import io.landfall.core.Asn;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each malformed attribute, with the rule of RFC 7606 that says on which rung it lands. */
class ErrorRungTest {
  static final DecodeRules INTERNAL =
      new DecodeRules(true, new Asn(Speaker.OVERLAY_AS), Role.NONE, 3, 0, false);
  static final DecodeRules EXTERNAL =
      new DecodeRules(false, Asn.of(64500), Role.CUSTOMER, 3, 0, false);

  /** One malformed UPDATE and where it lands. */
  private record Row(String rule, DecodeRules rules, byte[] body, ErrorRung rung, int subcode) {}

  private static Row withdraw(String rule, byte[] attributes) {
    return new Row(
        rule, INTERNAL, updateBody(NONE, attributes, HOST), ErrorRung.TREAT_AS_WITHDRAW, 0);
  }

  private static Row reset(String rule, int subcode, byte[] body) {
    return new Row(rule, INTERNAL, body, ErrorRung.SESSION_RESET, subcode);
  }

  private static Row discard(String rule, byte[] attribute) {
    return new Row(
        rule,
        INTERNAL,
        updateBody(NONE, join(GOOD, attribute), HOST),
        ErrorRung.ATTRIBUTE_DISCARD,
        0);
  }

  private static Row external(String rule, ErrorRung rung, byte[] attributes) {
    return new Row(rule, EXTERNAL, updateBody(NONE, attributes, HOST), rung, 0);
  }

  private static byte[] goodPath(int... asPath) {
    return join(ORIGIN, attribute(0x40, 2, asPath), NEXT_HOP, LOCAL_PREF);
  }

  private static byte[] good(byte[] more) {
    return join(GOOD, more);
  }

  private static final List<Row> TREATED_AS_WITHDRAW =
      List.of(
          withdraw(
              "3.c ORIGIN with the Optional flag",
              join(attribute(0xC0, 1, 0), EMPTY_AS_PATH, NEXT_HOP)),
          withdraw(
              "3.c COMMUNITIES without the Transitive flag", good(attribute(0x80, 8, 0, 0, 0, 1))),
          withdraw("3.d ORIGIN is missing", join(EMPTY_AS_PATH, NEXT_HOP)),
          withdraw("3.d AS_PATH is missing", join(ORIGIN, NEXT_HOP)),
          withdraw("3.d NEXT_HOP is missing", join(ORIGIN, EMPTY_AS_PATH)),
          withdraw("4 an attribute overruns the others", good(octets(0x80, 4, 9, 0))),
          withdraw("4 an attribute's header is cut off", good(octets(0x80, 4))),
          withdraw("4 an extended length is cut off", good(octets(0x90, 4, 0))),
          withdraw("7.1 ORIGIN of no bytes", join(attribute(0x40, 1), EMPTY_AS_PATH, NEXT_HOP)),
          withdraw("7.1 ORIGIN of value 3", join(attribute(0x40, 1, 3), EMPTY_AS_PATH, NEXT_HOP)),
          withdraw("7.2 unknown segment", goodPath(9, 1, 0, 0, 0, 1)),
          withdraw("7.2 segment overruns", goodPath(2, 2, 0, 0, 0, 1)),
          withdraw("7.2 one byte is left over", goodPath(2, 1, 0, 0, 0, 1, 2)),
          withdraw("7.2 empty segment", goodPath(2, 0)),
          withdraw("RFC 7607 AS 0", goodPath(2, 1, 0, 0, 0, 0)),
          withdraw("RFC 9774 AS_SET", goodPath(1, 1, 0, 0, 0, 1)),
          withdraw("RFC 5065 AS_CONFED_SEQUENCE", goodPath(3, 1, 0, 0, 0, 1)),
          withdraw("RFC 5065 AS_CONFED_SET", goodPath(4, 1, 0, 0, 0, 1)),
          withdraw(
              "7.3 NEXT_HOP of five bytes",
              join(ORIGIN, EMPTY_AS_PATH, attribute(0x40, 3, 1, 2, 3, 4, 5))),
          withdraw(
              "RFC 4271 6.3 NEXT_HOP 0.0.0.0",
              join(ORIGIN, EMPTY_AS_PATH, attribute(0x40, 3, 0, 0, 0, 0))),
          withdraw(
              "RFC 4271 6.3 NEXT_HOP multicast",
              join(ORIGIN, EMPTY_AS_PATH, attribute(0x40, 3, 224, 0, 0, 1))),
          withdraw(
              "RFC 4271 6.3 NEXT_HOP class E",
              join(ORIGIN, EMPTY_AS_PATH, attribute(0x40, 3, 240, 0, 0, 1))),
          withdraw("7.4 MULTI_EXIT_DISC of three bytes", good(attribute(0x80, 4, 1, 2, 3))),
          withdraw(
              "7.5 LOCAL_PREF of three bytes",
              join(ORIGIN, EMPTY_AS_PATH, NEXT_HOP, attribute(0x40, 5, 1, 2, 3))),
          withdraw("7.8 COMMUNITIES of no bytes", good(attribute(0xC0, 8))),
          withdraw("7.8 COMMUNITIES of six bytes", good(attribute(0xC0, 8, 1, 2, 3, 4, 5, 6))),
          withdraw("7.9 ORIGINATOR_ID of three bytes", good(attribute(0x80, 9, 1, 2, 3))),
          withdraw("7.10 CLUSTER_LIST of no bytes", good(attribute(0x80, 10))),
          withdraw(
              "7.14 EXTENDED_COMMUNITIES of seven bytes",
              good(attribute(0xC0, 16, 1, 2, 3, 4, 5, 6, 7))),
          withdraw(
              "RFC 8092 6 LARGE_COMMUNITIES of 11 bytes", good(attribute(0xC0, 32, new byte[11]))),
          withdraw(
              "3.h the stronger of two errors counts",
              good(join(attribute(0x40, 6, 1), attribute(0x80, 4, 1)))),
          external(
              "RFC 4271 6.3 AS_PATH of another AS",
              ErrorRung.TREAT_AS_WITHDRAW,
              goodPath(2, 1, 0, 0, 0, 1)),
          external(
              "RFC 4271 6.3 empty AS_PATH from outside", ErrorRung.TREAT_AS_WITHDRAW, goodPath()),
          external(
              "RFC 9234 5 OTC of three bytes",
              ErrorRung.TREAT_AS_WITHDRAW,
              join(goodPath(2, 1, 0, 0, 0xfb, 0xf4), attribute(0xC0, 35, 1, 2, 3))));

  private static final List<Row> DISCARDED =
      List.of(
          discard("7.6 ATOMIC_AGGREGATE of one byte", attribute(0x40, 6, 1)),
          discard("7.7 AGGREGATOR of six bytes", attribute(0xC0, 7, 1, 2, 3, 4, 5, 6)),
          discard(
              "RFC 6793 6 AS4_PATH from a 4-octet speaker", attribute(0xC0, 17, 2, 1, 0, 0, 0, 1)),
          discard(
              "3.g a second MULTI_EXIT_DISC",
              join(attribute(0x80, 4, 0, 0, 0, 1), attribute(0x80, 4, 0, 0, 0, 2))),
          discard(
              "3.g a second unknown attribute",
              join(attribute(0xC0, 99, 1), attribute(0xC0, 99, 2))),
          external(
              "7.5 LOCAL_PREF from outside, even malformed",
              ErrorRung.ATTRIBUTE_DISCARD,
              join(
                  ORIGIN,
                  attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf4),
                  NEXT_HOP,
                  attribute(0x40, 5, 1))),
          external(
              "7.9 ORIGINATOR_ID from outside",
              ErrorRung.ATTRIBUTE_DISCARD,
              join(
                  ORIGIN,
                  attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf4),
                  NEXT_HOP,
                  attribute(0x80, 9, 1))),
          external(
              "7.10 CLUSTER_LIST from outside",
              ErrorRung.ATTRIBUTE_DISCARD,
              join(
                  ORIGIN,
                  attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf4),
                  NEXT_HOP,
                  attribute(0x80, 10, 1))));

  private static final List<Row> RESETS =
      List.of(
          reset("3.b the withdrawn routes overrun the message", 1, octets(0, 9, 0, 0)),
          reset("3.b the path attributes overrun the message", 1, octets(0, 0, 0, 9, 1)),
          reset(
              "3.g MP_REACH_NLRI twice",
              1,
              updateBody(NONE, join(mpReach(16), mpReach(16), GOOD), NONE)),
          reset(
              "3.g MP_UNREACH_NLRI twice",
              1,
              updateBody(
                  NONE, join(attribute(0x80, 15, 0, 2, 1), attribute(0x80, 15, 0, 2, 1)), NONE)),
          reset(
              "4 MP_REACH_NLRI itself overruns",
              1,
              updateBody(NONE, join(GOOD, octets(0x80, 14, 99, 0)), HOST)),
          reset(
              "5.2 a malformed attribute, and no reachable NLRI",
              6,
              updateBody(NONE, attribute(0x40, 1, 9), NONE)),
          reset(
              "5.2 the same beside withdrawn routes",
              6,
              updateBody(HOST, attribute(0x40, 1, 9), NONE)),
          reset(
              "5.2 the same beside MP_UNREACH_NLRI",
              6,
              updateBody(NONE, join(attribute(0x80, 15, 0, 2, 1), attribute(0x40, 1, 9)), NONE)),
          reset(
              "5.2 an attribute overruns, and no reachable NLRI",
              1,
              updateBody(NONE, octets(0x80, 4, 9, 0), NONE)),
          reset(
              "5.2 a malformed attribute beside an MP_REACH_NLRI without a prefix",
              6,
              updateBody(
                  NONE,
                  join(
                      attribute(0x80, 14, join(octets(0, 2, 1, 16, 0xfd), new byte[16])),
                      attribute(0x40, 1, 9)),
                  NONE)),
          reset("5.3 NLRI of length 33", 10, updateBody(NONE, GOOD, octets(33, 1, 2, 3, 4, 5))),
          reset("5.3 NLRI overruns", 10, updateBody(NONE, GOOD, octets(32, 1, 2, 3))),
          reset(
              "5.3 withdrawn route of length 33",
              10,
              updateBody(octets(33, 1, 2, 3, 4, 5), NONE, NONE)),
          reset("5.3 withdrawn route overruns", 10, updateBody(octets(32, 1, 2), NONE, NONE)),
          reset(
              "7.11 MP_REACH_NLRI of four bytes",
              9,
              updateBody(NONE, join(attribute(0x80, 14, 0, 2, 1, 0), GOOD), NONE)),
          reset(
              "7.11 MP_REACH_NLRI with a next hop of 15 bytes",
              9,
              updateBody(NONE, join(mpReach(15), GOOD), NONE)),
          reset(
              "7.11 MP_REACH_NLRI with a next hop of 0 bytes",
              9,
              updateBody(NONE, join(mpReach(0), GOOD), NONE)),
          reset(
              "7.11 MP_REACH_NLRI whose next hop overruns",
              9,
              updateBody(NONE, join(attribute(0x80, 14, 0, 2, 1, 99, 0, 0), GOOD), NONE)),
          reset(
              "7.12 MP_UNREACH_NLRI of two bytes",
              9,
              updateBody(NONE, attribute(0x80, 15, 0, 2), NONE)),
          reset(
              "5.3 IPv6 prefix of length 129",
              9,
              updateBody(
                  NONE, attribute(0x80, 15, join(octets(0, 2, 1, 129), new byte[17])), NONE)),
          reset(
              "RFC 4271 6.3 unrecognized well-known attribute",
              2,
              updateBody(NONE, join(GOOD, attribute(0x40, 99, 1)), HOST)));

  @TestFactory
  Stream<DynamicTest> eachMalformedUpdateLandsOnTheRungOfItsRule() {
    return Stream.of(TREATED_AS_WITHDRAW, DISCARDED, RESETS)
        .flatMap(List::stream)
        .map(row -> DynamicTest.dynamicTest(row.rule(), () -> check(row)));
  }

  private static void check(Row row) {
    Result<HostPrefix> result = decode(row.rules(), row.body());
    switch (row.rung()) {
      case SESSION_RESET -> {
        BgpError error = ((Result.Reset<HostPrefix>) result).error();
        assertThat(error.code()).isEqualTo(3);
        assertThat(error.subcode()).isEqualTo(row.subcode());
      }
      case TREAT_AS_WITHDRAW -> {
        assertThat(rung(result)).isEqualTo(ErrorRung.TREAT_AS_WITHDRAW);
        UpdateMessage<HostPrefix> update = only(result);
        assertThat(update.withdrawn()).containsExactly(new Nlri<>(new HostPrefix("10.1.0.1"), 0));
        assertThat(update.announced()).isEmpty();
        assertThat(update.attributes()).isEmpty();
        assertThat(update.refused()).anyMatch(r -> r.rule().equals("treat-as-withdraw"));
      }
      case ATTRIBUTE_DISCARD -> {
        assertThat(rung(result)).isEqualTo(ErrorRung.ATTRIBUTE_DISCARD);
        UpdateMessage<HostPrefix> update = only(result);
        assertThat(update.announced()).containsExactly(new Nlri<>(new HostPrefix("10.1.0.1"), 0));
        assertThat(update.withdrawn()).isEmpty();
        assertThat(update.refused()).isNotEmpty();
      }
      case NONE -> throw new AssertionError("not a row of this table");
    }
  }

  static Result<HostPrefix> decode(DecodeRules rules, byte[] body) {
    return new UpdateDecoder<>(rules, HostPrefix.CODEC, new ReceivedPrefixes(1_000_000, bound -> 0))
        .decode(body, 0, body.length);
  }

  static ErrorRung rung(Result<HostPrefix> result) {
    return switch (result) {
      case Result.Reset<HostPrefix> reset -> ErrorRung.SESSION_RESET;
      case Result.Updates<HostPrefix>(var updates, ErrorRung rung) -> rung;
    };
  }

  static UpdateMessage<HostPrefix> only(Result<HostPrefix> result) {
    List<UpdateMessage<HostPrefix>> updates = ((Result.Updates<HostPrefix>) result).updates();
    assertThat(updates).hasSize(1);
    return updates.getFirst();
  }

  @Test
  void theRungsAreOrderedFromTheWeakestToTheStrongest() {
    assertThat(ErrorRung.values())
        .containsExactly(
            ErrorRung.NONE,
            ErrorRung.ATTRIBUTE_DISCARD,
            ErrorRung.TREAT_AS_WITHDRAW,
            ErrorRung.SESSION_RESET);
    for (ErrorRung weaker : ErrorRung.values()) {
      for (ErrorRung stronger : ErrorRung.values()) {
        if (weaker.compareTo(stronger) <= 0) {
          assertThat(weaker.and(stronger)).isEqualTo(stronger);
          assertThat(stronger.and(weaker)).isEqualTo(stronger);
        }
      }
    }
  }

  @Test
  void treatAsWithdrawKeepsTheWithdrawalsOfTheMessageAndAddsOnlyWhatItAnnounces() {
    byte[] unreach = attribute(0x80, 15, join(octets(0, 2, 1), IPV6_HOST));
    byte[] body = updateBody(OTHER_HOST, join(unreach, attribute(0x40, 1, 9)), HOST);

    UpdateMessage<HostPrefix> update = only(decode(INTERNAL, body));

    assertThat(update.withdrawn())
        .extracting(n -> n.prefix().address())
        .containsExactly("10.1.0.2", "10.1.0.1", "fd00::9");
  }

  @Test
  void theFirstOfTwoAttributesCounts() {
    byte[] twice = join(GOOD, attribute(0x80, 4, 0, 0, 0, 1), attribute(0x80, 4, 0, 0, 0, 2));

    UpdateMessage<HostPrefix> update = only(decode(INTERNAL, updateBody(NONE, twice, HOST)));

    assertThat(update.attributes().orElseThrow().med()).hasValue(1);
  }

  @Test
  void localPrefMayBeMissingFromAnInternalPeer() {
    byte[] attributes = join(ORIGIN, EMPTY_AS_PATH, NEXT_HOP);

    Result<HostPrefix> result = decode(INTERNAL, updateBody(NONE, attributes, HOST));

    assertThat(rung(result)).isEqualTo(ErrorRung.NONE);
    assertThat(only(result).attributes().orElseThrow().localPref()).isEmpty();
  }

  @Test
  void bothFamiliesInOneMessageBecomeTwoUpdatesWithTheirOwnNextHops() {
    Result<HostPrefix> result = decode(INTERNAL, updateBody(NONE, join(mpReach(16), GOOD), HOST));

    List<UpdateMessage<HostPrefix>> updates = ((Result.Updates<HostPrefix>) result).updates();
    assertThat(updates)
        .extracting(u -> u.attributes().orElseThrow().nextHop().orElseThrow().getHostAddress())
        .containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:0");
    assertThat(updates)
        .extracting(u -> u.announced().getFirst().prefix().address())
        .containsExactly("10.1.0.1", "fd00::9");
  }

  @Test
  void ofTwoNextHopsOfAnIpv6RouteTheGlobalOneCounts() {
    byte[] nextHops =
        join(octets(0xfd, 0, 0, 0x32), new byte[11], octets(7, 0xfe, 0x80), new byte[14]);
    byte[] reach = attribute(0x80, 14, join(octets(0, 2, 1, 32), nextHops, octets(0), IPV6_HOST));

    UpdateMessage<HostPrefix> update =
        only(decode(INTERNAL, updateBody(NONE, join(reach, ORIGIN, EMPTY_AS_PATH), NONE)));

    assertThat(update.attributes().orElseThrow().nextHop().orElseThrow().getHostAddress())
        .isEqualTo("fd00:32:0:0:0:0:0:7");
  }

  @Test
  void aPrefixThatIsNotOfThePlaneIsRefusedAndTheOthersAreTaken() {
    byte[] nlri = join(octets(0), octets(24, 10, 1, 0), HOST);

    UpdateMessage<HostPrefix> update = only(decode(INTERNAL, updateBody(NONE, GOOD, nlri)));

    assertThat(update.announced()).hasSize(1);
    assertThat(update.refused())
        .containsExactly(
            new UpdateMessage.Refusal("not-host-length", "0.0.0.0/0"),
            new UpdateMessage.Refusal("not-host-length", "10.1.0.0/24"));
  }

  @Test
  void aFamilyThatWasNotNegotiatedIsSkippedUnread() {
    byte[] flowspec = attribute(0x80, 14, 0, 1, 133, 0, 0, 255, 255, 255);

    UpdateMessage<HostPrefix> update =
        only(decode(INTERNAL, updateBody(NONE, join(flowspec, GOOD), HOST)));

    assertThat(update.announced()).hasSize(1);
    assertThat(update.refused())
        .extracting(UpdateMessage.Refusal::rule)
        .containsExactly("family-not-negotiated");
  }

  @Test
  void anIpv4PrefixTakesAnIpv6NextHopOnlyWhereThatWasNegotiated() {
    byte[] reach =
        attribute(0x80, 14, join(octets(0, 1, 1, 16, 0xfd), new byte[15], octets(0), HOST));
    byte[] body = updateBody(NONE, join(reach, ORIGIN, EMPTY_AS_PATH), NONE);
    DecodeRules extended =
        new DecodeRules(true, new Asn(Speaker.OVERLAY_AS), Role.NONE, 3, 0, true);

    assertThat(rung(decode(INTERNAL, body))).isEqualTo(ErrorRung.SESSION_RESET);
    assertThat(only(decode(extended, body)).announced()).hasSize(1);
  }
}
