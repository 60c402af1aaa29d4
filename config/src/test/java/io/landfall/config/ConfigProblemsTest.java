package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A wrong config names file, line, key, the rule and a fix, and all of it at once. */
class ConfigProblemsTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  @Test
  void theGoodConfigHasNoProblem() {
    assertThat(folder.problems(ConfigFolder.GOOD)).isEmpty();
  }

  @Test
  void anUnknownKeyIsAnErrorWithTheKeyThatWasMeant() {
    assertThat(folder.problems("region: eu", "regoin: eu"))
        .containsExactly("node.yaml:4: node.regoin: unknown key; did you mean 'region'?");
    assertThat(folder.problems("admin:\n", "admni:\n"))
        .containsExactly("node.yaml:35: admni: unknown key; did you mean 'admin'?");
    assertThat(folder.problems("region: eu", "colour: red"))
        .containsExactly(
            "node.yaml:4: node.colour: unknown key; known here: identity, name, region");
  }

  @Test
  void aKeyWithoutASpaceBehindItsColonIsUnderstoodAsSuch() {
    assertThat(folder.problems("{nyc: 50}", "{nyc: 50}\n  reflector:true"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("node.yaml:11: is not YAML");
    assertThat(folder.problems("{certificate: site.pem, key: site.key}", "{certificate:site.pem}"))
        .anyMatch(
            line ->
                line.equals(
                    "node.yaml:23: edge.listen[0].tls.certificate:site.pem: unknown key; put a"
                        + " space after the colon: 'certificate: ...'"));
  }

  @Test
  void inputMemoryHasRoomForSomeHeads() {
    assertThat(
            folder.problems("edge:\n", "edge:\n  limits: {input-memory: 4MiB, max-header: 1MiB}\n"))
        .hasSize(1)
        .first()
        .asString()
        .contains("edge.limits.input-memory: 4194304 bytes have no room for 16 heads")
        .contains("make it 16777216B or more");
    assertThat(
            folder.problems(
                "edge:\n", "edge:\n  limits: {input-memory: 16MiB, max-header: 1MiB}\n"))
        .isEmpty();
  }

  @Test
  void trustedProxiesArePrefixesAndNotTooMany() {
    assertThat(folder.problems("edge:\n", "edge:\n  trusted-proxies: [10.0.0.0/8]\n")).isEmpty();
    assertThat(folder.problems("edge:\n", "edge:\n  trusted-proxies: [10.0.0.1/8]\n"))
        .singleElement()
        .asString()
        .contains("edge.trusted-proxies[0]: 10.0.0.1/8 has host bits set");
    assertThat(folder.problems("edge:\n", "edge:\n  trusted-proxies: [192.0.2.1, \"::1\"]\n"))
        .satisfiesExactly(
            four -> assertThat(four).endsWith("is not a prefix; write 192.0.2.1/32"),
            six -> assertThat(six).endsWith("is not a prefix; write ::1/128"));
    String many = "10.0.0.0/8, ".repeat(Bounds.TRUSTED_PROXIES) + "10.0.0.0/8";
    assertThat(folder.problems("edge:\n", "edge:\n  trusted-proxies: [" + many + "]\n"))
        .singleElement()
        .asString()
        .contains("edge.trusted-proxies: has 65 entries, more than 64");
  }

  @Test
  void upgradesAreProtocolsOfOthers() {
    String key = "hosts: [shop.example]";
    assertThat(folder.problems(key, key + "\n    upgrades: [websocket, x-chat]")).isEmpty();
    assertThat(folder.problems(key, key + "\n    upgrades: []")).isEmpty();
    assertThat(folder.problems(key, key + "\n    upgrades: [WebSocket, h2c, \"a b\"]"))
        .satisfiesExactly(
            name ->
                assertThat(name)
                    .contains(
                        "services.shop.upgrades[0]: 'WebSocket' is not the name of a protocol")
                    .endsWith("write [websocket]"),
            version ->
                assertThat(version)
                    .contains("services.shop.upgrades[1]: 'h2c' is what this node speaks itself"),
            blank -> assertThat(blank).contains("services.shop.upgrades[2]: 'a b' is not"));
  }

  @Test
  void aKeyTwiceIsAnError() {
    assertThat(folder.problems("region: eu", "region: eu\n  name: nyc"))
        .containsExactly(
            "node.yaml:5: node.name: this key is here twice, first on line 2; keep one of the two");
  }

  @Test
  void aWrongTypeIsAnError() {
    assertThat(folder.problems("candidates: [nyc.edge.example:8443]", "candidates: nyc:8443"))
        .containsExactly(
            "node.yaml:8: overlay.candidates: must be a list, not a single value; write it as"
                + " [first, second]");
    assertThat(folder.problems("region: eu", "region: [eu]"))
        .containsExactly(
            "node.yaml:4: node.region: must be a single value, not a list; write the value behind"
                + " the key");
    assertThat(folder.problems("admin:\n", "log: loud\nadmin:\n"))
        .containsExactly(
            "node.yaml:35: log: must be a mapping, not a single value; write {level: ..., format:"
                + " ...}");
    assertThat(folder.problems("region: eu", "region:"))
        .containsExactly("node.yaml:4: node.region: has no value; give it one, or remove the key");
  }

  @Test
  void anIdentityOutsideTheBlockIsRefused() {
    assertThat(folder.problems("identity: 10.32.1.11", "identity: 10.33.1.11"))
        .containsExactly(
            "node.yaml:32: services.media.identity: 10.33.1.11 lies outside the block 10.32.0.0/23;"
                + " choose an address of its own inside 10.32.0.0/23 (overlay.block)");
    assertThat(folder.problems("identity: 10.32.0.1\n", "identity: 10.33.0.1\n"))
        .containsExactly(
            "node.yaml:3: node.identity: 10.33.0.1 lies outside the block 10.32.0.0/23; choose an"
                + " address of its own inside 10.32.0.0/23 (overlay.block)");
  }

  @Test
  void twoServicesWithOneIdentityAreRefused() {
    assertThat(folder.problems("identity: 10.32.1.11", "identity: 10.32.1.10"))
        .containsExactly(
            "node.yaml:32: services.media.identity: 10.32.1.10 is also services.shop.identity on"
                + " line 27; give every service an identity of its own inside 10.32.0.0/23");
  }

  @Test
  void aServiceWithTheNodesIdentityIsRefused() {
    assertThat(folder.problems("identity: 10.32.1.11", "identity: 10.32.0.1"))
        .containsExactly(
            "node.yaml:32: services.media.identity: 10.32.0.1 is this node's own identity"
                + " (node.identity); give every service an identity of its own inside"
                + " 10.32.0.0/23");
  }

  @Test
  void twoServicesForOneHostAndPathAreRefused() {
    assertThat(folder.problems("hosts: [media.example]", "hosts: [shop.example]"))
        .containsExactly(
            "node.yaml:33: services.media.hosts: shop.example/ is also selected by"
                + " services.shop.hosts on line 28; let one service answer for a host and path, or"
                + " tell them apart by 'paths'");
  }

  @Test
  void aPrefixThatOverlapsTheBlockIsRefused() {
    assertThat(folder.problems("[198.51.100.0/24]", "[10.32.1.0/24]"))
        .containsExactly(
            "node.yaml:17: ingress.prefixes[0]: 10.32.1.0/24 overlaps the overlay's block"
                + " 10.32.0.0/23, which never leaves the overlay; announce a prefix outside the"
                + " block, or move overlay.block");
    assertThat(folder.problems("[198.51.100.0/24]", "[10.0.0.0/8]"))
        .hasSize(1)
        .first()
        .asString()
        .contains("overlaps the overlay's block");
  }

  @Test
  void aZoneIsNamedAsWhatIsWrong() {
    assertThat(folder.problems("nyc.edge.example:8443", "\"[fe80::1%lo]:8443\""))
        .singleElement()
        .asString()
        .contains("'fe80::1%lo' has a zone (%lo), and zones are not taken");
  }

  @Test
  void aProgramWithItsArgumentsInOneTextHasTheFix() {
    assertThat(folder.problems("http: /healthz", "exec: /bin/true -x"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("/bin/true -x is not a program")
                    .contains("write a program with arguments as a list"));
  }

  @Test
  void aDefaultRouteAndHostBitsAreRefused() {
    assertThat(folder.problems("[198.51.100.0/24]", "[0.0.0.0/0]"))
        .containsExactly(
            "node.yaml:17: ingress.prefixes[0]: 0.0.0.0/0 is the default route, which Landfall"
                + " never announces; name the anycast prefix itself");
    assertThat(folder.problems("[198.51.100.0/24]", "[198.51.100.7/24]"))
        .containsExactly(
            "node.yaml:17: ingress.prefixes[0]: 198.51.100.7/24 has host bits set; write"
                + " 198.51.100.0/24");
  }

  @Test
  void prefixesOfClientsThatAreAllThereIsAreRefusedInTheirOwnWords() {
    String all =
        "0.0.0.0/0 is every address there is, and so everyone; name the prefixes of those that you"
            + " mean, such as 10.0.0.0/8";
    assertThat(folder.problems("edge:\n", "edge:\n  trusted-proxies: [0.0.0.0/0]\n"))
        .singleElement()
        .asString()
        .endsWith("edge.trusted-proxies[0]: " + all);
    assertThat(folder.problems("edge:\n", "cache: {purge-from: [0.0.0.0/0]}\nedge:\n"))
        .singleElement()
        .asString()
        .endsWith("cache.purge-from[0]: " + all);
  }

  @Test
  void anEmptySelectorIsRefused() {
    assertThat(folder.problems("hosts: [media.example]", "hosts: []"))
        .containsExactly(
            "node.yaml:33: services.media.hosts: is empty: it selects no request; name a host such"
                + " as [shop.example]");
    assertThat(folder.problems("hosts: [media.example]", "hosts: [\"\"]"))
        .containsExactly(
            "node.yaml:33: services.media.hosts[0]: an empty host would match nothing or"
                + " everything; write a host name in lower case without a port, such as"
                + " shop.example");
    assertThat(folder.problems("    hosts: [media.example]\n", ""))
        .containsExactly(
            "node.yaml:32: services.media.hosts: is missing; add 'hosts: [shop.example]'");
    assertThat(folder.problems("prefixes: [198.51.100.0/24]", "prefixes: []"))
        .containsExactly(
            "node.yaml:17: ingress.prefixes: is empty: it selects nothing to announce; name a"
                + " prefix such as [198.51.100.0/24], or remove ingress");
    assertThat(
            folder.problems(
                "upstreams:\n    - {address: 192.0.2.1, asn: 64500, local-asn: 64496,"
                    + " password-file: up1.key}",
                "upstreams: []"))
        .containsExactly(
            "node.yaml:18: ingress.upstreams: is empty: the prefixes would be announced to no"
                + " router; name a router such as {address: 192.0.2.1, asn: 64500, local-asn:"
                + " 64496}, or remove ingress");
    assertThat(folder.problems("{nyc: [shop]}", "{nyc: []}"))
        .containsExactly(
            "node.yaml:15: trust.entitlements.nyc: entitles to nothing; name a service, or remove"
                + " the key");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(folder.problems("ca: ca.pem", "ca: nowhere.pem"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("node.yaml:12: trust.ca: there is no file nowhere.pem; create it, or correct");
    assertThat(folder.problems("site.pem", "gone.pem"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("node.yaml:23: edge.listen[0].tls.certificate: there is no file gone.pem;");
  }

  @Test
  void anEmptyPasswordFileIsRefused() {
    folder.write("up1.key", "\n");
    assertThat(folder.problems(ConfigFolder.GOOD))
        .containsExactly(
            "node.yaml:19: ingress.upstreams[0].password-file: the first line of up1.key has 0"
                + " bytes; put the key of 1 to 80 bytes on its first line");
  }

  @Test
  void aCandidateWithoutAPortIsRefused() {
    assertThat(folder.problems("[nyc.edge.example:8443]", "[nyc.edge.example]"))
        .containsExactly(
            "node.yaml:8: overlay.candidates[0]: 'nyc.edge.example' has no port; write host:port,"
                + " such as nyc.edge.example:8443");
  }

  @Test
  void anAsNumberOutOfRangeIsRefused() {
    for (String bad : new String[] {"0", "23456", "65535", "4294967295", "-1", "AS64500"}) {
      assertThat(folder.problems("asn: 64500", "asn: " + bad))
          .hasSize(1)
          .first()
          .asString()
          .startsWith("node.yaml:19: ingress.upstreams[0].asn: ");
    }
    assertThat(folder.problems("local-asn: 64496", "local-asn: 64500"))
        .hasSize(1)
        .first()
        .asString()
        .contains("plane one speaks eBGP only");
  }

  @Test
  void thePathsOfAPeerAreANumberWithinBounds() {
    for (String odd : new String[] {"0", "-1", "99999999999999999999", "1e3", "many", "[1]", ""}) {
      assertThat(folder.problems("{nyc: 50}", "{nyc: 50}\n  max-paths: " + odd))
          .as(odd)
          .hasSize(1)
          .first()
          .asString()
          .contains("overlay.max-paths");
    }
    assertThat(folder.problems("{nyc: 50}", "{nyc: 50}\n  max-paths: 1")).isEmpty();
  }

  @Test
  void aDurationNeedsItsUnit() {
    assertThat(folder.problems("interval: 500ms", "interval: 500"))
        .containsExactly(
            "node.yaml:30: services.shop.probe.interval: '500' is not a duration; write a whole"
                + " number with its unit: 500ms, 5s, 1m, 1h");
    assertThat(folder.problems("64MiB", "64MB"))
        .containsExactly(
            "node.yaml:34: services.media.cache.max-object: '64MB' is not a size; write a whole"
                + " number with its unit: 512B, 32KiB, 64MiB, 1GiB");
  }

  @Test
  void theTimesAndNamesOfACacheAreChecked() {
    assertThat(folder.problems("max-object: 64MiB", "min-ttl: 2m, max-ttl: 1m"))
        .containsExactly(
            "node.yaml:34: services.media.cache.min-ttl: is above max-ttl: no time is in between;"
                + " make min-ttl smaller, or max-ttl larger");
    assertThat(folder.problems("max-object: 64MiB", "slice: 1KiB"))
        .containsExactly(
            "node.yaml:34: services.media.cache.slice: is below 64KiB; write 64KiB or more, or 0B"
                + " for no slices");
    assertThat(folder.problems("max-object: 64MiB", "default-ttl: 1500ms"))
        .containsExactly(
            "node.yaml:34: services.media.cache.default-ttl: is no whole number of seconds; caches"
                + " count in seconds: write 5s");
    assertThat(folder.problems("max-object: 64MiB", "status-ttl: {99: 1s}"))
        .containsExactly(
            "node.yaml:34: services.media.cache.status-ttl.99: 99 is outside 200..599; write a"
                + " number from 200 to 599");
    assertThat(folder.problems("max-object: 64MiB", "query: {keep: only}"))
        .containsExactly(
            "node.yaml:34: services.media.cache.query.names: is missing: 'keep' is about names;"
                + " name the parameters");
    assertThat(folder.problems("max-object: 64MiB", "key-fields: [X-Device]"))
        .singleElement()
        .asString()
        .contains("'X-Device' is not the name of a field in lower case");
  }

  @Test
  void aBackendIsAnHttpUrlWithoutAPath() {
    for (String bad :
        new String[] {
          "ftp://a:1",
          "10.0.0.7:80",
          "http://a:1/x",
          "http://a:99999",
          "http://",
          "http://:80",
          "http://user@a:1",
          "http://a..b:1",
          "http://10.0.0.300:1",
          "http://2001:db8::7:80",
          "http://[10.0.0.7]:80",
          "http://[2001:db8::7",
          "http://[2001:db8::7]x:80"
        }) {
      assertThat(folder.problems("http://10.0.0.7:8080", bad))
          .as(bad)
          .hasSize(1)
          .first()
          .asString()
          .startsWith("node.yaml:29: services.shop.backends[0]: ");
    }
  }

  @Test
  void anUnderscoreIsPartOfANameAndASchemeHasNoCase() {
    for (String good :
        new String[] {
          "http://my_app:8080",
          "HTTP://10.0.0.7:8080",
          "Http://app.lab.:80/",
          "http://[2001:db8::7]:8080",
          "http://app",
          "http://app:"
        }) {
      assertThat(folder.problems("http://10.0.0.7:8080", good)).as(good).isEmpty();
    }
  }

  @Test
  void aZoneInABackendsUrlIsRefusedWithItsReason() {
    for (String zone : new String[] {"http://[fe80::1%eth0]:80", "http://[fe80::1%25eth0]:80"}) {
      assertThat(folder.problems("http://10.0.0.7:8080", zone))
          .singleElement()
          .asString()
          .contains("has a zone");
    }
  }

  @Test
  void anEntitlementToAnUnknownServiceIsRefused() {
    assertThat(folder.problems("{nyc: [shop]}", "{nyc: [shpo]}"))
        .containsExactly(
            "node.yaml:15: trust.entitlements.nyc[0]: service 'shpo' is not under services; did you"
                + " mean 'shop'?");
  }

  @Test
  void aMissingSectionIsNamed() {
    assertThat(folder.problems("node: {name: fra}\n"))
        .containsExactly(
            "node.yaml:1: overlay: is missing; add 'overlay: {block: 10.32.0.0/23, listen:"
                + " \"203.0.113.10:8443\", candidates: []}'",
            "node.yaml:1: trust: is missing; add 'trust: {domain: cdn.example, ca: ca.pem,"
                + " certificate: fra.pem, key: fra.key}'",
            "node.yaml:1: node.identity: is missing; add 'identity: 10.32.0.1'");
  }

  @Test
  void everyProblemIsReportedInTheOrderOfTheFile() {
    String broken =
        ConfigFolder.GOOD
            .replace("name: fra", "name: FRA")
            .replace("block: 10.32.0.0/23", "block: 10.32.0.1/23")
            .replace("asn: 64500", "asn: x")
            .replace("metrics: 127.0.0.1:9100", "metrics: 192.0.2.1:9100");
    assertThat(folder.problems(broken))
        .extracting(line -> line.substring(0, line.indexOf(": ", line.indexOf(": ") + 1)))
        .containsExactly(
            "node.yaml:2: node.name",
            "node.yaml:6: overlay.block",
            "node.yaml:19: ingress.upstreams[0].asn",
            "node.yaml:37: admin.metrics");
  }

  @Test
  void yamlThatSurprisesIsRefused() {
    assertThat(folder.problems("region: eu", "region: &r eu"))
        .containsExactly(
            "node.yaml:4: node.region: uses a YAML anchor or alias; write the value out where it"
                + " is used");
    assertThat(folder.problems("region: eu", "region: !!str eu"))
        .hasSize(1)
        .first()
        .asString()
        .contains("has the YAML tag");
    assertThat(folder.problems(ConfigFolder.GOOD + "---\nnode: {}\n"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("node.yaml:38: a second document starts here");
    assertThat(folder.problems("node: {name: fra\n"))
        .hasSize(1)
        .first()
        .asString()
        .contains("is not YAML");
    assertThat(folder.problems("[".repeat(100_000))).hasSize(1);
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Path nowhere = temp.resolve("nowhere.yaml");
    assertThat(ConfigLoader.load(nowhere))
        .isEqualTo(
            new ConfigResult.Invalid(
                java.util.List.of(
                    new ConfigProblem(
                        nowhere.toString(), 0, "", "there is no such file", "check the path"))));
    assertThat(ConfigLoader.load(temp)).isInstanceOf(ConfigResult.Invalid.class);
    assertThat(folder.problems(""))
        .containsExactly("node.yaml:1: the file is empty; start from the example in the README");
    Path latin = temp.resolve("latin.yaml");
    Files.write(latin, new byte[] {'n', (byte) 0xfc, '\n'});
    assertThat(((ConfigResult.Invalid) ConfigLoader.load(latin)).problems().getFirst().rule())
        .isEqualTo("is not UTF-8 text");
  }
}
