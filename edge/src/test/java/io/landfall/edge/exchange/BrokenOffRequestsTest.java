package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.HostedService;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.h1.RequestText;
import io.landfall.edge.h2.ForwardedTo;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.server.TestSite;
import io.landfall.testkit.Await;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Forwarded requests that clients break off, and the others on the same connections. */
class BrokenOffRequestsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final String POST =
      "POST /post HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n";
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final TestSite nyc = owned(new TestSite("nyc", 2, TestSettings::oneLoop));

  private <T extends AutoCloseable> T owned(T closeable) {
    toClose.addFirst(closeable);
    return closeable;
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private TestSite landing(TestBackend backend) {
    TestSite fra = owned(new TestSite("fra", 1, TestSettings::oneLoop));
    nyc.publish(Signal.UP, new HostedService(backends(backend), 1_000_000));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    return fra;
  }

  /** Somebody who asks from an address and can go away at any moment, on the loop itself. */
  private static final class Asker implements Downstream {
    private final InetSocketAddress from;
    private final Consumer<Asker> onBody;
    private Exchange exchange;
    private int status;
    private boolean ended;
    private Runnable then = () -> {};

    Asker(TestSite.OwnLoop loop, String request, int number, Consumer<Asker> onBody) {
      this.from = new InetSocketAddress(InetAddress.ofLiteral(address(number)), 1);
      this.onBody = onBody;
      exchange = new Exchange(loop.exchanges(), RequestText.head(request), this, Optional.empty());
    }

    private static String address(int number) {
      return "10." + (number >> 16) + "." + ((number >> 8) & 255) + "." + (number & 255);
    }

    Asker then(Runnable next) {
      then = next;
      return this;
    }

    Asker start() {
      exchange.start();
      return this;
    }

    void leave() {
      ended = true;
      exchange.downstreamGone();
    }

    @Override
    public SocketAddress remote() {
      return from;
    }

    @Override
    public void respond(int given, FieldLines fields, Framing framing) {
      status = given;
    }

    @Override
    public void body(ByteBuf data) {
      data.release();
      if (!ended) {
        onBody.accept(this);
      }
    }

    @Override
    public void end() {
      ended = true;
      then.run();
    }

    @Override
    public void abort() {
      ended = true;
      then.run();
    }

    @Override
    public void interim(int given, FieldLines fields) {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void flush() {}

    @Override
    public void pumpBody() {}
  }

  @Test
  void manyClientsThatBreakOffCostNobodyElseARequest() {
    TestSite fra = landing(owned(TestBackend.saying("ok")));
    TestSite.OwnLoop loop = fra.ownLoop();
    int rounds = 600;
    int leavingEach = 60;
    List<Asker> posts = new ArrayList<>();
    CountDownLatch started = new CountDownLatch(1);
    AtomicInteger clients = new AtomicInteger();
    Runnable round =
        new Runnable() {
          @Override
          public void run() {
            if (posts.size() == rounds) {
              started.countDown();
              return;
            }
            // The next round when this one's POST has its answer, so that all are really sent.
            Runnable again = () -> loop.eventLoop().execute(this);
            posts.add(new Asker(loop, POST, 1, asker -> {}).then(again).start());
            for (int i = 0; i < leavingEach; i++) {
              // A client of its own each: this is about the sum of all.
              new Asker(loop, GET, 2 + clients.incrementAndGet(), asker -> {}).start().leave();
            }
          }
        };
    loop.eventLoop().execute(round);
    // Some thirty thousand requests: on a busy machine they take their time.
    Await.until(
        Duration.ofMinutes(3), "all have asked", () -> started.getCount() == 0, posts::size);
    TestSite.await("every POST has ended", () -> allEnded(loop, posts));
    assertThat(posts.stream().filter(post -> post.status != 200).map(post -> post.status))
        .as("of %d POSTs beside %d requests that were broken off", rounds, rounds * leavingEach)
        .isEmpty();
    assertThat(loop.exchanges().runtime().counters().floodedConnections.sum()).isZero();
    assertThat(nyc.edge().stats().defences().floodedConnections()).isZero();
  }

  @Test
  void downloadsThatAreBrokenOffWhileTheyArriveCostNobodyElseARequest() {
    byte[] piece = new byte[1 << 16];
    TestBackend big =
        owned(
            new TestBackend(
                (request, in, out) -> {
                  if (request.line().startsWith("POST")) {
                    return TestBackend.ok(out, "ok");
                  }
                  TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n");
                  for (int i = 0; i < 16; i++) {
                    out.write(piece);
                  }
                  return true;
                }));
    TestSite fra = landing(big);
    TestSite.OwnLoop loop = fra.ownLoop();
    int downloads = 2_000;
    AtomicInteger left = new AtomicInteger();
    List<Asker> posts = new ArrayList<>();
    Consumer<Asker> leaveAndAskAgain =
        new Consumer<>() {
          @Override
          public void accept(Asker asker) {
            // Not from within the connection's own read.
            loop.eventLoop()
                .execute(
                    () -> {
                      if (asker.ended) {
                        return;
                      }
                      asker.leave();
                      int number = left.incrementAndGet();
                      if (number <= downloads) {
                        new Asker(loop, GET, number, this).start();
                      }
                      if (number % 20 == 0) {
                        posts.add(new Asker(loop, POST, 1, post -> {}).start());
                      }
                    });
          }
        };
    loop.eventLoop()
        .execute(
            () -> {
              for (int i = 0; i < 8; i++) {
                new Asker(loop, GET, 1, leaveAndAskAgain).start();
              }
            });
    TestSite.await("all have left", () -> left.get() >= downloads);
    TestSite.await("every POST has ended", () -> allEnded(loop, posts));
    assertThat(posts.stream().filter(post -> post.status != 200)).isEmpty();
    assertThat(loop.exchanges().runtime().counters().floodedConnections.sum()).isZero();
    assertThat(nyc.edge().stats().defences().floodedConnections()).isZero();
  }

  private static boolean allEnded(TestSite.OwnLoop loop, List<Asker> posts) {
    return loop.eventLoop()
        .submit(() -> posts.stream().allMatch(post -> post.ended))
        .awaitUninterruptibly()
        .getNow();
  }

  @Test
  void oneClientThatBreaksOffThousandsIsDeclinedForAWhileAndTheOthersAreServed()
      throws IOException {
    TestSite fra = landing(owned(TestBackend.saying("ok")));
    InetAddress rude = InetAddress.ofLiteral("127.0.0.2");
    // Behind the same address, and has had an answer: it is not kept from another.
    Socket besides = new Socket();
    besides.bind(new InetSocketAddress(rude, 0));
    besides.connect(fra.http());
    RawClient neighbour = owned(new RawClient(besides));
    assertThat(neighbour.send(POST).read().status()).isEqualTo(200);
    int most = 20_000;
    int served = 0;
    int declined = 0;
    for (int i = 0; i < most && declined < 3; i++) {
      try (Socket socket = new Socket()) {
        socket.bind(new InetSocketAddress(rude, 0));
        socket.connect(fra.http());
        socket.getOutputStream().write(GET.getBytes(US_ASCII));
        // It goes away with a reset: the end of its input alone would leave it its answer.
        socket.setSoLinger(i % 100 != 99, 0);
        if (i % 100 == 99) {
          RawClient.Answer answer = new RawClient(socket).read();
          declined += answer.status() == 429 ? 1 : 0;
          if (answer.status() == 429) {
            assertThat(answer.field("retry-after")).isPresent();
            assertThat(answer.field("proxy-status").orElse("")).contains("BREAKS_OFF");
            assertThat(neighbour.send(POST).read().status()).isEqualTo(200);
          } else {
            assertThat(answer.status()).isEqualTo(200);
          }
        }
      }
      if (i % 20 == 0) {
        try (RawClient good = new RawClient(fra.http())) {
          assertThat(good.send(POST).read().status()).isEqualTo(200);
          served++;
        }
      }
    }
    assertThat(declined).as("after %d others were served", served).isEqualTo(3);
    assertThat(fra.edge().stats().defences().declinedAborters()).isPositive();
    assertThat(fra.edge().stats().defences().floodedConnections()).isZero();
  }

  @Test
  void onlyWhatTheClientItselfBreaksOffIsCounted() {
    TestSite fra = landing(owned(TestBackend.saying("ok")));
    TestSite.OwnLoop loop = fra.ownLoop();
    assertThat(countedOf(loop, HttpViolation.CROWDED_OUT)).isZero();
    assertThat(countedOf(loop, HttpViolation.BODY_TIMEOUT)).isZero();
    assertThat(countedOf(loop, HttpViolation.CHUNK_SIZE)).isEqualTo(1);
  }

  /** How many clients have broken something off, after a request was refused in its body. */
  private static int countedOf(TestSite.OwnLoop loop, HttpViolation rule) {
    String chunked = "POST /post HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n";
    return loop.eventLoop()
        .submit(
            () -> {
              new Asker(loop, chunked, 1, asker -> {}).start().exchange.requestBroken(rule);
              return loop.exchanges().aborters().size();
            })
        .awaitUninterruptibly()
        .getNow();
  }

  @Test
  void aConnectionThatIsLostCostsAShareOfTheRequests() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend waits =
        owned(
            new TestBackend(
                (request, in, out) -> {
                  TestBackend.holdUntil(go);
                  return TestBackend.ok(out, "ok");
                }));
    TestSite fra = landing(waits);
    List<RawClient> clients = new ArrayList<>();
    // In groups, since the next connection is opened while the others are in use.
    for (int group = 1; group <= 4; group++) {
      for (int i = 0; i < 2 * ForwardedTo.SPREAD_STREAMS; i++) {
        clients.add(owned(new RawClient(fra.http())).send(POST));
      }
      int connections = group;
      TestSite.await("there are " + connections, () -> nyc.overlayChannels.size() >= connections);
    }
    TestSite.await("all wait", () -> waits.received.size() == clients.size());
    ChannelIo.close(nyc.overlayChannels.getLast().pipeline().firstContext());
    TestSite.await(
        "the lost ones are known", () -> fra.edge().stats().requestsInProgress() < clients.size());
    go.countDown();
    long lost = clients.stream().filter(client -> client.read().status() != 200).count();
    assertThat(lost).isPositive().isLessThan(clients.size() / 2);
  }
}
