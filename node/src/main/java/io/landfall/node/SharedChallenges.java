package io.landfall.node;

import io.landfall.acme.AcmeFailure;
import io.landfall.acme.ChallengeMessage;
import io.landfall.acme.ChallengePublisher;
import io.landfall.acme.ChallengeTable;
import io.landfall.acme.OwnCertificates;
import io.landfall.acme.PendingChallenge;
import io.landfall.core.Clock;
import io.landfall.core.FailureText;
import io.landfall.core.NodeName;
import io.landfall.edge.ChallengeAnswers;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.tls.ChallengeContexts;
import io.landfall.transport.tls.ForwardChannel;
import io.landfall.transport.tls.PeerQuestion;
import io.landfall.trust.Credentials;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The challenges of all nodes, answered at each: a CA's request lands at any site. Before a CA is
 * asked to verify, every node with a channel gets the challenge and has confirmed it, or {@link
 * #CONFIRM_MILLIS} are over. What a node sends is all that it has pending, in place of what it sent
 * before; a node whose channel comes up gets it too.
 */
final class SharedChallenges implements ChallengeAnswers, ChallengePublisher, HeldChannels {
  /** How long the other nodes are waited for; who is late is named in the log. */
  static final long CONFIRM_MILLIS = 10_000;

  /** How often it is tried to have a name to oneself that another node proves too. */
  private static final int TRIES = 20;

  private static final long SHORTEST_WAIT_MILLIS = 1_000;
  private static final long LONGEST_WAIT_MILLIS = 5_000;

  /** No node has an empty name. */
  private static final String SELF = "";

  private static final Logger log = LoggerFactory.getLogger("landfall.acme");

  private final Executor control;
  private final Executor background;
  private final Clock clock;
  private final ChallengeTable table = new ChallengeTable();

  /** As many as other nodes; on the control thread. */
  private final Map<NodeName, ForwardChannel> channels = new LinkedHashMap<>();

  /** What nodes have told and is not read yet: as many as nodes at most. */
  private final Map<NodeName, Told> unread = new ConcurrentHashMap<>();

  /** What this node has pending. */
  private volatile List<PendingChallenge> own = List.of();

  private long loggedNanos;
  private long notLogged;

  /** As many as challenges in the table. */
  private volatile Map<PendingChallenge, SslContext> contexts = Map.of();

  /**
   * Nothing is pending.
   *
   * @param control the control thread, which the channels are used on
   * @param background what may take a moment
   */
  SharedChallenges(Executor control, Executor background, Clock clock) {
    this.control = control;
    this.background = background;
    this.clock = clock;
    this.loggedNanos = clock.monotonicNanos() - TimeUnit.SECONDS.toNanos(1);
  }

  /** A message of a node, and what it is answered. */
  private record Told(byte[] question, CompletableFuture<byte[]> answer) {}

  @Override
  public Optional<String> http(String host, String token) {
    return table.keyAuthorization(host, token, clock.monotonicNanos());
  }

  @Override
  public Optional<SslContext> tls(String serverName) {
    return table
        .forName(serverName, clock.monotonicNanos())
        .flatMap(challenge -> Optional.ofNullable(contexts.get(challenge)));
  }

  /**
   * Another node tells what it has pending. Any thread. Of one node the newest message counts, and
   * one at most waits: to make certificates takes longer than to ask for them.
   */
  CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
    Told newest = new Told(question, new CompletableFuture<>());
    Told before = unread.put(node, newest);
    if (before == null) {
      background.execute(() -> answerNewest(node));
    } else {
      before.answer.completeExceptionally(new IllegalStateException("a newer message came"));
    }
    return newest.answer;
  }

  private synchronized void answerNewest(NodeName node) {
    Told newest = unread.remove(node);
    if (newest == null) {
      return;
    }
    try {
      newest.answer.complete(
          ChallengeMessage.decode(newest.question)
              .map(all -> ChallengeMessage.answer(taken(node, all)))
              .orElseThrow(() -> new IllegalArgumentException("not a message of challenges")));
    } catch (RuntimeException e) {
      newest.answer.completeExceptionally(e);
    }
  }

  /**
   * Whoever reads the log sees for which names another node has a CA ask here: a line a second, and
   * how many were not written since.
   */
  private List<String> taken(NodeName node, List<PendingChallenge> all) {
    long now = clock.monotonicNanos();
    boolean written = false;
    long before;
    synchronized (this) {
      written = !all.isEmpty() && now - loggedNanos >= TimeUnit.SECONDS.toNanos(1);
      before = notLogged;
      notLogged = written ? 0 : notLogged + (all.isEmpty() ? 0 : 1);
      loggedNanos = written ? now : loggedNanos;
    }
    if (written) {
      log.atInfo()
          .addKeyValue("peer", node)
          .addKeyValue("challenges", all)
          .addKeyValue("notLogged", before)
          .log("challenges of another node are answered here");
    }
    return put(node.value(), all);
  }

  private synchronized List<String> put(String owner, List<PendingChallenge> all) {
    long now = clock.monotonicNanos();
    List<String> busy = table.put(owner, all, now);
    Map<PendingChallenge, SslContext> made = new HashMap<>();
    for (PendingChallenge each : table.handshakes()) {
      SslContext known = contexts.get(each);
      Optional<SslContext> context = known == null ? context(each) : Optional.of(known);
      context.ifPresent(value -> made.put(each, value));
    }
    contexts = Map.copyOf(made);
    return busy;
  }

  private Optional<SslContext> context(PendingChallenge challenge) {
    Credentials shown = OwnCertificates.answer(challenge, Instant.ofEpochMilli(clock.wallMillis()));
    try {
      return Optional.of(ChallengeContexts.of(shown.key(), shown.certificate()));
    } catch (SSLException e) {
      log.atError().addKeyValue("challenge", challenge).setCause(e).log("challenge not answered");
      return Optional.empty();
    }
  }

  @Override
  public void publish(List<PendingChallenge> challenges) throws AcmeFailure, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      List<String> busy = put(SELF, challenges);
      if (busy.isEmpty()) {
        own = List.copyOf(challenges);
        busy = tellAll(own);
      }
      if (busy.isEmpty()) {
        return;
      }
      // Two nodes that order at once both stand back; who comes back first has the name.
      withdraw(challenges);
      log.atInfo().addKeyValue("names", busy).log("another node proves these names, trying again");
      Thread.sleep(ThreadLocalRandom.current().nextLong(SHORTEST_WAIT_MILLIS, LONGEST_WAIT_MILLIS));
    }
    throw new AcmeFailure(
        "other nodes have challenges of the same names pending, after " + TRIES + " tries");
  }

  @Override
  public void withdraw(List<PendingChallenge> challenges) {
    own = List.of();
    put(SELF, List.of());
    control.execute(() -> channels.forEach((node, channel) -> tell(node, channel, List.of())));
  }

  /** Has the other nodes answer, and waits for them; the names that others have already. */
  private List<String> tellAll(List<PendingChallenge> all) throws InterruptedException {
    CompletableFuture<Map<NodeName, CompletableFuture<List<String>>>> told =
        new CompletableFuture<>();
    control.execute(
        () -> {
          Map<NodeName, CompletableFuture<List<String>>> answers = new LinkedHashMap<>();
          channels.forEach((node, channel) -> answers.put(node, tell(node, channel, all)));
          told.complete(answers);
        });
    long deadline = clock.monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(CONFIRM_MILLIS);
    List<String> busy = new ArrayList<>();
    Map<NodeName, CompletableFuture<List<String>>> answers;
    try {
      answers = told.get(CONFIRM_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.warn("the control thread is late: challenges may be answered at this node only");
      return busy;
    }
    for (Map.Entry<NodeName, CompletableFuture<List<String>>> each : answers.entrySet()) {
      try {
        long left = Math.max(0, deadline - clock.monotonicNanos());
        busy.addAll(each.getValue().get(left, TimeUnit.NANOSECONDS));
      } catch (ExecutionException | TimeoutException e) {
        String why = e instanceof TimeoutException ? "it is late" : FailureText.of(e);
        log.atWarn()
            .addKeyValue("peer", each.getKey())
            .addKeyValue("why", why)
            .log("a node has not confirmed challenges: a CA's request that lands there fails");
      }
    }
    return busy;
  }

  /** On the control thread. */
  private static CompletableFuture<List<String>> tell(
      NodeName node, ForwardChannel channel, List<PendingChallenge> all) {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    channel.askBeside(
        new PeerQuestion.Asked(
            EdgePorts.QUESTION_SCHEME,
            node.value(),
            ChallengeMessage.encode(all),
            ChallengeMessage.MAX_ANSWER_BYTES),
        new PeerQuestion.Answer() {
          @Override
          public void came(byte[] bytes) {
            ChallengeMessage.busy(bytes)
                .ifPresentOrElse(
                    answer::complete,
                    () -> answer.completeExceptionally(new IllegalStateException("no answer")));
          }

          @Override
          public void failed(String why) {
            answer.completeExceptionally(new IllegalStateException(why));
          }
        });
    return answer;
  }

  @Override
  public void up(NodeName node, ForwardChannel channel) {
    channels.put(node, channel);
    List<PendingChallenge> now = own;
    if (!now.isEmpty()) {
      tell(node, channel, now);
    }
  }

  @Override
  public void over(NodeName node, ForwardChannel channel) {
    channels.remove(node, channel);
  }

  /** How many challenges are answered here. */
  int size() {
    return table.size();
  }
}
