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
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.FieldSection;
import io.landfall.cache.KeyBuffer;
import io.landfall.cache.SipHash;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.RawClient;
import io.landfall.edge.h2.H2Client;
import io.landfall.edge.h2.RawFrames;
import io.landfall.edge.http.FieldLines;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
  private static final int HEADERS_FRAME = 1;

  private final EchoingSite site = new EchoingSite();

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
            "X_HTTP-Method: HEAD",
            "X.HTTP.Method.Override: DELETE"),
        fields(
            "`X-Original-URL`, `X-Original-URI`, `X-Rewrite-URL`",
            NOT_SENT,
            "X-Original-URL: /evil",
            "X-Original-URI: /evil",
            "X-Rewrite-URL: /evil",
            "X_Rewrite_URL: /evil",
            "X.Rewrite.URL: /evil"),
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
            "X-Forwarded-Path: /evil",
            "X-Forwarded-Uri: /evil",
            "X-Host: evil.test",
            "X-Scheme: https",
            "X_Forwarded_Host: evil.test",
            "X.Forwarded.Host: evil.test"),
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
            "X-Original-Forwarded-For: evil",
            "Client-IP: evil",
            "X-Forwarded-Client-Cert: evil"),
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
            "X-Long: " + "a".repeat(EchoingSite.MOST_OF_ORIGIN)),
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

  @AfterEach
  void closes() {
    site.close();
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void theVictimGetsWhatAPlainRequestGets(UnkeyedInput input) {
    int number = 0;
    for (String attack : input.attacks()) {
      boolean varies = input.effect() == VARY || input.effect() == PASSED;
      String path = "/p" + number++ + (varies ? "-vary-" + attack.split("[\n:]")[3] : "");
      int asked = site.origin.received.size();
      RawClient.Answer answer = site.send(UnkeyedInput.on(path, attack));
      String why = attack.substring(0, Math.min(200, attack.length())) + " -> " + answer;
      boolean reached = site.origin.received.size() > asked;
      assertThat(reached).as(why).isEqualTo(input.effect() != REFUSED);
      if (input.effect() == REFUSED) {
        assertThat(answer.status()).as(why).isBetween(400, 499);
      }
      boolean shared = site.assertPlain(path, why);
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
    List<String> lines = new ArrayList<>();
    for (UnkeyedInput each : inputs()) {
      if (each.effect() == KEY) {
        each.attacks().forEach(attack -> lines.add(UnkeyedInput.on("/p", attack)));
      }
    }
    for (int round = 0; round < 2; round++) {
      for (String each : lines) {
        RawClient.Answer answer = site.send(each);
        // Its own line and host, from the origin or from what is stored.
        assertThat(answer.body()).as(each).startsWith(each.substring(0, each.indexOf('\n')));
        assertThat(answer.body().toLowerCase(Locale.ROOT))
            .contains("\nhost: " + each.substring(each.indexOf("Host: ") + 6).strip() + "\n");
      }
    }
    assertThat(site.origin.received).hasSize(lines.size());
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
    byte[] fields =
        H2Client.fields(
            ":method", "GET", ":scheme", "https", ":path", "/p", ":authority", "SHOP.test");
    try (H2Client client = H2Client.open(site.fra.http())) {
      client.send(new RawFrames().frame(HEADERS_FRAME, 5, 1, fields)).awaitEnd(1);
    }
    assertThat(site.origin.received).hasSize(1);
    assertThat(site.assertPlain("/p", "HTTP/2")).isTrue();
  }

  @Test
  void aRangeThatIsSentOnIsTheNodesOwn() {
    String path = "/p";
    site.send("GET /p HTTP/1.1\nHost: shop.test\nRange: bytes=3-5\nIf-Range: \"evil\"\n\n");
    assertThat(site.origin.received.getLast().all("range")).doesNotContain("bytes=3-5");
    assertThat(site.origin.received.getLast().all("if-range")).isEmpty();
    int asked = site.origin.received.size();
    site.send("GET /q HTTP/1.1\nHost: shop.test\nRange: bytes=3-5\n\n");
    assertThat(site.origin.received).hasSize(asked + 1);
    assertThat(site.origin.received.getLast().all("range")).containsExactly("bytes=0-1048575");
    for (String each : List.of(path, "/q")) {
      String expected = site.plain("/expected").body().replace("/expected", each);
      assertThat(site.plain(each).body().replace("range: bytes=0-1048575\n", ""))
          .isEqualTo(expected);
    }
  }

  @Test
  void aRequestThatPassedThisNodeBeforeIsRefused() {
    assertThat(
            site.send("GET /p HTTP/1.1\nHost: shop.test\nCDN-Loop: a, fra.cdn.test\n\n").status())
        .isEqualTo(502);
    assertThat(site.origin.received).isEmpty();
    assertThat(site.assertPlain("/p", "loop")).isFalse();
  }

  @Test
  void aCookieThatBypassesIsNotStored() {
    CachePolicy usual = CachePolicy.DEFAULT;
    site.restart(
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
    site.send("GET /p HTTP/1.1\nHost: shop.test\nCookie: a=1; session=evil\n\n");
    assertThat(site.assertPlain("/p", "cookie")).isFalse();
  }
}
