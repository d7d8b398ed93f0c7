package io.github.camelllm.main.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.Await;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.service.ServiceSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes of any kind, replaced while exchanges run through them. */
class RouteSwapTest {

    private final LiveContext context = new LiveContext();
    private Retirement retirement;
    private ProducerTemplate producer;

    @BeforeEach
    void start() throws Exception {
        context.start();
        retirement = new Retirement(context);
        producer = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        retirement.close();
        context.stop();
    }

    /** A step with a life of its own. */
    private static final class Living extends ServiceSupport implements Processor {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);
        private final String says;
        private volatile boolean waits;

        Living(String says) {
            this.says = says;
        }

        @Override
        public void process(Exchange exchange) throws Exception {
            entered.countDown();
            if (waits) {
                go.await();
            }
            exchange.getMessage().setBody(isStarted() ? says : "stopped");
        }
    }

    private static RouteBuilder route(String id, String from, Processor step) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(from).routeId(id).process(step);
            }
        };
    }

    private void swap(List<String> replaced, List<String> removed, RouteBuilder... routes) throws Exception {
        RouteSwap swap = new RouteSwap(context, retirement);
        try {
            List<String> out = new java.util.ArrayList<>(replaced);
            out.addAll(removed);
            swap.stage(out, List.of(), () -> {
                for (RouteBuilder one : routes) {
                    context.addRoutes(one);
                }
            });
            swap.commit(removed);
        } catch (Exception e) {
            swap.rollback();
            throw e;
        }
    }

    private String ask(String uri) {
        return producer.requestBody(uri, "", String.class);
    }

    @Test
    void anExchangeEndsInTheStepsThatItHasComeTo() throws Exception {
        Living before = new Living("before");
        before.waits = true;
        context.addRoutes(route("r", "direct:r", before));
        CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> ask("direct:r"));
        before.entered.await();
        Living after = new Living("after");
        swap(List.of("r"), List.of(), route("r", "direct:r", after));
        assertThat(ask("direct:r")).isEqualTo("after");
        assertThat(before.isStarted()).isTrue();
        assertThat(retirement.waiting()).isEqualTo(1);
        before.go.countDown();
        assertThat(slow.get()).isEqualTo("before");
        Await.until("the old steps are stopped", () -> !before.isStarted());
        assertThat(after.isStarted()).isTrue();
        assertThat(retirement.waiting()).isZero();
    }

    @Test
    void noExchangeOfManyFailsWhileTheRouteIsReplacedManyTimes() throws Exception {
        context.addRoutes(route("r", "direct:r", new Living("0")));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:outer").routeId("outer").to("direct:r");
            }
        });
        AtomicBoolean stopped = new AtomicBoolean();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger asked = new AtomicInteger();
        List<CompletableFuture<Void>> callers = new java.util.ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(CompletableFuture.runAsync(() -> {
                int last = 0;
                while (!stopped.get()) {
                    try {
                        int answer = Integer.parseInt(ask("direct:outer"));
                        if (answer < last) {
                            failures.add(answer + " after " + last);
                        }
                        last = answer;
                        asked.incrementAndGet();
                    } catch (RuntimeException e) {
                        failures.add(e + ": " + e.getCause());
                    }
                }
            }));
        }
        for (int i = 1; i <= 200; i++) {
            swap(List.of("r"), List.of(), route("r", "direct:r", new Living(Integer.toString(i))));
        }
        stopped.set(true);
        callers.forEach(CompletableFuture::join);
        assertThat(failures).isEmpty();
        assertThat(asked).hasPositiveValue();
        Await.until("all old steps are stopped", () -> retirement.waiting() == 0);
        assertThat(context.getRoutes()).hasSize(2);
        assertThat(context.getRouteDefinitions()).hasSize(2);
    }

    @Test
    void whatDoesNotStartLeavesAllAsItWas() throws Exception {
        Living before = new Living("before");
        context.addRoutes(route("r", "direct:r", before));
        Living other = new Living("other");
        RouteBuilder broken = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:x").routeId("x").to("bean:nobody?method=any");
            }
        };
        assertThatThrownBy(() -> swap(List.of("r"), List.of(), route("r", "direct:r", other), broken))
                .isInstanceOf(Exception.class);
        assertThat(ask("direct:r")).isEqualTo("before");
        assertThat(other.isStarted()).isFalse();
        assertThat(context.getRouteDefinitions()).hasSize(1);
        assertThat(context.getRoute("x")).isNull();
    }

    @Test
    void aBeanWithALifeOfItsOwnIsThereForTheNextRouteHoweverItIsCalled() throws Exception {
        Living bean = new Living("alive");
        context.getRegistry().bind("living", bean);
        for (String how : List.of("process", "bean", "to")) {
            String from = "direct:" + how;
            context.addRoutes(calling(how, from));
            assertThat(ask(from)).isEqualTo("alive");
            swap(List.of(how), List.of(), calling(how, from));
            Await.until("the old steps are stopped", () -> retirement.waiting() == 0);
            Await.until("the bean serves", () -> ask(from).equals("alive"));
            assertThat(ask(from)).isEqualTo("alive");
        }
    }

    private static RouteBuilder calling(String how, String from) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                switch (how) {
                    case "process" -> from(from).routeId(how).process("living");
                    case "bean" -> from(from).routeId(how).bean("ref:living");
                    default -> from(from).routeId(how).to("bean:living");
                }
            }
        };
    }

    @Test
    void aRouteThatIsTakenOutIsThereForThoseOnTheWayAndThenNoMore() throws Exception {
        Living inner = new Living("inner");
        Living gate = new Living("");
        gate.waits = true;
        context.addRoutes(route("inner", "direct:inner", inner));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:outer").routeId("outer").process(gate).to("direct:inner");
            }
        });
        CompletableFuture<String> onTheWay = CompletableFuture.supplyAsync(() -> ask("direct:outer"));
        gate.entered.await();
        swap(List.of(), List.of("inner"));
        gate.go.countDown();
        assertThat(onTheWay.get()).isEqualTo("inner");
        Await.until("the route is gone", () -> context.getRoute("inner") == null);
        assertThat(inner.isStarted()).isFalse();
    }

    @Test
    void aRouteThatComesBackBeforeItIsGoneStays() throws Exception {
        Living gate = new Living("");
        gate.waits = true;
        context.addRoutes(route("slow", "direct:slow", gate));
        context.addRoutes(route("r", "direct:r", new Living("first")));
        CompletableFuture<String> onTheWay = CompletableFuture.supplyAsync(() -> ask("direct:slow"));
        gate.entered.await();
        swap(List.of(), List.of("r"));
        swap(List.of("r"), List.of(), route("r", "direct:r", new Living("second")));
        gate.go.countDown();
        onTheWay.get();
        Await.until("what was out of force is stopped", () -> retirement.waiting() == 0);
        assertThat(ask("direct:r")).isEqualTo("second");
    }

    @Test
    void aRouteThatListensToSomethingElseIsAskedThereAndUnderAnotherNameInItsPlace() throws Exception {
        context.addRoutes(route("r", "direct:one", new Living("1")));
        swap(List.of("r"), List.of(), route("r", "direct:two", new Living("2")));
        assertThat(ask("direct:two?block=false")).isEqualTo("2");
        assertThatThrownBy(() -> ask("direct:one?block=false")).isInstanceOf(Exception.class);
        swap(List.of(), List.of("r"), route("renamed", "direct:two", new Living("3")));
        assertThat(ask("direct:two?block=false")).isEqualTo("3");
        Await.until("the old route is gone", () -> context.getRoute("r") == null);
        assertThat(ask("direct:two?block=false")).isEqualTo("3");
    }
}
