package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The readers ask for the declared keys and for no others, and read them as declared. */
class DeclaredKeysTest {
  /** A good config that has every key. */
  static final String FULL =
      """
      node: {name: fra, identity: 10.32.0.1, region: eu}
      overlay:
        block: 10.32.0.0/23
        asn: 4200000001
        listen: "127.0.0.1:8443"
        max-paths: 100000
        own-identity: true
        candidates: ["nyc.edge.example:8443", "[2001:db8::1]:8443"]
        learn-candidates: false
        hold-time: 30s
        reflector: true
        reflectors: [rr2]
        advertise: "[2001:db8::2]:8443"
        costs: {nyc: 50}
        bfd: {enabled: true, port: 8443, interval: 100ms, multiplier: 5}
        bgp:
          listen: "127.0.0.1:179"
          entitle: any-in-block
          nodes: {sin: 10.32.0.3}
          neighbors:
            - name: rr1
              identity: 10.32.0.250
              address: 192.0.2.1
              port: 1179
              relation: reflector
              password-file: up1.key
              ttl-security: true
              dial: false
      trust:
        domain: cdn.example
        ca: ca.pem
        certificate: fra.pem
        key: fra.key
        revoked: ca.pem
        entitlements: {nyc: [shop]}
      ingress:
        prefixes: [198.51.100.0/24, "2001:db8:1::/48"]
        drain-wait: 0ms
        start-delay: 1s
        upstreams:
          - address: 192.0.2.1
            port: 179
            asn: 64500
            local-asn: 64496
            local-address: 192.0.2.2
            password-file: up1.key
            ttl-security: 254
            communities: ["64500:120", no-export-subconfed, no-peer]
            large-communities: ["64500:1:20"]
            med: 4294967295
            prepend: 16
            bfd: true
            role: rs-client
            role-strict: true
            next-hop: [192.0.2.2, "2001:db8::2"]
          - {address: 192.0.2.3, asn: 64500, local-asn: 64496, ttl-security: true}
      edge:
        listen:
          - {address: "[::1]:443", tls: {certificate: site.pem, key: site.key}}
          - {address: "127.0.0.1:446", service: db, proxy-protocol: [192.0.2.0/24]}
          - {address: "127.0.0.1:444", tls: [{certificate: site.pem, key: site.key}]}
          - {address: "127.0.0.1:445", tls: {certificates: [{certificate: site.pem, key: site.key}, {acme: [a.example, b.example], key-type: rsa-2048}], unknown-name: refuse, tickets: {keys: site.key}, client-ca: ca.pem, client-certificate: optional}}
        acme:
          directory: "https://acme.example/dir"
          folder: acme
          accept-terms: true
          contact: ["mailto:ops@a.example"]
          ca: ca.pem
          account-key: acme/account.pem
          external-account: {key-id: kid-1, hmac-key: site.key}
          renew-before: 720h
          challenges: [tls-alpn-01, http-01]
        tls-hosts: any
        lookalike-fields: pass
        http2: tls
        trusted-proxies: [198.51.100.0/24, "2001:db8:1::/48"]
        limits:
          header-timeout: 1h
          idle-timeout: 10ms
          max-connections: 10000000
          max-connections-per-client: 1000
          max-streams: 1000
          max-tunnels: 10000000
          max-header: 1MiB
          input-memory: 64GiB
          connect-timeout: 2m
          response-timeout: 5s
          body-timeout: 5m
          tunnel-timeout: 168h
      services:
        db:
          identity: 10.32.1.20
          tcp: {server-names: [db.example, "*.db.example"]}
          backends: ["tcp://10.0.0.9:5432"]
        shop:
          identity: 10.32.1.10
          hosts: [shop.example, "*.shop.example", 192.0.2.7]
          paths: [/, /images]
          backends:
            - http://10.0.0.7:8080
            - "http://[::1]:80/"
            - {url: "https://app.example", weight: 1000, protocol: h2, only: {field: X-Canary, value: "yes"}}
            - {url: "https://next.example", only: {cookie: canary}}
            - {url: "http://10.0.0.8:8080", proxy-protocol: v2}
          backend-tls: {ca: ca.pem, name: app.internal, certificate: site.pem, key: site.key}
          probe:
            http: "/healthz?x=1"
            host: shop.example:8443
            port: 8443
            status: 200-204
            requests-per-connection: 5
            tls: true
            tls-ca: ca.pem
            interval: 500ms
            timeout: 300ms
            fall: 2
            rise: 3
          bgp:
            hosts: [web7]
            med: {tiers: {0: 0, 50: 1}, draining: 500, down: never}
          tier: 1
          max-requests: 100
          queue: {max-waiting: 50, max-wait: 500ms}
          upgrades: [websocket, my-protocol]
          sticky: {cookie: backend, ttl: 1h}
          slow-start: 30s
          circuit: {failures: 5, time: 10s, max-open: 50, statuses: [502, 503]}
          retry-budget: 20
          allow: [10.0.0.0/8, "2001:db8::/32"]
          deny: [10.6.0.0/16]
          rate-limits:
            - {requests: 100, per: 1s, burst: 50, always-report: true}
            - {field: X-API-Key, requests: 10, per: 1m}
          authorization:
            url: "http://127.0.0.1:9000/check"
            timeout: 1s
            request-fields: [Authorization]
            response-fields: [X-User]
            on-failure: allow
            max-concurrent: 9
          maintenance: {page: site.pem, retry-after: 2m, active: false, allow: [10.1.0.0/16]}
          redirects:
            - {to-https: true}
            - {host: shop.example, path: "/old/*", to: "https://new.example", keep-path: true, status: 308}
          request-fields: {set: {X-Env: prod}, remove: [X-Debug]}
          response-fields: {set: {Strict-Transport-Security: "max-age=63072000"}, remove: [Server]}
          cache:
            max-object: 64MiB
            memory-percent: 50
            store-set-cookie: false
            store-client-errors: false
            slice: 2MiB
            methods: [GET]
            default-ttl: 1m
            min-ttl: 0s
            max-ttl: 24h
            status-ttl: {404: 10s, 500: 0s}
            stale-while-revalidate: 30s
            stale-if-error: 1h
            hit-for-miss: 5s
            key-fields: [x-device]
            query: {keep: all-but, names: ["utm_*", fbclid], sort: true}
            bypass-cookies: [Session]
            client-no-cache: false
            warmth: {hit-ratio: 70, of-last-days: 80, objects: 1000, bytes: 1GiB, limit: 5m}
            shield: [fra, nyc]
            shield-fallback: decline
            compress:
              codings: [gzip, br]
              types: [text/html, "text/*", "*+json"]
              min-size: 2KiB
              max-size: 1MiB
              min-saving: 20
              gzip-level: 9
              br-level: 11
              zstd-level: 19
              with-credentials: true
        "7": {identity: 10.32.1.11, hosts: [a.example], backends: ["http://h"], probe: {tcp: true, tls: true, tls-verify: false}}
        c: {identity: 10.32.1.12, hosts: [c.example], backends: ["http://h"], probe: {exec: [x, 5]}}
        d: {identity: 10.32.1.13, hosts: [d.example], backends: ["http://h"], probe: {exec: x}}
      service-bgp:
        listen: "127.0.0.2:179"
        hold-time: 9s
        hosts:
          web7:
            address: 10.0.0.7
            port: 179
            asn: 64512
            password-file: up1.key
            ttl-security: true
            dial: true
      cache: {memory: 256MiB, catch-up: 3s, purge-from: [192.0.2.0/28], purge-log: purges, disk: {path: cache-disk, size: 100GiB}}
      watch:
        bmp: [{station: "127.0.0.1:11019", statistics-interval: 60s, max-pending: 16MiB}]
        mrt: {updates: updates.mrt, table: table.mrt, rotate: 15m, keep: 96}
      admin: {socket: run/fra.sock, socket-group: operators, metrics: "127.0.0.1:9100", looking-glass: "[::1]:9101", state-file: fra.state,
              purge: "127.0.0.1:9102", purge-token-file: purge.token}
      log: {level: warn, format: json}
      access-log: {file: access.log, format: combined, buffer: 2MiB}
      tracing: {otlp: "https://collector.example:4318", sample: 0.05, ca: ca.pem, queue: 4096}
      shutdown: {grace: 1m}
      """;

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static Map<String, Object> full() {
    return asMapping(new YAMLMapper().readValue(FULL, Map.class));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMapping(Object value) {
    return (Map<String, Object>) value;
  }

  /** One mapping of a config, and its path there. */
  private record Place(String path, Map<String, Object> mapping) {
    String at(String name) {
      return path.isEmpty() ? name : path + "." + name;
    }
  }

  /** Every mapping of a config at a declared path. */
  private static List<Place> places(Map<String, Object> top, String declared) {
    List<Place> places = new ArrayList<>(List.of(new Place("", top)));
    if (declared.isEmpty()) {
      return places;
    }
    for (String word : declared.replace("[]", "").split("\\.")) {
      List<Place> inside = new ArrayList<>();
      for (Place place : places) {
        for (Map.Entry<String, Object> entry : place.mapping().entrySet()) {
          if (entry.getKey().equals(word) || word.equals(word.toUpperCase(Locale.ROOT))) {
            add(place.at(entry.getKey()), entry.getValue(), inside);
          }
        }
      }
      places = inside;
    }
    return places;
  }

  private static void add(String path, Object value, List<Place> places) {
    if (value instanceof Map<?, ?>) {
      places.add(new Place(path, asMapping(value)));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        add(path + "[" + i + "]", list.get(i), places);
      }
    }
  }

  /** The problems of the full config after a change. */
  private List<ConfigProblem> problems(Consumer<Map<String, Object>> change) {
    Map<String, Object> config = full();
    change.accept(config);
    // JSON is YAML.
    Path file = folder.write("node.yaml", JsonMapper.shared().writeValueAsString(config));
    return ConfigLoader.load(file) instanceof ConfigResult.Invalid invalid
        ? invalid.problems()
        : List.of();
  }

  @Test
  void theFullConfigIsGoodAndHasEveryDeclaredKey() {
    assertThat(folder.problems(FULL)).isEmpty();
    assertThat(problems(_ -> {})).isEmpty();
    for (Key<?> key : Keys.all()) {
      assertThat(places(full(), key.parent()))
          .as(key.path())
          .anyMatch(
              place ->
                  key.names().isPresent()
                      ? !place.mapping().isEmpty()
                      : place.mapping().containsKey(key.name()));
    }
  }

  @Test
  void everySectionAsksForItsDeclaredKeysAndForNoOthers() {
    String unknown = "q".repeat(40);
    List<String> sections =
        Keys.all().stream()
            .filter(key -> key.names().isEmpty())
            .map(Key::parent)
            .distinct()
            .toList();
    assertThat(sections).contains("", "overlay", "ingress.upstreams[]", "edge.listen[].tls");
    for (String section : sections) {
      List<String> declared =
          Keys.all().stream()
              .filter(key -> key.parent().equals(section))
              .map(Key::name)
              .sorted()
              .toList();
      for (int i = 0; i < places(full(), section).size(); i++) {
        int index = i;
        String path = places(full(), section).get(i).at(unknown);
        assertThat(
                problems(
                    config ->
                        places(config, section).get(index).mapping().putIfAbsent(unknown, "x")))
            .as(path)
            .singleElement()
            .satisfies(
                problem -> {
                  assertThat(problem.key()).isEqualTo(path);
                  assertThat(problem.rule()).isEqualTo("unknown key");
                  assertThat(problem.fix()).isEqualTo("known here: " + String.join(", ", declared));
                });
      }
    }
  }

  @Test
  void everyKeyIsReadAsTheKindOfValueThatIsDeclared() {
    for (Key<?> key : Keys.all()) {
      Object wrong = Map.of("a", Map.of());
      String rule = "must be a list, not a mapping";
      switch (key.kind()) {
        case VALUE -> rule = "must be a single value, not a mapping";
        case VALUES, VALUE_OR_VALUES, VALUES_OR_SECTIONS, SECTIONS -> {}
        case SECTION, SECTION_OR_SECTIONS -> {
          wrong = "text";
          rule = "must be a mapping, not a single value";
        }
      }
      Object value = wrong;
      Place place = places(full(), key.parent()).getFirst();
      String name =
          key.names().isPresent() ? place.mapping().keySet().iterator().next() : key.name();
      assertThat(
              problems(
                  config -> places(config, key.parent()).getFirst().mapping().put(name, value)))
          .as(key.path())
          .anySatisfy(problem -> assertThat(problem.key()).isEqualTo(place.at(name)))
          .extracting(ConfigProblem::rule)
          .contains(rule);
    }
  }

  @Test
  void theBoundsOfADeclaredNumberAreGoodAndWhatLiesBeyondIsNot() throws Exception {
    int seen = 0;
    for (Key<?> key : Keys.all()) {
      if (key.hasRule() && key.shape() instanceof Shape.WholeNumber(long least, long most)) {
        seen++;
        key.rule().read(Long.toString(least));
        assertThat(accepts(key, Long.toString(most))).as(key.path()).isTrue();
        assertThat(accepts(key, Long.toString(least - 1))).as(key.path()).isFalse();
        assertThat(accepts(key, Long.toString(most + 1))).as(key.path()).isFalse();
      }
      if (key.hasRule() && key.shape() instanceof Shape.Choice(List<String> choices)) {
        seen++;
        assertThat(choices).as(key.path()).allMatch(choice -> accepts(key, choice));
      }
    }
    assertThat(seen).isGreaterThan(10);
  }

  private static boolean accepts(Key<?> key, String text) {
    try {
      key.rule().read(text);
      return true;
    } catch (BadValue refused) {
      return false;
    }
  }
}
