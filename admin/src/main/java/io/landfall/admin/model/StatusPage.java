package io.landfall.admin.model;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What {@code show status} has: counts by view and word, and a sentence for each problem. */
public final class StatusPage {
  private static final String ESTABLISHED = "established";
  private static final String CANDIDATE = "candidate";

  /** What an intent to withdraw begins with; a reason and a closing bracket follow. */
  private static final String WITHDRAW = "withdraw (";

  private final SequencedMap<String, SequencedMap<String, Long>> counts = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Detail> details = new HashMap<>();

  /** The counts of the view that is looked at. */
  private SequencedMap<String, Long> current = new LinkedHashMap<>();

  /** A page without a view. */
  public StatusPage() {}

  /** By view, then by state: how many there are. */
  public SequencedMap<String, SequencedMap<String, Long>> counts() {
    return Collections.unmodifiableSequencedMap(counts);
  }

  /** A sentence each, in the order of the views. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** A candidate that is this node, or one more address of a node that is here, is no peer. */
  public void peers(List<PeerRow> rows) {
    Set<String> here =
        rows.stream()
            .filter(row -> row.session().state().equals(ESTABLISHED))
            .flatMap(row -> row.who().name().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    begin("peers");
    for (PeerRow row : rows) {
      boolean known =
          row.lastError().filter("this node itself"::equals).isPresent()
              || row.who().name().filter(here::contains).isPresent();
      if (row.session().state().equals(CANDIDATE) && known) {
        continue;
      }
      count(row.session().state());
      if (!row.session().state().equals(ESTABLISHED)) {
        String name = row.who().name().orElse("");
        String at = name.isEmpty() || row.endpoint().isEmpty() ? "" : " at ";
        problems.add(
            "peer "
                + name
                + at
                + row.endpoint()
                + " is "
                + row.session().state()
                + why(row.lastError()));
      }
    }
  }

  /**
   * What a view has beside its counts.
   *
   * @param name what it is
   * @param value its value
   */
  public record Detail(String name, String value) {}

  /** What a view has beside its counts; empty for most. */
  public Optional<Detail> detail(String view) {
    return Optional.ofNullable(details.get(view));
  }

  /** Services that are not well here, and those that can be had nowhere. */
  public void services(List<ServiceStatus> rows) {
    begin("services");
    for (ServiceStatus service : rows) {
      String signal = service.local().map(ServiceStatus.Local::signal).orElse("elsewhere");
      count(service.local().isPresent() ? signal + " here" : signal);
      service.local().ifPresent(local -> local(service.name(), local));
      service
          .maintenance()
          .ifPresent(by -> problems.add("service " + service.name() + " is in maintenance " + by));
      service
          .authorization()
          .ifPresent(
              why ->
                  problems.add("service " + service.name() + ": its authorization service " + why));
      boolean servedHere = service.local().isPresent() && !signal.equals("DOWN");
      if (!servedHere && service.sites().stream().noneMatch(ServiceStatus.Site::usable)) {
        problems.add(
            service.sites().isEmpty()
                ? "service " + service.name() + ": no site advertises it"
                : "service "
                    + service.name()
                    + ": no site that advertises it can be used from here: "
                    + service.sites().getFirst().why());
      }
    }
  }

  /** COLD is a state of its cache, in which it serves all its requests, and ends by itself. */
  private void local(String name, ServiceStatus.Local local) {
    if (!local.signal().equals("UP") && !local.signal().equals("COLD")) {
      problems.add("service " + name + " is " + local.signal() + " here: " + local.why());
    }
    for (ServiceStatus.BackendState backend : local.backends()) {
      if (!backend.healthy()) {
        problems.add(
            "backend " + backend.url() + " of " + name + " is down" + why(backend.lastError()));
      } else if (backend.drained()) {
        problems.add("backend " + backend.url() + " of " + name + " is drained by command");
      }
      for (String address : backend.openCircuits()) {
        problems.add("backend " + address + " of " + name + " is left out: its requests failed");
      }
    }
  }

  /** Paths that BFD finds dead. */
  public void paths(List<BfdRow> rows) {
    begin("bfd");
    for (BfdRow row : rows) {
      if (row.isSession()) {
        count(row.states().path());
        if (row.states().path().equals("dead")) {
          problems.add("the path to " + row.peer() + " is dead: " + row.lastDown());
        }
      }
    }
  }

  /** Prefixes that are not announced, and upstreams without a session. */
  public void ingress(IngressStatus ingress) {
    begin("prefixes");
    for (IngressStatus.PrefixState row : ingress.prefixes()) {
      count(row.state());
      if (!row.state().equals("announced")) {
        problems.add(
            "prefix "
                + row.prefix()
                + " is "
                + row.state()
                + " at "
                + row.upstream()
                + why(whyNotAnnounced(row, ingress)));
      }
    }
    begin("upstreams");
    for (IngressStatus.SessionState row : ingress.sessions()) {
      count(row.state());
      if (!row.state().equals(ESTABLISHED)) {
        problems.add("upstream " + row.upstream() + " is " + row.state() + why(row.lastError()));
      }
    }
  }

  /** Where its session is down the upstream's own line has the cause. */
  private static Optional<String> whyNotAnnounced(
      IngressStatus.PrefixState row, IngressStatus ingress) {
    if (row.state().equals("draining") || row.state().equals("withdrawn")) {
      String intent = ingress.intent();
      if (intent.startsWith(WITHDRAW)) {
        return Optional.of(intent.substring(WITHDRAW.length(), intent.length() - 1));
      }
      if (intent.equals("drain")) {
        boolean asked = ingress.operator().filter(StatusPage::hasNodeDrain).isPresent();
        return Optional.of(asked ? "the node is drained by command" : "the node stops");
      }
    }
    return Optional.empty();
  }

  /** Of {@code drain, withdraw shop (kept in FILE)}: a drain with no name is that of the node. */
  private static boolean hasNodeDrain(String commands) {
    return commands.equals("drain")
        || commands.startsWith("drain,")
        || commands.startsWith("drain (");
  }

  /** The list of revocations, and what is wrong with its file. */
  public void revocations(RevocationStatus status) {
    begin("revocations");
    status.entries().forEach(entry -> count("in force"));
    status.problem().ifPresent(problem -> problems.add("revocations: " + problem));
  }

  /** Files that are not in force, certificates that have ended, and responses of OCSP not sent. */
  public void tls(TlsStatus status) {
    begin("certificates");
    // Listeners may share files, and so their problems.
    Set<String> found = new LinkedHashSet<>();
    for (TlsStatus.Listener listener : status.listeners()) {
      listener
          .problem()
          .ifPresent(
              problem ->
                  found.add(
                      "TLS of "
                          + listener.address()
                          + ": files not in force as they are: "
                          + problem));
      for (TlsStatus.Certificate each : listener.certificates()) {
        boolean ended = each.daysLeft() < 0;
        count(ended ? "ended" : "valid");
        if (ended) {
          found.add(
              "certificate "
                  + each.file()
                  + " has ended: "
                  + each.notAfter().truncatedTo(ChronoUnit.MILLIS));
        }
        if (!each.ocsp().equals("stapled") && !each.ocsp().equals("none")) {
          found.add("OCSP response not sent: " + each.ocsp());
        }
      }
    }
    for (TlsStatus.Ordered each : status.orders()) {
      String names = String.join(" ", each.names());
      if (!each.isIssued()) {
        found.add("certificate for " + names + " not issued yet" + because(each));
      } else if (each.problem().isPresent()) {
        found.add("certificate for " + names + " not renewed" + because(each));
      }
    }
    problems.addAll(found);
  }

  private static String because(TlsStatus.Ordered order) {
    return order.problem().map(why -> ": " + why).orElse("");
  }

  /** Requests that have switched protocols. */
  public void tunnels(TunnelStatus status) {
    begin("tunnels");
    count("open", status.open());
    count("at most", status.most());
    if (status.most() > 0 && status.open() >= status.most()) {
      problems.add("tunnels: as many are open as there may be, and no other is opened");
    }
  }

  /** A reason may name the disk itself; one that works may still take down no purges. */
  private static String problem(CacheReport.Disk disk, String why) {
    String name = "disk " + disk.path() + " of the cache";
    if (why.startsWith(disk.path() + " ")) {
      return name + why.substring(disk.path().length());
    }
    return disk.state().equals("working")
        ? name + ": " + why
        : name + " is " + disk.state() + ": " + why;
  }

  /** The disks of the cache, and the log of purges. */
  public void cache(CacheReport report) {
    begin("disks");
    for (CacheReport.Disk disk : report.disks()) {
      count(disk.state());
      disk.why().ifPresent(why -> problems.add(problem(disk, why)));
    }
    report
        .purges()
        .filter(purges -> !purges.notKept().isEmpty())
        .ifPresent(
            purges -> problems.add("purges are not kept over a restart: " + purges.notKept()));
  }

  /** The config in force: one that waits to be confirmed, and a change that was refused. */
  public void configuration(ConfigurationStatus status) {
    begin("config");
    count("generation", status.generation());
    details.put("config", new Detail("hash", status.hash()));
    status
        .confirmInSeconds()
        .ifPresent(
            seconds ->
                problems.add(
                    "config: generation "
                        + status.generation()
                        + " is not confirmed, and goes in "
                        + seconds
                        + " s"));
    status
        .lastAttempt()
        .filter(last -> !last.applied())
        .ifPresent(
            last ->
                problems.add(
                    "config: the last change, by "
                        + last.actor()
                        + ", was refused: "
                        + last.result().lines().findFirst().orElse("")));
  }

  /** That something was refused is no problem of this node by itself, so it is counted only. */
  public void refused(List<RefusedRow> rows) {
    begin("refused");
    rows.forEach(row -> count("since the start", row.count()));
  }

  private static String why(Optional<String> reason) {
    return reason.map(text -> ": " + text).orElse("");
  }

  private void begin(String view) {
    current = new LinkedHashMap<>();
    counts.put(view, current);
  }

  private void count(String what) {
    count(what, 1);
  }

  private void count(String what, long more) {
    current.merge(what, more, Long::sum);
  }
}
