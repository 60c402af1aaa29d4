package io.landfall.checks.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A service of gRPC whose messages are texts, without a compiler of protocol buffers. */
final class GrpcCalls implements BindableService {
  /** Answers a text with itself; "fail" with an error that has a trailer. */
  static final MethodDescriptor<String, String> ECHO =
      method("Echo", MethodDescriptor.MethodType.UNARY);

  /** Answers a number with so many messages. */
  static final MethodDescriptor<String, String> COUNT =
      method("Count", MethodDescriptor.MethodType.SERVER_STREAMING);

  /** Answers all messages with how many they were. */
  static final MethodDescriptor<String, String> SUM =
      method("Sum", MethodDescriptor.MethodType.CLIENT_STREAMING);

  /** Answers each message as it comes. */
  static final MethodDescriptor<String, String> TALK =
      method("Talk", MethodDescriptor.MethodType.BIDI_STREAMING);

  /** Answers nothing; counts what the client gives up. */
  static final MethodDescriptor<String, String> SILENCE =
      method("Silence", MethodDescriptor.MethodType.UNARY);

  /** The trailer of a failed call. */
  static final Metadata.Key<String> WHY = Metadata.Key.of("why", Metadata.ASCII_STRING_MARSHALLER);

  /** Calls without an answer that the client has given up. */
  final AtomicInteger givenUp = new AtomicInteger();

  private static MethodDescriptor<String, String> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("lab.Texts", name))
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
  }

  /** Texts as they are. */
  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder("lab.Texts")
        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcCalls::echo))
        .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(GrpcCalls::count))
        .addMethod(SUM, ServerCalls.asyncClientStreamingCall(GrpcCalls::sum))
        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(GrpcCalls::talk))
        .addMethod(SILENCE, ServerCalls.asyncUnaryCall(this::silence))
        .build();
  }

  private static void echo(String text, StreamObserver<String> answers) {
    if (text.equals("fail")) {
      Metadata trailers = new Metadata();
      trailers.put(WHY, "as asked");
      answers.onError(
          Status.FAILED_PRECONDITION.withDescription("no, 50 %").asRuntimeException(trailers));
      return;
    }
    answers.onNext(text);
    answers.onCompleted();
  }

  private static void count(String number, StreamObserver<String> answers) {
    for (int i = 0; i < Integer.parseInt(number); i++) {
      answers.onNext("message " + i);
    }
    answers.onCompleted();
  }

  private static StreamObserver<String> sum(StreamObserver<String> answers) {
    return new Messages(answers) {
      private int all;

      @Override
      public void onNext(String text) {
        all++;
      }

      @Override
      public void onCompleted() {
        answers.onNext(Integer.toString(all));
        answers.onCompleted();
      }
    };
  }

  private static StreamObserver<String> talk(StreamObserver<String> answers) {
    return new Messages(answers) {
      @Override
      public void onNext(String text) {
        answers.onNext("you: " + text);
      }
    };
  }

  private void silence(String text, StreamObserver<String> answers) {
    ((ServerCallStreamObserver<String>) answers).setOnCancelHandler(givenUp::incrementAndGet);
  }

  /** What a client sends of one call. */
  private abstract static class Messages implements StreamObserver<String> {
    private final StreamObserver<String> answers;

    Messages(StreamObserver<String> answers) {
      this.answers = answers;
    }

    @Override
    public void onError(Throwable givenUp) {
      // The client has gone: nobody is answered.
    }

    @Override
    public void onCompleted() {
      answers.onCompleted();
    }
  }
}
