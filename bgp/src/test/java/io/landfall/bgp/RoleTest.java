package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.UpdateDecoder.Result;
import io.landfall.core.Asn;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** ONLY_TO_CUSTOMER on its way out and in, by role (RFC 9234 section 5). */
class RoleTest {
  private static final SessionConfig CUSTOMER = Speaker.external(64496, 64497, 1, Role.CUSTOMER);
  private static final SessionConfig PROVIDER = Speaker.external(64497, 64496, 2, Role.PROVIDER);

  private static UpdateMessage<HostPrefix> route(OptionalLong onlyToCustomer) {
    PathAttributes plain = SessionPairTest.attributes("10.0.0.1");
    return SessionPairTest.announce(
        new PathAttributes(
            plain.origin(),
            plain.asPath(),
            plain.nextHop(),
            plain.med(),
            plain.localPref(),
            plain.reflection(),
            plain.communities(),
            onlyToCustomer),
        List.of(HostPrefix.ipv4(1)));
  }

  private static UpdateMessage<HostPrefix> sent(Speaker from, DecodeRules as, OptionalLong otc) {
    byte[] bytes = Speaker.written(1, from.session.send(route(otc), from.now));
    Result<HostPrefix> read = ErrorRungTest.decode(as, Arrays.copyOfRange(bytes, 19, bytes.length));
    return ErrorRungTest.only(read);
  }

  @Test
  void aCustomerDoesNotLeakARouteToItsProviderAndTakesBackWhatItToldBefore() {
    Speaker customer = Speaker.established(CUSTOMER, PROVIDER);
    DecodeRules provider = new DecodeRules(false, Asn.of(64496), Role.PROVIDER, 1, 0, false);
    UpdateMessage<HostPrefix> own = sent(customer, provider, OptionalLong.empty());
    assertThat(own.announced()).hasSize(1);
    assertThat(own.attributes().orElseThrow().onlyToCustomer()).isEmpty();

    UpdateMessage<HostPrefix> leak = sent(customer, provider, OptionalLong.of(64511));
    assertThat(leak.announced()).isEmpty();
    assertThat(leak.withdrawn()).hasSize(1);
    assertThat(customer.session.stats().unsendable()).isEqualTo(1);
  }

  @Test
  void aProviderMarksWhatItTellsItsCustomer() {
    Speaker provider = Speaker.established(PROVIDER, CUSTOMER);
    DecodeRules customer = new DecodeRules(false, Asn.of(64497), Role.CUSTOMER, 1, 0, false);
    assertThat(sent(provider, customer, OptionalLong.empty()).attributes().orElseThrow())
        .extracting(PathAttributes::onlyToCustomer)
        .isEqualTo(OptionalLong.of(64497));
  }

  @Test
  void aProviderTreatsAMarkedRouteOfItsCustomerAsALeak() {
    DecodeRules provider = new DecodeRules(false, Asn.of(64496), Role.PROVIDER, 1, 0, false);
    byte[] attributes =
        Octets.join(
            Bytes.ORIGIN,
            Bytes.attribute(0x40, 2, 2, 1, 0, 0, 0xfb, 0xf0),
            Bytes.NEXT_HOP,
            Bytes.attribute(0xC0, 35, 0, 0, 0xfb, 0xff));
    UpdateMessage<HostPrefix> read =
        ErrorRungTest.only(
            ErrorRungTest.decode(
                provider, BgpMessages.updateBody(Bytes.NONE, attributes, Bytes.HOST)));
    assertThat(read.announced()).isEmpty();
    assertThat(read.refused()).anyMatch(r -> r.rule().equals("route-leak-only-to-customer"));
  }
}
