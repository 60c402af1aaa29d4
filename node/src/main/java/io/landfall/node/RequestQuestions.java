package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.QueryResult;
import io.landfall.admin.Unavailable;
import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.RequestHalf;
import io.landfall.admin.model.RequestReport;
import io.landfall.config.NodeConfig;
import io.landfall.core.FailureText;
import io.landfall.core.NodeName;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.server.EdgeServer;
import io.landfall.transport.tls.ForwardChannel;
import io.landfall.transport.tls.PeerQuestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What became of a request by its id: what this node saw, joined with what those saw to which it
 * was forwarded. A node answers another for requests only that came from that one, with what it has
 * of them in its memory; it asks no further node.
 *
 * <p>A question is {@link #MARK}, the version 1 and the id; the answer a JSON array of {@link
 * RequestHalf} (docs/protocol.md).
 */
final class RequestQuestions implements HeldChannels {
  /** The first byte of such a question; no other between nodes begins with it. */
  static final byte MARK = 'R';

  /** How long another node is waited for. */
  static final long ANSWER_MILLIS = 2_000;

  /** The longest id. */
  static final int MAX_ID = 128;

  /** So many requests with one id are shown, the newest. */
  static final int MOST_HALVES = 8;

  /** The longest answer. */
  static final int MAX_ANSWER_BYTES = 256 * 1024;

  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 2;

  /** So many questions of other nodes are answered at once: each looks through what is kept. */
  private static final int MOST_ANSWERED = 2;

  private final NodeName self;
  private final Executor control;
  private final Executor background;
  private final Supplier<@Nullable EdgeServer> edge;
  private final Semaphore answering = new Semaphore(MOST_ANSWERED);

  /** One operator's question at a time, for a channel takes one. */
  private final Semaphore asking = new Semaphore(1, true);

  /** As many as other nodes; on the control thread. */
  private final Map<NodeName, ForwardChannel> channels = new LinkedHashMap<>();

  private RequestQuestions(
      NodeName self, Executor control, Executor background, Supplier<@Nullable EdgeServer> edge) {
    this.self = self;
    this.control = control;
    this.background = background;
    this.edge = edge;
  }

  /**
   * Those of one node.
   *
   * @param control the control thread, which the channels are used on
   * @param background what may take a moment
   * @param edge the running edge; null before it runs and after
   */
  static RequestQuestions of(
      NodeConfig config,
      Executor control,
      Executor background,
      Supplier<@Nullable EdgeServer> edge) {
    return new RequestQuestions(config.name(), control, background, edge);
  }

  @Override
  public void up(NodeName node, ForwardChannel channel) {
    channels.put(node, channel);
  }

  @Override
  public void over(NodeName node, ForwardChannel channel) {
    channels.remove(node, channel);
  }

  /** Another node asks what became of a request that it has forwarded to this one. Any thread. */
  CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
    if (question.length <= HEAD_BYTES
        || question.length > HEAD_BYTES + MAX_ID
        || question[1] != VERSION) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("not a question about a request"));
    }
    if (!answering.tryAcquire()) {
      return CompletableFuture.failedFuture(new IllegalStateException("too many questions"));
    }
    String id = new String(question, HEAD_BYTES, question.length - HEAD_BYTES, US_ASCII);
    return CompletableFuture.supplyAsync(() -> answer(node, id), background)
        .whenComplete((answer, failure) -> answering.release());
  }

  private byte[] answer(NodeName asker, String id) {
    EdgeServer running = edge.get();
    List<RequestHalf> halves =
        running == null
            ? List.of()
            : halves(
                running.requests(id).stream()
                    .filter(each -> each.asked().by().from().equals(Optional.of(asker)))
                    .toList());
    return JsonWriter.text(halves).getBytes(UTF_8);
  }

  private static List<RequestHalf> halves(List<FinishedRequest> found) {
    return found.stream().limit(MOST_HALVES).map(RequestHalves::of).toList();
  }

  /**
   * What became of a request; blocks until the nodes to which it was forwarded have answered, or
   * were waited for long enough.
   *
   * @throws Unavailable when no requests are answered here
   */
  QueryResult<RequestReport> explain(String id) {
    EdgeServer running = edge.get();
    if (running == null) {
      throw new Unavailable("this node answers no requests: it has no edge, or that is not up");
    }
    if (id.isEmpty() || id.length() > MAX_ID || !US_ASCII.newEncoder().canEncode(id)) {
      return new QueryResult.Wrong<>(
          "a request id has 1 to " + MAX_ID + " visible ASCII characters");
    }
    if (!running.namesRequests()) {
      return new QueryResult.Missing<>(
          "requests have no ids at this node: its config has neither access-log nor tracing");
    }
    List<FinishedRequest> found = running.requests(id);
    if (found.isEmpty()) {
      return new QueryResult.Missing<>(
          "no finished request with the id '"
              + id
              + "' is known at "
              + self
              + ": it has not come here, has not ended, or too many have come since");
    }
    // In the order of their names, each once.
    Map<String, CompletableFuture<List<RequestHalf>>> answers = new TreeMap<>();
    List<RequestReport.Elsewhere> elsewhere = new ArrayList<>();
    if (!mayAsk()) {
      return new QueryResult.Found<>(
          new RequestReport(id, self.value(), halves(found), busy(found)));
    }
    try {
      for (FinishedRequest each : found) {
        for (FinishedRequest.Tried tried : each.tried()) {
          if (tried.isNode()) {
            answers.computeIfAbsent(tried.place(), name -> ask(new NodeName(name), id));
          }
        }
      }
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
      answers.forEach((name, answer) -> elsewhere.add(awaited(name, answer, deadline)));
    } finally {
      asking.release();
    }
    return new QueryResult.Found<>(new RequestReport(id, self.value(), halves(found), elsewhere));
  }

  /** Waits for the questions before; callers without end each wait for so long and no longer. */
  private boolean mayAsk() {
    try {
      return asking.tryAcquire(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<RequestReport.Elsewhere> busy(List<FinishedRequest> found) {
    return found.stream()
        .flatMap(each -> each.tried().stream())
        .filter(FinishedRequest.Tried::isNode)
        .map(FinishedRequest.Tried::place)
        .distinct()
        .sorted()
        .map(
            name ->
                new RequestReport.Elsewhere(
                    name,
                    List.of(),
                    Optional.of("it was not asked: other questions are under way; ask again")))
        .toList();
  }

  private static RequestReport.Elsewhere awaited(
      String name, CompletableFuture<List<RequestHalf>> answer, long deadlineNanos) {
    String problem;
    try {
      long left = Math.max(0, deadlineNanos - System.nanoTime());
      List<RequestHalf> halves = answer.get(left, TimeUnit.NANOSECONDS);
      return new RequestReport.Elsewhere(
          name,
          halves,
          halves.isEmpty()
              ? Optional.of("it knows of no such request: too many have come since, or none came")
              : Optional.empty());
    } catch (TimeoutException late) {
      problem = "it has not answered within " + ANSWER_MILLIS / 1_000 + " s";
    } catch (ExecutionException e) {
      problem = FailureText.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problem = "the question was given up";
    }
    return new RequestReport.Elsewhere(name, List.of(), Optional.of(problem));
  }

  private CompletableFuture<List<RequestHalf>> ask(NodeName node, String id) {
    CompletableFuture<List<RequestHalf>> answer = new CompletableFuture<>();
    byte[] text = id.getBytes(US_ASCII);
    byte[] question = new byte[HEAD_BYTES + text.length];
    question[0] = MARK;
    question[1] = VERSION;
    System.arraycopy(text, 0, question, HEAD_BYTES, text.length);
    control.execute(
        () -> {
          ForwardChannel channel = channels.get(node);
          if (channel == null) {
            answer.completeExceptionally(
                new IllegalStateException("there is no channel to it now"));
            return;
          }
          channel.askForOperator(
              new PeerQuestion.Asked(
                  EdgePorts.QUESTION_SCHEME, node.value(), question, MAX_ANSWER_BYTES),
              new Taken(answer));
        });
    return answer;
  }

  /** Takes an answer off the control thread: it is read by who waits for it. */
  private record Taken(CompletableFuture<List<RequestHalf>> answer) implements PeerQuestion.Answer {
    @Override
    public void came(byte[] bytes) {
      Thread.startVirtualThread(
          () -> {
            try {
              answer.complete(JsonReader.readAll(new String(bytes, UTF_8), RequestHalf.class));
            } catch (IllegalArgumentException notOfTheModel) {
              answer.completeExceptionally(
                  new IllegalStateException("its answer is not understood"));
            }
          });
    }

    @Override
    public void failed(String why) {
      answer.completeExceptionally(new IllegalStateException(why));
    }
  }
}
