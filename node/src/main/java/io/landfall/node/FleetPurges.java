package io.landfall.node;

import io.landfall.admin.PurgeScope;
import io.landfall.admin.QueryResult;
import io.landfall.cache.Purge;
import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.fleet.FleetPurge;
import io.landfall.cache.fleet.FleetSettings;
import io.landfall.cache.fleet.PurgeCodec;
import io.landfall.cache.fleet.PurgeEffect;
import io.landfall.cache.fleet.PurgeEvent;
import io.landfall.cache.fleet.PurgeFleet;
import io.landfall.cache.fleet.PurgeFleetView;
import io.landfall.cache.fleet.PurgeMessage;
import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.core.NodeName;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.PurgeOrder;
import io.landfall.edge.PurgeOutcome;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.purges.PurgeLogFile;
import io.landfall.edge.server.EdgeServer;
import io.landfall.transport.tls.ForwardChannel;
import io.landfall.transport.tls.PeerQuestion;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives {@link PurgeFleet}: messages travel on the held channels to other nodes and come in as
 * questions at the edge's gate for nodes; what is purged is applied at the edge. What confirms that
 * something is applied leaves when it is, on all event loops.
 *
 * <p>On the control thread, but for {@link #give}, {@link #asked} and {@link #view}.
 */
final class FleetPurges implements HeldChannels {
  private static final Logger log = LoggerFactory.getLogger("landfall.cache");

  /** Hits nothing: once it is taken down, so are those before it. */
  private static final Purge NOTHING = new Purge.OfHost("");

  private final ControlLoop control;
  private final Supplier<Optional<EdgeServer>> edge;
  private final Function<PurgeScope, QueryResult<PurgePlan.Purges>> plan;
  private final MethodPurges method;
  private final PurgeLogFile file;
  private final boolean knowsBefore;
  private final PurgeFleet fleet;
  private final KeptPurges kept;
  private final CacheHold hold;
  private final Driver<PurgeEvent, PurgeEffect> driver;

  /** As many as other nodes. */
  private final Map<NodeName, ForwardChannel> channels = new LinkedHashMap<>();

  private final PurgeAnswers answers;

  /** Questions that are answered in the same step, or when what they brought is applied. */
  private final Map<Long, CompletableFuture<byte[]>> asking = new LinkedHashMap<>();

  /** The epoch of the first purge of each batch that may not be confirmed. */
  private final TreeMap<Long, Long> epochs = new TreeMap<>();

  /** The most of them; when there are more, the oldest two count as one. */
  private static final int MAX_EPOCHS = 65_536;

  private final AppliedPurges applied = new AppliedPurges();

  private final DurablePurges known = new DurablePurges();

  private long lastNumber;

  /** Whether another process has this node's purges; on the control thread. */
  private boolean yields;

  /**
   * At rest.
   *
   * @param file where the logs are kept over restarts
   * @param edge the running edge; empty before it runs and after
   * @param plan which purges here a scope means
   * @param purgers the clients that may purge by a method
   */
  FleetPurges(
      FleetSettings settings,
      ControlLoop control,
      PurgeLogFile file,
      Supplier<Optional<EdgeServer>> edge,
      Function<PurgeScope, QueryResult<PurgePlan.Purges>> plan,
      TrustedProxies purgers) {
    this.control = control;
    this.edge = edge;
    this.plan = plan;
    this.method = new MethodPurges(purgers, plan, this::give);
    this.answers = new PurgeAnswers(control, PurgeAnswers.DISK_WAIT_NANOS);
    this.file = file;
    this.knowsBefore = file.restored().isPresent();
    this.fleet = new PurgeFleet(settings.with(file.restored()), control.monotonicNanos());
    this.kept = new KeptPurges(file, control, fleet::kept, this::durable);
    this.hold = new CacheHold(edge, knowsBefore);
    this.driver = new Driver<>(fleet, control, control, new PurgeEvent.Tick(), this::carryOut);
  }

  /** The edge runs, and no client was answered yet. */
  void start() {
    hold.start(fleet.holdsAtStart());
    kept.start(
        knowsBefore || edge.get().filter(each -> !each.cache().disks().isEmpty()).isPresent());
    driver.apply(new PurgeEvent.Tick());
  }

  /** Nothing is sent any more. */
  void stop() {
    driver.stop();
    answers.cancel();
  }

  /** Another process applies purges from now on: none is given here. */
  void yieldNow() {
    yields = true;
    answers.cancel();
  }

  /** They are given here again. */
  void resume() {
    yields = false;
  }

  /** Nothing is applied any more. Waits until what was is kept over a restart. */
  void close() {
    file.close();
  }

  /** Which log is kept over restarts, to a disk of the cache. */
  PurgeLogToken token(Path disk) {
    return file.token(disk);
  }

  /** Why purges are not kept over restarts; empty if they are. Any thread. */
  String notKept() {
    return file.failure();
  }

  /** A session with a node is up: purges are to reach it. */
  void known(NodeName node) {
    driver.apply(new PurgeEvent.Known(node));
  }

  @Override
  public void up(NodeName node, ForwardChannel channel) {
    channels.put(node, channel);
    driver.apply(new PurgeEvent.PeerUp(node));
  }

  @Override
  public void over(NodeName node, ForwardChannel channel) {
    if (channels.remove(node, channel)) {
      driver.apply(new PurgeEvent.PeerDown(node));
    }
  }

  /**
   * Purges here and everywhere. Any thread.
   *
   * @param waitNanos how long other nodes are waited for
   * @return what became of it, once it is applied here; cancelled when the node stops before
   */
  CompletableFuture<GivenPurge> give(PurgeScope scope, boolean soft, long waitNanos) {
    CompletableFuture<GivenPurge> answer = new CompletableFuture<>();
    control.execute(
        () -> {
          if (yields) {
            answer.cancel(false);
            return;
          }
          // Who has not compared with the others yet may not know of all that they are.
          boolean knowsAll = here().hold().isEmpty();
          long ticket = ++lastNumber;
          answers.wait(ticket, answer, knowsAll);
          driver.apply(new PurgeEvent.Given(ticket, FleetScopes.of(scope, soft), waitNanos));
        });
    return answer;
  }

  /**
   * Purges a URL for a client, if that may. Any thread, and none waits.
   *
   * @param client where its connection comes from
   * @param soft whether responses become stale instead of gone
   */
  CompletableFuture<PurgeOutcome> byMethod(SocketAddress client, String url, boolean soft) {
    return method.purge(client, url, soft);
  }

  /** Another node asks. Any thread. */
  CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    Optional<PurgeMessage.Request> message = PurgeCodec.request(question);
    if (message.isEmpty()) {
      answer.completeExceptionally(new IllegalArgumentException("not a question about purges"));
      return answer;
    }
    control.execute(
        () -> {
          long exchange = ++lastNumber;
          asking.put(exchange, answer);
          driver.apply(new PurgeEvent.Received(exchange, node, message.get()));
        });
    return answer;
  }

  /** What is known now. Any thread, which waits. */
  CompletableFuture<PurgeFleetView> view() {
    return control.ask(this::here);
  }

  /** What is known now; on the control thread. */
  PurgeFleetView here() {
    return fleet.view(control.monotonicNanos());
  }

  private void carryOut(PurgeEffect effect) {
    switch (effect) {
      case PurgeEffect.Apply(long batch, List<FleetPurge> purges) -> apply(batch, orders(purges));
      case PurgeEffect.DropAll(long batch, String why) -> {
        if (!why.isEmpty()) {
          log.atWarn().addKeyValue("why", why).log("all that is cached is dropped");
        }
        apply(batch, List.of(new PurgeOrder(new Purge.Everything(), false)));
      }
      case PurgeEffect.Keep(List<PurgeRecord> changes) -> kept.keep(changes, applied.durable());
      case PurgeEffect.Send(NodeName node, long request, PurgeMessage.Request message) -> {
        var _ = durable();
        then(applied.before(message), durable -> send(node, request, known.in(message, durable)));
      }
      case PurgeEffect.Reply(long exchange, PurgeMessage.Reply message) -> {
        CompletableFuture<byte[]> answer = asking.remove(exchange);
        if (answer != null) {
          reply(answer, message);
        }
      }
      case PurgeEffect.Hold(boolean on, String why) -> hold(on, why);
      case PurgeEffect.Unconfirmed(OptionalLong batch) -> unconfirmed(batch);
      case PurgeEffect.Answer(long ticket, List<PurgeEffect.NodeAnswer> nodes) ->
          answers.reached(ticket, nodes, applied.durable(), kept.last());
    }
  }

  private void apply(long batch, List<PurgeOrder> orders) {
    if (orders.isEmpty()) {
      return;
    }
    Optional<EdgeServer> server = edge.get();
    if (server.isEmpty()) {
      // It stops, and no node may take this purge for applied here.
      applied.fail(new PurgeNotDurable("the edge does not run any more"));
      return;
    }
    PurgeOrder.Batch given = server.get().purgeOfFleet(orders);
    epochs.put(batch, given.firstEpoch());
    if (epochs.size() > MAX_EPOCHS) {
      long oldest = epochs.pollFirstEntry().getValue();
      epochs.put(epochs.firstKey(), oldest);
    }
    applied.begin(given);
  }

  /**
   * Done when all is applied for good, as far as that is possible: a failure is tried once more.
   */
  private CompletableFuture<Void> durable() {
    if (applied.durable().isCompletedExceptionally()) {
      edge.get().ifPresent(server -> applied.follow(server.purge(NOTHING, true)));
    }
    return applied.durable();
  }

  /** Runs a task on the control thread, then. */
  private void then(CompletableFuture<Boolean> done, Consumer<Boolean> task) {
    var _ = done.thenAccept(durable -> control.hereOrLater(() -> task.accept(durable)));
  }

  private void reply(CompletableFuture<byte[]> answer, PurgeMessage.Reply message) {
    switch (message) {
      case PurgeMessage.Have have ->
          then(
              durable().handle((done, failure) -> failure == null),
              durable -> answer.complete(PurgeCodec.encode(known.in(have, durable))));
      case PurgeMessage.Applied _ ->
          DurablePurges.finish(answer, PurgeCodec.encode(message), durable());
      case PurgeMessage.Busy _ ->
          DurablePurges.finish(answer, PurgeCodec.encode(message), applied.durable());
    }
  }

  private void send(NodeName node, long request, PurgeMessage.Request message) {
    ForwardChannel channel = channels.get(node);
    if (channel == null) {
      driver.apply(new PurgeEvent.Failed(node, request, "there is no channel"));
      return;
    }
    channel.ask(
        new PeerQuestion.Asked(
            EdgePorts.QUESTION_SCHEME,
            node.value(),
            PurgeCodec.encode(message),
            PurgeMessage.MAX_BYTES),
        new PeerQuestion.Answer() {
          @Override
          public void came(byte[] bytes) {
            Optional<PurgeMessage.Reply> reply = PurgeCodec.reply(bytes);
            applyLater(
                reply.isPresent()
                    ? new PurgeEvent.Answered(node, request, reply.get())
                    : new PurgeEvent.Failed(node, request, "its answer is none"));
          }

          @Override
          public void failed(String why) {
            log.atDebug().addKeyValue("peer", node).addKeyValue("why", why).log("purges not sent");
            applyLater(new PurgeEvent.Failed(node, request, why));
          }
        });
  }

  private void applyLater(PurgeEvent event) {
    control.hereOrLater(() -> driver.apply(event));
  }

  private void hold(boolean on, String why) {
    if (on) {
      hold.on(why);
    } else {
      hold.off(channels.isEmpty()).ifPresent(applied::follow);
      var _ =
          applied.durable().whenComplete((done, failure) -> control.hereOrLater(this::holdEnds));
    }
  }

  private void holdEnds() {
    if (here().hold().isEmpty()) {
      hold.ends();
    }
  }

  private void unconfirmed(OptionalLong batch) {
    long first = batch.orElse(Long.MAX_VALUE);
    epochs.headMap(first).clear();
    Map.@Nullable Entry<Long, Long> oldest = epochs.firstEntry();
    long epoch = oldest == null ? Long.MAX_VALUE : oldest.getValue();
    long firstEpoch = first == PurgeFleet.ALL_BATCHES ? PurgeEpochs.START + 1 : epoch;
    edge.get().ifPresent(server -> server.confirmed(firstEpoch));
  }

  /** What it means by this node's own config; nothing if nothing here can be meant. */
  private List<PurgeOrder> orders(List<FleetPurge> purges) {
    List<PurgeOrder> orders = new ArrayList<>();
    for (FleetPurge purge : purges) {
      Optional<QueryResult<PurgePlan.Purges>> planned = FleetScopes.scope(purge).map(plan);
      if (planned.isPresent()
          && planned.get() instanceof QueryResult.Found<PurgePlan.Purges>(var found)) {
        found.purges().forEach(each -> orders.add(new PurgeOrder(each, purge.soft())));
      }
    }
    return orders;
  }
}
