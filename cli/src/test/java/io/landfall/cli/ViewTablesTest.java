package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The tables that people read. */
class ViewTablesTest {
  private static String table(String view, String json) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    ViewTables.print(view, json, writer);
    writer.flush();
    return out.toString();
  }

  @Test
  void peersAndCandidates() {
    assertThat(
            table(
                "peers",
                """
                [{"name":"nyc","identity":"10.32.0.2","state":"established","uptimeSeconds":7300,
                  "endpoint":"127.0.0.2:8443","routesReceived":3,"routesAccepted":2,
                  "routesRefused":1,"routesSent":4,"lastError":null,"asn":4200000000,
                  "sinceSeconds":7300,"kind":"node"},
                 {"name":null,"identity":null,"state":"candidate","uptimeSeconds":null,
                  "endpoint":"sin:8443","routesReceived":0,"routesAccepted":0,"routesRefused":0,
                  "routesSent":0,"lastError":"connection refused","asn":null,"sinceSeconds":null,
                  "kind":"node"}]
                """))
        .isEqualTo(
            """
            PEER  KIND  AS          UP/DOWN  STATE        RECEIVED  ACCEPTED  REFUSED  SENT  IDENTITY   ENDPOINT        LAST RESET
            nyc   node  4200000000  2h01m    established  3         2         1        4     10.32.0.2  127.0.0.2:8443  -
            -     node  -           never    candidate    0         0         0        0     -          sin:8443        connection refused
            """);
  }

  @Test
  void bfdSaysWhatIsKnownOfThePathAndWhyItWentDown() {
    assertThat(
            table(
                "bfd",
                """
                [{"peer":"nyc","address":"127.0.0.2:8443","state":"down","remoteState":"up",
                  "path":"dead","since":"2026-11-26T09:00:00Z","transmitMillis":1000,
                  "receiveMillis":200,"detectionMillis":600,"authentication":"meticulous-keyed-sha1",
                  "downs":1,"discarded":{"not-authenticated":40,"authentication-digest":2},
                  "lastDown":"no packet for 600 ms"}]
                """))
        .contains("dead")
        .containsPattern("1 +42 +no packet")
        .contains("no packet for 600 ms")
        .startsWith("PEER");
  }

  @Test
  void datagramsWithoutABfdSessionHaveNoStateAndNoTime() {
    assertThat(
            table(
                "bfd",
                """
                [{"peer":"(no session)","address":"overlay","state":"down","remoteState":"down",
                  "path":"unproved","since":"2026-11-26T09:00:00Z","transmitMillis":0,
                  "receiveMillis":0,"detectionMillis":0,"authentication":"none",
                  "downs":0,"discarded":{"no-session":3},"lastDown":""}]
                """))
        .containsPattern("overlay +- +- +- +- +- +- +- +- +- +3 +-")
        .doesNotContain("2026");
  }

  @Test
  void servicesSayWhoseWordTheirSignalIs() {
    assertThat(
            table(
                "services",
                """
                [{"name":"shop","identity":"10.32.1.10","hosts":["shop.lab"],"paths":[],
                  "local":{"signal":"UP","why":"its probe","backends":[
                    {"url":"http://a:1","healthy":true,"lastError":null,"drained":true,"weight":1,
                     "openCircuits":["192.0.2.1:1"]},
                    {"url":"http://b:1","healthy":false,"lastError":"timeout","drained":false,
                     "weight":1}],
                   "lease":{"ttlMillis":5000,"remainingMillis":1200},"dampedUntil":null,"tier":0,"speakers":[
                    {"host":"web7","session":"established","says":"UP","med":100,"tier":0,
                     "since":"2026-11-23T12:00:00Z"},
                    {"host":"web8","session":"active","says":null,"med":null,"tier":0,
                     "since":null}]},
                  "sites":[{"node":"nyc","identity":"10.32.0.2","signal":"UP","tier":0,"cost":100,
                   "usable":true,"why":"adjacency is up"}]},
                 {"name":"media","identity":"10.32.1.11","hosts":["media.lab"],"paths":[],
                  "local":null,"sites":[]}]
                """))
        .isEqualTo(
            """
            NAME   IDENTITY    HOSTS      SITE  SIGNAL  TIER  COST  USABLE  WHY
            shop   10.32.1.10  shop.lab   here  UP      0     -     yes     its probe; 1 of 2 backends healthy; http://a:1: drained; http://a:1: left out since its requests failed (192.0.2.1:1); http://b:1: timeout; web7 (established) says UP tier 0 by MED 100 since 2026-11-23T12:00:00Z; web8 (active) says nothing; lease: 1.2s of 5s left
                                          nyc   UP      0     100   yes     adjacency is up
            media  10.32.1.11  media.lab  -     -       -     -     no      no site advertises it
            """);
  }

  @Test
  void ingressRefusedAndDecisions() {
    assertThat(
            table(
                "ingress",
                """
                {"prefixes":[{"prefix":"198.51.100.0/24","upstream":"192.0.2.1",
                 "state":"announced","since":"2026-11-23T12:00:00Z"}],"sessions":[{"upstream":
                 "192.0.2.1","asn":64500,"state":"established","since":"2026-11-23T12:00:00Z",
                 "lastReset":"by us: NOTIFICATION 6/10","lastError":"by us: NOTIFICATION 6/10"}],
                 "updatesSent":7,"intent":"drain","operator":"drain (kept in /fra.state)"}
                """))
        .isEqualTo(
            """
            PREFIX           UPSTREAM   STATE      SINCE
            198.51.100.0/24  192.0.2.1  announced  2026-11-23T12:00:00Z

            UPSTREAM   ASN    STATE        SINCE                 LAST RESET                LAST ERROR
            192.0.2.1  64500  established  2026-11-23T12:00:00Z  by us: NOTIFICATION 6/10  -

            intent: drain
            by operators: drain (kept in /fra.state)
            updates sent: 7
            """);
    assertThat(table("refused", "[]")).isEqualTo("nothing was refused" + System.lineSeparator());
    assertThat(
            table(
                "decisions",
                """
                [{"time":"2026-11-26T09:00:00Z","host":"h","path":"/\\u001b[2J\\nx","method":"GET","outcome":"serve",
                  "reason":"LOCAL_UP","node":"fra","status":200,"millis":1.5}]
                """))
        .contains("200     1.5ms  GET     h     /?[2J?x");
  }

  @Test
  void durationsAreShort() {
    assertThat(Table.duration(0)).isEqualTo("0s");
    assertThat(Table.duration(0.00044)).isEqualTo("0.4ms");
    assertThat(Table.duration(0.003)).isEqualTo("3ms");
    assertThat(Table.duration(0.44)).isEqualTo("440ms");
    assertThat(Table.duration(0.9996)).isEqualTo("1s");
    assertThat(Table.duration(4.25)).isEqualTo("4.3s");
    assertThat(Table.duration(9.96)).isEqualTo("10s");
    assertThat(Table.duration(-90)).isEqualTo("-1m30s");
    assertThat(Table.duration(59.7)).isEqualTo("1m00s");
    assertThat(Table.duration(90_061)).isEqualTo("1d01h");
    assertThat(Table.duration(Double.NaN)).isEqualTo("-");
  }
}
