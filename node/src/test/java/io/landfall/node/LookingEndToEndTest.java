package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an operator sees of real nodes: a route, a peer, refusals, the stream, the looking glass.
 */
class LookingEndToEndTest {
  private static final String OWN = "10.32.0.9";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private InetSocketAddress glass;

  @BeforeEach
  void aNodeThatHostsShop() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1).hosts("shop", 10, world.origin("shop", 1)).knows("api", 11);
    glass = world.free(1);
    fra.lookingGlass(glass).start();
    fra.awaitNextHops(10, "10.32.0.1");
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private ScriptedPeer rogue() {
    ScriptedPeer rogue =
        world.owned(ScriptedPeer.connect(fra.overlay, world.credentials("rogue", 9, "api")));
    rogue.establish(Octets.ipv4(OWN));
    fra.awaitAdjacency("rogue");
    return rogue;
  }

  private HttpWire.Answer ask(String target) {
    return HttpWire.get(fra.socket(), "localhost", "/v1/" + target);
  }

  private Map<String, Object> look(String target) {
    HttpWire.Answer answer = ask(target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return ParsedJson.object(ParsedJson.parse(answer.body()));
  }

  private Map<String, Object> seen(String target) {
    HttpWire.Answer answer = HttpWire.get(glass, "127.0.0.1:29184", target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return ParsedJson.object(ParsedJson.parse(answer.body()));
  }

  private static Map<String, Object> member(Map<String, Object> object, String name) {
    return ParsedJson.object(object.getOrDefault(name, Map.of()));
  }

  private static List<Map<String, Object>> rows(Map<String, Object> object, String name) {
    return ParsedJson.rows(object.getOrDefault(name, List.of()));
  }

  @Test
  void aRouteIsFoundByItsAddressWithItsAttributesAndItsReason() {
    Map<String, Object> route =
        ParsedJson.rows(ask("show/routes?for=10.32.1.10&all=true").body()).getFirst();
    Map<String, Object> path = rows(route, "paths").getFirst();
    assertThat(route).containsEntry("name", "shop").containsEntry("kind", "service");
    assertThat(path)
        .containsEntry("from", "local")
        .containsEntry("node", "fra")
        .containsEntry("why", "best: the only path");
    assertThat(member(path, "attributes"))
        .containsEntry("origin", "IGP")
        .containsEntry("localPref", 100L)
        .containsEntry("communities", List.of("65535:7"))
        .containsEntry("largeCommunities", List.of("4200000000:1:1"));
    assertThat(ask("show/routes?for=10.32.1.10/32").body()).contains("\"shop\"");
    assertThat(ask("show/routes?for=10.32.1.99").body()).isEqualTo("[]\n");
    for (String wrong : List.of("192.0.2.1", "10.32.1.10/24", "shop", "10.32.2.1", "fd00::1")) {
      assertThat(ask("show/routes?for=" + wrong).status()).as(wrong).isEqualTo(400);
    }
    assertThat(ask("show/routes?for=192.0.2.1").body())
        .contains("192.0.2.1 is no host of the block 10.32.0.0/23");
    assertThat(ask("show/routes?for=shop").body()).contains("'shop' is not an address");
    assertThat(ask("show/routes?from=local").body()).contains("10.32.0.1").contains("10.32.1.10");
    assertThat(ask("show/routes?from=nobody").status()).isEqualTo(404);
  }

  @Test
  void whyTheLastSessionEndedIsKeptWhenThePeerIsBackAndSaysWho() {
    byte[] text = "until noon".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] cease = Octets.join(new byte[] {6, 2, (byte) text.length}, text);
    ScriptedPeer first = rogue();
    assertThat(look("show/peers?peer=rogue")).containsEntry("lastReset", "null");
    first.send(BgpMessages.message(BgpMessages.NOTIFICATION, cease));
    Await.until("the session ends", () -> !fra.hasAdjacency("rogue"), () -> fra.show("show/peers"));
    first.close();
    rogue();

    Map<String, Object> peer = look("show/peers?peer=" + OWN);
    assertThat(peer)
        .containsEntry("name", "rogue")
        .containsEntry("state", "established")
        .containsEntry("timesEstablished", 2L)
        .containsEntry("flaps", 1L)
        .containsEntry("asn", 4_200_000_000L)
        .containsEntry("identifier", OWN);
    assertThat(member(peer, "lastReset"))
        .containsEntry("by", "peer")
        .containsEntry("code", 6L)
        .containsEntry("subcode", 2L)
        .containsEntry("text", "Cease/Administrative Shutdown: until noon");
    assertThat(member(peer, "lastNotificationReceived")).containsEntry("subcode", 2L);
    assertThat(member(peer, "holdTime"))
        .containsEntry("oursSeconds", 9L)
        .containsEntry("theirsSeconds", 90L)
        .containsEntry("negotiatedSeconds", 9L)
        .containsEntry("sendHoldSeconds", 18L);
    assertThat(member(member(peer, "messages"), "received"))
        .containsEntry("open", 2L)
        .containsEntry("notification", 1L);
    assertThat(String.valueOf(member(peer, "capabilities").get("theirs")))
        .contains("multiprotocol ipv4-unicast", "4-octet-as");
  }

  @Test
  void aResetOfOursSaysThatItWasOurs() {
    ScriptedPeer rogue = rogue();
    rogue.send(BgpMessages.message(BgpMessages.OPEN, new byte[10]));
    rogue.awaitMessage(BgpMessages.NOTIFICATION);
    Await.until("the session ends", () -> !fra.hasAdjacency("rogue"), () -> fra.show("show/peers"));
    Map<String, Object> peer = look("show/peers?peer=rogue");
    assertThat(member(peer, "lastReset")).containsEntry("by", "us");
    assertThat(member(peer, "lastNotificationSent").get("code"))
        .isEqualTo(member(peer, "lastReset").get("code"));
    assertThat(peer.get("lastNotificationReceived")).isEqualTo("null");
  }

  @Test
  void anUnknownPeerIsAnsweredWithTheNamesThatAreNear() {
    rogue();
    assertThat(ask("show/peers?peer=rouge").status()).isEqualTo(404);
    assertThat(ask("show/peers?peer=rouge").body()).contains("did you mean rogue?");
    assertThat(ask("show/refused?peer=zzzzzz").body()).contains("there are rogue");
  }

  @Test
  void whatIsRefusedIsShownByRuleByAttributeAndByRoute() {
    ScriptedPeer rogue = rogue();
    byte[] aigp = {(byte) 0x80, 26, 3, 1, 0, 3};
    rogue.send(
        BgpBytes.announce(
            OWN, BgpMessages.prefix("10.32.0.0/24"), BgpMessages.prefix("10.32.1.10/32")),
        BgpMessages.update(
            new byte[0],
            Octets.join(BgpBytes.attributes(OWN), aigp),
            BgpMessages.prefix("10.32.1.11/32")));
    fra.awaitNextHops(11, OWN);
    Map<String, Object> refused = look("show/refused?peer=rogue");
    assertThat(rows(refused, "rules"))
        .extracting(row -> row.get("reason") + " " + row.get("rule") + " " + row.get("count"))
        .containsExactlyInAnyOrder(
            "21 not-entitled 1", "2 not-host-length 1", "43 unwanted-attribute 1");
    assertThat(rows(refused, "subjects"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("subject", "AIGP (26)"));
    assertThat(rows(refused, "routes"))
        .extracting(row -> row.get("prefix"))
        .containsExactly("10.32.0.0/24", "10.32.1.10/32");
    assertThat(fra.show("show/refused")).contains("{\"subject\":\"AIGP (26)\",\"count\":1}");
  }

  @Test
  void theStreamSaysWhatChangedAndWhy() throws Exception {
    try (MonitorReader monitor = new MonitorReader(fra.socket(), "");
        MonitorReader others = new MonitorReader(fra.socket(), "?service=api")) {
      assertThat(fra.command("DELETE", "services/shop", "").status()).isEqualTo(200);
      Map<String, Object> signal = monitor.await("signal", "name", "shop");
      Map<String, Object> route = monitor.await("route", "address", "10.32.1.10");
      assertThat(signal)
          .containsEntry("before", "UP")
          .containsEntry("after", "DOWN")
          .containsEntry("cause", "LOCAL");
      assertThat(route)
          .containsEntry("after", "null")
          .containsEntry("cause", "LOCAL")
          .containsEntry("why", signal.get("why"));

      ScriptedPeer rogue = rogue();
      assertThat(monitor.await("peer", "after", "established")).containsEntry("peer", "rogue");
      rogue.send(
          BgpBytes.announce(
              OWN, BgpMessages.prefix("10.32.1.11/32"), BgpMessages.prefix("192.0.2.1/32")));
      assertThat(String.valueOf(monitor.await("refused", "cause", "outside-block").get("why")))
          .contains("192.0.2.1/32");
      assertThat(monitor.await("route", "address", "10.32.1.11"))
          .containsEntry("peer", "rogue")
          .containsEntry("cause", "UPDATE")
          .containsEntry("why", "UPDATE from rogue");
      rogue.close();
      assertThat(String.valueOf(monitor.await("peer", "after", "down").get("why")))
          .startsWith("by connection: ");
      assertThat(monitor.await("route", "cause", "SESSION_LOST"))
          .containsEntry("address", "10.32.1.11");
      others.await("route", "cause", "SESSION_LOST");
      assertThat(others.events)
          .extracting(event -> event.get("type") + " " + event.get("name"))
          .containsExactly("watching null", "route api", "route api");

      assertThat(fra.command("POST", "drain", "{\"node\":true}").status()).isEqualTo(200);
      assertThat(monitor.await("drain", "after", "draining")).containsEntry("name", "fra");
    }
  }

  @Test
  void requestsAreSeenAsTheyEnd() throws IOException {
    assertThat(ask("monitor/requests?service=shoop").body())
        .contains("there is no service 'shoop'");
    try (MonitorReader requests = new MonitorReader(fra.socket(), "/requests?status=4xx")) {
      assertThat(HttpWire.get(fra.http, "nowhere.test", "/a?b").status()).isEqualTo(421);
      Map<String, Object> seen = requests.await("a request", event -> event.containsKey("status"));
      assertThat(seen)
          .containsEntry("host", "nowhere.test")
          .containsEntry("target", "/a?b")
          .containsEntry("status", 421L)
          .containsEntry("outcome", "decline");
    }
  }

  @Test
  void aStreamAboutANameThatIsNotKnownIsRefusedWithTheNamesThatAre() throws IOException {
    rogue();
    assertThat(ask("monitor?peer=zzz").status()).isEqualTo(404);
    assertThat(ask("monitor?peer=zzz").body()).contains("there is no peer 'zzz'", "rogue");
    assertThat(ask("monitor?peer=rouge").body()).contains("did you mean rogue?");
    assertThat(ask("monitor?service=nothing").body())
        .contains("there is no service or node 'nothing'", "api", "fra", "rogue", "shop");
    try (MonitorReader peer = new MonitorReader(fra.socket(), "?peer=rogue&service=shop")) {
      peer.await("watching", "type", "watching");
    }
  }

  @Test
  void aNodeThatStopsEndsItsStreams() throws Exception {
    try (MonitorReader monitor = new MonitorReader(fra.socket(), "")) {
      fra.node().close();
      Await.until("the stream ends", () -> monitor.ended, () -> monitor.events);
    }
  }

  @Test
  void theLookingGlassIsWhatBirdwatchersClientsExpect() {
    ScriptedPeer rogue = rogue();
    rogue.send(
        BgpBytes.announce(
            OWN,
            BgpMessages.prefix("10.32.1.11/32"),
            BgpMessages.prefix("10.32.1.10/32"),
            BgpMessages.prefix("192.0.2.0/24")));
    fra.awaitNextHops(11, OWN);

    Map<String, Object> status = seen("/status");
    assertThat(member(status, "api"))
        .containsKeys("Version", "version", "result_from_cache", "cache_status")
        .containsEntry("result_from_cache", false);
    assertThat(String.valueOf(status.get("ttl"))).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
    assertThat(member(status, "status"))
        .containsKeys("current_server", "last_reboot", "last_reconfig", "message", "version")
        .containsEntry("router_id", "10.32.0.1");
    assertThat(String.valueOf(member(status, "status").get("server_time")))
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");

    Map<String, Object> protocol = member(member(seen("/protocols/bgp"), "protocols"), "rogue");
    assertThat(protocol)
        .containsKeys("state_changed", "uptime", "description", "last_error", "table")
        .containsEntry("bird_protocol", "BGP")
        .containsEntry("state", "up")
        .containsEntry("neighbor_address", OWN)
        .containsEntry("neighbor_as", 4_200_000_000L);
    assertThat(member(protocol, "routes"))
        .containsEntry("imported", 1L)
        .containsEntry("filtered", 2L)
        .containsEntry("preferred", 1L)
        .containsKey("exported");
    assertThat(member(member(seen("/protocols/short?uncached=true"), "protocols"), "rogue"))
        .containsEntry("state", "up")
        .containsKeys("proto", "since", "info");

    Map<String, Object> route = rows(seen("/routes/protocol/rogue"), "routes").getFirst();
    assertThat(route)
        .containsKeys("age", "interface", "metric", "type")
        .containsEntry("network", "10.32.1.11/32")
        .containsEntry("gateway", OWN)
        .containsEntry("from_protocol", "rogue")
        .containsEntry("learnt_from", OWN)
        .containsEntry("primary", true);
    assertThat(member(route, "bgp"))
        .containsEntry("origin", "IGP")
        .containsEntry("as_path", List.of())
        .containsEntry("next_hop", OWN)
        .containsEntry("local_pref", "100")
        .containsEntry("med", "0")
        .containsKeys("communities", "large_communities");

    assertThat(rows(seen("/routes/filtered/rogue"), "routes"))
        .extracting(row -> row.get("network") + " " + member(row, "bgp").get("large_communities"))
        .containsExactlyInAnyOrder(
            "10.32.1.10/32 [[4200000000, 65666, 21]]", "192.0.2.0/24 [[4200000000, 65666, 2]]");
    assertThat(rows(seen("/routes/noexport/rogue"), "routes")).isEmpty();
    assertThat(rows(seen("/route/net/10.32.1.11/32"), "routes")).hasSize(1);
    assertThat(HttpWire.get(glass, "127.0.0.1", "/route/net/192.0.2.1").status()).isEqualTo(400);
    assertThat(HttpWire.get(glass, "127.0.0.1", "/routes/protocol/nobody").body())
        .contains("\"error\":\"there is no peer 'nobody'");
    assertThat(HttpWire.send(glass, "POST", "127.0.0.1", "/status", "{}").status()).isEqualTo(405);
  }
}
