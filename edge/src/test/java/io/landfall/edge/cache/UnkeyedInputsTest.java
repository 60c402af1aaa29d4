package io.landfall.edge.cache;

import static io.landfall.edge.cache.UnkeyedInput.Effect.KEY;
import static io.landfall.edge.cache.UnkeyedInput.Effect.NOT_SENT;
import static io.landfall.edge.cache.UnkeyedInput.Effect.NOT_STORED;
import static io.landfall.edge.cache.UnkeyedInput.Effect.PASSED;
import static io.landfall.edge.cache.UnkeyedInput.Effect.REFUSED;
import static io.landfall.edge.cache.UnkeyedInput.Effect.VARY;
import static io.landfall.edge.cache.UnkeyedInput.apart;
import static io.landfall.edge.cache.UnkeyedInput.fields;
import static io.landfall.edge.cache.UnkeyedInput.targets;
import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.FieldSection;
import io.landfall.cache.KeyBuffer;
import io.landfall.cache.SipHash;
import io.landfall.core.Signal;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.h2.H2Client;
import io.landfall.edge.h2.RawFrames;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.server.TestSite;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cache poisoning, one test for each known way: an attacker's request comes first, to an origin
 * that answers with all that it was sent; then a victim asks plainly, and has to get what the
 * origin gives to a plain request.
 */
class UnkeyedInputsTest {
  /** Heads that are longer are refused by the origin, and lets that be stored. */
  private static final int MOST_OF_ORIGIN = 8_000;

  private static final int HEADERS_FRAME = 1;

  /** The fields of a plain request, and what came between the origin and the attacker. */
  private static final List<String> WRITTEN = List.of("via:");

  private final TestBackend origin = new TestBackend((request, in, out) -> echo(request, out));
  private TestSite fra = CachedSite.of("fra", 1);

  static List<UnkeyedInput> inputs() {
    return List.of(
        apart("scheme", KEY),
        new UnkeyedInput(
            "scheme of an absolute-form target, its `Host`",
            NOT_SENT,
            List.of(
                "GET https://shop.test@ HTTP/1.1\nHost: shop.test\n\n",
                "GET http://shop.test@ HTTP/1.1\nHost: other.shop.test\n\n")),
        new UnkeyedInput(
            "`Host`: letters' case",
            NOT_SENT,
            List.of(
                "GET @ HTTP/1.1\nHost: SHOP.tesT\n\n",
                "GET http://SHOP.TEST@ HTTP/1.1\nHost: shop.test\n\n")),
        new UnkeyedInput(
            "`Host`: port, final dot",
            KEY,
            List.of(
                "GET @ HTTP/1.1\nHost: shop.test:80\n\n",
                "GET @ HTTP/1.1\nHost: shop.test:1\n\n",
                "GET @ HTTP/1.1\nHost: shop.test.\n\n",
                "GET @ HTTP/1.1\nHost: www.shop.test\n\n")),
        new UnkeyedInput(
            "`Host`: user information, two of them, other characters",
            REFUSED,
            List.of(
                "GET @ HTTP/1.1\nHost: evil(at)shop.test\n\n",
                "GET @ HTTP/1.1\nHost: shop.test:80(at)evil\n\n",
                "GET @ HTTP/1.1\nHost: shop.test\nHost: evil\n\n",
                "GET @ HTTP/1.1\nHost: shop.test/evil\n\n",
                "GET @ HTTP/1.1\nHost: shop.test evil\n\n",
                "GET @ HTTP/1.1\nHost : shop.test\n\n",
                "GET @ HTTP/1.1\n Host: evil\nHost: shop.test\n\n",
                "GET http://evil(at)shop.test@ HTTP/1.1\nHost: shop.test\n\n")),
        apart("HTTP/2 pseudo-fields", NOT_SENT),
        new UnkeyedInput("HTTP/1.0", NOT_SENT, List.of("GET @ HTTP/1.0\nHost: shop.test\n\n")),
        targets("path parameters: `;x=1`", KEY, "@;x=1", "@;", "@%3Bx"),
        targets(
            "path: letters' case, a final `/`, `//`, `%2F`, `%5C`, `%00`, `%0D%0A`, `%3F`, `%23`",
            KEY,
            "/P~",
            "@/",
            "/@",
            "@//",
            "@%2F",
            "@%2f",
            "@%5C",
            "@%00",
            "@%0d%0aX:%20evil",
            "@%3Fevil",
            "@%23evil",
            "@.css"),
        targets(
            "path: `.` and `..`, also as `%2e`, between `%2F`, behind `;`",
            REFUSED,
            "@/../evil",
            "@/%2e%2e/evil",
            "@/%2E./evil",
            "@/..;/evil",
            "/evil%2f..@",
            "/evil/..%2fx@",
            "@/.",
            "/evil%5c..%5cx"),
        targets("path: `%61` for `a`", NOT_SENT, "/%70~", "/%7" + "0~"),
        targets(
            "query: order, repeated names, `%26`, `%3D`, `;`, an empty one",
            KEY,
            "@?",
            "@?a=1&b=2",
            "@?b=2&a=1",
            "@?a=1&a=2",
            "@?a=2&a=1",
            "@?a=1%26b=2",
            "@?a%3D1&b=2",
            "@?a=1;b=2",
            "@?%61=1&b=2"),
        apart("query: parameters that `query` leaves out", NOT_SENT),
        targets("fragment", REFUSED, "@#evil", "@?a#evil"),
        new UnkeyedInput(
            "method other than GET",
            NOT_STORED,
            List.of(
                "POST @ HTTP/1.1\nHost: shop.test\nContent-Length: 4\n\nevil",
                "EVIL @ HTTP/1.1\nHost: shop.test\n\n",
                "QUERY @ HTTP/1.1\nHost: shop.test\nContent-Length: 4\n\nevil",
                "get @ HTTP/1.1\nHost: shop.test\n\n")),
        fields(
            "`X-HTTP-Method-Override`, `X-HTTP-Method`, `X-Method-Override`",
            NOT_SENT,
            "X-HTTP-Method-Override: DELETE",
            "X-HTTP-Method: HEAD",
            "X-Method-Override: POST",
            "X_HTTP_Method_Override: DELETE",
            "X_HTTP-Method: HEAD"),
        fields(
            "`X-Original-URL`, `X-Original-URI`, `X-Rewrite-URL`",
            NOT_SENT,
            "X-Original-URL: /evil",
            "X-Original-URI: /evil",
            "X-Rewrite-URL: /evil",
            "X_Rewrite_URL: /evil"),
        fields(
            "`X-Forwarded-Host`, `-Proto`, `-Scheme`, `-Ssl`, `-Port`, `-Prefix`, `-Server` and the like",
            NOT_SENT,
            "X-Forwarded-Host: evil.test",
            "X-Forwarded-Host: evil.test\nX-Forwarded-Host: evil.test",
            "X-Original-Host: evil.test",
            "X-Forwarded-Server: evil.test",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Scheme: nothttps",
            "X-Forwarded-Ssl: on",
            "X-Url-Scheme: https",
            "Front-End-Https: on",
            "X-Forwarded-Port: 1",
            "X-Forwarded-Prefix: /evil",
            "X-Forwarded: evil",
            "X_Forwarded_Host: evil.test"),
        fields(
            "`X-Forwarded-For`, `X-Real-IP`, `True-Client-IP`, `CF-Connecting-IP` and the like",
            NOT_SENT,
            "X-Forwarded-For: 198.51.100.66",
            "X-Forwarded-For: evil",
            "X-Real-IP: evil",
            "True-Client-IP: evil",
            "X-Client-IP: evil",
            "CF-Connecting-IP: evil",
            "Fastly-Client-IP: evil",
            "X-Cluster-Client-IP: evil",
            "X-Original-Forwarded-For: evil"),
        fields("`Forwarded`", NOT_SENT, "Forwarded: for=evil;host=evil.test;proto=https"),
        apart("the above of `edge.trusted-proxies`", NOT_SENT),
        fields("`Via`, `CDN-Loop`", PASSED, "Via: 1.1 evil", "CDN-Loop: evil", "Via: 1.0 a, 1.1 b"),
        apart("`CDN-Loop` with this node", REFUSED),
        fields(
            "`landfall-*`",
            NOT_SENT,
            "Landfall-Evil: 1",
            "Landfall-Decline: NOT_HERE",
            "Landfall-Upgraded: 1"),
        fields(
            "`Connection`, `Keep-Alive`, `TE`, `Trailer`, `Proxy-*`, `HTTP2-Settings`, `Expect`, `Proxy`",
            NOT_SENT,
            "Connection: close",
            "Keep-Alive: evil",
            "TE: evil",
            "Connection: TE\nTE: trailers",
            "Trailer: evil",
            "Proxy-Authorization: Basic evil",
            "Proxy-Connection: evil",
            "Connection: HTTP2-Settings\nHTTP2-Settings: evil",
            "Expect: 100-continue",
            "Proxy: http://evil.test"),
        fields(
            "`Connection` that names a field of the request",
            NOT_STORED,
            "Connection: X-Foo, Cookie\nX-Foo: 1\nCookie: a=1",
            "Connection: close, Accept\nAccept: text/html",
            "Connection: Authorization\nAuthorization: Basic x"),
        fields(
            "`Upgrade`",
            NOT_SENT,
            "Connection: Upgrade\nUpgrade: h2c",
            "Connection: Upgrade\nUpgrade: websocket",
            "Upgrade: evil"),
        apart("`Upgrade` to what the service has in `upgrades`", NOT_STORED),
        new UnkeyedInput(
            "a body of GET, with its trailers",
            NOT_STORED,
            List.of(
                "GET @ HTTP/1.1\nHost: shop.test\nContent-Length: 4\n\nevil",
                "GET @ HTTP/1.1\nHost: shop.test\nTransfer-Encoding: chunked\n\n4\nevil\n0\n\n",
                """
                GET @ HTTP/1.1
                Host: shop.test
                Transfer-Encoding: chunked
                Trailer: X-Evil

                4
                evil
                0
                X-Evil: 1

                """)),
        fields(
            "`Range` that is none, or has too many parts",
            NOT_STORED,
            "Range: evil",
            "Range: bytes=9-5",
            "Range: lines=1-2",
            "Range: evil\nRange: bytes=0-0",
            "Range: bytes=" + "0-0,".repeat(16) + "0-0"),
        apart("`Range`", NOT_SENT),
        fields(
            "`If-None-Match`, `If-Modified-Since`, `If-Range`",
            NOT_SENT,
            "If-Range: \"evil\"",
            "If-None-Match: \"evil\"",
            "If-None-Match: *",
            "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT"),
        fields(
            "`If-Match`, `If-Unmodified-Since`",
            VARY,
            "If-Match: \"evil\"",
            "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"),
        fields(
            "`Authorization`", NOT_STORED, "Authorization: Basic ZXZpbA==", "Authorization: evil"),
        fields(
            "`Cache-Control: no-store`",
            NOT_STORED,
            "Cache-Control: no-store",
            "Cache-control: a, NO-STORE"),
        apart("`Cookie` that `bypass-cookies` names", NOT_STORED),
        fields("`Accept-Encoding`", VARY, "Accept-Encoding: gzip", "Accept-Encoding: evil"),
        fields(
            "`Accept-Language`, `Cookie`, `User-Agent`, `Origin`, `Cache-Control` and all other fields",
            VARY,
            "Accept-Language: evil",
            "Cookie: evil=1",
            "User-Agent: evil",
            "Origin: http://evil.test",
            "Referer: http://evil.test",
            "Cache-Control: evil=1",
            "Pragma: evil",
            "Max-Forwards: 1",
            "X-Evil: 1"),
        fields(
            "a head that only the origin takes for too long",
            NOT_STORED,
            "X-Long: " + "a".repeat(MOST_OF_ORIGIN)),
        fields(
            "a head over `max-header`, too many fields, control characters, folded lines",
            REFUSED,
            "X-Long: " + "a".repeat(40_000),
            "X-Many: 1\n".repeat(200) + "X-Many: 2",
            "X-Meta: \u0007",
            "X-Meta: a\u0000b",
            "X-Meta: a\rb",
            "X-Meta: a\n  evil",
            "X-Meta : evil",
            "X\u0001Meta: evil"),
        apart("fields that `key-fields` names", KEY));
  }

  /** Answers with all that it was sent, in the order of the fields, and lets it be stored. */
  private static boolean echo(TestBackend.Received request, OutputStream out)
      throws java.io.IOException {
    String fields = request.fields().stream().sorted().collect(Collectors.joining("\n"));
    String body = request.line() + "\n" + fields + "\n" + request.bodyLength();
    String path = request.line().split(" ")[1];
    boolean refuses = fields.length() > MOST_OF_ORIGIN;
    int vary = path.indexOf("-vary-");
    return TestBackend.raw(
        out,
        (refuses ? "HTTP/1.1 400 Bad Request" : "HTTP/1.1 200 OK")
            + "\r\nCache-Control: max-age=60\r\nETag: \"e\"\r\n"
            + (vary < 0 ? "" : "Vary: " + path.substring(vary + "-vary-".length()) + "\r\n")
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + (request.line().startsWith("HEAD ") ? "" : body));
  }

  @AfterEach
  void closes() {
    fra.close();
    origin.close();
  }

  private RawClient.Answer send(String text) {
    try (RawClient client = new RawClient(fra.http())) {
      return client.send(RawClient.wire(text)).read();
    }
  }

  private RawClient.Answer plain(String path) {
    return send("GET " + path + " HTTP/1.1\nHost: shop.test\n\n");
  }

  /** What an origin answers to a plain request, but for what each proxy adds to its like. */
  private static String comparable(String body) {
    return Stream.of(body.split("\n"))
        .filter(line -> WRITTEN.stream().noneMatch(line.toLowerCase(Locale.ROOT)::startsWith))
        .collect(Collectors.joining("\n"));
  }

  /** The victim's answer is the one to a plain request; whether it was there before. */
  private boolean assertPlain(String path, String why) {
    RawClient.Answer victim = plain(path);
    String expected = plain("/expected").body().replace("/expected", path);
    assertThat(victim.status()).as(why).isEqualTo(200);
    assertThat(comparable(victim.body())).as(why).isEqualTo(comparable(expected));
    return victim.field("cache-status").orElse("").contains("; hit");
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void theVictimGetsWhatAPlainRequestGets(UnkeyedInput input) {
    fra.publish(Signal.UP, backends(origin));
    int number = 0;
    for (String attack : input.attacks()) {
      boolean varies = input.effect() == VARY || input.effect() == PASSED;
      String path = "/p" + number++ + (varies ? "-vary-" + attack.split("[\n:]")[3] : "");
      int asked = origin.received.size();
      RawClient.Answer answer = send(UnkeyedInput.on(path, attack));
      String why = attack.substring(0, Math.min(200, attack.length())) + " -> " + answer;
      boolean reached = origin.received.size() > asked;
      assertThat(reached).as(why).isEqualTo(input.effect() != REFUSED);
      if (input.effect() == REFUSED) {
        assertThat(answer.status()).as(why).isBetween(400, 499);
      }
      boolean shared = assertPlain(path, why);
      assertThat(shared).as("shared: " + why).isEqualTo(input.effect() == NOT_SENT);
    }
  }

  @Test
  void thePageHasTheSameInputs() {
    assertThat(UnkeyedInput.ofPage())
        .containsExactlyElementsOf(
            inputs().stream().map(each -> each.name() + ": " + each.effect().text).toList());
  }

  @Test
  void whatIsInTheKeyIsAKeyOfItsOwnForEachWayToWriteIt() {
    fra.publish(Signal.UP, backends(origin));
    List<String> lines = new ArrayList<>();
    for (UnkeyedInput each : inputs()) {
      if (each.effect() == KEY) {
        each.attacks().forEach(attack -> lines.add(UnkeyedInput.on("/p", attack)));
      }
    }
    for (int round = 0; round < 2; round++) {
      for (String each : lines) {
        RawClient.Answer answer = send(each);
        // Its own line and host, from the origin or from what is stored.
        assertThat(answer.body()).as(each).startsWith(each.substring(0, each.indexOf('\n')));
        assertThat(answer.body().toLowerCase(Locale.ROOT))
            .contains("\nhost: " + each.substring(each.indexOf("Host: ") + 6).strip() + "\n");
      }
    }
    assertThat(origin.received).hasSize(lines.size());
  }

  @Test
  void httpAndHttpsAreTwoKeys() {
    KeyBuffer keys = new KeyBuffer(new SipHash(1, 2));
    FieldSection none = new FieldLines(0);
    CacheRequest request = new CacheRequest("GET", "/a", none, false);
    assertThat(keys.make(CachePolicy.DEFAULT.key(), "http", "shop.test", request)).isTrue();
    byte[] http = keys.toBytes();
    assertThat(keys.make(CachePolicy.DEFAULT.key(), "https", "shop.test", request)).isTrue();
    assertThat(keys.is(http)).isFalse();
  }

  @Test
  void theHostThatHttp2GivesIsSentAsItIsKeyed() throws Exception {
    fra.publish(Signal.UP, backends(origin));
    byte[] fields =
        H2Client.fields(
            ":method", "GET", ":scheme", "https", ":path", "/p", ":authority", "SHOP.test");
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(new RawFrames().frame(HEADERS_FRAME, 5, 1, fields)).awaitEnd(1);
    }
    assertThat(origin.received).hasSize(1);
    assertThat(assertPlain("/p", "HTTP/2")).isTrue();
  }

  @Test
  void aRangeThatIsSentOnIsTheNodesOwn() {
    fra.publish(Signal.UP, backends(origin));
    String path = "/p";
    send("GET /p HTTP/1.1\nHost: shop.test\nRange: bytes=3-5\nIf-Range: \"evil\"\n\n");
    assertThat(origin.received.getLast().all("range")).doesNotContain("bytes=3-5");
    assertThat(origin.received.getLast().all("if-range")).isEmpty();
    int asked = origin.received.size();
    send("GET /q HTTP/1.1\nHost: shop.test\nRange: bytes=3-5\n\n");
    assertThat(origin.received).hasSize(asked + 1);
    assertThat(origin.received.getLast().all("range")).containsExactly("bytes=0-1048575");
    for (String each : List.of(path, "/q")) {
      String expected = plain("/expected").body().replace("/expected", each);
      assertThat(plain(each).body().replace("range: bytes=0-1048575\n", "")).isEqualTo(expected);
    }
  }

  @Test
  void aRequestThatPassedThisNodeBeforeIsRefused() {
    fra.publish(Signal.UP, backends(origin));
    assertThat(send("GET /p HTTP/1.1\nHost: shop.test\nCDN-Loop: a, fra.cdn.test\n\n").status())
        .isEqualTo(502);
    assertThat(origin.received).isEmpty();
    assertThat(assertPlain("/p", "loop")).isFalse();
  }

  @Test
  void aCookieThatBypassesIsNotStored() {
    CachePolicy usual = CachePolicy.DEFAULT;
    restart(
        new CachePolicy(
            usual.ttl(),
            usual.grace(),
            usual.key(),
            usual.methods(),
            List.of("session"),
            usual.admission(),
            usual.honoursClientNoCache(),
            usual.sliceBytes()),
        ClientClaims.NONE);
    send("GET /p HTTP/1.1\nHost: shop.test\nCookie: a=1; session=evil\n\n");
    assertThat(assertPlain("/p", "cookie")).isFalse();
  }

  private void restart(CachePolicy policy, ClientClaims claims) {
    fra.close();
    fra =
        new TestSite(
            "fra",
            1,
            settings ->
                settings
                    .with(CacheSettings.of(CachedSite.MEMORY_BYTES, Map.of(TestSite.SHOP, policy)))
                    .with(claims));
    fra.publish(Signal.UP, backends(origin));
  }

  private static ClientClaims trusting() {
    return new ClientClaims(
        new TrustedProxies(
            List.of(new TrustedProxies.Network(InetAddress.getLoopbackAddress(), 8))),
        ClientClaims.Lookalikes.DROP);
  }

  /** What a trusted proxy may tell of the way, but for the client's address. */
  private static final List<String> MARKS =
      List.of(
          "Forwarded: for=192.0.2.1;host=evil;proto=https",
          "X-Forwarded-Host: evil",
          "X-Forwarded-Port: 1",
          "X-Forwarded-Prefix: /evil",
          "X-Forwarded-Scheme: evil",
          "X-Forwarded-Server: evil",
          "X-Forwarded-Ssl: on",
          "X-Forwarded-Proto: evil",
          "X-Original-Host: evil",
          "X-Original-URL: /evil",
          "X-Original-URI: /evil",
          "X-Rewrite-URL: /evil",
          "X-Url-Scheme: evil",
          "Front-End-Https: on",
          "X-Real-IP: 192.0.2.1",
          "True-Client-IP: 192.0.2.1");

  @Test
  void whatATrustedProxyTellsOfTheWayIsNotSentOn() {
    restart(CachePolicy.DEFAULT, trusting());
    for (String mark : MARKS) {
      String path = "/" + mark.substring(0, mark.indexOf(':'));
      send("GET " + path + " HTTP/1.1\nHost: shop.test\n" + mark + "\n\n");
      assertThat(assertPlain(path, mark)).as(mark).isTrue();
    }
  }

  @Test
  void theSchemeThatATrustedProxyTellsIsInTheKey() {
    restart(CachePolicy.DEFAULT, trusting());
    for (String scheme : List.of("https", "HTTPS", "https, http")) {
      String path = "/" + scheme.length() + scheme.charAt(0);
      String secure =
          "GET " + path + " HTTP/1.1\nHost: shop.test\nX-Forwarded-Proto: " + scheme + "\n\n";
      assertThat(send(secure).body()).contains("x-forwarded-proto: https");
      assertThat(assertPlain(path, scheme)).isFalse();
      assertThat(send(secure).body()).contains("x-forwarded-proto: https");
    }
    int asked = origin.received.size();
    assertThat(send("GET /5h HTTP/1.1\nHost: shop.test\nX-Forwarded-Proto: https\n\n").status())
        .isEqualTo(200);
    assertThat(origin.received).as("a hit").hasSize(asked);
  }
}
