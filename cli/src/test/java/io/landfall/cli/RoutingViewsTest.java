package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views of one route, one peer, one peer's refusals, as people read them. */
class RoutingViewsTest {
  private static final String ROUTE =
      """
      [{"address":"10.32.1.10","kind":"service","name":"shop","paths":[
       {"nextHop":"10.32.0.1","from":"local","best":true,"tier":0,"cost":0,"ageSeconds":190.2,
        "signal":"UP","usable":true,"node":"fra","fromIdentity":"10.32.0.1","pathId":0,
        "originator":"10.32.0.1","decidedBy":"cost",
        "why":"best by lower cost: 0, the second has 100",
        "attributes":{"origin":"IGP","asPath":[],"nextHop":"10.32.0.1","med":0,"localPref":100,
         "originatorId":null,"clusterList":[],"communities":["65535:7"],
         "largeCommunities":["4200000000:1:1"],"onlyToCustomer":null}},
       {"nextHop":"10.32.0.2","from":"rr1","best":false,"tier":0,"cost":100,"ageSeconds":4.25,
        "signal":"DRAINING","usable":false,"node":"nyc","fromIdentity":"10.32.0.250","pathId":7,
        "originator":"10.32.0.2","decidedBy":"next-hop-usable","why":"not usable",
        "attributes":{"origin":"IGP","asPath":[],"nextHop":"10.32.0.2","med":null,"localPref":0,
         "originatorId":"10.32.0.2","clusterList":["10.32.0.250"],
         "communities":["65535:0","65535:7"],"largeCommunities":[],"onlyToCustomer":null}}]}]
      """;

  private static final String PEER =
      """
      {"name":"nyc","identity":"10.32.0.2","relation":"mesh","state":"established",
       "since":"2026-11-26T09:00:00Z","sinceSeconds":190.2,"uptimeSeconds":190.2,
       "endpoint":"127.0.0.2:8443","asn":4200000000,"localAsn":4200000000,
       "identifier":"10.32.0.2","localIdentifier":"10.32.0.1",
       "holdTime":{"oursSeconds":9,"theirsSeconds":90,"negotiatedSeconds":9,"keepaliveSeconds":3,
        "sendHoldSeconds":9},
       "capabilities":{"ours":["route-refresh","4-octet-as"],"theirs":["4-octet-as","role 3"],
        "both":["4-octet-as"]},
       "families":["ipv4-unicast"],"addPath":{"receive":[],"send":["ipv4-unicast"]},
       "maxMessageBytes":4096,
       "messages":{"received":{"open":1,"update":5},"sent":{"open":1,"update":2}},
       "routes":{"held":4,"accepted":3,"refused":1,"updatesReceived":5,"announcementsReceived":6,
        "withdrawalsReceived":2,"announcementsSent":3,"withdrawalsSent":0},
       "endOfRib":{"received":true,"sent":false},
       "errors":{"treatAsWithdraw":1,"attributeDiscard":0,"sessionReset":0,"bySubject":[
        {"rule":"unwanted-attribute","subject":"AIGP (26)","count":3}]},
       "timesEstablished":2,"flaps":1,"failedAttempts":0,"lastFailedAttempt":null,
       "nextAttemptInMillis":null,
       "lastReset":{"by":"peer","code":6,"subcode":2,"at":"2026-11-26T09:00:00Z","secondsAgo":200.0,
        "text":"Cease/Administrative Shutdown: until\\u001b[2J noon"},
       "lastNotificationSent":null,
       "lastNotificationReceived":{"code":6,"subcode":2,"at":"2026-11-26T09:00:00Z","secondsAgo":200.0,
        "text":"Cease/Administrative Shutdown: until noon"}}
      """;

  @TempDir Path temp;

  private Ran ran(String request, String response, String... args) throws IOException {
    Path socket = temp.resolve("a.sock");
    try (FakeNode node = new FakeNode(socket, Map.of(request, response))) {
      String[] all = new String[args.length + 2];
      all[0] = "--socket";
      all[1] = socket.toString();
      System.arraycopy(args, 0, all, 2, args.length);
      Ran ran = Ran.landfall(all);
      assertThat(node.requests).singleElement().asString().startsWith(request + " ");
      return ran;
    } finally {
      java.nio.file.Files.deleteIfExists(socket);
    }
  }

  @Test
  void oneRouteWithEverything() throws IOException {
    Ran ran =
        ran(
            "GET /v1/show/routes?for=10.32.1.10&all=true",
            FakeNode.ok(ROUTE),
            "show",
            "routes",
            "for",
            "10.32.1.10",
            "all");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                """
                10.32.1.10  service shop  2 paths
                * via 10.32.0.1 (fra)  from local  UP  tier 0  cost 0  age 3m10s
                    why                best by lower cost: 0, the second has 100
                    ORIGIN             IGP
                    AS_PATH            empty
                    NEXT_HOP           10.32.0.1
                    MED                0
                    LOCAL_PREF         100
                    COMMUNITIES        65535:7 NO_LLGR
                    LARGE_COMMUNITIES  4200000000:1:1
                  via 10.32.0.2 (nyc)  from rr1  DRAINING  tier 0  cost 100  age 4.3s  UNUSABLE
                    why                not usable
                    ORIGIN             IGP
                    AS_PATH            empty
                    NEXT_HOP           10.32.0.2
                    LOCAL_PREF         0
                    COMMUNITIES        65535:0 GRACEFUL_SHUTDOWN, 65535:7 NO_LLGR
                    ORIGINATOR_ID      10.32.0.2
                    CLUSTER_LIST       10.32.0.250
                    path identifier    7
                """,
                ""));
  }

  @Test
  void routesAreFilteredAndCountedInBirdcsWords() throws IOException {
    String request = "GET /v1/show/routes?from=nyc";
    assertThat(ran(request, FakeNode.ok(ROUTE), "show", "routes", "count", "from", "nyc"))
        .isEqualTo(new Ran(0, "1 route, 2 paths" + System.lineSeparator(), ""));
    assertThat(ran(request, FakeNode.ok(ROUTE), "show", "routes", "from", "nyc", "--json").out())
        .isEqualTo(ROUTE);
    assertThat(
            ran(request, FakeNode.ok(ROUTE), "show", "routes", "from", "nyc", "count", "--json")
                .out()
                .strip())
        .isEqualTo("{\"routes\":1,\"paths\":2}");
  }

  @Test
  void noRouteIsANoAndNoHostOfTheBlockIsAWrongCommandLine() throws IOException {
    assertThat(
            ran(
                "GET /v1/show/routes?for=10.32.1.11",
                FakeNode.ok("[]\n"),
                "show",
                "routes",
                "for",
                "10.32.1.11"))
        .isEqualTo(new Ran(1, "", "landfall: no route to 10.32.1.11" + System.lineSeparator()));
    String wrong =
        FakeNode.response("400 Bad Request", "{\"detail\":\"192.0.2.1 is no host of the block\"}");
    assertThat(
            ran("GET /v1/show/routes?for=192.0.2.1", wrong, "show", "routes", "for", "192.0.2.1"))
        .isEqualTo(
            new Ran(2, "", "landfall: 192.0.2.1 is no host of the block" + System.lineSeparator()));
    for (String[] words :
        new String[][] {{"for"}, {"of", "x"}, {"for", "a", "for", "b"}, {"from"}}) {
      String[] all = new String[words.length + 2];
      all[0] = "show";
      all[1] = "routes";
      System.arraycopy(words, 0, all, 2, words.length);
      assertThat(Ran.landfall(all).code()).isEqualTo(2);
    }
  }

  @Test
  void onePeerWithEverything() throws IOException {
    Ran ran = ran("GET /v1/show/peers?peer=nyc", FakeNode.ok(PEER), "show", "peers", "nyc");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                """
                nyc  10.32.0.2  mesh  established for 3m10s, since 2026-11-26T09:00:00Z
                  endpoint        127.0.0.2:8443
                  AS              4200000000 (ours too)
                  identifier      10.32.0.2, ours 10.32.0.1
                  hold time       9s (ours 9s, theirs 1m30s), keepalive 3s, send hold 9s
                  families        ipv4-unicast
                  add-path        receive -; send ipv4-unicast
                  message size    4096 bytes at most
                  capabilities    both    4-octet-as
                                  ours    route-refresh
                                  theirs  role 3
                  End-of-RIB      received yes, sent no
                  established     2 times, 1 flap, 0 failed attempts
                  last reset      3m20s ago by peer: Cease/Administrative Shutdown: until?[2J noon
                  NOTIFICATION    sent      never
                                  received  3m20s ago: 6/2 Cease/Administrative Shutdown: until noon

                MESSAGES  RECEIVED  SENT
                open      1         1
                update    5         2

                ROUTES         RECEIVED  SENT
                announcements  6         3
                withdrawals    2         0
                held now       4         -
                accepted now   3         -
                refused        1         -

                malformed UPDATEs: 1 treated as withdraw, 0 with an attribute discarded, 0 reset the session

                RULE                ATTRIBUTE OR FAMILY  COUNT
                unwanted-attribute  AIGP (26)            3
                """,
                ""));
  }

  @Test
  void aServiceHostIsShownLikeAPeerAndWithItsWord() throws IOException {
    String host =
        PEER.replace("\"relation\":\"mesh\"", "\"relation\":\"service-host\"")
            .replaceFirst(
                "^\\{",
                """
                {"services":[
                 {"service":"shop","identity":"10.32.1.10","says":"UP","med":100,"tier":0,
                  "since":"2026-11-26T09:00:01Z"},
                 {"service":"api","identity":"10.32.1.11","says":null,"med":null,"tier":null,
                  "since":null}],
                """);
    assertThat(
            ran("GET /v1/show/peers?peer=web7", FakeNode.ok(host), "show", "peers", "web7").out())
        .startsWith("nyc  10.32.0.2  service-host  established for 3m10s")
        .endsWith(
            """

            SERVICE  IDENTITY    SAYS     MED  TIER  SINCE
            shop     10.32.1.10  UP       100  0     2026-11-26T09:00:01Z
            api      10.32.1.11  nothing  -    -     -
            """);
  }

  @Test
  void anUnknownPeerIsANoWithTheNamesNearIt() throws IOException {
    String missing =
        FakeNode.response("404 Not Found", "{\"detail\":\"no peer 'nxc'; did you mean nyc?\"}");
    assertThat(ran("GET /v1/show/peers?peer=nxc", missing, "show", "peers", "nxc"))
        .isEqualTo(
            new Ran(1, "", "landfall: no peer 'nxc'; did you mean nyc?" + System.lineSeparator()));
  }

  @Test
  void whatWasRefusedOfOnePeer() throws IOException {
    String refused =
        """
        {"peer":"nyc","identity":"10.32.0.2","total":4,
         "rules":[{"reason":21,"rule":"not-entitled","count":1,"meaning":"it may not"},
          {"reason":43,"rule":"unwanted-attribute","count":3,"meaning":"dropped"}],
         "subjects":[{"rule":"unwanted-attribute","subject":"AIGP (26)","count":3}],
         "routes":[{"prefix":"10.32.1.77/32","pathId":0,"reason":21,"rule":"not-entitled",
          "ageSeconds":12.0}],
         "recent":[{"what":"10.32.1.77","reason":21,"rule":"not-entitled","count":1,"last":"2026-11-26T09:00:00Z"}]}
        """;
    assertThat(ran("GET /v1/show/refused?peer=nyc", FakeNode.ok(refused), "show", "refused", "nyc"))
        .isEqualTo(
            new Ran(
                0,
                """
                nyc (10.32.0.2): 4 refused since the node started

                REASON  RULE                COUNT  MEANING
                21      not-entitled        1      it may not
                43      unwanted-attribute  3      dropped

                RULE                ATTRIBUTE OR FAMILY  COUNT
                unwanted-attribute  AIGP (26)            3

                REFUSED NOW    PATH ID  REASON  RULE          AGE
                10.32.1.77/32  0        21      not-entitled  12s

                LAST                  COUNT  REASON  RULE          WHAT
                2026-11-26T09:00:00Z  1      21      not-entitled  10.32.1.77
                """,
                ""));
  }
}
