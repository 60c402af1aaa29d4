package io.landfall.config;

import io.landfall.core.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code services.NAME.authorization}. */
final class AuthorizationReader {
  private static final int MAX_PORT = 65_535;
  private static final String URL =
      "^http://(\\[[0-9a-fA-F:.]{2,45}\\]|[0-9.]{7,15})(?::([0-9]{1,5}))?(/[!-~]{0,1023})?$";
  private static final Pattern PARTS = Pattern.compile(URL);

  /** The keys of the section. */
  static final Keys KEYS = new Keys("services.NAME.authorization");

  private static final Key<?> SECTION =
      ServicesReader.SERVICE_KEYS
          .section("authorization")
          .otherwiseAs("none is asked")
          .is(
              "Whom to ask, where a request lands, whether it may go on"
                  + " ([traffic-rules.md](traffic-rules.md#authorization)).");

  /** Where it is. */
  private record Place(InetSocketAddress address, String authority, String target) {}

  private static final Key<Place> PLACE =
      KEYS.value(
              "url",
              ValueRule.of(
                  new Shape.Text("http URL of an IP address", URL), AuthorizationReader::place))
          .required("http://127.0.0.1:9000/check")
          .is("It gets a GET of this; any 2xx lets the request go on.");
  private static final Key<Long> TIMEOUT =
      KEYS.value("timeout", ValueRules.duration(10, Bounds.AUTHORIZATION_MILLIS))
          .otherwise(500L)
          .is("How long it may take, with the connection.");
  private static final Key<String> REQUEST_FIELDS =
      KEYS.values("request-fields", FieldRules.FIELD)
          .otherwiseAs("Authorization and Cookie")
          .atMost(Bounds.FIELD_CHANGES)
          .is("Names of fields of the request that it is sent.");
  private static final Key<String> RESPONSE_FIELDS =
      KEYS.values("response-fields", FieldRules.REQUEST_FIELD)
          .otherwiseAs("none")
          .atMost(Bounds.FIELD_CHANGES)
          .is(
              "Names of fields of a 2xx answer that are sent to the backend; what clients send of"
                  + " them is dropped.");
  private static final Key<AuthorizationConfig.OnFailure> ON_FAILURE =
      KEYS.value("on-failure", ValueRules.oneOf(AuthorizationConfig.OnFailure.class))
          .otherwise(AuthorizationConfig.OnFailure.DENY)
          .is("Without an answer that counts: `deny` with 503, or `allow` the request to go on.");
  private static final Key<Integer> MAX_CONCURRENT =
      KEYS.value("max-concurrent", ValueRules.count(1, Bounds.AUTHORIZATIONS))
          .otherwise(256)
          .is("How many requests may wait for it at once; for one more there is no answer.");

  private AuthorizationReader() {}

  /** Declares the keys above, which loading this class does. */
  static void declareKeys() {}

  /** Whom to ask; empty for nobody. */
  static Optional<AuthorizationConfig> read(Section service) {
    return service.section(SECTION).flatMap(AuthorizationReader::of);
  }

  private static Optional<AuthorizationConfig> of(Section at) {
    Optional<Place> place = at.required(PLACE);
    long timeout = at.valueOrDefault(TIMEOUT);
    List<String> sent = at.values(REQUEST_FIELDS).orElse(List.of("authorization", "cookie"));
    List<String> given = at.values(RESPONSE_FIELDS).orElse(List.of());
    at.atMost(REQUEST_FIELDS, sent.size(), "send what it looks at");
    at.atMost(RESPONSE_FIELDS, given.size(), "send what the backend looks at");
    AuthorizationConfig.OnFailure onFailure = at.valueOrDefault(ON_FAILURE);
    int most = at.valueOrDefault(MAX_CONCURRENT);
    at.end();
    return place.map(
        found ->
            new AuthorizationConfig(
                found.address(),
                found.authority(),
                found.target(),
                timeout,
                sent,
                given,
                onFailure,
                most));
  }

  private static Place place(String text) throws BadValue {
    Matcher parts = PARTS.matcher(text);
    if (parts.matches()) {
      String host = parts.group(1);
      String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      int port = parts.group(2) == null ? 80 : Integer.parseInt(parts.group(2));
      Optional<byte[]> address = Addresses.parseLiteral(literal);
      if (address.isPresent() && port > 0 && port <= MAX_PORT) {
        try {
          return new Place(
              new InetSocketAddress(InetAddress.getByAddress(address.get()), port),
              parts.group(2) == null ? host : host + ':' + port,
              parts.group(3) == null ? "/" : parts.group(3));
        } catch (UnknownHostException neitherFourNorSixteenBytes) {
          // It is refused as any other text that is no address.
        }
      }
    }
    throw new BadValue(
        "'" + text + "' is no http URL of an IP address",
        text.startsWith("https:")
            ? "put a proxy that speaks TLS to it beside the node, and write the http URL of that"
            : "write it as http://127.0.0.1:9000/check");
  }
}
