package io.landfall.edge.http;

import static io.landfall.edge.http.MessageRulesTest.fields;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.ClientClaims.Lookalikes;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.Rules;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.server.TestSite;
import io.netty.channel.local.LocalAddress;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which fields go on, in either direction, and what is added. */
class PassedFieldsTest {
  private static final NodeName NODE = new NodeName("fra");
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 1);
  private static final InetSocketAddress PROXY = new InetSocketAddress("10.0.0.1", 1);
  private static final Optional<NodeName> NO_NODE = Optional.empty();
  private static final String WAY =
      """
      via: 1.1 fra
      cdn-loop: fra.cdn.test
      forwarded: for=192.0.2.1;by=_fra;host="shop.test";proto=http
      x-forwarded-for: 192.0.2.1
      x-forwarded-proto: http
      x-forwarded-host: shop.test
      """;

  private final RequestFields requests = requests(Lookalikes.DROP);

  private static RequestFields requests(Lookalikes lookalikes) {
    return new RequestFields(
        new EdgeSettings(
                NODE,
                new HostAddress(TestSite.BLOCK, 1),
                "fra.cdn.test",
                List.of(),
                1,
                EdgeLimits.defaults(),
                EdgeTimeouts.defaults())
            .with(new ClientClaims(new TrustedProxies(Rules.networks("10.0.0.0/8")), lookalikes)));
  }

  private static RequestHead head(String method, HttpVersion version, String... lines) {
    return head(method, version, Framing.NONE, lines);
  }

  private static RequestHead head(
      String method, HttpVersion version, Framing framing, String... lines) {
    return new RequestHead(
        Method.of(AsciiString.of(method)),
        RequestHead.HTTP,
        AsciiString.of("shop.test"),
        "shop.test",
        "/",
        version,
        fields(lines),
        framing);
  }

  private static RequestHead get(String... lines) {
    return head("GET", HttpVersion.HTTP_1_1, lines);
  }

  private String upstream(String... lines) {
    return requests.upstream(get(lines), CLIENT, NO_NODE).toString();
  }

  @Test
  void ofAClientWhatItSaysOfItsWayIsDropped() {
    assertThat(
            upstream(
                "host: shop.test",
                "a: 1",
                "content-length: 0",
                "te: trailers",
                "landfall-client: x",
                "x-forwarded-for: 9.9.9.9",
                "x-forwarded-proto: https",
                "proxy: x",
                "x_forwarded_for: 9.9.9.9",
                "b_c: 2"))
        .isEqualTo("a: 1\nb_c: 2\n" + WAY);
    assertThat(
            requests(Lookalikes.PASS)
                .upstream(get("x_forwarded_for: 9.9.9.9", "proxy: x"), CLIENT, NO_NODE))
        .hasToString("x_forwarded_for: 9.9.9.9\n" + WAY);
  }

  @Test
  void whatAProxyTellsOfAClientIsTakenFromTrustedOnesOnly() {
    for (String name :
        List.of(
            "x-forwarded-client-cert",
            "x-ssl-client-cert",
            "ssl-client-verify",
            "ssl-client-cert",
            "client-ip",
            "wl-proxy-client-ip",
            "proxy-client-ip",
            "x-azure-clientip",
            "x-appengine-user-ip",
            "x-proxyuser-ip",
            "x-originating-ip",
            "x-scheme",
            "x-forwarded-scheme",
            "x-host",
            "x-forwarded-method",
            "x-forwarded-path",
            "x-forwarded-prefix",
            "x-forwarded-uri")) {
      RequestHead request = get(name + ": x");
      assertThat(upstream(name + ": x")).as(name).isEqualTo(WAY);
      assertThat(requests.trailers(request.fields())).as(name).isNull();
      assertThat(requests.upstream(request, PROXY, NO_NODE).has(AsciiString.of(name)))
          .as(name)
          .isTrue();
      assertThat(requests.upstream(request, CLIENT, Optional.of(NODE)).has(AsciiString.of(name)))
          .as(name)
          .isTrue();
    }
  }

  @Test
  void aDotMakesALookalikeAsAnUnderscoreDoes() {
    for (String name :
        List.of(
            "x.forwarded.for",
            "x_forwarded.for",
            "content.length",
            "transfer.encoding",
            "landfall.client",
            "ssl_client_verify",
            "client.ip")) {
      assertThat(upstream(name + ": 1", "my.own: 2")).as(name).isEqualTo("my.own: 2\n" + WAY);
      assertThat(requests.trailers(fields(name + ": 1"))).as(name).isNull();
      assertThat(requests(Lookalikes.PASS).upstream(get(name + ": 1"), CLIENT, NO_NODE))
          .as(name)
          .hasToString(name + ": 1\n" + WAY);
    }
  }

  @Test
  void whatConnectionNamesIsDroppedIfItMayBe() {
    assertThat(upstream("connection: a, via", "a: 1", "b: 2")).isEqualTo("b: 2\n" + WAY);
    assertThat(upstream("connection: keep-alive", "keep-alive: 1", "a: 1"))
        .isEqualTo("a: 1\n" + WAY);
    assertThat(RequestFields.dropsNominated(fields("connection: a", "a: 1"))).isTrue();
    assertThat(RequestFields.dropsNominated(fields("connection: a", "b: 1"))).isFalse();
    assertThat(RequestFields.dropsNominated(fields("connection: te", "te: trailers"))).isFalse();
    assertThat(RequestFields.dropsNominated(fields("connection: close", "close: 1"))).isFalse();
    assertThat(RequestFields.dropsNominated(fields("connection: Keep-Alive", "keep-alive: 1")))
        .isFalse();
    assertThat(RequestFields.dropsNominated(fields("connection: date", "date: x"))).isFalse();
    assertThat(upstream("connection: date, a", "date: x", "a: 1")).isEqualTo("date: x\n" + WAY);
    assertThat(RequestFields.nominatesMore(fields("a: b"))).isFalse();
    assertThat(RequestFields.nominatesMore(fields("connection: close", "connection: b"))).isTrue();
  }

  @Test
  void aTrustedProxyIsBelieved() {
    FieldLines out =
        requests.upstream(
            get(
                "x-forwarded-for: 9.9.9.9",
                "x-forwarded-for: 8.8.8.8",
                "x-forwarded-proto: https",
                "x-forwarded-host: a.test"),
            PROXY,
            NO_NODE);
    assertThat(out)
        .hasToString(
            """
            x-forwarded-proto: https
            x-forwarded-host: a.test
            via: 1.1 fra
            cdn-loop: fra.cdn.test
            forwarded: for=10.0.0.1;by=_fra;host="shop.test";proto=http
            x-forwarded-for: 9.9.9.9, 8.8.8.8, 10.0.0.1
            """);
    assertThat((Object) requests.upstream(get(), PROXY, NO_NODE).first(FieldNames.X_FORWARDED_FOR))
        .hasToString("10.0.0.1");
  }

  @Test
  void anotherNodeHasSaidWhoTheClientIs() {
    assertThat(
            requests.upstream(
                head("GET", HttpVersion.HTTP_2, "x-forwarded-for: 9.9.9.9", "client-cert: :x:"),
                CLIENT,
                Optional.of(new NodeName("nyc"))))
        .hasToString(
            """
            x-forwarded-for: 9.9.9.9
            client-cert: :x:
            via: 2 fra
            cdn-loop: fra.cdn.test
            forwarded: for=_nyc;by=_fra
            """);
  }

  @Test
  void addressesAreWrittenAsForwardedHasThem() {
    FieldLines out = requests.upstream(get(), new InetSocketAddress("2001:db8::1", 1), NO_NODE);
    assertThat(requireNonNull(out.first(FieldNames.FORWARDED)).toString())
        .startsWith("for=\"[2001:db8::1]\";by=_fra;");
    assertThat((Object) out.first(FieldNames.X_FORWARDED_FOR)).hasToString("2001:db8::1");
    FieldLines near = requests.upstream(get(), new InetSocketAddress("::1", 1), NO_NODE);
    assertThat(requireNonNull(near.first(FieldNames.FORWARDED)).toString())
        .startsWith("for=\"[::1]\";by=_fra;");
    assertThat(
            requests
                .upstream(head("GET", HttpVersion.HTTP_1_0), new LocalAddress("x"), NO_NODE)
                .toString())
        .startsWith("via: 1.0 fra\n")
        .contains("for=unknown;");
  }

  @Test
  void aProvedCertificateReplacesWhatWasSent() {
    assertThat(upstream("client-cert: :mine:", ":client-cert: :real:", "client-cert-chain: x"))
        .startsWith("via: ")
        .contains("\nclient-cert: :real:\n")
        .doesNotContain("mine", "chain", ":client-cert:");
  }

  @Test
  void aProvedCertificateReplacesWhatATrustedProxySent() {
    String[] sent = {"client-cert: :mine:", "client-cert-chain: x", "client-ip: 1"};
    assertThat(requests.upstream(get(sent), PROXY, NO_NODE).toString())
        .startsWith(String.join("\n", sent) + "\nvia: ");
    FieldLines proved = fields(sent);
    proved.add(FieldNames.CONNECTION_CERT, AsciiString.of(":real:"));
    assertThat(requests.upstream(get(proved.toString().split("\n")), PROXY, NO_NODE).toString())
        .startsWith("client-ip: 1\nvia: ")
        .contains("\nclient-cert: :real:\n");
  }

  @Test
  void hopsAreCountedForOptionsOnly() {
    for (String[] each : new String[][] {{"7", "6"}, {"1", "0"}, {"0", "0"}, {"x", "x"}}) {
      RequestHead options = head("OPTIONS", HttpVersion.HTTP_1_1, "max-forwards: " + each[0]);
      assertThat(
              (Object) requests.upstream(options, CLIENT, NO_NODE).first(FieldNames.MAX_FORWARDS))
          .hasToString(each[1]);
      assertThat(RequestFields.isForThisNode(options)).isEqualTo(each[0].equals("0"));
    }
    assertThat(upstream("max-forwards: 7")).startsWith("max-forwards: 7\n");
    assertThat(RequestFields.isForThisNode(get("max-forwards: 0"))).isFalse();
    assertThat(RequestFields.isForThisNode(head("OPTIONS", HttpVersion.HTTP_1_1))).isFalse();
  }

  @Test
  void anExpectationGoesOnWithABodyOnly() {
    RequestHead with = head("PUT", HttpVersion.HTTP_1_1, Framing.CHUNKED, "expect: 100-continue");
    assertThat(requests.upstream(with, CLIENT, NO_NODE).toString())
        .isEqualTo(WAY + "expect: 100-continue\n");
    assertThat(upstream("expect: 100-continue")).isEqualTo(WAY);
    for (String[] lines :
        new String[][] {
          {"expect: 100-continue, 100-continue"}, {"expect: ", "expect: , 100-Continue"}
        }) {
      RequestHead listed = head("PUT", HttpVersion.HTTP_1_1, Framing.CHUNKED, lines);
      assertThat(requests.upstream(listed, CLIENT, NO_NODE))
          .hasToString(WAY + "expect: 100-continue\n");
    }
    for (String none : List.of("", ", ,")) {
      RequestHead empty = head("PUT", HttpVersion.HTTP_1_1, Framing.CHUNKED, "expect: " + none);
      assertThat(requests.upstream(empty, CLIENT, NO_NODE)).hasToString(WAY);
    }
    RequestHead old = head("PUT", HttpVersion.HTTP_1_0, Framing.length(1), "expect: 100-continue");
    assertThat(requests.upstream(old, CLIENT, NO_NODE).has(FieldNames.EXPECT)).isFalse();
  }

  @Test
  void aRequestThatPassedThisNodeIsKnown() {
    assertThat(requests.looped(get("a: 1", "cdn-loop: x, fra.cdn.test"))).isTrue();
    assertThat(requests.looped(get("cdn-loop: x"))).isFalse();
    assertThat(requests.looped(get("a: fra.cdn.test"))).isFalse();
  }

  private AsciiString reached(InetSocketAddress remote, String... lines) {
    return requests.asReached(get(lines), remote).scheme();
  }

  @Test
  void theSchemeIsATrustedProxysToTell() {
    assertThat((Object) reached(CLIENT, "x-forwarded-proto: https")).hasToString("http");
    assertThat((Object) reached(PROXY, "x-forwarded-proto: HTTPS")).hasToString("https");
    assertThat((Object) reached(PROXY, "x-forwarded-proto: https , http")).hasToString("https");
    assertThat((Object) reached(PROXY, "x-forwarded-proto: http, https")).hasToString("http");
    assertThat((Object) reached(PROXY, "x-forwarded-proto: wss")).hasToString("http");
    assertThat((Object) reached(PROXY, "x-forwarded-proto: ,https")).hasToString("http");
    assertThat((Object) reached(PROXY)).hasToString("http");
    RequestHead secure = get("x-forwarded-proto: http").reachedBy(RequestHead.HTTPS);
    assertThat((Object) requests.asReached(secure, PROXY).scheme()).hasToString("http");
    assertThat(requests.asReached(secure, CLIENT)).isSameAs(secure);
    assertThat(secure.reachedBy(RequestHead.HTTPS)).isSameAs(secure);
  }

  @Test
  void trailersHaveNothingOfTheWay() {
    assertThat(requests.trailers(fields("x: y", "x-real-ip: 1", "x_real_ip: 1", "z: 1")))
        .hasToString("x: y\nz: 1\n");
    assertThat(requests.trailers(fields("x-real-ip: 1"))).isNull();
  }

  private static String downstream(int status, boolean http2, boolean toNode, String... lines) {
    ResponseHead head = new ResponseHead(status, fields(lines), Framing.NONE, true, true);
    return new ResponseFields(NODE)
        .downstream(head, http2, AsciiString.of("st"), AsciiString.of("now"), toNode)
        .toString();
  }

  @Test
  void aResponseLosesWhatIsOfOneHopAndTellsItsWay() {
    assertThat(
            downstream(
                200,
                false,
                false,
                "connection: b",
                "a: 1",
                "b: 2",
                "landfall-client: x",
                "surrogate-key: k",
                "content-length: 3"))
        .isEqualTo("a: 1\ncontent-length: 3\ndate: now\nvia: 1.1 fra\nproxy-status: st\n");
    assertThat(
            downstream(
                200,
                true,
                true,
                "date: then",
                "surrogate-key: k",
                "cache-tag: t",
                "landfall-cache-control: max-age=1",
                "landfall-client: x"))
        .isEqualTo(
            """
            date: then
            surrogate-key: k
            cache-tag: t
            landfall-cache-control: max-age=1
            via: 2 fra
            proxy-status: st
            """);
    ResponseHead old = new ResponseHead(200, fields("a: 1"), Framing.NONE, false, true);
    new ResponseFields(NODE).addWay(old, false, AsciiString.of("st"));
    assertThat(old.fields()).hasToString("a: 1\nvia: 1.0 fra\nproxy-status: st\n");
    assertThat(old.with(fields("b: 2", "c: 3"))).isSameAs(old);
    assertThat(old.fields().toString()).endsWith("st\nb: 2\nc: 3\n");
  }

  @Test
  void someStatusesHaveNoLength() {
    for (int status : new int[] {199, 204}) {
      assertThat(downstream(status, false, false, "content-length: 3", "date: d"))
          .isEqualTo("date: d\nvia: 1.1 fra\nproxy-status: st\n");
    }
    assertThat(downstream(205, false, false, "content-length: 3", "date: d"))
        .isEqualTo("date: d\ncontent-length: 0\nvia: 1.1 fra\nproxy-status: st\n");
    ResponseHead early =
        new ResponseHead(103, fields("link: x", "content-length: 0"), Framing.NONE, true, true);
    assertThat(new ResponseFields(NODE).interim(early, false))
        .hasToString("link: x\nvia: 1.1 fra\n");
    ResponseHead bare = new ResponseHead(100, fields(), Framing.NONE, true, true);
    assertThat(new ResponseFields(NODE).interim(bare, true)).hasToString("via: 2 fra\n");
  }

  @Test
  void proxyStatusTellsWhoAndWhy() {
    ProxyStatus status = new ProxyStatus(NODE);
    assertThat((Object) status.passed("shop", Reason.LOCAL_UP, 1))
        .hasToString("fra; next-hop=shop; details=\"LOCAL_UP\"");
    assertThat((Object) status.passed("shop", Reason.LOCAL_UP, 1))
        .isSameAs(status.passed("shop", Reason.LOCAL_UP, 1));
    assertThat((Object) status.passed("shop", Reason.REMOTE_UP, 2))
        .hasToString("fra; next-hop=shop; details=\"REMOTE_UP; attempts=2\"");
    assertThat((Object) status.passed("", Reason.CACHE_FRESH, 1))
        .hasToString("fra; details=\"CACHE_FRESH\"");
    assertThat((Object) status.passed("", Reason.CACHE_FRESH, 1))
        .isSameAs(status.passed("", Reason.CACHE_FRESH, 0));
    assertThat(status.passed("1shop", Reason.LOCAL_UP, 1).toString())
        .contains("next-hop=\"1shop\"");
    for (String name : List.of("a", "z")) {
      assertThat(status.passed(name, Reason.LOCAL_UP, 1).toString()).contains("hop=" + name + ";");
    }
    assertThat((Object) status.error("x_y", "a\"\\ ~\u007f\n"))
        .hasToString("fra; error=x_y; details=\"a\\\"\\\\ ~??\"");
    assertThat((Object) status.error("x_y", "")).hasToString("fra; error=x_y; details=\"\"");
    for (Reason reason : Reason.values()) {
      assertThat(ProxyStatus.errorType(reason)).matches("[a-z_]+");
    }
    assertThat(ProxyStatus.errorType(Reason.LOOP)).isEqualTo("proxy_loop_detected");
  }

  @Test
  void aClientOfATcpServiceIsInTheFormOfARequest() {
    ServiceName shop = new ServiceName("shop");
    RequestHead made = TcpRequest.of(shop);
    assertThat(TcpRequest.is(made)).isTrue();
    assertThat((Object) Upgrades.asked(made, List.of(TcpRequest.PROTOCOL)))
        .isEqualTo(TcpRequest.PROTOCOL);
    RequestHead web = get("upgrade: " + TcpRequest.PROTOCOL);
    assertThat(TcpRequest.is(web)).isFalse();
    assertThat(TcpRequest.ofNode(web)).as("no extended CONNECT").isSameAs(web);
    RequestHead other = head("GET", HttpVersion.HTTP_2, "upgrade: websocket");
    assertThat(TcpRequest.ofNode(other)).isSameAs(other);
    RequestHead plain = head("GET", HttpVersion.HTTP_2);
    assertThat(TcpRequest.ofNode(plain)).isSameAs(plain);
    RequestHead forwarded =
        TcpRequest.ofNode(head("GET", HttpVersion.HTTP_2, "upgrade: " + TcpRequest.PROTOCOL));
    assertThat(TcpRequest.is(forwarded)).isTrue();
    assertThat(Upgrades.isExtendedConnect(forwarded)).isTrue();
    assertThat(Upgrades.isExtendedConnect(web)).isFalse();
    assertThat(Upgrades.isExtendedConnect(plain)).isFalse();
  }

  private static boolean asks(RequestHead head) {
    return Upgrades.asked(head, List.of(AsciiString.of("x"), Upgrades.WEBSOCKET)) != null;
  }

  private static RequestHead switching(String... more) {
    String[] lines = new String[more.length + 1];
    lines[0] = "connection: keep-alive, Upgrade";
    System.arraycopy(more, 0, lines, 1, more.length);
    return get(lines);
  }

  @Test
  void aRequestThatAsksToSwitchIsOneInAllItHas() {
    assertThat(asks(switching("upgrade: websocket", "sec-websocket-key: k"))).isTrue();
    assertThat(asks(switching("upgrade: y, x"))).isTrue();
    assertThat(asks(switching("upgrade: y"))).isFalse();
    assertThat(asks(switching("upgrade: websocket"))).as("no key").isFalse();
    assertThat(
            asks(switching("upgrade: websocket", "sec-websocket-key: k", "sec-websocket-key: k")))
        .as("two keys")
        .isFalse();
    assertThat(asks(get("upgrade: x"))).as("not named by Connection").isFalse();
    String[] lines = {"connection: upgrade", "upgrade: x"};
    assertThat(asks(head("POST", HttpVersion.HTTP_1_1, lines))).isFalse();
    assertThat(asks(head("GET", HttpVersion.HTTP_1_0, lines))).isFalse();
    assertThat(asks(head("GET", HttpVersion.HTTP_1_1, Framing.CHUNKED, lines))).isFalse();
    assertThat(asks(head("GET", HttpVersion.HTTP_1_1, Framing.length(0), lines))).isTrue();
  }

  private static boolean accepts(RequestHead request, AsciiString asked, String... lines) {
    return Upgrades.isAcceptance(request, asked, fields(lines));
  }

  @Test
  void anAcceptanceIsOfTheProtocolAndProvesTheKey() {
    // The example of RFC 6455 section 1.3.
    String key = "dGhlIHNhbXBsZSBub25jZQ==";
    assertThat(Upgrades.acceptOf(key)).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    RequestHead request = switching("upgrade: websocket", "sec-websocket-key: " + key);
    String proof = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    AsciiString ws = Upgrades.WEBSOCKET;
    assertThat(accepts(request, ws, "connection: upgrade", "upgrade: WebSocket", proof)).isTrue();
    assertThat(accepts(request, ws, "connection: upgrade", "upgrade: x", proof)).isFalse();
    assertThat(accepts(request, ws, "upgrade: websocket", proof)).isFalse();
    assertThat(accepts(request, ws, "connection: upgrade", proof)).isFalse();
    assertThat(accepts(request, ws, "connection: upgrade", "upgrade: websocket")).isFalse();
    assertThat(
            accepts(
                request,
                ws,
                "connection: upgrade",
                "upgrade: websocket",
                "sec-websocket-accept: x"))
        .isFalse();
    assertThat(accepts(get(), ws, "connection: upgrade", "upgrade: websocket", proof)).isFalse();
    assertThat(accepts(get(), AsciiString.of("x"), "connection: upgrade", "upgrade: x")).isTrue();
    assertThat(Upgrades.newKey().length()).isEqualTo(24);
    assertThat((Object) Upgrades.newKey()).isNotEqualTo(Upgrades.newKey());
  }
}
