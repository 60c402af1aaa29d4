package io.landfall.node;

import io.landfall.acme.OwnCertificates;
import io.landfall.config.AcmeConfig;
import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.config.ListenTlsConfig;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.edge.tls.ServerNames;
import io.landfall.edge.tls.TicketKeys;
import io.landfall.edge.tls.TlsStore;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Reads the certificates of one TLS listener, at the start and whenever their files change. */
final class ListenerCertificates {
  private static final String REMEDY =
      "make a new key and certificate, as with 'landfall ca issue-site'";

  /** The most hosts that one warning names. */
  private static final int MAX_NAMED = 3;

  private final NodeConfig config;
  private final String key;
  private final ListenTlsConfig tls;
  private final ServerNames.Rules rules;
  private final ReadPairs pairs = new ReadPairs();

  /** As many as certificates that are ordered. */
  private final Map<KeyPairFiles, Credentials> standIns = new ConcurrentHashMap<>();

  private ListenerCertificates(
      NodeConfig config, String key, ListenTlsConfig tls, ServerNames.Rules rules) {
    this.config = config;
    this.key = key;
    this.tls = tls;
    this.rules = rules;
  }

  /**
   * Those of a listener with TLS.
   *
   * @param index its place in {@code edge.listen}
   */
  static ListenerCertificates of(NodeConfig config, int index) {
    EdgeConfig edge = config.edge().orElseThrow();
    EdgeConfig.Listen listen = edge.listen().get(index);
    ListenTlsConfig tls = listen.tls().orElseThrow();
    return new ListenerCertificates(
        config,
        "edge.listen[" + index + "].tls",
        tls,
        new ServerNames.Rules(
            edge.tlsHosts() == EdgeConfig.TlsHosts.ANY
                ? ServerNames.Hosts.ANY
                : ServerNames.Hosts.CERTIFIED_ONLY,
            tls.unknownName() == ListenTlsConfig.UnknownName.REFUSE
                ? ServerNames.UnknownName.REFUSE
                : ServerNames.UnknownName.DEFAULT,
            edge.http2().on(listen)));
  }

  /** Whether another one reads the same files, for the same place in the config. */
  boolean isSame(ListenerCertificates other) {
    return key.equals(other.key) && tls.equals(other.tls) && rules.equals(other.rules);
  }

  /** All files that are read. */
  List<Path> files() {
    return Stream.concat(
            tls.certificates().stream()
                .flatMap(
                    pair ->
                        Stream.of(
                            pair.certificate(), pair.key(), Staple.fileOf(pair.certificate()))),
            Stream.concat(
                tls.ticketKeys().stream(),
                tls.clients().map(ListenTlsConfig.Clients::authorities).stream()))
        .toList();
  }

  /**
   * What was read.
   *
   * @param names the certificates
   * @param tickets the keys of tickets, if the config names a file of them
   * @param staples what is sent with each certificate, which the names have already
   */
  record Loaded(ServerNames names, Optional<TicketKeys> tickets, List<Staple> staples) {
    /** Puts it in force. */
    void to(TlsStore store) {
      tickets.ifPresent(store::put);
      store.put(names);
    }
  }

  /** Reads the files. Blocks; empty when one of them is a problem. */
  Optional<Loaded> load(Clock clock, Findings findings) {
    return load(clock, findings, Optional.empty());
  }

  /**
   * Reads the files that are other ones since the last time. Blocks; empty when one is a problem.
   *
   * @param inForce what is in force: what has not changed of it is used on
   */
  Optional<Loaded> load(Clock clock, Findings findings, Optional<ServerNames> inForce) {
    Optional<ServerNames.Rules> read = rules(findings);
    Optional<ServerNames> names = read.flatMap(of -> names(of, inForce, clock, findings));
    if (names.isEmpty()) {
      return Optional.empty();
    }
    List<Staple> staples = staple(names.get(), clock);
    for (Staple staple : staples) {
      staple.problem().ifPresent(why -> findings.warn(key, why, "fetch the response again"));
    }
    if (tls.ticketKeys().isEmpty()) {
      return Optional.of(new Loaded(names.get(), Optional.empty(), staples));
    }
    Optional<TicketKeys> tickets =
        findings.value(
            key + ".tickets.keys",
            TicketKeyFile.read(tls.ticketKeys().get()),
            "make a line of it with 'openssl rand -base64 48'");
    return tickets.map(keys -> new Loaded(names.get(), Optional.of(keys), staples));
  }

  /** Has the next {@link #load} read all files, also those that look as before. */
  void forget() {
    pairs.forget();
  }

  /** Reads the responses of OCSP beside the certificates, and sends those that are good. */
  List<Staple> staple(ServerNames names, Clock clock) {
    List<Staple> staples = new ArrayList<>();
    for (int i = 0; i < names.identities().size(); i++) {
      staples.add(
          Staple.read(
              tls.certificates().get(i).certificate(),
              names.identities().get(i).chain(),
              clock.wallMillis()));
    }
    names.staple(staples.stream().map(Staple::response).toList());
    return staples;
  }

  /** The rules, with the CAs of clients as they are in their file now. */
  private Optional<ServerNames.Rules> rules(Findings findings) {
    if (tls.clients().isEmpty()) {
      return Optional.of(rules);
    }
    ListenTlsConfig.Clients clients = tls.clients().get();
    Optional<List<X509Certificate>> read =
        findings.value(
            key + ".client-ca",
            Pem.readCertificates(clients.authorities()),
            "name a PEM file with the CA's certificates");
    read.ifPresent(authorities -> warnOfOthers(authorities, clients.authorities(), findings));
    return read.map(
        authorities ->
            new ServerNames.Rules(
                rules.hosts(),
                rules.unknown(),
                rules.http2(),
                Optional.of(
                    new ServerNames.ClientAuthority(
                        authorities, clients.demand() == ListenTlsConfig.Demand.REQUIRED))));
  }

  /** The JDK takes who shows a certificate of the file itself, whatever its dates and usage. */
  private void warnOfOthers(List<X509Certificate> authorities, Path file, Findings findings) {
    authorities.stream()
        .filter(each -> each.getBasicConstraints() < 0)
        .findFirst()
        .ifPresent(
            each ->
                findings.warn(
                    key + ".client-ca",
                    file
                        + " has a certificate that is no CA: "
                        + each.getSubjectX500Principal()
                        + "; a client that shows it is taken whatever its dates and usage",
                    "have only CAs in the file"));
  }

  private Optional<ServerNames> names(
      ServerNames.Rules of, Optional<ServerNames> inForce, Clock clock, Findings findings) {
    List<ServerNames.Identity> identities = new ArrayList<>();
    for (int i = 0; i < tls.certificates().size(); i++) {
      KeyPairFiles files = tls.certificates().get(i);
      String at = keyOf(key, i, tls.certificates().size());
      Optional<Credentials> read =
          findings.value(
              at,
              read(at, files, clock, findings),
              "name a certificate for clients and the key of it");
      read.ifPresent(
          good -> {
            identities.add(new ServerNames.Identity(good.key(), good.chain()));
            validity(at, files, good, clock.wallMillis(), findings);
          });
    }
    if (identities.size() < tls.certificates().size()) {
      return Optional.empty();
    }
    Optional<ServerNames.Clash> clash = ServerNames.clash(identities);
    if (clash.isPresent()) {
      findings.problem(
          key,
          tls.certificates().get(clash.get().first()).certificate()
              + " and "
              + tls.certificates().get(clash.get().second()).certificate()
              + " are both for "
              + clash.get().name()
              + ", with keys of one kind",
          "leave one of them out; for one name there may be one with an EC and one with an RSA key");
      return Optional.empty();
    }
    return switch (ServerNames.of(identities, of, inForce)) {
      case ServerNames.Result.Usable(ServerNames names) -> Optional.of(names);
      case ServerNames.Result.Unusable(String why) -> {
        findings.problem(key, why, REMEDY);
        yield Optional.empty();
      }
    };
  }

  /** One that is ordered and not there yet has a stand-in, so that the listener can start. */
  private FileResult<Credentials> read(
      String at, KeyPairFiles files, Clock clock, Findings findings) {
    FileResult<Credentials> read = pairs.read(files, REMEDY);
    Optional<AcmeConfig.Ordered> ordered = tls.orderedAt(files);
    if (ordered.isEmpty() || !(read instanceof FileResult.Bad<Credentials>(_, _, String why))) {
      return read;
    }
    findings.warn(
        at,
        "no certificate for "
            + ordered.get().names().getFirst()
            + " was issued yet ("
            + why
            + "): until then clients get one that they refuse",
        "see 'landfall show tls'");
    return new FileResult.Good<>(
        standIns.computeIfAbsent(
            files,
            _ ->
                OwnCertificates.standIn(
                    NodeAcme.keys(ordered.get().keyType()),
                    ordered.get().names(),
                    Instant.ofEpochMilli(clock.wallMillis()))));
  }

  /**
   * The key of one certificate: the only one may stand for itself.
   *
   * @param key that of the listener's TLS
   * @param index the place of the certificate, from 0
   * @param count how many there are
   */
  static String keyOf(String key, int index, int count) {
    return count == 1 ? key : key + ".certificates[" + index + "]";
  }

  /** Warns of hosts that no certificate covers: they have no answer there but a refusal. */
  void coverage(ServerNames names, Findings findings) {
    List<String> missing =
        config.services().stream()
            .flatMap(service -> service.hosts().stream())
            .filter(host -> !names.takes(host))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    boolean refuses = rules.unknown() == ServerNames.UnknownName.REFUSE;
    findings.warn(
        key,
        "no certificate covers "
            + String.join(", ", missing.subList(0, Math.min(MAX_NAMED, missing.size())))
            + (missing.size() > MAX_NAMED ? " ..." : "")
            + (refuses
                ? ": over TLS their handshakes are refused"
                : ": over TLS such requests are refused with 421"),
        "add the names to a certificate" + (refuses ? "" : ", or set edge.tls-hosts: any"));
  }

  /** Clients refuse what is out of date; some other certificate of the site may serve them. */
  private static void validity(
      String at, KeyPairFiles files, Credentials site, long wallMillis, Findings findings) {
    Instant now = Instant.ofEpochMilli(wallMillis);
    Instant from = site.certificate().getNotBefore().toInstant();
    Instant until = site.certificate().getNotAfter().toInstant();
    if (now.isBefore(from)) {
      findings.warn(
          at, files.certificate() + " is not valid before " + from, "check this machine's clock");
    } else if (now.isAfter(until)) {
      findings.warn(at, files.certificate() + " expired at " + until, REMEDY);
    }
    findings.warnIfItEndsSoon(at, files.certificate().toString(), until, now, REMEDY);
  }
}
