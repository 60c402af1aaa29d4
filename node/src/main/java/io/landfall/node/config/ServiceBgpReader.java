package io.landfall.node.config;

import io.landfall.core.Addresses;
import io.landfall.overlay.speaker.MedMapping;
import io.landfall.overlay.speaker.SpeakerHost;
import io.landfall.overlay.speaker.SpeakersConfig;
import io.landfall.signal.ServiceSpec;
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
  private static final int BGP_PORT = 179;
  private static final int MAX_NAME = 63;
  private static final String NEVER = "never";

  private final FileRules files;
  private final long overlayAsn;

  ServiceBgpReader(FileRules files, long overlayAsn) {
    this.files = files;
    this.overlayAsn = overlayAsn;
  }

  ServiceBgpConfig read(Section at) {
    Optional<InetSocketAddress> listen = at.value("listen", NetRules::listen);
    long holdTimeMillis =
        at.value("hold-time", OverlayReader::holdTime, ServiceBgpConfig.DEFAULT_HOLD_TIME_MILLIS);
    List<ServiceBgpConfig.Host> hosts = new ArrayList<>();
    Optional<Section> named = at.requiredSection("hosts", "{web7: {address: 10.0.0.7}}");
    named.ifPresent(section -> hosts(section, listen, hosts));
    at.end();
    return new ServiceBgpConfig(listen, holdTimeMillis, hosts);
  }

  private void hosts(
      Section at, Optional<InetSocketAddress> listen, List<ServiceBgpConfig.Host> hosts) {
    Map<InetAddress, String> addresses = new HashMap<>();
    for (Map.Entry<String, Yaml.Entry> entry : at.named().entrySet()) {
      String key = entry.getKey();
      Yaml keyText = new Yaml.Text(entry.getValue().keyLine(), key);
      Optional<String> name = at.scalar(at.path(key), keyText, ServiceBgpReader::name);
      Optional<ServiceBgpConfig.Host> host =
          at.section(key).flatMap(section -> host(name, section, listen));
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
    if (hosts.size() > SpeakersConfig.MAX_HOSTS) {
      at.problems()
          .add(
              at.line(""),
              "service-bgp.hosts",
              "names " + hosts.size() + " hosts; at most " + SpeakersConfig.MAX_HOSTS,
              "spread them over more nodes");
    }
  }

  private Optional<ServiceBgpConfig.Host> host(
      Optional<String> name, Section at, Optional<InetSocketAddress> listen) {
    Optional<InetAddress> address = at.required("address", NetRules::address, "10.0.0.7");
    int port = at.value("port", Rules.count(1, 65_535), BGP_PORT);
    long asn = at.value("asn", NetRules::asn, overlayAsn);
    Optional<Path> passwordFile = at.value("password-file", files::password);
    boolean ttlSecurity = at.value("ttl-security", Rules::flag, false);
    boolean dial = at.value("dial", Rules::flag, false);
    at.end();
    if (address.isPresent() && !dial && !isHeard(address.get(), listen)) {
      at.problem(
          "dial",
          "neither side can open the session: this node does not dial "
              + Addresses.format(address.get().getAddress())
              + " and does not listen for its address family",
          "set service-bgp.listen, such as \"10.0.0.1:179\", or dial: true");
    }
    if (name.isEmpty() || address.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceBgpConfig.Host(
            name.get(), address.get(), port, asn, passwordFile, ttlSecurity, dial));
  }

  private static boolean isHeard(InetAddress address, Optional<InetSocketAddress> listen) {
    return listen
        .map(at -> at.getAddress().getAddress().length == address.getAddress().length)
        .orElse(false);
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
    Optional<List<String>> hosts = at.values("hosts", Rules::text);
    if (hosts.isEmpty() || hosts.get().isEmpty()) {
      at.problem("hosts", "names no host", "write hosts: [web7], or remove bgp");
    }
    at.atMost(
        "hosts",
        ServiceSpec.MAX_SPEAKERS,
        hosts.map(List::size).orElse(0),
        "let a probe decide, or make several services of it");
    SortedMap<Long, Long> tiers = MedMapping.DEFAULT.tiers();
    OptionalLong draining = MedMapping.DEFAULT.draining();
    OptionalLong down = MedMapping.DEFAULT.down();
    Optional<Section> med = at.section("med");
    if (med.isPresent()) {
      Section section = med.get();
      tiers = section.section("tiers").map(ServiceBgpReader::tiers).orElse(tiers);
      draining = section.value("draining", ServiceBgpReader::orNever, draining);
      down = section.value("down", ServiceBgpReader::orNever, down);
      section.end();
    }
    at.end();
    try {
      var _ = new MedMapping(tiers, draining, down);
    } catch (IllegalArgumentException e) {
      at.problem("med", String.valueOf(e.getMessage()), "write {tiers: {0: 0}, draining: 500}");
      return Optional.empty();
    }
    return Optional.of(new ServiceConfig.Bgp(hosts.orElse(List.of()), tiers, draining, down));
  }

  private static SortedMap<Long, Long> tiers(Section at) {
    SortedMap<Long, Long> tiers = new TreeMap<>();
    Rule<Long> number = Rules.number(0, MedMapping.MAX);
    for (Map.Entry<String, Yaml.Entry> entry : at.named().entrySet()) {
      String path = at.path(entry.getKey());
      Yaml key = new Yaml.Text(entry.getValue().keyLine(), entry.getKey());
      Optional<Long> med = at.scalar(path, key, number);
      Optional<Long> tier = at.scalar(path, entry.getValue().value(), number);
      if (med.isPresent() && tier.isPresent()) {
        tiers.put(med.get(), tier.get());
      }
    }
    return tiers;
  }

  private static OptionalLong orNever(String text) throws BadValue {
    return text.equals(NEVER)
        ? OptionalLong.empty()
        : OptionalLong.of(Rules.number(0, MedMapping.MAX).read(text));
  }

  /** A service can only be spoken for by a host that is described, and by each once. */
  static void checkHosts(Optional<Section> serviceBgp, Optional<Section> services) {
    Set<String> known = new TreeSet<>();
    if (serviceBgp.flatMap(at -> at.raw("hosts")).orElse(null) instanceof Yaml.Mapping hosts) {
      known.addAll(hosts.entries().keySet());
    }
    if (services.isEmpty()) {
      return;
    }
    Map<String, Integer> spokenFor = new HashMap<>();
    for (Map.Entry<String, Yaml.Entry> service : services.get().named().entrySet()) {
      if (service.getValue().value() instanceof Yaml.Mapping keys
          && keys.entries().containsKey("bgp")
          && keys.entries().get("bgp").value() instanceof Yaml.Mapping bgp
          && bgp.entries().containsKey("hosts")
          && bgp.entries().get("hosts").value() instanceof Yaml.Sequence list) {
        checkHosts(
            services.get(), "services." + service.getKey() + ".bgp.hosts", list, known, spokenFor);
      }
    }
  }

  private static void checkHosts(
      Section at,
      String path,
      Yaml.Sequence list,
      Set<String> known,
      Map<String, Integer> spokenFor) {
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < list.items().size(); i++) {
      if (list.items().get(i) instanceof Yaml.Text text) {
        String here = path + "[" + i + "]";
        if (!known.contains(text.text())) {
          String near =
              Similar.to(text.text(), known)
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
        } else if (spokenFor.merge(text.text(), 1, Integer::sum) == SpeakerHost.MAX_SERVICES + 1) {
          at.problems()
              .add(
                  text.line(),
                  here,
                  "host '"
                      + text.text()
                      + "' speaks for more than "
                      + SpeakerHost.MAX_SERVICES
                      + " services",
                  "let further hosts speak for the others");
        }
      }
    }
  }
}
