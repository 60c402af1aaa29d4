package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Options;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BGP roles and OTC (RFC 9234) from this side's OPEN to the bytes of its routes. */
class RolesTest {
  private static final int LOCAL_AS = 64496;

  /** Table 2 of RFC 9234 section 4.2: a role has one opposite, and no other is taken. */
  @ParameterizedTest
  @CsvSource({"CUSTOMER, 0", "PROVIDER, 3", "PEER, 4", "RS_CLIENT, 1"})
  void aRoleTakesItsOppositeAndNoOther(Role role, int opposite) {
    for (int said = 0; said < 6; said++) {
      Optional<BgpError> error = OpenRules.check(config(role, false), openSaying(said));
      if (said == opposite) {
        assertThat(error).as("%s and %s", role, said).isEmpty();
      } else {
        assertThat(error.orElseThrow().code()).isEqualTo(2);
        assertThat(error.orElseThrow().subcode()).as("%s and %s", role, said).isEqualTo(11);
      }
    }
  }

  @Test
  void aMismatchNamesBothRoles() {
    assertThat(OpenRules.check(config(Role.CUSTOMER, false), openSaying(4)).orElseThrow().detail())
        .isEqualTo("this side is customer, so the peer must be provider, and it says peer");
    assertThat(OpenRules.check(config(Role.RS_CLIENT, false), openSaying(0)).orElseThrow().detail())
        .contains("must be rs,");
  }

  @Test
  void aPeerWithoutARoleIsTakenUnlessTheSideIsStrict() {
    OpenMessage silent = open(Speaker.external(64497, LOCAL_AS, 2, Role.NONE));
    assertThat(OpenRules.check(config(Role.CUSTOMER, false), silent)).isEmpty();
    BgpError strict = OpenRules.check(config(Role.CUSTOMER, true), silent).orElseThrow();
    assertThat(strict.subcode()).isEqualTo(11);
    assertThat(strict.detail()).contains("no role");
    assertThat(OpenRules.check(config(Role.CUSTOMER, true), openSaying(0))).isEmpty();
    assertThat(OpenRules.check(config(Role.NONE, true), silent)).isEmpty();
  }

  /** RFC 9234 section 5, egress rule 1: towards a customer or peer, and towards nobody else. */
  @ParameterizedTest
  @CsvSource({"CUSTOMER, false", "PEER, true", "RS_CLIENT, false", "PROVIDER, true", "NONE, false"})
  void onlyTowardsACustomerOrPeerOtcIsAddedWithTheLocalAs(Role role, boolean added) {
    byte[] otc = Bytes.attribute(0xC0, 35, 0, 0, LOCAL_AS >> 8, LOCAL_AS & 0xff);
    byte[] sent = sent(role, OptionalLong.empty());
    assertThat(contains(sent, otc)).isEqualTo(added);
    assertThat(sent[18]).isEqualTo((byte) 2);
  }

  /** Egress rule 2: a route that has OTC goes to no provider, peer or route server. */
  @ParameterizedTest
  @CsvSource({"CUSTOMER, true", "PEER, true", "RS_CLIENT, true", "PROVIDER, false"})
  void aRouteWithOtcIsWithdrawnInsteadOfLeaked(Role role, boolean withheld) {
    byte[] sent = sent(role, OptionalLong.of(64999));
    // Bytes 19 and 20 are the length of the withdrawn routes.
    assertThat(sent[20] != 0).isEqualTo(withheld);
  }

  private static byte[] sent(Role role, OptionalLong onlyToCustomer) {
    SessionConfig config = config(role, false);
    Speaker speaker = Speaker.established(config, Speaker.external(64497, LOCAL_AS, 2, Role.NONE));
    PathAttributes plain = SessionPairTest.attributes("10.0.0.1");
    PathAttributes attributes =
        new PathAttributes(
            plain.origin(),
            List.of(Asn.of(LOCAL_AS)),
            plain.nextHop(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            PathAttributes.Reflection.NONE,
            PathAttributes.Communities.NONE,
            onlyToCustomer);
    return Speaker.written(
        1,
        speaker.session.send(
            SessionPairTest.announce(attributes, List.of(HostPrefix.ipv4(1))), speaker.now));
  }

  private static boolean contains(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(Arrays.copyOfRange(all, i, i + part.length), part)) {
        return true;
      }
    }
    return false;
  }

  private static SessionConfig config(Role role, boolean strict) {
    return Speaker.with(
        Speaker.external(LOCAL_AS, 64497, 1, Role.NONE),
        new Options(
            SessionConfig.AddPath.NONE,
            role,
            strict ? SessionConfig.RoleMode.STRICT : SessionConfig.RoleMode.LENIENT,
            0,
            10,
            100,
            0));
  }

  /** The OPEN of AS 64497 with a role by its number, also one that this side never says. */
  private static OpenMessage openSaying(int role) {
    byte[] bytes = OpenCodec.encode(Speaker.external(64497, LOCAL_AS, 2, Role.PROVIDER));
    for (int i = 29; i + 2 < bytes.length; i++) {
      if (bytes[i] == 9 && bytes[i + 1] == 1 && bytes[i + 2] == 0) {
        bytes[i + 2] = (byte) role;
        return decode(bytes);
      }
    }
    throw new AssertionError("no role capability in the OPEN");
  }

  private static OpenMessage open(SessionConfig config) {
    return decode(OpenCodec.encode(config));
  }

  private static OpenMessage decode(byte[] bytes) {
    return ((OpenCodec.Decoded.Good) OpenCodec.decode(bytes, 19, bytes.length)).open();
  }
}
