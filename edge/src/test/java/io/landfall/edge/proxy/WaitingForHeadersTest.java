package io.landfall.edge.proxy;

import static io.landfall.edge.proxy.ProxyHeaders.ipv4;
import static io.landfall.edge.proxy.ProxyHeaders.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.ProxyFault;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ClientPlaces;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.loop.InputMemory;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What connections take of one loop as long as their PROXY header is not whole, and give back. */
class WaitingForHeadersTest {
  private static final long LIMIT_NANOS =
      EdgeTimeouts.defaults().clients().requestHeadMillis() * 1_000_000;
  private static final byte[] START = "PROXY TC".getBytes(ISO_8859_1);

  private final EdgeRuntime runtime = new EmbeddedEdge(EdgeLimits.defaults()).runtime();
  private final Loop loop = new Loop();
  private final LongAdder gauge = new LongAdder();
  private final LongAdder evicted = new LongAdder();
  private final ClientPlaces places = new ClientPlaces(1, gauge, evicted);
  private final ProxyInputs inputs = new ProxyInputs(loop, runtime, places);
  private final List<Object> events = new ArrayList<>();

  /** A loop whose time and tasks are the test's. */
  private static final class Loop implements EdgeLoop {
    private final EmbeddedChannel owner = new EmbeddedChannel();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final InputMemory memory = new InputMemory(4_096, tasks::add);
    private long nowNanos = 7 * LIMIT_NANOS;

    @Override
    public EventLoop eventLoop() {
      return owner.eventLoop();
    }

    @Override
    public InputMemory inputMemory() {
      return memory;
    }

    @Override
    public boolean isLeaving() {
      return false;
    }

    @Override
    public boolean isDraining() {
      return false;
    }

    @Override
    public long nowNanos() {
      return nowNanos;
    }
  }

  /** Stands behind the header's handler for those that read HTTP. */
  private final class Behind extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      events.add(event);
    }
  }

  private EmbeddedChannel client(Consumer<Channel> next) {
    return new EmbeddedChannel(inputs.handler(next));
  }

  private EmbeddedChannel client() {
    return client(channel -> {});
  }

  private static ByteBuf bytes(byte[] bytes) {
    return Unpooled.copiedBuffer(bytes);
  }

  private long faults(ProxyFault fault) {
    return runtime.counters().read().clients().proxyFaults().getOrDefault(fault, 0L);
  }

  private void isGone(EmbeddedChannel client, ByteBuf held) {
    assertThat(client.isOpen()).isFalse();
    assertThat(held.refCnt()).isZero();
    assertThat(loop.memory.heldBytes()).isZero();
    assertThat(gauge.sum()).isZero();
  }

  @Test
  void aHeaderThatIsNotWholeCountsAsHeldUntilItIs() {
    EmbeddedChannel client = client();
    ByteBuf start = bytes(START);
    client.writeInbound(start);
    assertThat(loop.memory.heldBytes()).isEqualTo(start.capacity());
    assertThat(gauge.sum()).isEqualTo(1);
    client.writeInbound(bytes("P4 192.0.2.7 198.51.100.1 4711 443\r\nGET".getBytes(ISO_8859_1)));
    assertThat(loop.memory.heldBytes()).isZero();
    assertThat(gauge.sum()).isZero();
    ByteBuf rest = client.readInbound();
    assertThat(rest.toString(ISO_8859_1)).isEqualTo("GET");
    rest.release();
    assertThat(client.isOpen()).isTrue();
    client.finishAndReleaseAll();
  }

  @Test
  void aClientBehindAHeaderHasAPlaceLikeOneWithout() {
    EmbeddedChannel client = client(places::enter);
    client.writeInbound(bytes(ipv4()));
    assertThat(gauge.sum()).isEqualTo(1);
    assertThat(places.hasRoom()).as("it may have to go until it has asked").isTrue();
    client.runPendingTasks();
    assertThat(client.isOpen()).isFalse();
    assertThat(evicted.sum()).isEqualTo(1);
  }

  @Test
  void aConnectionThatEndsGivesBackWhatItHeld() {
    EmbeddedChannel client = client();
    ByteBuf start = bytes(START);
    client.writeInbound(start);
    ChannelIo.close(client);
    client.runPendingTasks();
    isGone(client, start);
    assertThat(faults(ProxyFault.ENDED)).isEqualTo(1);
  }

  @Test
  void anEndOfInputIsTheEndAndOtherEventsGoOn() {
    EmbeddedChannel client = client();
    client.pipeline().addLast(new Behind());
    ByteBuf start = bytes(START);
    client.writeInbound(start);
    client.pipeline().fireUserEventTriggered("other");
    assertThat(events).containsExactly("other");
    assertThat(client.isOpen()).isTrue();
    client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    isGone(client, start);
    assertThat(events).containsExactly("other");
    assertThat(faults(ProxyFault.ENDED)).isEqualTo(1);
  }

  @Test
  void whatIsSentBehindABadHeaderIsDroppedAndNotCountedAgain() {
    EmbeddedChannel client = client();
    client.writeInbound(bytes("GET / HTTP/1.1".getBytes(ISO_8859_1)));
    assertThat(client.isOpen()).isFalse();
    assertThat(faults(ProxyFault.NO_HEADER)).isEqualTo(1);
    assertThat(faults(ProxyFault.ENDED)).isZero();
  }

  @Test
  void whatWasReadIsReleasedBeforeTheConnectionIsGone() {
    // A close may wait: what its bytes held is there for others at once.
    ProxyInput input = new ProxyInput(inputs, channel -> {});
    EmbeddedChannel client = new EmbeddedChannel(new Patient(), input);
    ByteBuf start = bytes(START);
    client.writeInbound(start);
    input.fail(ProxyFault.TIMEOUT);
    assertThat(client.isOpen()).isTrue();
    assertThat(start.refCnt()).isZero();
    assertThat(loop.memory.heldBytes()).isZero();
    ByteBuf late = bytes(START);
    client.writeInbound(late);
    assertThat(late.refCnt()).isZero();
    assertThat(faults(ProxyFault.TIMEOUT)).isEqualTo(1);
  }

  /** Closes only when what was written has left, which it never does. */
  private static final class Patient extends ChannelOutboundHandlerAdapter {
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {}
  }

  @Test
  void aHandlerThatIsTakenOutGivesBackWhatItHeld() {
    EmbeddedChannel client = client();
    ByteBuf start = bytes(START);
    client.writeInbound(start);
    client.pipeline().remove(ProxyInput.class);
    assertThat(start.refCnt()).isZero();
    assertThat(loop.memory.heldBytes()).isZero();
    assertThat(gauge.sum()).isZero();
    client.finishAndReleaseAll();
  }

  @Test
  void theOldestGoesWhenTooMuchIsHeld() {
    EmbeddedChannel old = client();
    EmbeddedChannel young = client();
    ByteBuf start = bytes(START);
    old.writeInbound(start);
    ByteBuf large = Unpooled.buffer(4_096).writeBytes(START);
    young.writeInbound(large);
    assertThat(loop.memory.heldBytes()).isEqualTo(4_096 + start.capacity());
    while (!loop.tasks.isEmpty()) {
      loop.tasks.remove().run();
    }
    old.runPendingTasks();
    assertThat(old.isOpen()).isFalse();
    assertThat(start.refCnt()).isZero();
    assertThat(loop.memory.heldBytes()).isEqualTo(4_096);
    assertThat(young.isOpen()).isTrue();
    assertThat(faults(ProxyFault.ENDED)).as("it was no fault of the header").isZero();
    young.finishAndReleaseAll();
  }

  @Test
  void aFailureClosesTheConnectionAndIsTold() {
    EmbeddedChannel client = client();
    long before = ChannelIo.BUGS.sum();
    client.pipeline().fireExceptionCaught(new IllegalStateException("as the test asks"));
    assertThat(client.isOpen()).isFalse();
    assertThat(ChannelIo.BUGS.sum()).isGreaterThan(before);
    assertThat(gauge.sum()).isZero();
  }

  @Test
  void onlyThoseWhoseTimeIsOverAreEnded() {
    EmbeddedChannel old = client();
    ByteBuf start = bytes(START);
    old.writeInbound(start);
    loop.nowNanos++;
    EmbeddedChannel young = client();
    inputs.tick(loop.nowNanos - 1 + LIMIT_NANOS);
    assertThat(old.isOpen()).as("the limit is still in time").isTrue();
    inputs.tick(loop.nowNanos + LIMIT_NANOS);
    assertThat(old.isOpen()).isFalse();
    assertThat(start.refCnt()).isZero();
    assertThat(young.isOpen()).isTrue();
    assertThat(gauge.sum()).as("the young one").isEqualTo(1);
    inputs.tick(loop.nowNanos + 1 + LIMIT_NANOS);
    assertThat(young.isOpen()).isFalse();
    assertThat(gauge.sum()).isZero();
    assertThat(faults(ProxyFault.TIMEOUT)).isEqualTo(2);
    inputs.tick(loop.nowNanos + 9 * LIMIT_NANOS);
    assertThat(gauge.sum()).isZero();
  }

  @Test
  void aPlaceIsGivenBackBeforeASlowCloseIsOver() {
    EmbeddedChannel client = new EmbeddedChannel(new Patient(), inputs.handler(channel -> {}));
    inputs.tick(loop.nowNanos + 1 + LIMIT_NANOS);
    assertThat(client.isOpen()).isTrue();
    assertThat(gauge.sum()).isZero();
    inputs.tick(loop.nowNanos + 2 + LIMIT_NANOS);
    assertThat(gauge.sum()).as("once").isZero();
    assertThat(faults(ProxyFault.TIMEOUT)).isEqualTo(1);
  }

  @Test
  void bytesBehindTheHeaderComeAsTheyWere() {
    EmbeddedChannel client = client();
    client.writeInbound(bytes(join(ipv4(), START)));
    ByteBuf rest = client.readInbound();
    assertThat(rest.toString(ISO_8859_1)).isEqualTo("PROXY TC");
    rest.release();
    EmbeddedChannel other = client();
    ByteBuf alone = bytes(ipv4());
    other.writeInbound(alone);
    assertThat(alone.refCnt()).isZero();
    ByteBuf nothing = other.readInbound();
    assertThat(nothing).isNull();
    client.finishAndReleaseAll();
    other.finishAndReleaseAll();
  }
}
