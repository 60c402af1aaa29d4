package io.landfall.config;

import io.landfall.core.Asn;
import io.landfall.core.FailureText;
import io.landfall.core.MedMapping;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads {@code service-bgp}, and {@code services.NAME.bgp} that refers to it. */
final class ServiceBgpReader {
  private static final int MAX_NAME = 63;
  private static final String NEVER = "never";
  private static final ValueRule<Long> MED_NUMBER = ValueRules.number(0, MedMapping.MAX);
  private static final ValueRule<OptionalLong> MED_OR_NEVER =
      ValueRule.of(
          new Shape.Either(MED_NUMBER.shape(), new Shape.Choice(List.of(NEVER))),
          ServiceBgpReader::orNever);
  private static final ValueRule<String> HOST_NAME =
      ValueRule.of(
          new Shape.Text("name", "^[a-z0-9][a-z0-9-]{0," + (MAX_NAME - 1) + "}$"),
          ServiceBgpReader::name);

  private static final Keys KEYS = new Keys("service-bgp");
  private static final Keys NAMES = new Keys("service-bgp.hosts");
  private static final Keys HOST_KEYS = new Keys("service-bgp.hosts.NAME");
  private static final Keys SERVICE_KEYS = new Keys("services.NAME.bgp");
  private static final Keys MED_KEYS = new Keys("services.NAME.bgp.med");
  private static final Keys TIER_KEYS = new Keys("services.NAME.bgp.med.tiers");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS =
      List.of(KEYS, NAMES, HOST_KEYS, SERVICE_KEYS, MED_KEYS, TIER_KEYS);

  /** Where the hosts connect. */
  static final Key<InetSocketAddress> LISTEN =
      KEYS.value("listen", NetRules.LISTEN)
          .otherwiseAs("only dial")
          .is("Address and port where their connections are taken.");

  private static final Key<Long> HOLD =
      KEYS.value("hold-time", OverlayReader.HOLD_TIME)
          .otherwise(ServiceBgpConfig.DEFAULT_HOLD_TIME_MILLIS)
          .is("Hold time to propose, whole seconds.");
  private static final Key<?> HOSTS =
      KEYS.section("hosts")
          .required("{web7: {address: 10.0.0.7}}")
          .is("The service hosts by name.");
  private static final Key<?> HOST =
      NAMES
          .section("NAME")
          .forNames(HOST_NAME.shape())
          .atMost(Bounds.SERVICE_HOSTS)
          .is("A service host.");
  private static final Key<InetAddress> ADDRESS =
      HOST_KEYS
          .value("address", NetRules.ADDRESS)
          .required("10.0.0.7")
          .is("The address that it connects from, and that is dialled.");
  private static final Key<Integer> PORT =
      HOST_KEYS
          .value("port", ValueRules.PORT)
          .otherwise(UpstreamConfig.DEFAULT_PORT)
          .is("The port that is dialled.");
  private static final Key<Asn> ASN =
      HOST_KEYS.value("asn", NetRules.ASN).otherwiseAs("`overlay.asn`: iBGP").is("Its AS number.");
  private static final Key<?> PASSWORD_FILE =
      HOST_KEYS.value("password-file", Shapes.FILE).is(FileRules.PASSWORD_SENTENCE);
  private static final Key<Boolean> TTL_SECURITY =
      HOST_KEYS
          .value("ttl-security", ValueRules.FLAG)
          .otherwise(false)
          .is("GTSM (RFC 5082): it must be on the same link.");
  private static final Key<Boolean> DIAL =
      HOST_KEYS
          .value("dial", ValueRules.FLAG)
          .otherwise(false)
          .is("Whether this node opens connections to it too.");

  private static final Key<String> SPEAKERS =
      SERVICE_KEYS
          .values("hosts", ValueRules::text)
          .required("[web7]")
          .atMost(Bounds.HOSTS_OF_A_SERVICE)
          .is(
              "Names under `service-bgp.hosts`: which hosts may announce the service over BGP; one"
                  + " host for at most "
                  + Bounds.SERVICES_OF_A_HOST
                  + " services.");
  private static final Key<?> MED =
      SERVICE_KEYS.section("med").is("What the MED of a host's route means.");
  private static final Key<?> TIERS =
      MED_KEYS
          .section("tiers")
          .otherwiseAs("`" + MedMapping.DEFAULT.tiers().toString().replace("=", ": ") + "`")
          .is("From a MED on, the tier: `{0: 0, 50: 1}`; a higher MED may not be better.");
  private static final Key<Long> TIER =
      TIER_KEYS
          .value("MED", MED_NUMBER)
          .forNames(new Shape.Text("number", "^[0-9]+$"))
          .is("The tier from this MED on.");
  private static final Key<OptionalLong> DRAINING =
      MED_KEYS
          .value("draining", MED_OR_NEVER)
          .otherwise(
              MedMapping.DEFAULT.draining(), "" + MedMapping.DEFAULT.draining().orElseThrow())
          .is("From this MED on it is DRAINING.");
  private static final Key<OptionalLong> DOWN =
      MED_KEYS
          .value("down", MED_OR_NEVER)
          .otherwise(MedMapping.DEFAULT.down(), "" + MedMapping.DEFAULT.down().orElseThrow())
          .is("From this MED on it is DOWN.");

  private final FileRules files;
  private final Asn overlayAsn;

  ServiceBgpReader(FileRules files, Asn overlayAsn) {
    this.files = files;
    this.overlayAsn = overlayAsn;
  }

  ServiceBgpConfig read(Section at) {
    Optional<InetSocketAddress> listen = at.value(LISTEN);
    long holdTimeMillis = at.valueOrDefault(HOLD);
    List<ServiceBgpConfig.Host> hosts = new ArrayList<>();
    Optional<Section> named = at.requiredSection(HOSTS);
    named.ifPresent(section -> hosts(section, listen, hosts));
    at.end();
    return new ServiceBgpConfig(listen, holdTimeMillis, hosts);
  }

  private void hosts(
      Section at, Optional<InetSocketAddress> listen, List<ServiceBgpConfig.Host> hosts) {
    Map<InetAddress, String> addresses = new HashMap<>();
    for (Map.Entry<String, Yaml.Entry> entry : at.named(HOST).entrySet()) {
      String key = entry.getKey();
      Yaml keyText = new Yaml.Text(entry.getValue().keyLine(), key);
      Optional<String> name = at.scalar(at.path(key), keyText, HOST_NAME);
      Optional<ServiceBgpConfig.Host> host =
          at.section(HOST, key).flatMap(section -> host(name, section, listen));
      if (host.isPresent()) {
        String first = addresses.putIfAbsent(host.get().address(), key);
        if (first != null) {
          at.problem(
              key,
              "has the address of " + first + ": a session is told by the address it comes from",
              "keep one host for each address; it may speak for several services");
        }
        hosts.add(host.get());
      }
    }
    if (hosts.size() > HOST.most()) {
      at.problems()
          .add(
              at.line(""),
              "service-bgp.hosts",
              "names " + hosts.size() + " hosts; at most " + HOST.most(),
              "spread them over more nodes");
    }
  }

  private Optional<ServiceBgpConfig.Host> host(
      Optional<String> name, Section at, Optional<InetSocketAddress> listen) {
    Optional<InetAddress> address = at.required(ADDRESS);
    int port = at.valueOrDefault(PORT);
    Asn asn = at.value(ASN).orElse(overlayAsn);
    Optional<Path> passwordFile = at.value(PASSWORD_FILE, files::password);
    boolean ttlSecurity = at.valueOrDefault(TTL_SECURITY);
    boolean dial = at.valueOrDefault(DIAL);
    at.end();
    address.ifPresent(host -> NetRules.oneSideOpens(at, host, dial, listen, "service-bgp.listen"));
    if (name.isEmpty() || address.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceBgpConfig.Host(
            name.get(), address.get(), port, asn, passwordFile, ttlSecurity, dial));
  }

  private static String name(String text) throws BadValue {
    boolean good = !text.isEmpty() && text.length() <= MAX_NAME;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0);
    }
    if (!good) {
      throw new BadValue(
          "'" + text + "' is not a name of a host",
          "write lower-case letters, digits and dashes, such as web7");
    }
    return text;
  }

  /** Reads {@code services.NAME.bgp}. */
  static Optional<ServiceConfig.Bgp> ofService(Section at) {
    Optional<List<String>> hosts = at.values(SPEAKERS);
    if (hosts.isEmpty() || hosts.get().isEmpty()) {
      at.problem("hosts", "names no host", "write hosts: [web7], or remove bgp");
    }
    at.atMost(
        SPEAKERS,
        hosts.map(List::size).orElse(0),
        "let a probe decide, or make several services of it");
    SortedMap<Long, Long> tiers = MedMapping.DEFAULT.tiers();
    OptionalLong draining = MedMapping.DEFAULT.draining();
    OptionalLong down = MedMapping.DEFAULT.down();
    Optional<Section> med = at.section(MED);
    if (med.isPresent()) {
      Section section = med.get();
      tiers = section.section(TIERS).map(ServiceBgpReader::tiers).orElse(tiers);
      draining = section.valueOrDefault(DRAINING);
      down = section.valueOrDefault(DOWN);
      section.end();
    }
    at.end();
    try {
      var _ = new MedMapping(tiers, draining, down);
    } catch (IllegalArgumentException e) {
      at.problem("med", FailureText.of(e), "write {tiers: {0: 0}, draining: 500}");
      return Optional.empty();
    }
    return Optional.of(new ServiceConfig.Bgp(hosts.orElse(List.of()), tiers, draining, down));
  }

  private static SortedMap<Long, Long> tiers(Section at) {
    SortedMap<Long, Long> tiers = new TreeMap<>();
    for (Map.Entry<String, Yaml.Entry> entry : at.named(TIER).entrySet()) {
      String path = at.path(entry.getKey());
      Yaml key = new Yaml.Text(entry.getValue().keyLine(), entry.getKey());
      Optional<Long> med = at.scalar(path, key, MED_NUMBER);
      Optional<Long> tier = at.scalar(path, entry.getValue().value(), MED_NUMBER);
      if (med.isPresent() && tier.isPresent()) {
        tiers.put(med.get(), tier.get());
      }
    }
    return tiers;
  }

  private static OptionalLong orNever(String text) throws BadValue {
    return text.equals(NEVER) ? OptionalLong.empty() : OptionalLong.of(MED_NUMBER.read(text));
  }

  /** A service can only be advertised by a host that is described, and by each once. */
  static void checkHosts(Optional<Section> serviceBgp, Optional<Section> services) {
    Set<String> known = new TreeSet<>();
    if (serviceBgp.flatMap(at -> at.raw(HOSTS)).orElse(null) instanceof Yaml.Mapping hosts) {
      known.addAll(hosts.entries().keySet());
    }
    if (services.isEmpty()) {
      return;
    }
    Map<String, Integer> servicesByHost = new HashMap<>();
    for (Map.Entry<String, Yaml.Entry> service : services.get().entries().entrySet()) {
      if (service.getValue().value() instanceof Yaml.Mapping keys
          && keys.entries().containsKey("bgp")
          && keys.entries().get("bgp").value() instanceof Yaml.Mapping bgp
          && bgp.entries().containsKey("hosts")
          && bgp.entries().get("hosts").value() instanceof Yaml.Sequence list) {
        checkHosts(
            services.get(),
            "services." + service.getKey() + ".bgp.hosts",
            list,
            known,
            servicesByHost);
      }
    }
  }

  private static void checkHosts(
      Section at,
      String path,
      Yaml.Sequence list,
      Set<String> known,
      Map<String, Integer> servicesByHost) {
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < list.items().size(); i++) {
      if (list.items().get(i) instanceof Yaml.Text text) {
        String here = path + "[" + i + "]";
        if (!known.contains(text.text())) {
          String near =
              SpellingSuggestion.to(text.text(), known)
                  .map(name -> "did you mean '" + name + "'?")
                  .orElse("describe it there with its address");
          at.problems()
              .add(
                  text.line(),
                  here,
                  "host '" + text.text() + "' is not under service-bgp.hosts",
                  near);
        } else if (!seen.add(text.text())) {
          at.problems().add(text.line(), here, "is here twice", "name each host once");
        } else if (servicesByHost.merge(text.text(), 1, Integer::sum)
            == Bounds.SERVICES_OF_A_HOST + 1) {
          at.problems()
              .add(
                  text.line(),
                  here,
                  "host '"
                      + text.text()
                      + "' speaks for more than "
                      + Bounds.SERVICES_OF_A_HOST
                      + " services",
                  "let further hosts speak for the others");
        }
      }
    }
  }
}
