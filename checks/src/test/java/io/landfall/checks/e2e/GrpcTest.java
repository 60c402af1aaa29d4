package io.landfall.checks.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.landfall.ca.CertificateAuthority;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * gRPC with the client and the server of grpc-java: to a node whose site has the service, and to
 * one that forwards to that site.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String SERVED = "127.98.10.1";
  private static final String FORWARDED = "127.98.10.2";
  private static final int MANY = 1_000;
  private static final int LARGE = 3 << 20;

  private final GrpcCalls calls = new GrpcCalls();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private Server server;

  @BeforeAll
  void twoNodesAndAServerAtOne(@TempDir Path folder) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(calls)
            .build()
            .start();
    CertificateAuthority ca = NodeFiles.authority(folder);
    String backend =
        ", backends: [{url: \"http://127.0.0.1:"
            + server.getPort()
            + "\", protocol: h2}], probe: {tcp: true, interval: 1s, rise: 1}";
    node(ca, folder, "fra", 1, backend);
    node(ca, folder, "nyc", 2, "");
    for (String site : List.of(SERVED, FORWARDED)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(new InetSocketAddress(site, 8_080))
              .overrideAuthority("texts.test")
              .usePlaintext()
              .build();
      channels.add(channel);
      Await.until(PATIENCE, "it is served by way of " + site, () -> isServed(channel), this::logs);
    }
  }

  private void node(CertificateAuthority ca, Path all, String name, int number, String backend)
      throws IOException {
    Path folder = Files.createDirectory(all.resolve(name));
    NodeFiles.write(ca, folder, name, "10.32.0." + number, "texts");
    Path config =
        Files.writeString(
            folder.resolve("node.yaml"),
            """
            node: {name: %1$s, identity: 10.32.0.%2$d}
            overlay: {block: 10.32.0.0/23, listen: "127.98.10.%2$d:8443", candidates: ["127.98.10.1:8443", "127.98.10.2:8443"]}
            trust: {domain: landfall.test, ca: ../ca.pem, certificate: %1$s.pem, key: %1$s.key}
            edge: {listen: [{address: "127.98.10.%2$d:8080"}]}
            services: {texts: {identity: 10.32.1.1, hosts: [texts.test]%3$s}}
            admin: {socket: node.sock}
            """
                .formatted(name, number, backend));
    nodes.add(NodeProcess.start(config));
  }

  private static boolean isServed(ManagedChannel channel) {
    try {
      return "a".equals(unary(channel, GrpcCalls.ECHO, "a", PATIENCE));
    } catch (StatusRuntimeException notYet) {
      return false;
    }
  }

  private String logs() {
    return nodes.stream().map(NodeProcess::log).toList().toString();
  }

  @AfterAll
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    nodes.forEach(NodeProcess::close);
    server.shutdownNow();
  }

  private ManagedChannel by(String site) {
    return channels.get(site.equals(SERVED) ? 0 : 1);
  }

  private static String unary(
      ManagedChannel channel,
      MethodDescriptor<String, String> method,
      String text,
      Duration limit) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    return ClientCalls.blockingUnaryCall(channel, method, options, text);
  }

  private static StatusRuntimeException failure(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException failed) {
      return failed;
    }
    throw new AssertionError("it did not fail");
  }

  /** Keeps what comes, and the end. */
  private record Answers(BlockingQueue<String> texts, CompletableFuture<Void> end)
      implements StreamObserver<String> {
    Answers() {
      this(new LinkedBlockingQueue<>(), new CompletableFuture<>());
    }

    @Override
    public void onNext(String text) {
      texts.add(text);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      end.complete(null);
    }

    String next() throws InterruptedException {
      return texts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVED, FORWARDED})
  void oneMessageForOne(String site) {
    assertThat(unary(by(site), GrpcCalls.ECHO, "", PATIENCE)).isEmpty();
    String large = "x".repeat(LARGE);
    assertThat(unary(by(site), GrpcCalls.ECHO, large, PATIENCE)).isEqualTo(large);
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVED, FORWARDED})
  void aFailureHasItsStatusItsTextAndItsTrailer(String site) {
    StatusRuntimeException failed =
        failure(() -> unary(by(site), GrpcCalls.ECHO, "fail", PATIENCE));
    assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failed.getStatus().getDescription()).isEqualTo("no, 50 %");
    assertThat(requireNonNull(failed.getTrailers()).get(GrpcCalls.WHY)).isEqualTo("as asked");
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVED, FORWARDED})
  void manyMessagesForOne(String site) {
    Iterator<String> messages =
        ClientCalls.blockingServerStreamingCall(
            by(site), GrpcCalls.COUNT, CallOptions.DEFAULT, Integer.toString(MANY));
    for (int i = 0; i < MANY; i++) {
      assertThat(messages.next()).isEqualTo("message " + i);
    }
    assertThat(messages.hasNext()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVED, FORWARDED})
  void oneMessageForMany(String site) throws InterruptedException {
    Answers answers = new Answers();
    StreamObserver<String> messages =
        ClientCalls.asyncClientStreamingCall(
            by(site).newCall(GrpcCalls.SUM, CallOptions.DEFAULT), answers);
    for (int i = 0; i < MANY; i++) {
      messages.onNext("message " + i);
    }
    messages.onCompleted();
    assertThat(answers.next()).isEqualTo(Integer.toString(MANY));
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVED, FORWARDED})
  void eachMessageIsAnsweredAsItComes(String site) throws Exception {
    Answers answers = new Answers();
    StreamObserver<String> messages =
        ClientCalls.asyncBidiStreamingCall(
            by(site).newCall(GrpcCalls.TALK, CallOptions.DEFAULT), answers);
    for (int i = 0; i < 50; i++) {
      messages.onNext("message " + i);
      assertThat(answers.next()).isEqualTo("you: message " + i);
    }
    messages.onCompleted();
    answers.end().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVED, FORWARDED})
  void aDeadlineEndsTheCallAtTheServerToo(String site) {
    int before = calls.givenUp.get();
    StatusRuntimeException late =
        failure(() -> unary(by(site), GrpcCalls.SILENCE, "", Duration.ofMillis(300)));
    assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    Await.until(
        PATIENCE, "the server learns of it", () -> calls.givenUp.get() == before + 1, this::logs);
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVED, FORWARDED})
  void aHundredCallsAtOnce(String site) throws Exception {
    List<Answers> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Answers answers = new Answers();
      ClientCalls.asyncUnaryCall(
          by(site).newCall(GrpcCalls.ECHO, CallOptions.DEFAULT), "call " + i, answers);
      all.add(answers);
    }
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).next()).isEqualTo("call " + i);
      all.get(i).end().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
