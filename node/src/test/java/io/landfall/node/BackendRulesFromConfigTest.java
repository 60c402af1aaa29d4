package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.BackendRulesConfig;
import io.landfall.config.BackendRulesConfig.Circuit;
import io.landfall.config.BackendRulesConfig.Only;
import io.landfall.config.BackendRulesConfig.Sticky;
import io.landfall.config.HostPort;
import io.landfall.config.ServiceConfig;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.edge.BackendRules;
import io.landfall.edge.CircuitRules;
import io.landfall.edge.RequestMatch;
import io.landfall.edge.StickyCookie;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What beside weights decides which backend gets a request, from the config to the edge. */
class BackendRulesFromConfigTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final HostPort AT = new HostPort("10.0.0.7", 80);

  private static ServiceConfig shop(BackendRulesConfig rules, Optional<Only> only) {
    ServiceConfig.Backend backend =
        new ServiceConfig.Backend(
            "http://10.0.0.7:80",
            AT,
            false,
            1,
            ServiceConfig.Protocol.H1,
            ServiceConfig.ProxyProtocol.NONE,
            only);
    return new ServiceConfig(
        SHOP,
        new HostAddress(Block.parse("10.32.0.0/16"), 300),
        List.of("shop.example"),
        List.of(),
        new ServiceConfig.Hosting(
            List.of(backend), Optional.empty(), Optional.empty(), 0, OptionalInt.empty(), rules),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void withoutRulesThereAreNone() {
    ServiceConfig plain = shop(BackendRulesConfig.NONE, Optional.empty());
    assertThat(BackendRulesFromConfig.of(plain)).isEqualTo(BackendRules.NONE);
    assertThat(BackendRulesFromConfig.retries(List.of(plain)).percents()).isEmpty();
  }

  @Test
  void eachRuleArrives() {
    BackendRulesConfig rules =
        new BackendRulesConfig(
            Optional.of(new Sticky("b", OptionalLong.of(60_000))),
            30_000,
            Optional.of(new Circuit(3, 1_000, 30, List.of(503))),
            OptionalInt.of(20));
    RequestMatch condition =
        new RequestMatch(
            RequestMatch.Part.FIELD, AsciiString.of("x-a"), Optional.of(AsciiString.of("1")));
    ServiceConfig service = shop(rules, Optional.of(new Only(false, "x-a", Optional.of("1"))));
    assertThat(BackendRulesFromConfig.of(service))
        .isEqualTo(
            new BackendRules(
                Optional.of(new StickyCookie(AsciiString.of("b"), OptionalLong.of(60))),
                30_000_000_000L,
                Optional.of(new CircuitRules(3, 1_000_000_000, 30, List.of(503))),
                List.of(condition)));
    assertThat(BackendRulesFromConfig.retries(List.of(service)).percents())
        .isEqualTo(Map.of(SHOP, 20));
  }

  @Test
  void theCookieOfABackendIsTheSameAfterARestartAndIsNotItsAddress() {
    InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.7"), 80);
    String value = StickyCookie.valueOf(SHOP, "http://10.0.0.7:80", at).toString();
    assertThat(value).isEqualTo("KxBiUSu7FSMo1vMX").hasSize(StickyCookie.VALUE_CHARS);
    assertThat(StickyCookie.valueOf(new ServiceName("api"), "http://10.0.0.7:80", at).toString())
        .isNotEqualTo(value);
    InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.8"), 80);
    assertThat(StickyCookie.valueOf(SHOP, "http://10.0.0.7:80", other).toString())
        .isNotEqualTo(value);
  }
}
